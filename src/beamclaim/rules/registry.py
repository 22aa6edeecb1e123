"""All rules, found by walking the families, and the selectors that choose among them."""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache

import beamclaim.rules as package
from beamclaim.errors import SettingError
from beamclaim.rules.declaration import Rule, declared


@cache
def _loaded() -> tuple[Rule, ...]:
    for family in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not family.ispkg:
            continue
        module = importlib.import_module(family.name)
        for found in pkgutil.iter_modules(module.__path__, family.name + "."):
            importlib.import_module(found.name)
    return tuple(sorted(declared().values(), key=lambda r: r.code))


def rules() -> list[Rule]:
    """Every rule, by code."""
    return list(_loaded())


def find(selector: str) -> list[Rule]:
    """The rules a selector means: a code, a prefix of codes, or a name.

    Raises:
        SettingError: nothing answers to it.
    """
    word = selector.strip()
    found = [r for r in _loaded() if r.name == word.lower() or (word and r.code.startswith(word.upper()))]
    if not found:
        raise SettingError(
            f"no rule answers to {selector!r}; give a code (COD101), a family (COD) or a name (code-not-in-force). "
            "`beamclaim rule --all` lists them"
        )
    return found


def select(chosen: Sequence[str] = (), ignored: Sequence[str] = ()) -> list[Rule]:
    """The rules `chosen` (all when empty) without those `ignored`; each may name several, separated by commas."""
    wanted = {r.code for s in _split(chosen) for r in find(s)} if _split(chosen) else {r.code for r in _loaded()}
    dropped = {r.code for s in _split(ignored) for r in find(s)}
    return [r for r in _loaded() if r.code in wanted - dropped]


def _split(words: Sequence[str]) -> list[str]:
    return [w.strip() for word in words for w in word.split(",") if w.strip()]
