"""Public helpers for tests: the page runner, written claims, random worlds, and a clinic that treats and bills."""
