"""Physics: the weekly check, and what a physician asks of the physicist."""
