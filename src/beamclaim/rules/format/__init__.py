"""FMT: format and envelope."""
