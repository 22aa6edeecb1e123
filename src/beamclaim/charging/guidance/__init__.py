"""Guidance: images before or while the beam is on, as far as they are charged apart."""
