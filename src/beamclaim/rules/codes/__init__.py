"""COD: the right code, in force."""
