"""The view ``waivers``: one row per waiver of a run, once its findings are known. It is made above the views (`findings.waivers`)."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.view import Frames, View, ViewColumn, by_name

WAIVER_COLUMNS = (
    ViewColumn("waiver.number", "its place in the file of waivers, from 1"),
    ViewColumn("waiver.rule", "the code, family or name of the rules it waives"),
    ViewColumn("waiver.until", "last day it holds"),
    ViewColumn("waiver.findings", "findings it waives on the day of asking"),
    ViewColumn("waiver.was_asked", "its rules were asked, and the claim it names is in this run"),
    ViewColumn("today", "the day the question is asked"),
)


def _build(frames: Frames, _columns: Collection[str]) -> pl.DataFrame:
    return frames.data["waivers"]


VIEW = View(
    "waivers", row="one row per waiver of a run", asked_of="run", build=_build, columns=by_name(WAIVER_COLUMNS), needs=("waivers",)
)  # fmt: skip
