"""Proposed charges → what Medicare is expected to pay for each: schedule, year, amount, source; or why nobody can say.

Only for Original Medicare: physician fee schedule outside hospitals, OPPS in them; national where the locality is unknown. In a
year with two conversion factors both are given while nobody knows whether the group qualifies. Amounts are exact and rounded once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from beamclaim.model.value_sets import ORIGINAL_MEDICARE
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.declarations.form import APART
from beamclaim.policy.resolve import Ask

_CENT = Decimal("0.01")
_HOSPITAL = "hospital_outpatient"
_TABLES = ("opps.status", "opps.rates", "mpfs.rates", "mpfs.gpci", "parameters")
_QUALIFYING = "mpfs.conversion.qualifying"
#: OPPS statuses of what is paid inside another service.
_PACKAGED = ("N",)


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount for all units. `participation`: `qualifying`, `non_qualifying`, null where the year has one factor."""

    schedule: str
    year: int
    amount: Decimal
    participation: str | None
    adjusted: str
    status: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected, or why nothing is."""

    payments: tuple[Payment, ...] = ()
    why: str | None = None


class _Asked(NamedTuple):
    """What a payment hangs on."""

    code: str
    part: str
    era: date
    year: int
    units: int
    setting: str | None
    payer_line: str | None
    contractor: str | None
    locality: str | None
    qualifies: bool | None


class ExpectedPayment:
    """The payments to expect by one policy; each distinct question is worked out once."""

    def __init__(self, policy: PolicyAnswers, as_of: date) -> None:
        self._policy = policy
        self._asked: dict[_Asked, Expected] = {}
        # On the days of one era every answer is the same, so a course has few questions.
        self._eras = policy.eras(_TABLES)
        self._parts = policy.by_key("modifier.component", "part", on=as_of)

    def prepare(self, charges: Iterable[Mapping[str, Any]]) -> None:
        """Asks for these charges what `of` will ask, all at once: a table answers many questions as fast as one."""
        asked = {self._question(c, {}) for c in charges if _is_priced(c)}
        hospital = {a for a in asked if a.payer_line == ORIGINAL_MEDICARE and a.setting == _HOSPITAL}
        schedule = {a for a in asked if a.payer_line == ORIGINAL_MEDICARE and a.setting != _HOSPITAL}
        statuses = [("opps.status", [_ask(a.code, a) for a in hospital])] if hospital else []
        rates = [("mpfs.rates", [_ask(a.code + APART + a.part, a) for a in schedule])] if schedule else []
        factors = [("parameters", [_ask(_QUALIFYING, a) for a in schedule])] if schedule else []
        self._policy.answers([*statuses, *rates, *factors])
        apcs = {
            _ask(status["apc"], a)
            for a in hospital
            if (status := self._row("opps.status", a.code, a)) and status["apc"]
        }
        if apcs:
            self._policy.answers([("opps.rates", [*apcs])])

    def of(self, charge: Mapping[str, Any], place: Mapping[str, Any]) -> Expected:
        """A row of the view `charges`, and its course's `contractor`, `locality`, `qualifying` → what is expected of it."""
        if not _is_priced(charge):
            return Expected()
        asked = self._question(charge, place)
        if asked not in self._asked:
            self._asked[asked] = self._answer(asked)
        return self._asked[asked]

    def _question(self, charge: Mapping[str, Any], place: Mapping[str, Any]) -> _Asked:
        day = charge["charge.day"]
        part = next((m for m in charge["modifiers"] if self._parts.get(m) == "professional"), "global")
        return _Asked(
            charge["charge.code"], part, self._eras.of(day), day.year, charge["charge.units"], charge["course.setting"],
            charge["course.payer_line"], place.get("contractor"), place.get("locality"), place.get("qualifying"),
        )  # fmt: skip

    def _answer(self, asked: _Asked) -> Expected:
        if asked.payer_line != ORIGINAL_MEDICARE:
            return Expected(why="no contract table says what this payer pays")
        return self._hospital(asked) if asked.setting == _HOSPITAL else self._schedule(asked)

    def _row(self, table: str, key: str, asked: _Asked) -> dict[str, Any] | None:
        ((row, _),) = self._policy.answers([(table, [_ask(key, asked)])])[0]
        return None if row is None else self._policy.table(table).frame.row(row, named=True)

    def _hospital(self, asked: _Asked) -> Expected:
        status = self._row("opps.status", asked.code, asked)
        if status is None:
            return Expected(why=f"no OPPS status of {asked.code} was read for that day")
        word = status["status_indicator"]
        if word in _PACKAGED:
            return Expected(why=f"packaged: OPPS status {word}")
        rate = self._row("opps.rates", status["apc"], asked) if status["apc"] else None
        if rate is None:
            return Expected(why=f"OPPS status {word}: no APC payment was read for that day")
        amount = (rate["payment"] * asked.units).quantize(_CENT, ROUND_HALF_UP)
        return Expected((Payment("opps", asked.year, amount, None, "national", word, rate["source"]),))

    def _schedule(self, asked: _Asked) -> Expected:
        rate = self._row("mpfs.rates", asked.code + APART + asked.part, asked)
        if rate is None:
            return Expected(why=f"no fee schedule of {asked.code} was read for that day")
        place = "nonfacility" if asked.setting == "freestanding" else "facility"
        if rate["not_in"] == place:
            return Expected(why=f"the fee schedule pays no {asked.code} in this place")
        expense = rate["pe_nonfacility"] if asked.setting == "freestanding" else rate["pe_facility"]
        values = [Decimal(0) if value is None else value for value in (rate["work"], expense, rate["malpractice"])]
        if not sum(values):
            return Expected(why=f"fee schedule status {rate['status']}: no payment is set")
        index = None
        if asked.contractor and asked.locality:
            index = self._row("mpfs.gpci", asked.contractor + APART + asked.locality, asked)
        indices = [Decimal(1)] * 3 if index is None else [index["work"], index["pe"], index["malpractice"]]
        total = sum((value * by for value, by in zip(values, indices, strict=True)), Decimal(0)) * asked.units
        adjusted, status, source = "national" if index is None else "locality", rate["status"], rate["source"]
        return Expected(
            tuple(
                Payment("mpfs", asked.year, (total * factor).quantize(_CENT, ROUND_HALF_UP), who, adjusted, status, source)
                for who, factor in self._factors(rate["conversion_factor"], asked)
            )
        )  # fmt: skip

    def _factors(self, usual: Decimal, asked: _Asked) -> list[tuple[str | None, Decimal]]:
        """The factors that may apply, each with whose it is."""
        row = self._row("parameters", _QUALIFYING, asked)
        if row is None:
            return [(None, usual)]
        both: list[tuple[str | None, Decimal]] = [("non_qualifying", usual), ("qualifying", Decimal(row["value"]))]
        return both if asked.qualifies is None else [both[asked.qualifies]]


def _is_priced(charge: Mapping[str, Any]) -> bool:
    return (
        charge["charge.status"] == "supported"
        and charge["charge.code"] is not None
        and charge["charge.day"] is not None
    )


def _ask(key: str, asked: _Asked) -> Ask:
    return (key, asked.era, asked.setting, None, ORIGINAL_MEDICARE, None)
