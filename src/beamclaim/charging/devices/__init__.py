"""Devices: what shapes the beam or holds the patient."""
