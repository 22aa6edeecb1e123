"""Every guide the reader knows: a folder (or module) here with a `GUIDE`. Adding one changes nothing else."""

import pkgutil
from functools import cache
from importlib import import_module

from beamclaim.ingest.x12.guide import Guide, Guides


@cache
def registered() -> Guides:
    """All guides in this folder, in order of their names."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    guides: list[Guide] = [module.GUIDE for module in modules]
    return Guides(guides)
