"""What is shown is harmless and still says what was there."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beamclaim.model.span import Span
from beamclaim.outputs.report.printable import Excerpt, counted, dollars, printable

WHERE = Span("a.837", 0, 0, "SV101-2")


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b[2J", r"\x1b[2J"), ("a\nb\tc\r", r"a\nb\tc\r"), ("\x9b31m", r"\x9b31m"), ("\u202e", r"\u202e"),
        ("\u200b\ufeff", r"\u200b\ufeff"), ("\udcff", r"\udcff"), ("Zoë 数量 é", "Zoë 数量 é"), (7, "7"),
    ],
)  # fmt: skip
def test_controls_and_hidden_marks_are_spelled_out(raw: object, seen: str) -> None:
    assert printable(raw) == seen


@given(st.text())
def test_g29_whatever_is_shown_can_be_printed_and_is_stable(text: str) -> None:
    seen = printable(text)
    assert all(c.isprintable() or c.isspace() or ord(c) > 0xFF for c in seen)
    assert "\x1b" not in seen and "\n" not in seen
    assert printable(seen) == seen
    seen.encode()


@given(st.binary(max_size=40), st.integers(-5, 50), st.integers(-5, 50))
def test_an_excerpt_of_any_bytes_and_any_span_loses_nothing(raw: bytes, start: int, end: int) -> None:
    excerpt = Excerpt.of(WHERE, lambda _: (raw, start, end))
    if not raw:
        assert excerpt is None
    else:
        assert excerpt is not None
        low = min(max(start, 0), len(raw))
        high = min(max(end, low), len(raw))
        parts = (raw[:low], raw[low:high], raw[high:])
        assert (excerpt.before, excerpt.marked, excerpt.after) == tuple(
            printable(part.decode("utf-8", "backslashreplace")) for part in parts
        )


def test_no_place_and_no_bytes_give_no_excerpt() -> None:
    assert Excerpt.of(None, lambda _: (b"x", 0, 1)) is None
    assert Excerpt.of(WHERE, lambda _: None) is None


def test_numbers_in_words() -> None:
    assert (dollars(Decimal("1450")), dollars(Decimal("-3.1"))) == ("$1,450.00", "-$3.10")
    assert (counted(1, "claim"), counted(2310, "claim")) == ("1 claim", "2,310 claims")
