"""A value of the course form as JSON gives it → the value of its column; `Unfit` says what was expected and found.

A value is a text, a `Number` (its digits as written), true or false, a list, an object; null is left to the caller,
except for signatures, of which it says that nobody signed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from beamclaim.ingest import values
from beamclaim.ingest.json_tree import Number, kind_of
from beamclaim.ingest.values import Unfit
from beamclaim.model.tables.fact import FactType

Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a fact are read: the function, and the types of JSON values it can take at all."""

    read: Read
    takes: frozenset[type]
    takes_null: bool = False


def reading_of(kind: FactType) -> Reading:
    """The reading for the values of a fact."""
    match kind.name:
        case "label":
            return Reading(_label, frozenset({str, Number}))
        case "signature":
            return Reading(_signature, frozenset({str}), takes_null=True)
        case "boolean":
            return Reading(_boolean, frozenset({bool}))
        case "count" | "units" | "decimal" | "share":
            return Reading(_number(_digits(kind)), frozenset({str, Number}))
    read = _text(kind)
    return Reading(_entries(read), frozenset({list})) if kind.is_list else Reading(_filled(read), frozenset({str}))


def _text(kind: FactType) -> Callable[[str], Any]:
    """What a text that is not empty says."""
    if kind.words:
        return values.one_of(kind.all_words)
    return {
        "text": values.plain,
        "day": values.day,
        "moment": _moment,
        "code": values.code,
        "modifier": values.modifier,
        "diagnosis": values.diagnosis,
        "npi": values.npi,
        "sex": values.sex,
    }[kind.name]


def _digits(kind: FactType) -> Callable[[str], Any]:
    """What the digits of a number say."""
    match kind.name:
        case "count":
            return values.small
        case "units":
            return values.units
        case "share":
            return _share(_decimal(kind.whole_digits, kind.decimals))
    return _decimal(kind.whole_digits, kind.decimals)


def _filled(read: Callable[[str], Any]) -> Read:
    """A text; empty is unknown."""

    def take(value: Any) -> Any:
        if not isinstance(value, str) or isinstance(value, Number):
            raise Unfit("a text", kind_of(value))
        written = value.strip()
        return read(written) if written else None

    return take


_plain = _filled(values.plain)


def _label(value: Any) -> str | None:
    return str(value) if isinstance(value, Number) else _plain(value)


def _signature(value: Any) -> str:
    return "" if value is None else _plain(value) or ""


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("true or false", kind_of(value))
    return value


def _number(read: Callable[[str], Any]) -> Read:
    """A number, also when it stands in quotes."""

    def take(value: Any) -> Any:
        if not isinstance(value, str):
            raise Unfit("a number", kind_of(value))
        return read(value.strip())

    return take


def _decimal(whole: int, places: int) -> Callable[[str], Decimal]:
    """A number from 0 with at most so many digits before the point, and so many that are not 0 behind it."""

    def read(text: str) -> Decimal:
        before, _, after = text.partition(".")
        digits = before + after
        if not (digits.isascii() and digits.isdigit() and before and len(before) <= whole and len(text) <= 40):
            raise Unfit(f"a number from 0 with at most {whole} digits before the point", values.shape(text))
        if len(after.rstrip("0")) > places:
            raise Unfit(f"at most {places} decimals", values.shape(text))
        return Decimal(text).quantize(Decimal(1).scaleb(-places))  # only zeros go

    return read


def _share(read: Callable[[str], Decimal]) -> Callable[[str], Decimal]:
    def share(text: str) -> Decimal:
        value = read(text)
        if value > 1:
            raise Unfit("a share from 0 to 1", "a number over 1")
        return value

    return share


def _moment(text: str) -> date | datetime:
    """A day, or a day and a time."""
    return values.moment(text) if len(text) > 10 else values.day(text)


def _entries(read: Callable[[str], str]) -> Read:
    """A list of texts joined with `;`; empty is none."""

    def take(value: Any) -> str:
        if not isinstance(value, list):
            raise Unfit("a list of texts", kind_of(value))
        return ";".join(_entry(read, place, entry) for place, entry in enumerate(value))

    return take


def _entry(read: Callable[[str], str], place: int, value: Any) -> str:
    if not isinstance(value, str) or isinstance(value, Number):
        raise Unfit("a list of texts", f"{kind_of(value)} at [{place}]")
    try:
        return read(value.strip())
    except Unfit as unfit:
        raise Unfit(unfit.expected, f"{unfit.found} at [{place}]") from None
