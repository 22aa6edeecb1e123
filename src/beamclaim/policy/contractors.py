"""A jurisdiction, a contractor's name or a state, as a person says it → the jurisdiction of a Medicare contractor.

Read from our own table alone, so that the command line can say at once what it did not understand.
"""

import csv
from functools import cache

from beamclaim.errors import SettingError
from beamclaim.policy.folder import OWN
from beamclaim.policy.settings import MAC

_FILE = OWN / "payers/contractors.csv"


@cache
def _contractors() -> tuple[tuple[str, str, frozenset[str], tuple[str, ...]], ...]:
    """Jurisdiction, contractor, its states, and the names people type, of every row; Railroad Medicare has no jurisdiction."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            (r["jurisdiction"], r["contractor"], frozenset(r["states"].split(";")) - {""}, tuple(r["typed"].upper().split(";")))
            for r in csv.DictReader(file)
        )  # fmt: skip


def jurisdiction_of(text: str) -> str:
    """The one jurisdiction that is meant, in capitals.

    Raises SettingError: nothing is called so, or several jurisdictions are; it names them.
    """
    word = " ".join(text.upper().split())
    if MAC.fullmatch(word):
        return word
    padded = f" {word} "
    meant = {
        jurisdiction: contractor
        for jurisdiction, contractor, states, typed in _contractors()
        if word in states or padded in f" {contractor.upper()} " or any(padded in f" {name} " for name in typed)
    }
    with_jurisdiction = {j: contractor for j, contractor in meant.items() if MAC.fullmatch(j)}
    if len(with_jurisdiction) == 1:
        return next(iter(with_jurisdiction))
    if with_jurisdiction:
        choices = sorted(with_jurisdiction)
        raise SettingError(f"{text} is {', '.join(choices[:-1])} and {choices[-1]}; which? Write one of them")
    if meant:
        raise SettingError(f"{text} has no jurisdiction; leave it out")
    raise SettingError(
        f"{text!r} is no jurisdiction, contractor or state of Medicare; write it as J15, as CGS or as OH"
    )
