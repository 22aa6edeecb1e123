"""Rule files → all rules by code, and the selectors that choose among them.

A rule is found by walking the families: a file with an `@rule` in it is enough, no list names it. What is missing or
stands twice is refused with the file and what to do.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import ModuleType

import beamclaim.rules as package
from beamclaim.errors import RuleError, SettingError
from beamclaim.rules.declaration import Rule


@cache
def _loaded() -> tuple[Rule, ...]:
    families = (f for f in pkgutil.iter_modules(package.__path__, package.__name__ + ".") if f.ispkg)
    modules = (
        importlib.import_module(found.name)
        for family in families
        for found in pkgutil.iter_modules(importlib.import_module(family.name).__path__, family.name + ".")
    )
    return ordered(rule_of(module) for module in modules)


def rule_of(module: ModuleType) -> Rule:
    """The one rule a file declares.

    Raises:
        RuleError: the file declares none, or several.
    """
    own = [r for r in vars(module).values() if isinstance(r, Rule)]
    if len(own) == 1:
        return own[0]
    file, name = module.__file__ or module.__name__, module.__name__.rpartition(".")[2]
    if not own:
        raise RuleError(
            f"{file} declares no rule: write `@rule(…)` above `def {name}():`, or move the file out of the families"
        )
    raise RuleError(f"{file} declares {', '.join(r.code for r in own)}: one file holds one rule, named after it")


def ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules by code.

    Raises:
        RuleError: two have one code, or one name.
    """
    by_code: dict[str, Rule] = {}
    by_name: dict[str, Rule] = {}
    for one in rules:
        names = (one.name, *one.formerly)
        for taken, word in ((by_code.get(one.code), one.code), *((by_name.get(name), name) for name in names)):
            if taken is not None:
                raise RuleError(
                    f"{word} is taken by {taken.name} ({taken.source}); codes and names are never reused: choose another in {one.source}"
                )
        by_code[one.code] = one
        by_name |= dict.fromkeys(names, one)
    return tuple(by_code[code] for code in sorted(by_code))


def rules() -> list[Rule]:
    """Every rule, by code."""
    return list(_loaded())


@cache
def pair_order() -> tuple[str, ...]:
    """The rules that tell of a pair of codes, the one the others yield to first.

    Raises:
        RuleError: of two of them neither yields to the other, or one yields to no rule of a pair: nobody knows which speaks.
    """
    return in_order_of_pairs(_loaded())


def in_order_of_pairs(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The codes of those that tell of a pair, in the order of `pair_order`."""
    of_pairs = {rule.code: rule for rule in rules if rule.pair}
    order: list[str] = []
    while len(order) < len(of_pairs):
        # The next one yields to those that came before it, and to no other.
        free = [code for code, rule in of_pairs.items() if code not in order and set(rule.yields_to) <= {*order}]
        if len(free) != 1 or not set(order) <= _yielded(of_pairs, free[0]):
            waiting = sorted(of_pairs.keys() - {*order})
            raise RuleError(
                f"{', '.join(waiting)} tell of pairs, and which goes before the others is not said: each names in yields_to those that do"
            )
        order += free
    return tuple(order)


def _yielded(of_pairs: Mapping[str, Rule], code: str) -> set[str]:
    """What a rule yields to, also through others."""
    named = set(of_pairs[code].yields_to)
    return named.union(*(_yielded(of_pairs, other) for other in named))


def find(selector: str) -> list[Rule]:
    """The rules a selector means: a code, a prefix of codes, a name, or a name a rule had before.

    Raises:
        SettingError: nothing answers to it.
    """
    word = selector.strip()
    name = word.lower()
    matched = [r for r in _loaded() if name in (r.name, *r.formerly) or (word and r.code.startswith(word.upper()))]
    if not matched:
        raise SettingError(
            f"no rule answers to {selector!r}; give a code (COD101), a family (COD) or a name (code-not-in-force). "
            "`beamclaim rule --all` lists them"
        )
    return matched


def select(chosen: Sequence[str] = (), ignored: Sequence[str] = ()) -> list[Rule]:
    """The rules `chosen` (all when empty) without those `ignored`; each may name several, separated by commas."""
    wanted = {r.code for s in _split(chosen) for r in find(s)} if _split(chosen) else {r.code for r in _loaded()}
    dropped = {r.code for s in _split(ignored) for r in find(s)}
    return [r for r in _loaded() if r.code in wanted - dropped]


def renamed(selectors: Sequence[str]) -> list[str]:
    """A note for each selector that is a name a rule had before, with the name it has now."""
    now = {old: rule for rule in _loaded() for old in rule.formerly}
    words = dict.fromkeys(word.lower() for word in _split(selectors))
    return [f"rule {old} is called {now[old].name} now ({now[old].code})" for old in words if old in now]


def _split(words: Sequence[str]) -> list[str]:
    return [w.strip() for word in words for w in word.split(",") if w.strip()]
