"""The view ``waivers``: one row per waiver of a run, once its findings are known. It is made above the views (`findings.waivers`)."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.column import ViewColumn
from beamclaim.views.view import Frames, View, by_name

WAIVER_COLUMNS = (
    ViewColumn("waiver.number", pl.Int64, "its place in the file of waivers, from 1"),
    ViewColumn("waiver.rule", pl.String, "the code, family or name of the rules it waives"),
    ViewColumn("waiver.until", pl.Date, "last day it holds"),
    ViewColumn("waiver.findings", pl.Int64, "findings it waives on the day of asking"),
    ViewColumn("waiver.was_asked", pl.Boolean, "its rules were asked, and the claim it names is in this run"),
    ViewColumn("today", pl.Date, "the day the question is asked", is_fact=False),
)


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    return frames.data["waivers"]


VIEW = View(
    "waivers", row="one row per waiver of a run", asked_of="run", build=_build, columns=by_name(*WAIVER_COLUMNS), needs=("waivers",)
)  # fmt: skip
