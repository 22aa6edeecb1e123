"""Columns of a session beyond its own fractions: the service it was, what its course says of it, what was done since."""

import polars as pl

from beamclaim.model.value_sets import MODALITIES, TECHNIQUES
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.courses import course_days
from beamclaim.views.view import Frames

SESSION = ColumnGroup()
_SERVICES = "charging.services"


@SESSION.columns(
    ViewColumn("session.service", pl.String, "what it was: a word of `charging.services`", given_as="plan.technique"),
    ViewColumn(
        "session.possible_services",
        pl.String,
        "all it may have been, joined with `;`",
        given_as="plan.technique",
        is_list=True,
    ),
    reads=("session.modality", "session.technique"),
)
def with_service(sessions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The one service its modality and technique can be; of one that is not said, any it may be must agree."""
    table = frames.policy.table(_SERVICES).frame
    rows = [(m, t, s) for m, t, s in table.select("modality", "technique", "service").iter_rows()]
    keys = ["session.modality", "session.technique"]
    known = []
    for modality in (*MODALITIES, None):
        for technique in (*TECHNIQUES, None):
            possible = sorted({s for m, t, s in rows if modality in (m, None) and technique in (t, None)})
            known.append((modality, technique, possible[0] if len(possible) == 1 else None, ";".join(possible)))
    columns = [*keys, "session.service", "session.possible_services"]
    words = pl.DataFrame(known, schema=dict.fromkeys(columns, pl.String), orient="row")
    return sessions.join(words, on=keys, how="left", nulls_equal=True, maintain_order="left")


@SESSION.columns(
    ViewColumn("session.site_groups", pl.String, "groups of its sites; null where one is not known", given_as="plan.site", is_list=True),
    reads=("session.sites",),
)  # fmt: skip
def with_site_groups(sessions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The words of the table `sites`, whatever the case they are written in."""
    groups = frames.words("sites", "site_group")
    distinct = sessions["session.sites"].unique().drop_nulls().to_list()
    known: dict[str, str] = {}
    for sites in distinct:
        words = [groups.get(site.strip().lower()) for site in sites.split(";")]
        if words and None not in words:
            known[sites] = ";".join(sorted({w for w in words if w}))
    group = pl.col("session.sites").replace_strict(known, default=None, return_dtype=pl.String)
    return sessions.with_columns(group.alias("session.site_groups"))


@SESSION.column("session.of_course", pl.Int64, "its place among the sessions seen of its course, from 1")
def of_course(_: Frames) -> pl.Expr:
    """Whatever may be missing before it."""
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("course.key")


@SESSION.column("course.fractions_given", pl.Int64, "fractions of its sessions seen, over the whole course")
def fractions_given(_: Frames) -> pl.Expr:
    """Records of delivery that its sessions are made of; a further session that nobody is sure of has none of its own."""
    return pl.when(pl.col("session.is_sure")).then("session.fractions").sum().over("course.key")


@SESSION.columns(
    ViewColumn("course.has_ended", pl.Boolean, "the course is said to be over by the day of asking", given_as="course.ended_on"),
    ViewColumn("course.fractions_planned", pl.Int64, "fractions planned over its plans; a plan that takes another's place adds none"),
    reads=("course.key", "course.fractions_given"),
)  # fmt: skip
def with_course(sessions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """As its end says, else by what was planned: in fractions, since two sites in one visit are two of them and one session."""
    days = course_days(frames.tables).select(
        "course.key", "course.ended_on", "course.fractions_planned", "course.records_complete"
    )  # fmt: skip
    joined = sessions.join(days, on="course.key", how="left", maintain_order="left")
    is_past = pl.col("course.ended_on") <= pl.lit(frames.assumptions.as_of)
    is_done = pl.col("course.fractions_given") >= pl.col("course.fractions_planned")
    ended = pl.coalesce(is_past, pl.when("course.records_complete").then(is_done)).alias("course.has_ended")
    return joined.with_columns(ended).drop("course.ended_on", "course.records_complete")


@SESSION.column("session.is_last", pl.Boolean, "the last session of the course; null while records are not complete", given_as="course.records_complete")  # fmt: skip
def is_last(_: Frames) -> pl.Expr:
    """No later one is seen, and its number is known."""
    return pl.when(pl.col("session.number").is_not_null()).then(pl.col("session.is_last_seen"))


@SESSION.columns(
    ViewColumn("session.visits_so_far", pl.Int64, "visits of the physician until the next session of the course", given_as="procedures.management_visit"),
    ViewColumn("session.checks_so_far", pl.Int64, "weekly checks of the physicist until the next session of the course", given_as="procedures.weekly_physics"),
    reads=("course.key", "session.day"),
)  # fmt: skip
def with_counted_procedures(sessions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """How many were recorded before the next session's day, at least to the session's own day; the last session sees all."""
    procedures = frames.tables["procedures"].select("course.key", "procedure.kind", "procedure.date")
    following = pl.col("session.day").shift(-1).over("course.key")
    until = pl.max_horizontal("session.day", following.dt.offset_by("-1d"))
    never = pl.lit(None, pl.Date)
    sessions = sessions.with_columns(pl.when(following.is_null()).then(never).otherwise(until).alias("_until"))
    for kind, name in (("management_visit", "session.visits_so_far"), ("weekly_physics", "session.checks_so_far")):
        done = procedures.filter((pl.col("procedure.kind") == kind) & pl.col("procedure.date").is_not_null())
        done = done.sort("procedure.date").with_columns(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("course.key").alias("_count")
        )
        total = done.group_by("course.key").agg(pl.len().cast(pl.Int64).alias("_total"))
        asked = sessions.select("course.key", "_until").with_row_index("_row").sort("_until", nulls_last=True)
        known = asked.filter(pl.col("_until").is_not_null()).join_asof(
            done.select("course.key", "procedure.date", "_count"), left_on="_until", right_on="procedure.date",
            by="course.key", check_sortedness=False,
        )  # fmt: skip
        counts = asked.join(known.select("_row", "_count"), on="_row", how="left").join(
            total, on="course.key", how="left"
        )
        count = pl.when(pl.col("_until").is_null()).then("_total").otherwise("_count").fill_null(0)
        sessions = sessions.with_columns(counts.sort("_row").select(count.alias(name)).to_series())
    return sessions.drop("_until")


@SESSION.columns(
    ViewColumn("session.partial_decides", pl.Boolean, "without sessions that ended early there would be fewer weekly units by now", given_as="fraction.status"),
    reads=("course.key", "session.number", "session.is_partial", "session.is_last"),
)  # fmt: skip
def with_partial_decides(sessions: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """By the numbers of policy on the day of asking."""
    size = frames.parameter("radonc.management.fractions_per_unit")
    smallest = frames.parameter("radonc.management.smallest_final_week")
    if size is None or smallest is None:
        return sessions.with_columns(pl.lit(None, pl.Boolean).alias("session.partial_decides"))

    def units(n: pl.Expr) -> pl.Expr:
        return n // int(size) + (pl.col("session.is_last") & (n % int(size) >= int(smallest))).cast(pl.Int64)

    partial = pl.col("session.is_partial").fill_null(False).cast(pl.Int64).cum_sum().over("course.key")
    number = pl.col("session.number")
    return sessions.with_columns((units(number - partial) < units(number)).alias("session.partial_decides"))
