"""How long what a table says holds without being read again: its kind → the last day a release speaks for, and what the next is called.

Each table names its life once, on its declaration. `horizon.py` makes days of it; `policy coverage --on` and the head of a
report say which release would answer. Whoever prints a new kind of table adds its life here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

#: year, quarter, half year: the stretch one release speaks for. reading: a page, believed for a year. standing: law, manual, own words.
Period = Literal["year", "quarter", "half year", "reading", "standing"]
_MONTHS = {1: "January", 4: "April", 7: "July", 10: "October"}


@dataclass(frozen=True, slots=True)
class Life:
    """How long a release of a table speaks, and what is released.

    `ends_for_good`: what did not hold on the last day does not hold after it, since a code that was deleted does not come back and
    one with another meaning does not change it; of a new pair, limit or payer's wish nobody can say so.
    """

    period: Period
    release: str = ""
    ends_for_good: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether its rows answer nothing after the last day of the newest release."""
        return self.period in ("year", "quarter", "half year")

    def first_day(self, day: date) -> date | None:
        """The first day of the release that speaks for `day`; null where there are none."""
        if self.period == "year":
            return date(day.year, 1, 1)
        if self.period == "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        if self.period == "half year":  # diagnoses: each April and October
            return date(day.year, 4, 1) if 4 <= day.month <= 9 else date(day.year - (day.month < 4), 10, 1)
        return None

    def last_day(self, day: date) -> date | None:
        """The last day of the release that speaks for `day`; null where it needs no release."""
        first = self.first_day(day)
        if first is None:
            return None
        months = {"year": 12, "quarter": 3, "half year": 6}[self.period]
        ahead = first.month - 1 + months
        return date(first.year + ahead // 12, ahead % 12 + 1, 1) - timedelta(days=1)

    def release_of(self, day: date) -> str:
        """The release that would answer for `day`, in words; blank where none is needed."""
        first = self.first_day(day)
        if first is None:
            return f"{self.release}, read again" if self.period == "reading" else ""
        when = str(first.year) if self.period == "year" else f"{_MONTHS[first.month]} {first.year}"
        return f"the {when} release of {self.release}"


CODE_SET = Life("year", "the procedure codes (CPT and HCPCS)", ends_for_good=True)
CODE_EDITS = Life("year", "the rules of the procedure codes (CPT, NCCI manual)")
MODIFIERS = Life("year", "the modifiers (CPT and HCPCS)")
PAYER_LISTS = Life("year", "the payers' lists")
FEE_SCHEDULE = Life("quarter", "the Medicare physician fee schedule (PPRRVU)")
LOCALITIES = Life("year", "the Medicare localities and their indices (GPCI, LOCCO)")
HOSPITAL_STATUS = Life("quarter", "OPPS Addendum B")
HOSPITAL_RATES = Life("quarter", "OPPS Addendum A")
EDITOR = Life("quarter", "the hospital claim editor (I/OCE)")
KNOWN_CODES = Life("quarter", "the fee schedule (PPRRVU) and OPPS Addendum B")
PAIRS = Life("quarter", "the NCCI procedure pairs (PTP)")
MAXIMA = Life("quarter", "the NCCI maximum units (MUE)")
APPEALS = Life("year", "the appeal amounts (Federal Register)")
LCDS = Life("quarter", "the Medicare Coverage Database")
DIAGNOSES = Life("half year", "ICD-10-CM")
PAGES = Life("reading", "the pages they rest on")
STANDING = Life("standing")
