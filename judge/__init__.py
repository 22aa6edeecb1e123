"""A second opinion: random hospital claims, asked of Beamclaim and of a hospital claim editor that others wrote.

``make judge`` prints for every edit both know how often both, only the editor, or only Beamclaim objected to the same claim and code, and
each case in which the editor alone did. Begin with `__main__.py`; `claims.py` makes the claims, `editor.py` is the one file that runs
in the editor's own environment, `edits.py` says which rules answer which edit. Never part of the package or its tests.
"""
