"""CMS files as published → editions in a clinic's policy folder. Begin with `imported.py`; called by `beamclaim policy import`."""

from beamclaim.policy.imports.imported import import_files

__all__ = ["import_files"]
