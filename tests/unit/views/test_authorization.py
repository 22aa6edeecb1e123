"""Lines find what was authorized under the number they carry, and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from beamclaim.model.tables import AUTHORIZATIONS
from beamclaim.model.tables.frames import Tables
from beamclaim.views.authorization import authorized

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 31)


def entry(code: str, units: int | None = 10, number: str = "A1", course: int = 1, last: date = LAST) -> dict[str, Any]:
    return {
        **dict.fromkeys(AUTHORIZATIONS.schema), "course.key": course, "authorization.number": number, "authorization.code": code,
        "authorization.units": None if units is None else Decimal(units), "authorization.first_day": FIRST,
        "authorization.last_day": last,
    }  # fmt: skip


def beside(
    *entries: dict[str, Any], code: str = "77407", number: str | None = "A1", patient: int = 7
) -> dict[str, Any]:
    """What stands beside one line; courses 1 and 2 are those of patient 7, course 3 is of patient 8."""
    book = Tables({"authorizations": pl.DataFrame(entries, schema=AUTHORIZATIONS.schema)})
    line = pl.DataFrame(
        {"patient.key": [patient], "line.authorization": [number], "line.code": [code]},
        schema={"patient.key": pl.UInt64, "line.authorization": pl.String, "line.code": pl.String},
    )
    keys = {"course.key": pl.UInt64, "patient.key": pl.UInt64}
    patients = pl.DataFrame({"course.key": [1, 2, 3], "patient.key": [7, 7, 8]}, schema=keys)
    (row,) = authorized(line, book, patients).to_dicts()
    return {k.removeprefix("authorization."): v for k, v in row.items() if k.startswith("authorization.")}


NOTHING = {"codes": None, "code": None, "units": None, "first_day": None, "last_day": None}


def test_the_line_s_own_code_is_chosen_among_several() -> None:
    found = beside(entry("77301", 1), entry("77407", 20))
    assert found == {"codes": "77301;77407", "code": "77407", "units": 20, "first_day": FIRST, "last_day": LAST}


def test_a_single_other_code_may_be_meant_of_several_none_is() -> None:
    assert beside(entry("77386", 30))["code"] == "77386"
    several = beside(entry("77301", 1), entry("77386", 30))
    assert several == NOTHING | {"codes": "77301;77386"}


def test_entries_of_one_code_add_up_and_the_same_entry_in_two_forms_is_one() -> None:
    more = entry("77407", 5, last=date(2026, 5, 1))
    assert beside(entry("77407", 10), more) == {
        "codes": "77407", "code": "77407", "units": 15, "first_day": FIRST, "last_day": date(2026, 5, 1),
    }  # fmt: skip
    assert beside(entry("77407", 10), entry("77407", 10, course=2))["units"] == 10


def test_a_part_that_is_not_said_leaves_the_whole_unknown() -> None:
    found = beside(entry("77407", None), entry("77407", 5))
    assert (found["units"], found["first_day"]) == (None, FIRST)


def test_another_number_another_patient_and_no_number_find_nothing() -> None:
    assert beside(entry("77407", number="A2")) == NOTHING
    assert beside(entry("77407", course=3)) == NOTHING
    assert beside(entry("77407", number=""), number="") == NOTHING
    assert beside(entry("77407"), number=None) == NOTHING
