"""The exit status: 0 nothing to stop for, 1 findings, 2 a file was not read, 3 strict and something not told."""

from datetime import date

import pytest

from beamclaim.cli.check import FailOn, day, status
from beamclaim.findings.finding import Coverage, File, Finding, Fix, Result, Undecided

READ = File("a.837", "00", "837P", 1, 1, None)
LOCKED = File("b.837", None, "unknown", 0, 0, "no permission")
OPEN = Undecided("UNT101", "C1", 1, ("course.ended_on",))


def run(
    severity: str | None = None, *, files: tuple[File, ...] = (READ,), undecided: tuple[Undecided, ...] = ()
) -> Result:
    result = Result("0.1.0", "ab", date(2026, 3, 1), files=list(files), claims=1, lines=1)
    result.undecided = list(undecided)
    result.coverage = [Coverage("UNT101", cannot_tell=len(undecided))]
    if severity:
        result.findings = [
            Finding(
                id="id", rule="COD101", name="n", title="t", severity=severity, risk="denial", message="m", claim="C1",
                line=1, course=None, fraction=None, date=None, code=None, charge=None, where=None, facts=(), policy=(),
                fix=Fix("advice", "look", "biller"), cause="c",
            )
        ]  # fmt: skip
    return result


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        (None, FailOn.ERROR, 0), (None, FailOn.WARNING, 0),
        ("info", FailOn.ERROR, 0), ("info", FailOn.WARNING, 0),
        ("warning", FailOn.ERROR, 0), ("warning", FailOn.WARNING, 1), ("warning", FailOn.NEVER, 0),
        ("error", FailOn.ERROR, 1), ("error", FailOn.WARNING, 1), ("error", FailOn.NEVER, 0),
    ],
)  # fmt: skip
def test_findings_at_or_above_fail_on_give_1(severity: str | None, fail_on: FailOn, expected: int) -> None:
    assert status(run(severity), fail_on, strict=False) == expected


def test_a_file_not_read_gives_2_whatever_was_found() -> None:
    assert status(run("error", files=(READ, LOCKED)), FailOn.ERROR, strict=False) == 2
    assert status(run(files=(LOCKED,)), FailOn.NEVER, strict=True) == 2


def test_something_not_told_gives_3_only_when_strict_and_nothing_was_found() -> None:
    assert status(run(undecided=(OPEN,)), FailOn.ERROR, strict=False) == 0
    assert status(run(undecided=(OPEN,)), FailOn.ERROR, strict=True) == 3
    assert status(run("warning", undecided=(OPEN,)), FailOn.ERROR, strict=True) == 3
    assert status(run("error", undecided=(OPEN,)), FailOn.ERROR, strict=True) == 1
    assert status(run(), FailOn.ERROR, strict=True) == 0


def test_a_day_is_iso_or_today() -> None:
    assert day("2026-03-01") == date(2026, 3, 1)
    assert day("today") == date.today()
