"""Outputs: what leaves the building."""
