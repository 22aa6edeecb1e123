"""What a written value must look like to be a day, an amount, an NPI, a code …

Every function takes text without surrounding blanks, never empty, and gives the value or raises
`Unfit`. Text is checked against an ASCII pattern *before* `Decimal` or `int` sees it: Python's
own readers take underscores, digits of other scripts and exponents.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from beamclaim.errors import BeamclaimError
from beamclaim.model.value_sets import SEXES

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
_MONEY = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")
_UNITS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_NPI = re.compile(r"[0-9]{10}")
_CODE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_PLACE = re.compile(r"[0-9]{2}")
_REVENUE = re.compile(r"[0-9]{3,4}")
_BILL_TYPE = re.compile(r"0?[0-9]{2}[0-9A-Z]")


class Unfit(BeamclaimError):
    """A value that is not what its place asks for: what was expected, what was found (as a class), what stays of it."""

    def __init__(self, expected: str, found: str, value: Any = None) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found
        self.value = value


def shape(text: str) -> str:
    """The form of a text without its content: its length, `9` for a digit, `A` for a letter, `?` for other scripts."""
    size = f"{len(text)} character{'' if len(text) == 1 else 's'}"
    if len(text) > 24:
        return size
    signs = ("9" if "0" <= c <= "9" else "A" if c.isalpha() else c if " " <= c <= "~" else "?" for c in text)
    return f"{size}: {''.join(signs)}"


def _matching(pattern: re.Pattern[str], text: str, expected: str) -> str:
    if not pattern.fullmatch(text):
        raise Unfit(expected, shape(text))
    return text


def plain(text: str) -> str:
    """Any text without NUL."""
    if "\0" in text:
        raise Unfit("text", f"{len(text)} characters with NUL among them")
    return text


def day(text: str) -> date:
    """A day as YYYY-MM-DD; `01/02/2026` is two days, so it is none."""
    _matching(_DAY, text, "a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit("a day of the calendar as YYYY-MM-DD", "a day that does not exist") from None


def moment(text: str) -> datetime:
    """A local time as YYYY-MM-DDTHH:MM[:SS], without a zone: times are the clinic's own."""
    _matching(_MOMENT, text, "a local time as YYYY-MM-DDTHH:MM:SS, without a zone")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unfit("a local time as YYYY-MM-DDTHH:MM:SS", "a day or time that does not exist") from None


def money(text: str) -> Decimal:
    """An amount with at most ten digits before the point and two after it; no sign of thousands, no currency."""
    return Decimal(_matching(_MONEY, text, "an amount like 1450.00"))


def units(text: str) -> Decimal:
    """Units above zero with at most three decimals; a part of a unit is said, and kept."""
    count = Decimal(_matching(_UNITS, text, "units above 0 with at most three decimals"))
    if not count:
        raise Unfit("units above 0 with at most three decimals", "zero")
    if count % 1:
        raise Unfit("a whole number of units", "a part of a unit", count)
    return count


def whole(text: str) -> int:
    """A number from 0, of at most nine digits."""
    return int(_matching(_WHOLE, text, "a whole number"))


def ordinal(text: str) -> int:
    """A number from 1, of at most nine digits."""
    number = int(_matching(_WHOLE, text, "a number from 1"))
    if not number:
        raise Unfit("a number from 1", "zero")
    return number


def small(text: str) -> int:
    """A number from 0 to 65,535."""
    number = whole(text)
    if number > 65_535:
        raise Unfit("a whole number up to 65535", shape(text))
    return number


def npi(text: str) -> str:
    """A National Provider Identifier: ten digits whose check digit is right (Luhn over 80840 and the ten)."""
    digits = [int(d) for d in _matching(_NPI, text, "an NPI: ten digits with a valid check digit")]
    doubled = sum(d * 2 - 9 * (d > 4) for d in digits[0::2])
    if (24 + doubled + sum(digits[1::2])) % 10:  # 24 is what the prefix 80840 adds
        raise Unfit("an NPI: ten digits with a valid check digit", "ten digits, the check digit does not fit")
    return text


def code(text: str) -> str:
    """A procedure code: five letters or digits; upper case."""
    return _matching(_CODE, text.upper(), "a procedure code of five letters or digits")


def modifier(text: str) -> str:
    """A modifier: two letters or digits; upper case."""
    return _matching(_MODIFIER, text.upper(), "modifiers of two letters or digits")


def condition(text: str) -> str:
    """A condition code: two letters or digits; upper case."""
    return _matching(_MODIFIER, text.upper(), "condition codes of two letters or digits")


def pointer(text: str) -> str:
    """A diagnosis pointer: the place of a diagnosis in claim order, from 1."""
    number = ordinal(text)
    if number > 99:
        raise Unfit("diagnosis pointers from 1", shape(text))
    return str(number)


def diagnosis(text: str) -> str:
    """An ICD-10-CM code by its form, given with or without the dot; upper case, no dot."""
    return _matching(_DIAGNOSIS, text.upper(), "an ICD-10-CM code, like C34.11 or C3411").replace(".", "")


def place_of_service(text: str) -> str:
    """A place of service: two digits."""
    return _matching(_PLACE, text, "a place of service of two digits")


def revenue_code(text: str) -> str:
    """A revenue code: four digits; the leading zero may be left out in writing."""
    return _matching(_REVENUE, text, "a revenue code of four digits").zfill(4)


def bill_type(text: str) -> str:
    """A type of bill: three signs; written with or without a leading zero."""
    return _matching(_BILL_TYPE, text.upper(), "a type of bill like 131")[-3:]


def one_of(words: Iterable[str]) -> Callable[[str], str]:
    """A reading that takes these words alone."""
    choices = frozenset(words)
    expected = "one of " + ", ".join(sorted(choices))

    def choose(text: str) -> str:
        if text not in choices:
            raise Unfit(expected, shape(text))
        return text

    return choose


def sex(text: str) -> str:
    """M, F or U, in either case."""
    if text.upper() not in SEXES:
        raise Unfit("one of F, M, U", shape(text))
    return text.upper()


def each(reading: Callable[[str], str]) -> Callable[[str], tuple[str | None, ...]]:
    """A reading of a `;`-separated list; what it cannot take is None in its place, so that the others keep theirs."""

    def read(text: str) -> tuple[str | None, ...]:
        values: list[str | None] = []
        first: Unfit | None = None
        written = text.rstrip("; ")
        for place, part in enumerate(written.split(";") if written else (), 1):
            try:
                values.append(reading(part.strip()))
            except Unfit as unfit:
                values.append(None)
                first = first or Unfit(unfit.expected, f"in place {place} of the list: {unfit.found}")
        if first:
            raise Unfit(first.expected, first.found, tuple(values))
        return tuple(values)

    return read


def joined(values: tuple[str | None, ...] | None) -> str | None:
    """A list as one text; unknown when any of it is unknown."""
    if values is None or None in values:
        return None
    return ";".join(v for v in values if v is not None)
