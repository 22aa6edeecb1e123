"""Readers: bytes to tables, every value with its span."""
