"""Bytes → tables: every reader of claims and evidence, each value with the bytes that say it.

In: paths, folders, archives, streams (`sources.py`). Out: chunks of `model.tables`, one row of ``files`` a file with what became
of it; what a reader cannot accept is a fault, never an exception. Begin with `router.py`, the one registry of readers. Called by
`app`; never knows: policy, views, rules.
"""
