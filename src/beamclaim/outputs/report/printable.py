"""Values made fit to show: nothing that came in with a claim may steer a terminal or a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from beamclaim.model.span import Span

#: Bytes of the segment or row around a span, and the span's start and end inside them; None where they are gone.
Excerpts = Callable[[Span], tuple[bytes, int, int] | None]

# Controls (C0, DEL, C1), marks that reorder or hide text, line separators, lone surrogates.
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    if found[0] in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[found[0]]
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def printable(value: object) -> str:
    """The value as text in which controls, reordering marks and surrogates are spelled out (``\\x1b``)."""
    text = str(value)
    return text if text.isascii() and text.isprintable() else _UNSHOWN.sub(_escape, text)


def dollars(amount: Decimal) -> str:
    """The amount as people write it: ``$1,450.00``, ``-$3.10``."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """The number with its noun: ``1 claim``, ``2,310 claims``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def interval(first_day: date | None, last_day: date | None) -> str:
    """The days a row is in force, both inclusive: ``2015-01-01 to 2025-12-31``; empty where neither is known."""
    if first_day and last_day:
        return f"{first_day} to {last_day}"
    if first_day:
        return f"since {first_day}"
    return f"until {last_day}" if last_day else ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A segment or row with a value marked in it, all three parts fit to show."""

    before: str
    marked: str
    after: str

    @classmethod
    def of(cls, where: Span | None, excerpts: Excerpts) -> "Excerpt | None":
        """The excerpt around a span; None where there is no span or its bytes cannot be read again."""
        found = excerpts(where) if where else None
        if not found or not found[0]:
            return None
        whole, start, end = found
        start = min(max(start, 0), len(whole))
        end = min(max(end, start), len(whole))
        parts = (whole[:start], whole[start:end], whole[end:])
        return cls(*(printable(part.decode("utf-8", "backslashreplace")) for part in parts))
