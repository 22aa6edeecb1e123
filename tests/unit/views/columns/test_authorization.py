"""Lines find what was authorized under the number they carry, and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from beamclaim.model.tables import AUTHORIZATIONS, COURSES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.columns.authorization import with_authorization
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 31)


def entry(code: str, units: int | None = 10, number: str = "A1", course: int = 1, last: date = LAST) -> dict[str, Any]:
    return {
        **dict.fromkeys(AUTHORIZATIONS.schema), "course.key": course, "authorization.number": number, "authorization.code": code,
        "authorization.units": None if units is None else Decimal(units), "authorization.first_day": FIRST,
        "authorization.last_day": last,
    }  # fmt: skip


def found(
    *entries: dict[str, Any], code: str = "77407", number: str | None = "A1", patient: str = "P7"
) -> dict[str, Any]:
    """What stands beside one line; courses 1 and 2 are those of one patient, course 3 is of another."""
    courses = [
        {**dict.fromkeys(COURSES.schema), "course.key": key, "course.patient": whose}
        for key, whose in ((1, "P7"), (2, "P7"), (3, "P8"))
    ]
    tables = Tables(
        {
            "authorizations": pl.DataFrame(entries, schema=AUTHORIZATIONS.schema),
            "courses": pl.DataFrame(courses, schema=COURSES.schema),
        }
    )
    line = courses_with_patients(tables).filter(pl.col("course.patient") == patient).head(1).select(
        "patient.key", pl.lit(number, pl.String).alias("line.authorization"), pl.lit(code).alias("line.code")
    )  # fmt: skip
    (row,) = with_authorization(line, Frames(tables, POLICY, Assumptions(FIRST))).to_dicts()
    return {k.removeprefix("authorization."): v for k, v in row.items() if k.startswith("authorization.")}


NOTHING = {"codes": None, "code": None, "units": None, "first_day": None, "last_day": None}


def test_the_line_s_own_code_is_chosen_among_several() -> None:
    row = found(entry("77301", 1), entry("77407", 20))
    assert row == {"codes": "77301;77407", "code": "77407", "units": 20, "first_day": FIRST, "last_day": LAST}


def test_a_single_other_code_may_be_meant_of_several_none_is() -> None:
    assert found(entry("77386", 30))["code"] == "77386"
    several = found(entry("77301", 1), entry("77386", 30))
    assert several == NOTHING | {"codes": "77301;77386"}


def test_entries_of_one_code_add_up_and_the_same_entry_in_two_forms_is_one() -> None:
    more = entry("77407", 5, last=date(2026, 5, 1))
    assert found(entry("77407", 10), more) == {
        "codes": "77407", "code": "77407", "units": 15, "first_day": FIRST, "last_day": date(2026, 5, 1),
    }  # fmt: skip
    assert found(entry("77407", 10), entry("77407", 10, course=2))["units"] == 10


def test_a_part_that_is_not_said_leaves_the_whole_unknown() -> None:
    row = found(entry("77407", None), entry("77407", 5))
    assert (row["units"], row["first_day"]) == (None, FIRST)


def test_another_number_another_patient_and_no_number_find_nothing() -> None:
    assert found(entry("77407", number="A2")) == NOTHING
    assert found(entry("77407", course=3)) == NOTHING
    assert found(entry("77407", number=""), number="") == NOTHING
    assert found(entry("77407"), number=None) == NOTHING
