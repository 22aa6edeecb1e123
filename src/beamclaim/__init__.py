"""Beamclaim: a linter for radiation-oncology claims, with the evidence attached."""

__version__ = "0.1.0"
