"""Public helpers for tests: the page runner, written claims, random worlds."""
