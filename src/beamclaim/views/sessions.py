"""Delivered fractions → sessions: what a patient came to the machine for at once, over all plans and courses.

One row per session (`sessions`), and from the same fractions one row per day (`session_days`). Fractions with the same session
name were one visit; the others are told apart by time (`model/visits.py`). Where nobody can tell how many visits a day held,
the day is one session that is not sure, and of its facts only what holds of all its fractions together and of each alone is
known. A fact a fraction does not state is taken from its plan and counts as *planned*: enough for modality and technique,
never for isocenters or motion. Read by `columns/day.py` and `columns/course_sessions.py`; charging and ledger ask for the
same frame.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import TypedDict

import polars as pl

from beamclaim.model.keys import group_key
from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import DELIVERED, TWICE_DAILY_ORDER
from beamclaim.model.visits import begins_visit, is_doubtful
from beamclaim.views.column import ViewColumn, plan
from beamclaim.views.columns.circumstances import CIRCUMSTANCES, OF_COURSE
from beamclaim.views.columns.session import SESSION
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.session_facts import MotionWords, agreed, facts, with_plans
from beamclaim.views.view import Frames, View, by_name

DAY = ["patient.key", "session.day"]
#: What is known of a day whose visits nobody can tell apart.
_OF_THE_DAY = (
    "session.day",
    "session.is_sure",
    "session.started_at",
    "session.fractions",
    "session.fraction_numbers",
    "session.guidance",
    "session.motion_elements",
)
#: What a day has where all its sessions agree.
_SHARED = ("isocenters", "modality", "technique", "motion_managed")
_MICROSECONDS_AN_HOUR = timedelta(hours=1) // timedelta(microseconds=1)
#: The fact of the course form to ask for, where a column is unknown.
_GIVEN_AS = {
    "session.is_sure": "fraction.session", "session.number": "course.records_complete", "session.is_partial": "fraction.status",
    "session.is_guided": "fraction.guidance", "session.guidance": "fraction.guidance", "session.modality": "fraction.modality",
    "session.technique": "plan.technique", "session.site": "plan.site", "session.sites": "plan.site",
    "session.isocenters": "fraction.isocenters", "session.motion_active": "fraction.motion_management",
    "session.motion_shown": "plan.motion_evidence", "session.motion_elements": "plan.motion_evidence",
    "session.physician": "fraction.physician",
    **{f"session.{n}": f"plan.{n}" for n in ("compensator", "fields", "areas", "blocks", "energy_mv", "proton_level", "machine_kind")},
}  # fmt: skip
COLUMNS = tuple(
    ViewColumn(
        name,
        dtype,
        doc,
        given_as=_GIVEN_AS.get(name, ""),
        is_fact=not name.endswith(".key"),
        is_list="joined with `;`" in doc,
    )
    for name, dtype, doc in (
        ("session.key", pl.UInt64, "the session"),
        ("patient.key", pl.UInt64, "the patient"),
        ("course.key", pl.UInt64, "the course it belongs to; of several the first by id"),
        ("session.day", pl.Date, "its day"),
        ("session.of_day", pl.Int64, "its place in the day, from 1"),
        ("session.is_sure", pl.Boolean, "true, or null: nobody can tell whether the day held this further session"),
        (
            "session.number",
            pl.Int64,
            "its place in the course; null while records are not complete or an earlier day is not sure",
        ),
        ("session.is_last_seen", pl.Boolean, "no later session of the course is seen"),
        ("session.started_at", pl.Datetime("us"), "when its first fraction began"),
        ("session.gap_hours", pl.Float64, "hours since the session before it on that day began"),
        ("session.fractions", pl.Int64, "records of delivery it is made of"),
        ("session.fraction_numbers", pl.List(pl.UInt16), "their numbers in their plans, as far as they are said"),
        ("session.is_partial", pl.Boolean, "every fraction of it ended early"),
        ("session.is_guided", pl.Boolean, "a fraction of it was guided by images"),
        (
            "session.modality",
            pl.String,
            "photon, electron, mixed, proton … by fraction or plan; null where they differ",
        ),
        ("session.technique", pl.String, "technique of its plans, where they share one"),
        ("session.site", pl.String, "site of its plans, where they share one"),
        ("session.compensator", pl.Boolean, "a plan of it used physical compensators"),
        (
            "session.isocenters",
            pl.Int64,
            "isocenters treated, as its fractions state; once a plan, and once a group of plans that share them",
        ),
        ("session.sites", pl.String, "sites of its plans, joined with `;`; null where one is not said"),
        ("session.fields", pl.Int64, "treatment beams of its plans together; null where one is not said"),
        ("session.areas", pl.Int64, "treatment areas of its plans together; null where one is not said"),
        ("session.blocks", pl.String, "blocks of its plans, where they share one"),
        ("session.energy_mv", pl.Decimal(9, 3), "energy of its plans, where they share one"),
        ("session.proton_level", pl.String, "level of proton delivery of its plans, where they share one"),
        ("session.machine_kind", pl.String, "kind of machine of its plans, where they share one"),
        ("session.guidance", pl.String, "images it was guided by, joined with `;`; null where a fraction does not say"),
        ("session.motion_elements", pl.String, "what its record shows of motion management, joined with `;`"),
        ("session.motion_active", pl.Boolean, "motion was managed while the beam was on"),
        ("session.motion_shown", pl.Boolean, "the record shows by what; null where it does not"),
        ("session.motion_managed", pl.Boolean, "a fraction was managed so, and its record shows it"),
        ("session.physician", pl.String, "NPI of who was responsible, where all fractions name one"),
    )
)
SESSIONS = {column.name: column.dtype for column in COLUMNS}
DAYS = {
    "patient.key": pl.UInt64, "session.day": pl.Date, "day.sessions": pl.Int64, "day.sessions_partial": pl.Int64,
    "day.isocenters": pl.Int64, "day.modality": pl.String, "day.technique": pl.String, "day.motion_managed": pl.Boolean,
    "day.gap_hours": pl.Float64, "day.physicians": pl.Int64, "day.partial_delivery": pl.Boolean,
}  # fmt: skip


def sessions(
    tables: Tables, *, same_visit: timedelta | None, distinct_after: timedelta | None, motion: MotionWords
) -> pl.DataFrame:
    """One row per session, by patient, day and place in the day: the columns of `SESSIONS`.

    `same_visit`: fractions less than this apart are one visit; `distinct_after`: from this on they are two; None where policy
    is silent. Of a day whose visits nobody can tell apart the first session is sure, and there may be as many as it has
    fractions: of a further one `session.is_sure` is null. `session.number` counts the sessions of the course, null while its records are
    not complete or an earlier day is not sure. A session of several courses is of the first of them by id.
    """
    fractions = with_plans(_with_visits(tables, same_visit=same_visit, distinct_after=distinct_after), tables, motion)
    order = courses_with_patients(tables).sort("course.id", "course.key", nulls_last=True)
    order = order.select("course.key", "course.records_complete").with_row_index("_course")
    fractions = fractions.join(order.select("course.key", "_course"), on="course.key", how="left")
    visits = _each_possible(fractions).sort(*DAY, "session.started_at", "_visit", "_further", nulls_last=True)
    visits = visits.join(order, on="_course", how="left", maintain_order="left")
    undated = tables["fractions"].filter(pl.col("fraction.day").is_null())["course.key"].unique()
    is_complete = pl.col("course.records_complete").fill_null(False) & ~pl.col("course.key").is_in(undated.implode())
    unsure = pl.col("session.is_sure").is_null().cast(pl.UInt32).cum_sum().over("course.key")
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    place, start = pl.int_range(pl.len(), dtype=pl.Int64), pl.col("session.started_at")
    first_of_day = pl.when(~_is_same_day()).then(place).forward_fill()
    gap = pl.when(_is_same_day() & pl.col("session.is_sure")).then(start - start.shift())
    return (
        visits.with_columns((place - first_of_day + 1).alias("session.of_day"), _hours(gap).alias("session.gap_hours"))
        .with_columns(
            group_key([*DAY, "session.of_day"]).alias("session.key"),
            pl.when(is_complete & (unsure == 0)).then(number.over("course.key")).alias("session.number"),
            (number.over("course.key") == pl.len().over("course.key")).alias("session.is_last_seen"),
        )
        .select(*SESSIONS)
    )


def _each_possible(fractions: pl.DataFrame) -> pl.DataFrame:
    """Fractions → the facts of each visit; where nobody can tell visits apart one row for each there may have been.

    Of such a day a fact is known where it holds of all its fractions together and of each alone. `_further` counts from 0.
    """
    visits = facts(fractions).with_columns(pl.lit(0).alias("_further"))
    is_sure = pl.col("session.is_sure").fill_null(False)
    doubtful = visits.filter(~is_sure)
    if doubtful.is_empty():
        return visits
    alone = fractions.filter(~pl.col("_is_sure"))
    each = facts(alone.with_columns(pl.col("_row").alias("_visit")))
    together = doubtful.drop("_further")
    own = [name for name in together.columns if name.startswith("session.") and name not in _OF_THE_DAY]
    shared = pl.concat([together, each]).group_by(DAY).agg(agreed(name) for name in own)
    possible = together.drop(own).join(shared, on=DAY).with_columns(
        pl.int_ranges(pl.col("session.fractions")).alias("_further")
    )  # fmt: skip
    possible = possible.explode("_further").with_columns(
        pl.when(pl.col("_further") == 0).then(True).alias("session.is_sure"),
        # How its fractions are shared out among them nobody knows: they stand at the first.
        pl.when(pl.col("_further") == 0).then("session.fractions").alias("session.fractions"),
    )
    return pl.concat([visits.filter(is_sure), possible.select(visits.columns)], how="vertical_relaxed")


def session_days(
    tables: Tables, *, same_visit: timedelta | None, distinct_after: timedelta | None, motion: MotionWords
) -> pl.DataFrame:
    """One row per patient and day with a delivered fraction: the columns of `DAYS`; arguments as of `sessions`.

    A fact in which the sessions of the day differ is null: it would be true of neither. So is `day.sessions` where nobody can
    tell them apart.
    """
    fractions = with_plans(_with_visits(tables, same_visit=same_visit, distinct_after=distinct_after), tables, motion)
    fractions = fractions.with_columns(pl.lit(None, pl.UInt32).alias("_course"))
    visits = facts(fractions)
    # Where nobody can tell visits apart, each fraction alone may have been one.
    alone = fractions.filter(~pl.col("_is_sure")).with_columns(pl.col("_row").alias("_visit"))
    pieces = pl.concat([visits, facts(alone)])
    shared = pieces.group_by(DAY).agg(agreed(f"session.{n}").alias(f"day.{n}") for n in _SHARED)
    is_sure = pl.col("session.is_sure").all(ignore_nulls=False).fill_null(False)
    some_partial = pl.col("_some_partial").any()
    counted = visits.group_by(DAY, maintain_order=True).agg(
        pl.when(is_sure).then(pl.len()).cast(pl.Int64).alias("day.sessions"),
        pl.when(~some_partial).then(0).when(is_sure).then(pl.col("session.is_partial").sum()).cast(pl.Int64)
        .alias("day.sessions_partial"),
        some_partial.alias("day.partial_delivery"),
    )  # fmt: skip
    timed = fractions.sort(*DAY, "fraction.started_at")
    start = pl.col("fraction.started_at")
    gap = pl.when(_is_same_day()).then(start - start.shift())
    is_apart = begins_visit(gap, same_visit=same_visit) if same_visit is not None else pl.lit(False)
    physician = pl.col("fraction.physician")
    of_fractions = timed.with_columns(pl.when(is_apart).then(_hours(gap)).alias("_hours")).group_by(DAY).agg(
        pl.col("_hours").min().alias("day.gap_hours"),
        pl.when(physician.null_count() == 0).then(physician.n_unique()).cast(pl.Int64).alias("day.physicians"),
    )  # fmt: skip
    return (
        counted.join(shared, on=DAY, how="left", maintain_order="left")
        .join(of_fractions, on=DAY, how="left", maintain_order="left")
        .select(*DAYS)
    )


class _PolicyAnswers(TypedDict):
    same_visit: timedelta | None
    distinct_after: timedelta | None
    motion: MotionWords


def _policy_answers(frames: Frames) -> _PolicyAnswers:
    """The numbers and words of policy on the day of asking."""
    minutes, hours = frames.parameter("radonc.session.same_visit_minutes"), frames.parameter("radonc.session.gap_hours")
    evidence = frames.words("course.motion_evidence", "shows_active")
    return {
        "same_visit": None if minutes is None else timedelta(minutes=minutes),
        "distinct_after": None if hours is None else timedelta(hours=hours),
        "motion": MotionWords(
            frames.words("course.motion", "is_active"), [word for word, shows in evidence.items() if shows]
        ),
    }


def days_of_patients(frames: Frames) -> pl.DataFrame:
    """`session_days` with what policy says on the day of asking."""
    return session_days(frames.tables, **_policy_answers(frames))


def sessions_of_patients(frames: Frames) -> pl.DataFrame:
    """`sessions` with what policy says on the day of asking."""
    return sessions(frames.tables, **_policy_answers(frames))


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    steps = plan(GROUPS, columns, frames)
    rows = frames.once(sessions_of_patients).with_columns(pl.lit(False).alias("is_history"))
    return steps.run(rows, frames).sort("patient.key", "session.day", "session.of_day")


GROUPS = (CIRCUMSTANCES, SESSION)
VIEW = View(
    "sessions",
    row="one row per session at the machine, over all plans and courses of a patient",
    asked_of="patients",
    build=_build,
    columns=by_name(*COLUMNS, *GROUPS),
    subject=("session.key", "patient.key", "course.key"),
    circumstances=OF_COURSE,
)


def _with_visits(tables: Tables, *, same_visit: timedelta | None, distinct_after: timedelta | None) -> pl.DataFrame:
    """One row per delivered fraction whose day is known, with its patient, `_visit` (a number) and `_is_sure`, in that order."""
    patients = courses_with_patients(tables).select("course.key", "patient.key")
    orders = tables["documents"].filter(pl.col("document.item") == TWICE_DAILY_ORDER)
    ordered = orders.join(patients, on="course.key")["patient.key"].unique()
    # Brachytherapy is named and left alone: it is no session at the machine.
    brachytherapy = tables["plans"].filter(pl.col("plan.modality") == "brachytherapy").select(
        "course.key", pl.col("plan.id").alias("fraction.plan")
    )  # fmt: skip
    start, name = pl.col("fraction.started_at"), pl.col("fraction.session")
    fractions = (
        tables["fractions"]
        .drop("file", "start", "end", "segment")
        .filter(pl.col("fraction.status").is_in(DELIVERED) & pl.col("fraction.day").is_not_null())
        .with_row_index("_row")
        .join(patients, on="course.key")
        .join(brachytherapy, on=["course.key", "fraction.plan"], how="anti")
        .rename({"fraction.day": "session.day"})
        .with_columns(pl.when(name.is_null()).then(start).alias("_order"), pl.col("patient.key").is_in(ordered.implode()).alias("_is_ordered"))
        .sort(*DAY, name, "_order", "_row", nulls_last=[False, False, True, False, False])
    )  # fmt: skip
    is_same_day = _is_same_day()
    is_after_loose = is_same_day & name.is_null() & name.shift().is_null()
    pause = start - start.shift()
    untold = is_doubtful(pause, pause, pl.col("_is_ordered"), same_visit=same_visit, distinct_after=distinct_after)
    begins = (
        pl.when(is_after_loose)
        .then(begins_visit(pause, same_visit=same_visit).fill_null(False))
        .otherwise(~is_same_day | name.ne_missing(name.shift()))
    )
    return (
        fractions.with_columns(
            (~is_same_day).cum_sum().alias("_day"),
            begins.alias("_begins"),
            # Of several fractions without a name one without a time could have been given at any of theirs.
            (is_after_loose & (pause.is_null() | untold)).fill_null(True).alias("_doubt"),
        )
        .with_columns((~pl.col("_doubt").any()).over("_day").alias("_is_sure"))
        .with_columns(
            pl.when("_is_sure").then("_begins").otherwise(pl.col("_day") != pl.col("_day").shift(fill_value=0)).cum_sum().alias("_visit")
        )
        .drop("_order", "_is_ordered", "_begins", "_doubt", "_day")
    )  # fmt: skip


def _is_same_day() -> pl.Expr:
    """Whether a row is of the patient and day of the row before it: rows are sorted, and a comparison costs less than a window."""
    return pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in DAY).fill_null(False)


def _hours(duration: pl.Expr) -> pl.Expr:
    microseconds = duration.dt.total_microseconds()
    # Polars multiplies by the reciprocal of a constant, which rounds twice; a column it divides by.
    return microseconds / (microseconds * 0 + _MICROSECONDS_AN_HOUR)
