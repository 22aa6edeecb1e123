"""The views there are: every module of this package that declares a `VIEW`, by its name."""

import importlib
import pkgutil
from functools import cache

import beamclaim.views as package
from beamclaim.views.view import View


@cache
def views() -> dict[str, View]:
    """Every view, by name."""
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    declared = [view for m in modules if isinstance(view := getattr(m, "VIEW", None), View)]
    return {view.name: view for view in sorted(declared, key=lambda v: v.name)}
