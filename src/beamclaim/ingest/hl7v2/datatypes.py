"""Text of a field → its value: a day, a number, a code, a person's number; raises `Odd` with its case where it is none."""

import re
from datetime import date, datetime
from decimal import Decimal

from beamclaim.ingest import values
from beamclaim.ingest.hl7v2.cases import BAD_DATE, BAD_NUMBER, BAD_VALUE, ErrorCase
from beamclaim.ingest.values import Unfit, shape

_MOMENT = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.[0-9]{1,4})?)?)?)?)?)?(?:[+-][0-9]{4})?"
)
_OFFSET = re.compile(r"([+-][0-9]{2})([0-9]{2})\Z")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{1,2})?")
_QUANTITY = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,3})?")

PROCEDURE_SYSTEMS = frozenset({"C4", "CPT", "CPT4", "CPT-4", "C5", "HCPCS", "HPC", "HCPT", "HCP"})
"""Coding systems of table 0396, and words seen for them, whose codes are CPT or HCPCS."""

DIAGNOSIS_SYSTEMS = frozenset({"I10", "I10C", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "10"})
"""Coding systems whose codes are ICD-10-CM."""

_SEXES = {"M": "M", "F": "F", "U": "U", "O": "U", "A": "U", "N": "U", "X": "U"}


class Odd(Unfit):
    """A value that is not what its field asks for, and which case of `cases` that is."""

    def __init__(self, case: ErrorCase, expected: str, found: str, value: object = None) -> None:
        super().__init__(expected, found, value)
        self.case = case


def _moment(text: str, expected: str) -> tuple[datetime, int]:
    """The local time as written (an offset says which clock, it does not move the day), and how many parts were given."""
    match = _MOMENT.fullmatch(text)
    if not match:
        raise Odd(BAD_DATE, expected, shape(text))
    parts = [int(p) for p in match.groups() if p is not None]
    if len(parts) < 3:
        raise Odd(BAD_DATE, expected, "a year or month alone")
    try:
        return datetime(*parts[:6]), len(parts)  # type: ignore[arg-type]
    except ValueError:
        raise Odd(BAD_DATE, expected, "a day or time that does not exist") from None


def day(text: str) -> date:
    """The day of a date or time (DTM, TS): YYYYMMDD and what follows."""
    return _moment(text, "a day as YYYYMMDD")[0].date()


def moment(text: str) -> str:
    """ISO day, with the time where one is written."""
    at, parts = _moment(text, "a time as YYYYMMDDHHMMSS")
    return at.isoformat(timespec="seconds" if parts > 5 else "minutes") if parts > 3 else at.date().isoformat()


def instant(text: str) -> str:
    """ISO day and time with the offset, where one is written: what orders messages."""
    zone = _OFFSET.search(text)
    return moment(text) + (f"{zone[1]}:{zone[2]}" if zone and "T" in moment(text) else "")


def day_text(text: str) -> str:
    """ISO day."""
    return day(text).isoformat()


def quantity(text: str) -> Decimal:
    """A number with at most three decimals; a minus is kept."""
    if not _QUANTITY.fullmatch(text):
        raise Odd(BAD_NUMBER, "a number like 1 or -1", shape(text))
    return Decimal(text)


def rank(text: str) -> int:
    """A priority: a whole number from 0."""
    return values.whole(text.strip())


def written(number: Decimal) -> str:
    """A decimal without exponent, sign of plus, or zeros that say nothing."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def amount(text: str) -> str:
    """An amount with at most two decimals."""
    if not _AMOUNT.fullmatch(text):
        raise Odd(BAD_NUMBER, "an amount like 1450.00", shape(text))
    return f"{Decimal(text):f}"


def sex(text: str) -> str:
    """M, F or U; the other words of table 0001 are U."""
    if text.upper() not in _SEXES:
        raise Odd(BAD_VALUE, "one of M, F, U, O, A, N, X", shape(text))
    return _SEXES[text.upper()]


def label(text: str) -> str:
    """A name or number, blanks around it gone."""
    return text.strip()


def npi(text: str) -> str:
    """A National Provider Identifier."""
    return values.npi(text.strip())


def code(text: str) -> str:
    """A procedure code of five letters or digits."""
    return values.code(text.strip())


def diagnosis(text: str) -> str:
    """An ICD-10-CM code, no dot."""
    return values.diagnosis(text.strip())


def modifier(text: str) -> str:
    """A modifier of two letters or digits."""
    return values.modifier(text.strip())


def system(text: str) -> str:
    """The name of a coding system as it is compared."""
    return text.strip().upper()
