"""The exception tree.

::

    BeamclaimError
    ├── InputError       a file cannot be read at all            (file, byte, segment)
    ├── PolicyError      a table or source is wrong              (file, line, key)
    ├── RuleError        a rule is declared wrongly              (rule, file, line)
    └── SettingError     a setting or selector is wrong          (where it was set)

Bad *content* is never an exception: a reader writes it to the ``faults`` table and an FMT rule
reports it. Only what cannot be opened at all raises. Messages say what happened, where, why it
matters and what to do, and never contain patient data.
"""

from collections.abc import Iterable
from difflib import get_close_matches

#: Names that are told all, where none is like the one given.
_FEW = 12


class BeamclaimError(Exception):
    """Anything Beamclaim refuses to do; the message is written for the person who must act."""


class InputError(BeamclaimError):
    """A file or stream cannot be opened or decoded at all."""


class PolicyError(BeamclaimError):
    """A policy table, source or parameter is wrong; names file, line and remedy."""


class RuleError(BeamclaimError):
    """A rule is declared wrongly; names the rule and what to change."""


class SettingError(BeamclaimError):
    """A selector, option or setting does not exist or cannot be combined."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A name nobody knows → the end of its refusal: " Did you mean …?", else all names where they are few, else nothing."""
    names = sorted(known)
    if alike := get_close_matches(name, names, n=3):
        return f" Did you mean {' or '.join(alike)}?"
    return f" There are {', '.join(names)}." if len(names) <= _FEW else ""
