"""Text of an assertion → a value that fits the course form and reads back without a fault.

Each function raises ValueError saying what the form asks for; never with the value itself.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from beamclaim.model.tables.fact import FactType
from beamclaim.model.value_sets import SEXES

Fit = Callable[[str], object]

MOST = 65_535
"""The largest count of the form."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")


def text(written: str) -> str:
    """Plain text, not empty."""
    if not is_text(written):
        raise ValueError("the source's text is empty, or holds what is no text")
    return written.strip()


def is_text(written: str) -> bool:
    """Whether there is something to read in it, and nothing that is no text."""
    return bool(written.strip()) and not _NO_TEXT.search(written)


def word(*known: str) -> Fit:
    """One of the words of the form."""

    def fit(written: str) -> str:
        if written not in known:
            raise ValueError("the source's word has no counterpart in the course form")
        return written

    return fit


def several(fit: Fit) -> Fit:
    """A list, written with `;` between; empty is none."""
    return lambda written: [fit(part.strip()) for part in written.split(";") if part.strip()]


def count(written: str) -> int:
    """A whole number from 0 to 65,535."""
    if not re.fullmatch(r"[0-9]{1,5}", written) or int(written) > MOST:
        raise ValueError("the source's number is no count up to 65535")
    return int(written)


def decimal(whole: int = 6, places: int = 3) -> Fit:
    """A number from 0 as text, at most so many digits before the point; rounded to `places` decimals."""

    def fit(written: str) -> str:
        try:
            value = Decimal(written)
            if not value.is_finite() or value < 0 or value >= 10**whole:
                raise InvalidOperation
            kept = value.quantize(Decimal(1).scaleb(-places))
        except InvalidOperation:
            raise ValueError(f"the source's number is not one from 0 with at most {whole} digits") from None
        return f"{kept.normalize():f}"

    return fit


def truth(written: str) -> bool:
    """`true` or `false`."""
    if written not in ("true", "false"):
        raise ValueError("the source says neither true nor false")
    return written == "true"


def day(written: str) -> str:
    """A day; of a moment, its day."""
    try:
        return date.fromisoformat(written[:10]).isoformat()
    except ValueError:
        raise ValueError("the source's date is not a whole day of the calendar") from None


def moment(at: datetime) -> str:
    """A local time to the second."""
    return at.replace(microsecond=0, tzinfo=None).isoformat()


def sex(written: str) -> str:
    """M, F or U; the form has no other."""
    return str(word(*SEXES)(written))


def diagnosis(written: str) -> str:
    """An ICD-10-CM code without its dot."""
    if not _DIAGNOSIS.fullmatch(written):
        raise ValueError("the source's diagnosis is not written as an ICD-10-CM code")
    return written.replace(".", "")


def code(written: str) -> str:
    """A procedure code: five capitals or digits."""
    if not re.fullmatch(r"[0-9A-Z]{5}", written):
        raise ValueError(
            "the source's code is not a procedure code of five characters; it may be a number of the house"
        )
    return written


def modifier(written: str) -> str:
    """A modifier: two capitals or digits."""
    if not re.fullmatch(r"[0-9A-Z]{2}", written):
        raise ValueError("the source's modifier is not two capitals or digits")
    return written


def fit_of(kind: FactType) -> Fit:
    """How text is made to fit the values of a fact."""
    if kind.words:
        fit = word(*kind.words)
    elif kind.decimals:
        fit = decimal(kind.whole_digits, kind.decimals)
    else:
        fit = _FITS[kind.name]
    return several(fit) if kind.is_list else fit


_FITS: dict[str, Fit] = {
    "text": text,
    "label": text,
    "signature": text,
    "boolean": truth,
    "count": count,
    "day": day,
    "sex": sex,
    "code": code,
    "modifier": modifier,
    "diagnosis": diagnosis,
}
