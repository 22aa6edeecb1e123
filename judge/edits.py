"""The edits of the hospital editor that Beamclaim answers too, and the rules that answer each.

The numbers are those of the Integrated Outpatient Code Editor (CMS-IOCE). An edit that is not named here is about what Beamclaim
does not ask (prices, devices, stays in observation, what stands on the day of an inpatient-only procedure) and is left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One thing both can object to, by these edits and these rules; compared code by code (`on_codes`), else claim by claim.

    `instead`: rules that have told of the line already, so that nothing more is said of it.
    """

    says: str
    edits: frozenset[str]
    rules: frozenset[str]
    on_codes: bool = True
    instead: frozenset[str] = frozenset()


def _question(says: str, edits: str, rules: str, *, on_codes: bool = True, instead: str = "") -> Question:
    numbers = frozenset(f"{int(e):03}" for e in edits.split())
    return Question(says, numbers, frozenset(rules.split()), on_codes, frozenset(instead.split()))


QUESTIONS = (
    _question("the code is not valid that day", "6 124", "COD101 COD107"),
    _question("the hospital is not paid for the code", "9 13 18 28 50 61 62 72", "COD102"),
    _question("a pair that no modifier opens", "19 20", "BND101"),
    _question("a pair that needs a modifier", "39 40", "BND102", instead="BND101"),
    _question("planning beside the IMRT plan", "125", "BND103"),
    _question("a modifier that is not valid, or conflicts", "22 102 123", "MOD107"),
    _question("an add-on without its service", "106 107 108", "COD111"),
    _question("a diagnosis that is not valid", "1", "DXN102", on_codes=False),
    _question("age or sex against the diagnosis", "2 3", "DXN106", on_codes=False),
    _question("a diagnosis that may not stand first", "5 86 113", "DXN109", on_codes=False),
)
