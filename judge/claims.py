"""A seed → random hospital claims to Original Medicare: codes of radiation oncology with one another and with the partners of their pairs.

They are not careful claims: codes of the wrong year, modifiers of all kinds and diagnoses that do not fit are what the two are
compared on. Each has a patient of its own, so that no claim speaks of another.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.corpus import npi

from beamclaim.policy import load_policy

FIRST_DAY, LAST_DAY = date(2024, 7, 1), date(2026, 6, 30)
#: Modifiers that are drawn beside any of the table, because they say something of pairs and places.
_MODIFIERS = (
    "59",
    "XE",
    "XS",
    "XP",
    "XU",
    "76",
    "77",
    "PO",
    "RT",
    "LT",
    "25",
    "58",
    "78",
    "79",
    "91",
    "26",
    "TC",
    "KX",
)
#: Of radiation oncology, and some that are no code, need more characters or may not stand first.
_USUAL = (
    "Z510", "C61", "C3411", "C50912", "C50411", "C20", "C099", "C7951", "C7931", "C773", "D0512", "Z08", "Z923", "Z170", "L910", "C619",
    "C5", "D630",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A service line: one unit, or two."""

    date: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    revenue_code: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on bill type 131: days as ISO text, age in years on its first day."""

    claim: str
    sex: str
    age: int
    birth_date: str
    diagnoses: tuple[str, ...]
    npi: str
    lines: tuple[Line, ...] = field(default=())


class Draw:
    """What claims are drawn from: the tables of the policy, by one random stream."""

    def __init__(self, seed: int) -> None:
        tables = load_policy()
        self._random = random.Random(seed)
        status = tables.table("opps.status").frame
        self.codes: list[str] = sorted(status["code"].unique().to_list())
        pairs = tables.table("ncci").frame.select("column1", "column2").rows()
        self._partners: dict[str, list[str]] = {}
        for first, second in pairs:
            self._partners.setdefault(first, []).append(second)
            self._partners.setdefault(second, []).append(first)
        self._modifiers = sorted(tables.table("modifiers").frame["modifier"].unique().to_list())
        ages: list[str] = tables.table("dx.age").frame["code_from"].unique().to_list()
        self._diagnoses = (_USUAL, sorted(ages))

    def claims(self, count: int) -> Iterator[Claim]:
        """That many claims, numbered."""
        for number in range(count):
            yield self._claim(f"J{number:05}")

    def _claim(self, name: str) -> Claim:
        draw = self._random
        day = FIRST_DAY + timedelta(days=draw.randrange((LAST_DAY - FIRST_DAY).days - 1))
        age = draw.choice((4, 17, 45, 70, 70, 70, 88))
        codes = self._codes_of_a_claim()
        lines = tuple(self._line(code, day if draw.random() < 0.85 else day + timedelta(days=1)) for code in codes)
        return Claim(
            claim=name,
            sex=draw.choice("MF"),
            age=age,
            birth_date=date(day.year - age, 1, 1).isoformat(),
            diagnoses=tuple(dict.fromkeys(self._diagnosis() for _ in range(draw.choice((1, 2, 3))))),
            npi=npi(draw),
            lines=lines,
        )

    def _diagnosis(self) -> str:
        usual, by_age = self._diagnoses
        codes: Sequence[str] = usual if self._random.random() < 0.8 else by_age
        return self._random.choice(codes)

    def _codes_of_a_claim(self) -> list[str]:
        draw = self._random
        codes = draw.choices(self.codes, k=draw.choice((1, 2, 2, 3)))
        for code in list(codes):
            if draw.random() < 0.7 and code in self._partners:
                codes.append(draw.choice(self._partners[code]))
        if draw.random() < 0.1:
            codes.append("77301")
        if draw.random() < 0.15:
            codes.append(draw.choice(codes))
        draw.shuffle(codes)
        return codes

    def _line(self, code: str, day: date) -> Line:
        draw = self._random
        modifiers: list[str] = []
        if draw.random() < 0.35:
            modifiers.append(draw.choice(_MODIFIERS))
        if draw.random() < 0.08:
            modifiers.append(draw.choice(self._modifiers))
        return Line(day.isoformat(), code, tuple(dict.fromkeys(modifiers)), draw.choice((1, 1, 1, 2)), "0333")
