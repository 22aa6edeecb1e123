"""Verdicts of lines that are about one thing → one verdict; findings of several lines → one that names them.

A rule may be about more than a row (`Rule.about`): lines whose claim lacks a number are one fact of the claim. Its verdict is
that of any of its rows: it fires where one surely does, is open where one is, clear where one is. Of those that say so the line
with the lowest number speaks. Called by `verdicts`, after the days of a line became one (`day_rows`); other rules cost nothing.
"""

import polars as pl

from beamclaim.engine.answered_view import AnsweredView
from beamclaim.engine.day_rows import SAID, surplus_rows
from beamclaim.engine.kept_columns import ABOUT
from beamclaim.expressions.windows import group_over
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import View

#: The numbers, keys and charges of the lines a finding names, in order of their numbers.
NUMBERS, KEYS, CHARGES = "about:numbers", "about:keys", "about:charges"
_NUMBER, _KEY, _CHARGE = "line.number", "line.key", "line.charge"
#: Which verdict among its rows is that of a subject: the lowest.
_RANK = {"fires": 0, "cannot_tell": 1, "clear": 2, "not_applicable": 3}


def subjects_asked(rule: Rule, answered: AnsweredView) -> int:
    """How many subjects of the rule are asked; a row of which nobody knows what it belongs to is one of its own."""
    if not rule.about:
        return int((~answered.frame["is_history"]).sum()) - surplus_rows(answered)
    group = _group(rule, answered).filter(~answered.frame["is_history"])
    return group.drop_nulls().n_unique() + group.null_count()


def one_verdict_a_subject(rule: Rule, rows: pl.Series, verdicts: pl.Series, answered: AnsweredView) -> pl.Series:
    """The verdicts of these rows; of a subject only that of the row that speaks for it, null on the others.

    A subject that fires keeps every row that does: `as_one_subject` makes one of them.
    """
    if not rule.about:
        return verdicts
    group, number = _group(rule, answered)[rows].alias("group"), answered.frame[_NUMBER][rows].alias("number")
    told = (
        pl.DataFrame([group, number, verdicts.alias("verdict")]).with_row_index("at").drop_nulls(["group", "verdict"])
    )
    rank = pl.col("verdict").replace_strict(_RANK, return_dtype=pl.Int8)
    ranked = told.with_columns(rank.alias("rank"))
    first = ranked.sort("rank", "number", "at").unique("group", keep="first", maintain_order=True)
    speakers = first.select("group", pl.col("at").alias("speaker"), pl.col("rank").alias("first_rank"))
    spoken = ranked.join(speakers, on="group", how="left", maintain_order="left")
    is_kept = (pl.col("at") == pl.col("speaker")) | ((pl.col("rank") == 0) & (pl.col("first_rank") == 0))
    kept = spoken.select("at", pl.when(is_kept).then("verdict").alias("verdict"))
    return verdicts.scatter(kept["at"], kept["verdict"])


def as_one_subject(fires: pl.DataFrame, rule: Rule, view: View) -> pl.DataFrame:
    """Rows that fire → one for each subject: the first of the gravest, with the numbers of all and every value its words name."""
    if not rule.about or fires.is_empty():
        return fires
    grade = pl.col("answer:grade").replace("", None) if "answer:grade" in fires.columns else pl.lit(None, pl.String)
    gravity = grade.fill_null(rule.severity).replace_strict(
        {s: n for n, s in enumerate(SEVERITIES)}, return_dtype=pl.Int8
    )
    at = pl.int_range(pl.len())
    ranked = fires.with_columns(
        at.alias("_at"), pl.when(pl.col(ABOUT).is_null()).then(at).alias("_alone"), gravity.alias("_gravity")
    ).sort("_gravity", _NUMBER, "_at")
    shown = [*(n for n in rule.shows if n in view.columns), *(f"answer:{n}" for n in rule.shown_answers)]
    own = [name for name in ranked.columns if not name.startswith((SAID, "_", ABOUT))]
    several = ranked.group_by(ABOUT, "_alone", maintain_order=True).agg(
        *(pl.col(name).first() for name in [*own, "_at"]),
        *(_values(name, ranked).alias(f"{SAID}{name}") for name in shown if name in own),
        *(pl.col(n).sort_by(_NUMBER).alias(name) for n, name in ((_NUMBER, NUMBERS), (_KEY, KEYS), (_CHARGE, CHARGES))),
    )
    return several.sort("_at").drop(ABOUT, "_alone", "_at")


def _values(name: str, rows: pl.DataFrame) -> pl.Expr:
    """Every value of a column in order of the lines, each once; of a line over several days the days it is true of."""
    said = f"{SAID}{name}"
    value = pl.coalesce(said, pl.col(name).cast(pl.String)) if said in rows.columns else pl.col(name)
    return value.sort_by(_NUMBER).unique(maintain_order=True)


def _group(rule: Rule, answered: AnsweredView) -> pl.Series:
    return answered.group(group_over(rule.about))
