"""Service lines as the view `lines` gives them: what a test does not say is usual."""

from datetime import date
from typing import Any

import polars as pl

from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.registry import views

POLICY, LINES = PolicyAnswers(load_policy()), views()["lines"]
USUAL: dict[str, Any] = {
    "line.key": 1, "patient.key": 1, "claim.key": 1, "line.date": date(2026, 3, 2), "line.code": "77407", "line.modifiers": "",
    "line.counts": True, "line.provider": "1", "line.component": "technical", "claim.billing_npi": "1", "line.target": "C61",
    "claim.setting": "hospital_outpatient", "claim.payer_line": "medicare_ffs", "claim.payer": None,
    "claim.payer_asked": None, "claim.payer_key": None, "claim.mac": "J6",
    "claim.number": "A", "line.number": 1, "is_history": False, "claim.is_superseded": False,
}  # fmt: skip
SCHEMA = {
    "line.key": pl.UInt64, "patient.key": pl.UInt64, "claim.key": pl.UInt64, "line.date": pl.Date, "line.code": pl.String,
    "line.modifiers": pl.String, "line.counts": pl.Boolean, "line.provider": pl.String, "line.component": pl.String,
    "claim.billing_npi": pl.String, "line.target": pl.String, "claim.setting": pl.String, "claim.payer_line": pl.String,
    "claim.payer": pl.String,
    "claim.payer_asked": pl.String, "claim.payer_key": pl.String, "claim.mac": pl.String,
    "claim.number": pl.String, "line.number": pl.UInt32,
    "is_history": pl.Boolean, "claim.is_superseded": pl.Boolean,
    "line.setting": pl.String,
}  # fmt: skip


def service_lines(*rows: dict[str, Any]) -> pl.DataFrame:
    """The frame of these lines, numbered from 0: each of one day, that it is known to be of."""
    given = [USUAL | {"line.key": n} | row for n, row in enumerate(rows)]
    frame = pl.DataFrame([{"line.setting": g["claim.setting"]} | g for g in given], schema=SCHEMA, orient="row")
    return of_one_day(frame)


def of_one_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Lines as the view has them that are each of one known day; columns that are there stay as they are."""
    columns = {
        "line.date": pl.lit(date(2026, 3, 2)), "line.first_day": pl.col("line.date"), "line.date_to": pl.col("line.date"),
        "line.counts_that_day": pl.col("line.counts"), "line.counts_once": pl.col("line.counts"), "line.units": pl.lit(1),
        "line.billed_units": pl.lit(1), "line.is_range": pl.lit(False), "line.day_is_known": pl.lit(True),
        "line.day_is_open": pl.lit(None, pl.Boolean), "line.is_in_doubt": pl.lit(None, pl.Boolean),
    }  # fmt: skip
    for name, made in columns.items():
        frame = frame if name in frame.columns else frame.with_columns(made.alias(name))
    return frame
