"""The status of a charge follows from its ladder by one table: every combination of unknown, true and false is tried."""

from itertools import product

import polars as pl
import pytest

from beamclaim.charging.declaration import ChargeRule, charge, step
from beamclaim.engine.answered_view import AnsweredView
from beamclaim.engine.propose import _outcomes  # the table of statuses stands there alone
from beamclaim.expressions.words import col
from beamclaim.views.registry import views

STATES = (True, False, None)
CODES = ("A", "B")


@charge("delivery", view="sessions", day="session.day", applies=col("x.applies"), hold=col("x.hold"))
def first():  # type: ignore[no-untyped-def]
    return step("first", where=col("x.first")), step("second", where=col("x.second"))


@charge("delivery", view="sessions", day="session.day", applies=col("x.applies"))
def waiting():  # type: ignore[no-untyped-def]
    return step("first", all_of={"full": col("x.first"), "visit": col("x.second")}, waits=("visit",))


def outcome(declared: ChargeRule, **values: bool | None) -> tuple[str, str | None, list[str]] | None:
    row = {f"x.{name}": [value] for name, value in values.items()}
    words = [s.word for s in declared.steps]
    known = {
        "code:first": ["A"],
        "code:second": ["B"],
        "in force:first": [True],
        "in force:second": [True],
    }
    frame = pl.DataFrame({**row, **{n: v for n, v in known.items() if n.partition(":")[2] in words}})
    frame = frame.cast(dict.fromkeys(row, pl.Boolean))
    rows = _outcomes(declared, AnsweredView(views()["sessions"], frame, {}))
    if rows.is_empty():
        return None
    return rows["status"].item(), rows["code"].item(), rows["possible"].item().to_list()


def expected(
    applies: bool | None, hold: bool | None, steps: tuple[bool | None, ...]
) -> tuple[str, str | None, list[str]] | None:
    """As the design writes it, line by line."""
    if applies is False or (applies is None and all(s is False for s in steps)):
        return None
    reached = next((n for n, s in enumerate(steps) if s), None)
    before = steps if reached is None else steps[:reached]
    unknown = [CODES[n] for n, s in enumerate(before) if s is None]
    possible = unknown + ([] if reached is None else [CODES[reached]])
    if applies is None or hold is not False:
        return "cannot_tell", None, possible
    if reached is None:
        return ("cannot_tell" if unknown else "not_billable"), None, possible
    return ("needs_evidence" if unknown else "supported"), CODES[reached], possible


@pytest.mark.parametrize(("applies", "hold", "one", "two"), list(product(STATES, repeat=4)))
def test_a_status_is_what_the_table_says(
    applies: bool | None, hold: bool | None, one: bool | None, two: bool | None
) -> None:
    said = outcome(first, applies=applies, hold=hold, first=one, second=two)
    assert said == expected(applies, hold, (one, two))


@pytest.mark.parametrize(
    ("full", "visit", "status"),
    [
        (True, True, "supported"), (True, None, "needs_evidence"), (None, None, "cannot_tell"), (None, True, "cannot_tell"),
        (False, None, "not_billable"), (True, False, "not_billable"),
    ],
)  # fmt: skip
def test_a_record_of_the_service_that_nobody_saw_is_waited_for(
    full: bool | None, visit: bool | None, status: str
) -> None:
    said = outcome(waiting, applies=True, first=full, second=visit)
    assert said is not None
    assert said[0] == status
    assert said[1] == ("A" if status == "supported" else None)
