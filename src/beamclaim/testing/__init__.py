"""Helpers for other people's tests: rule pages that run, random claims, and the figures of the synthetic clinic.

`cases`: a rule's page → the cases it promises, run against the program. `random_tables`: claims and courses near the
edges rules care about (hypothesis strategies). `clinic`: what the rules say of careful claims and of planted mistakes.
Nothing of the program imports this package; it may import all of it, and `beamclaim.synthetic`.
"""
