"""Waivers: what was decided to stand, and whether it still stands for anything."""
