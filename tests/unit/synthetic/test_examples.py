"""The three claim files: shipped as written, valid, and judged as the answers beside them say."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from test_claims837 import accepted

from beamclaim.app.check import Checked, CheckOptions, check
from beamclaim.synthetic.examples import ANSWERS, COURSES, ExampleFile, example_files, files

ROOT = Path(__file__).parents[3]
AS_OF = date(2026, 11, 23)
DECEMBER, JANUARY, OFFICE = example_files()


def test_the_examples_are_what_their_module_writes() -> None:
    written = files()
    assert {f"examples/{p.name}" for p in (ROOT / "examples").iterdir()} == set(written) - {ANSWERS}
    for name, data in written.items():
        assert (ROOT / name).read_bytes() == data, f"python -m beamclaim.synthetic.examples . writes another {name}"


@pytest.mark.parametrize("file", [DECEMBER, JANUARY, OFFICE], ids=lambda b: b.name)
def test_an_independent_validator_accepts_each(file: ExampleFile) -> None:
    assert accepted(file.bytes) == (True, [])


def asked(file: ExampleFile, history: tuple[ExampleFile, ...] = (), course: tuple[str, ...] = ()) -> Checked:
    before = tuple(str(ROOT / f"examples/{b.name}.837") for b in history)
    return check(CheckOptions((str(ROOT / f"examples/{file.name}.837"),), course, before, as_of=AS_OF))


@pytest.mark.parametrize(
    ("file", "history", "course"),
    [(DECEMBER, (), ()), (JANUARY, (DECEMBER,), ()), (OFFICE, (), (str(ROOT / COURSES),))],
    ids=["december", "january", "office"],
)
def test_findings_are_the_answers(file: ExampleFile, history: tuple[ExampleFile, ...], course: tuple[str, ...]) -> None:
    result = asked(file, history, course).result
    fired: dict[str, set[str]] = defaultdict(set)
    for finding in result.findings:
        fired[finding.claim or ""].add(finding.rule)
    undecided: dict[str, set[str]] = defaultdict(set)
    for question in result.undecided:
        undecided[question.claim or ""].add(question.rule)
    assert fired == {a.claim: set(a.rules) for a in file.answers if a.rules}
    for answer in file.answers:
        assert set(answer.open) <= undecided[answer.claim]
        assert (answer.rules or answer.open) if answer.wrong else not answer.rules
