"""Dosimetry: calculations and measurements of dose."""
