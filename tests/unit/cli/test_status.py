"""The exit status: 0 nothing to stop for, 1 findings, 2 a file was not read, 3 strict and something not told."""

from datetime import date

import pytest

from beamclaim.cli.check import FailOn, status
from beamclaim.cli.options import day
from beamclaim.findings.finding import Finding, Fix, Undecided
from beamclaim.findings.questions import Questions
from beamclaim.findings.result import Coverage, File, Result
from beamclaim.testing.findings import findings_of

READ = File("a.837", "00", "837P", 1, 1, None)
LOCKED = File("b.837", None, "unknown", 0, 0, "no permission")
OPEN = Undecided("UNT101", "C1", 1, ("course.ended_on",))


def run(
    severity: str | None = None, *, files: tuple[File, ...] = (READ,), undecided: tuple[Undecided, ...] = ()
) -> Result:
    result = Result("0.1.0", "ab", date(2026, 3, 1), files=list(files), claims=1, lines=1)
    result.undecided = Questions.of(undecided)
    result.coverage = [Coverage("UNT101", cannot_tell=len(undecided))]
    if severity:
        result.findings = findings_of([
            Finding(
                id="id", rule="COD101", name="n", title="t", severity=severity, risk="denial", message="m", claim="C1",
                line=1, course=None, fraction=None, date=None, code=None, charge=None, where=None, facts=(), policy=(),
                fix=Fix("advice", "look", "biller"), cause="c",
            )
        ])  # fmt: skip
    return result


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        (None, "error", 0), (None, "warning", 0),
        ("info", "error", 0), ("info", "warning", 0),
        ("warning", "error", 0), ("warning", "warning", 1), ("warning", "never", 0),
        ("error", "error", 1), ("error", "warning", 1), ("error", "never", 0),
    ],
)  # fmt: skip
def test_findings_at_or_above_fail_on_give_1(severity: str | None, fail_on: FailOn, expected: int) -> None:
    assert status(run(severity), fail_on, strict=False) == expected


def test_a_file_not_read_gives_2_whatever_was_found() -> None:
    assert status(run("error", files=(READ, LOCKED)), "error", strict=False) == 2
    assert status(run(files=(LOCKED,)), "never", strict=True) == 2


def test_something_not_told_gives_3_only_when_strict_and_nothing_was_found() -> None:
    assert status(run(undecided=(OPEN,)), "error", strict=False) == 0
    assert status(run(undecided=(OPEN,)), "error", strict=True) == 3
    assert status(run("warning", undecided=(OPEN,)), "error", strict=True) == 3
    assert status(run("error", undecided=(OPEN,)), "error", strict=True) == 1
    assert status(run(), "error", strict=True) == 0


def test_a_day_is_iso_or_today() -> None:
    assert day("2026-03-01") == date(2026, 3, 1)
    assert day("today") == date.today()
