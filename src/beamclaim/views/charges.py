"""The view ``charges``: one row per proposed charge, whatever it was proposed for, with what adjustments ask of it.

The engine hands the proposals in as data (`proposed`); they are made of sessions and procedures. A row keeps the place of its
subject, so that reasons can be read where the proposal came from.
"""

from collections.abc import Collection

import polars as pl

from beamclaim.views.column import ViewColumn, plan
from beamclaim.views.columns.charge import CHARGE
from beamclaim.views.columns.circumstances import CIRCUMSTANCES, OF_COURSE
from beamclaim.views.view import Frames, Neighborhood, View, by_name

PROPOSED = "proposed"
_OWN = tuple(
    ViewColumn(name, dtype, doc, is_fact=not name.endswith(".key"), is_list="joined with `;`" in doc)
    for name, dtype, doc in (
        ("charge.key", pl.UInt64, "the charge"),
        ("patient.key", pl.UInt64, "the patient"),
        ("course.key", pl.UInt64, "the course"),
        ("charge.family", pl.String, "its family"),
        ("charge.by", pl.String, "the declaration that decided; null where several may"),
        ("charge.status", pl.String, "how sure it is"),
        ("charge.code", pl.String, "its code; null where none stands"),
        ("charge.possible", pl.String, "every code that could still be right, joined with `;`"),
        ("charge.units", pl.Int64, "its units"),
        ("charge.day", pl.Date, "its day"),
        ("charge.part", pl.String, "what of the service it is; null where its possible codes differ"),
        ("charge.is_distinct", pl.Boolean, "the record says why it is apart from another service of its day"),
        ("charge.physician", pl.String, "NPI of who was responsible"),
        ("charge.view", pl.String, "the view it was proposed for"),
        ("charge.row", pl.UInt32, "the row of that view"),
        ("charge.step", pl.Int64, "the step of its ladder that was reached, from 0"),
    )
)
GROUPS = (CIRCUMSTANCES, CHARGE)


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    proposed = frames.data.get(PROPOSED, pl.DataFrame(schema={c.name: c.dtype for c in _OWN}))
    rows = proposed.with_columns(pl.lit(False).alias("is_history"))
    return (
        plan(GROUPS, columns, frames)
        .run(rows, frames)
        .sort("patient.key", "charge.day", "charge.family", "charge.row", nulls_last=True)
    )


VIEW = View(
    "charges",
    row="one row per proposed charge",
    asked_of="patients",
    build=_build,
    columns=by_name(*_OWN, *GROUPS),
    subject=("charge.key", "patient.key", "course.key"),
    circumstances=OF_COURSE,
    # A session is apart from what was planned on its day; what a claim makes of the two is asked of the claim.
    groups={"provider": ("patient.key", "charge.day", "charge.view")},
    neighbors=Neighborhood(
        key="charge.key",
        patient="patient.key",
        claim="course.key",
        code="charge.code",
        day="charge.day",
        counts="charge.counts",
        modifiers="charge.modifiers",
        component="charge.component",
        nearest=("patient.key",),
        day_is_known="charge.counts",
    ),
    needs=(PROPOSED,),
)
