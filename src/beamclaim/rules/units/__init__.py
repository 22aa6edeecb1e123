"""UNT: units and frequency."""
