"""ChargeRule files → all charges, by family in the order people are shown, then by name; and all adjustments.

A file with a `@charge` in it is enough, no list names it; shared expressions of a family stand in a file without one.
"""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import beamclaim.charging as package
from beamclaim.charging.adjustment import Adjustment
from beamclaim.charging.declaration import FAMILIES, ChargeRule


@cache
def _modules() -> tuple[ModuleType, ...]:
    families = (f for f in pkgutil.iter_modules(package.__path__, package.__name__ + ".") if f.ispkg)
    return tuple(
        importlib.import_module(found.name)
        for family in families
        for found in pkgutil.iter_modules(importlib.import_module(family.name).__path__, family.name + ".")
    )


@cache
def charges() -> tuple[ChargeRule, ...]:
    """Every charge there is."""
    # A file may import what another shares, never its charge: each is found where it is named after its file.
    found = (c for m in _modules() if isinstance(c := _named(m), ChargeRule))
    return tuple(sorted(found, key=lambda c: (FAMILIES.index(c.family), c.name)))


@cache
def adjustments() -> tuple[Adjustment, ...]:
    """Every adjustment there is, by name."""
    found = (a for m in _modules() if isinstance(a := _named(m), Adjustment))
    return tuple(sorted(found, key=lambda a: a.name))


def _named(module: ModuleType) -> object:
    return getattr(module, module.__name__.rpartition(".")[2], None)
