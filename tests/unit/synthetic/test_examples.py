"""The three claim files: shipped as written, valid, and judged as the answers beside them say."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from test_claims837 import accepted

from beamclaim.app.check import Checked, CheckOptions, check
from beamclaim.synthetic.examples import ANSWERS, COURSES, Book, books, files

ROOT = Path(__file__).parents[3]
AS_OF = date(2026, 11, 23)
DECEMBER, JANUARY, OFFICE = books()


def test_the_examples_are_what_their_module_writes() -> None:
    written = files()
    assert {f"examples/{p.name}" for p in (ROOT / "examples").iterdir()} == set(written) - {ANSWERS}
    for name, data in written.items():
        assert (ROOT / name).read_bytes() == data, f"python -m beamclaim.synthetic.examples . writes another {name}"


@pytest.mark.parametrize("book", [DECEMBER, JANUARY, OFFICE], ids=lambda b: b.name)
def test_an_independent_validator_accepts_each(book: Book) -> None:
    assert accepted(book.bytes) == (True, [])


def asked(book: Book, history: tuple[Book, ...] = (), course: tuple[str, ...] = ()) -> Checked:
    before = tuple(str(ROOT / f"examples/{b.name}.837") for b in history)
    return check(CheckOptions((str(ROOT / f"examples/{book.name}.837"),), course, before, as_of=AS_OF))


@pytest.mark.parametrize(
    ("book", "history", "course"),
    [(DECEMBER, (), ()), (JANUARY, (DECEMBER,), ()), (OFFICE, (), (str(ROOT / COURSES),))],
    ids=["december", "january", "office"],
)
def test_findings_are_the_answers(book: Book, history: tuple[Book, ...], course: tuple[str, ...]) -> None:
    result = asked(book, history, course).result
    found: dict[str, set[str]] = defaultdict(set)
    for finding in result.findings:
        found[finding.claim or ""].add(finding.rule)
    untold: dict[str, set[str]] = defaultdict(set)
    for question in result.undecided:
        untold[question.claim or ""].add(question.rule)
    assert found == {told.claim: set(told.rules) for told in book.told if told.rules}
    for told in book.told:
        assert set(told.open) <= untold[told.claim]
        assert (told.rules or told.open) if told.wrong else not told.rules
