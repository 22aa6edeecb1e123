"""Simulation: setting up and imaging a patient for planning."""
