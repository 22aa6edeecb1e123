"""CMS: its published files, read as they come, and the editions made of them."""

from beamclaim.policy.imports.imported import import_files

__all__ = ["import_files"]
