"""Columns that say under whose policy a course is billed: setting, payer, line of business, contractor.

They are those of its claims, by what the course says of itself; a run's own words stand where it says nothing.
"""

import polars as pl

from beamclaim.model.value_sets import FORM_OF_SETTING, PAYER_LINES, SELF_PAY, SETTINGS
from beamclaim.policy.payers import PayerWords
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.view import Circumstance, Frames

CIRCUMSTANCES = ColumnGroup()
OF_COURSE = (
    Circumstance("course.setting", "setting"),
    Circumstance("course.payer_asked", "payer"),
    Circumstance("course.payer_line", "payer_line"),
    Circumstance("course.mac", "mac", is_asked_for=False),
)


@CIRCUMSTANCES.columns(
    ViewColumn("course.setting", pl.String, ", ".join(SETTINGS), given_as="course.setting", words=SETTINGS),
    ViewColumn("course.payer_asked", pl.String, "the payer as policy names it", given_as="payer.id", is_fact=False),
    ViewColumn("course.payer_line", pl.String, ", ".join(PAYER_LINES), given_as="payer.line", words=PAYER_LINES),
    ViewColumn("course.mac", pl.String, "jurisdiction of the Medicare contractor", given_as="course.mac"),
    reads=("course.key",),
)
def with_circumstances(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Rows of a course with what policy hangs on; a payer nobody knows has no rows of its own."""
    return rows.join(frames.once(circumstances_of_courses), on="course.key", how="left", maintain_order="left")


def circumstances_of_courses(frames: Frames) -> pl.DataFrame:
    """course.key → setting, payer as policy names it, payer line and contractor of each course."""
    assumptions = frames.assumptions
    courses = courses_with_patients(frames.tables).select(
        "course.key", "course.payer", "course.payer_name", "course.payer_line", "course.mac", "course.self_pay",
        pl.coalesce("course.setting", pl.lit(assumptions.setting, pl.String)).alias("course.setting"),
    )  # fmt: skip
    directory = frames.policy.payers
    # A batch has few payers; each distinct way of naming one is asked once.
    distinct = courses.select(
        "course.payer", "course.payer_name", "course.payer_line", "course.setting"
    ).unique(maintain_order=True)  # fmt: skip
    answers = [
        directory.of(
            PayerWords(
                payer_id=payer.strip().upper() if payer else None, name=name, payer_line=line,
                form=FORM_OF_SETTING.get(setting or ""), day=assumptions.as_of, assumed_line=assumptions.payer_line,
            )
        )
        for payer, name, line, setting in distinct.iter_rows()
    ]  # fmt: skip
    answered = distinct.with_columns(
        pl.Series("course.payer_asked", [a.asked for a in answers], dtype=pl.String),
        pl.Series("_line", [a.line for a in answers], dtype=pl.String),
        pl.Series("_mac", [a.mac for a in answers], dtype=pl.String),
    )
    line = pl.when("course.self_pay").then(pl.lit(SELF_PAY)).otherwise("_line")
    return courses.join(answered, on=distinct.columns, how="left", nulls_equal=True).select(
        "course.key", "course.setting", "course.payer_asked", line.alias("course.payer_line"),
        pl.coalesce("course.mac", pl.lit(assumptions.mac, pl.String), "_mac").alias("course.mac"),
    )  # fmt: skip
