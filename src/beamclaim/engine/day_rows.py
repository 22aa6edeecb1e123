"""Verdicts of the days of one subject → one verdict, on the row that speaks for it; findings of several days → one that names them.

A view may show a line over several days as a row a day (`views/view.py`, `DayRows`). Where its days are known each row is as sure
as a line of its own. Where they are not, every row says what would hold if the service was on its day: the subject fires where all
its days do, or where one does on which it surely was; else one of them is a question: which day each unit is for.
Called by `verdicts` and `policy_columns`; a view without such rows costs one look.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from beamclaim.engine.answered_view import AnsweredView
from beamclaim.expressions.leaves import Column, Neighbor
from beamclaim.expressions.node import Expression
from beamclaim.expressions.walks import groups, nodes
from beamclaim.expressions.windows import keys_of
from beamclaim.model.value_sets import SEVERITIES, VERDICTS
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import DayRows, View

#: How the columns begin that hold what a finding of several rows says instead of the value of its first row.
SAID = "said:"
#: All days of a finding; beside the days that share its words, which are said.
EVERY_DAY = "days:all"


def asks_about_days(rule: Rule, view: View) -> bool:
    """Whether the answer hangs on what else the day holds, not only on what the policy said on it."""
    if view.days is None:
        return False
    read = [n for tree in _trees(rule) for n in nodes(tree)]
    of_record = any(isinstance(n, Column) and n.name in view.days.of_day for n in read)
    return of_record or asks_about_services(rule, view)


def asks_about_services(rule: Rule, view: View) -> bool:
    """Whether the answer hangs on the other lines of the day: what the record says of a day is the same whichever they are."""
    if view.days is None:
        return False
    read = [n for tree in _trees(rule) for n in nodes(tree)]
    return any(isinstance(n, Neighbor) and n.kind == "pair" for n in read) or any(
        view.days.day in keys_of(group) for group in groups(*_trees(rule))
    )


def _trees(rule: Rule) -> tuple[Expression, ...]:
    return (rule.applies, *rule.answers.values())


def surplus_rows(answered: AnsweredView) -> int:
    """How many rows that are asked are further days of a subject that has one already."""
    days = answered.view.days
    if days is None or not answered.frame[days.is_range].any():
        return 0
    ranges = answered.frame.filter(pl.col(days.is_range) & ~pl.col("is_history"))
    return ranges.height - ranges[days.subject].n_unique()


def one_verdict_each(rule: Rule, rows: pl.Series, verdicts: pl.Series, answered: AnsweredView) -> pl.Series:
    """The verdicts of these rows; of a subject with several days only on the row that speaks for it, null on the others.

    A subject that fires keeps every row that does: `as_one_finding` makes one of them.
    """
    days = answered.view.days
    if days is None or not answered.frame[days.is_range][rows].any():
        return verdicts
    every_day = answered.frame.filter(days.is_range).group_by(days.subject).agg(pl.len().alias("_days"))
    asked = (
        answered.frame.select(days.columns)[rows]
        .with_columns(verdicts.alias("verdict"))
        .with_row_index("at")
        .filter(days.is_range)
        .join(every_day, on=days.subject, how="left", maintain_order="left")
    )
    verdict = pl.col("verdict")
    is_fired, is_clear, is_open = (verdict == word for word in VERDICTS[:3])
    is_sure = pl.col(days.is_known) | _is_surely_of(days, about_days=asks_about_days(rule, answered.view))
    told = asked.with_columns(
        ((is_fired & is_sure).any() | (is_fired.sum() == pl.col("_days"))).over(days.subject).alias("_fires"),
        (is_fired | is_open).any().over(days.subject).alias("_is_open"),
        is_clear.any().over(days.subject).alias("_clear"),
    )
    # Of the rows that may speak the first: one that cannot tell knows best what is missing.
    speaks = (is_open.cast(pl.Int8) * 2 + is_fired.cast(pl.Int8)).rank("ordinal", descending=True).over(
        days.subject
    ) == 1
    first_clear = is_clear & (is_clear.cum_sum().over(days.subject) == 1)
    of_subject = told.select(
        "at",
        pl.when("_fires")
        .then(pl.when(is_fired).then(verdict))
        .when("_is_open")
        .then(pl.when(speaks).then(pl.lit(VERDICTS[2], dtype=verdicts.dtype)))
        .when(first_clear)
        .then(verdict)
        .alias("verdict"),
    )
    return verdicts.scatter(of_subject["at"], of_subject["verdict"])


def _is_surely_of(days: DayRows, *, about_days: bool) -> pl.Expr:
    """Whether the service was on the day of a row: the first and the last day of a range, where each has a unit of its own.

    A single unit stands for the whole time: what the policy says of its first or last day holds of it, what else such a day
    holds does not.
    """
    is_end = (pl.col(days.day) == pl.col(days.first)) | (pl.col(days.day) == pl.col(days.last))
    several = (pl.col(days.billed_units) >= 2) if about_days else pl.lit(True)
    return (is_end & several).fill_null(False)


def as_one_finding(fires: pl.DataFrame, rule: Rule, view: View) -> pl.DataFrame:
    """Rows that fire → one for each subject: the gravest, then the first day; with the days that share its words, and all days."""
    days = view.days
    if days is None or fires.is_empty() or not fires[days.is_range].any():
        return fires
    answers = [name for name in fires.columns if name.startswith("answer:")]
    shown = [name for name in rule.shows if name != days.day and name in fires.columns]
    grade = pl.col("answer:grade").replace("", None) if "answer:grade" in answers else pl.lit(None, pl.String)
    ranked = fires.with_columns(
        grade.fill_null(rule.severity).replace_strict({s: n for n, s in enumerate(SEVERITIES)}, return_dtype=pl.Int8).alias("_grade"),
        pl.struct(answers + shown).hash().alias("_words") if answers + shown else pl.lit(0).alias("_words"),
        pl.int_range(pl.len()).alias("_at"),
    )  # fmt: skip
    ranges = ranked.filter(days.is_range).sort(days.subject, "_grade", days.day)
    alike = pl.col("_words") == pl.col("_words").first()
    day, said_days = pl.col(days.day), f"{SAID}{days.day}"
    several = ranges.group_by(days.subject, maintain_order=True).agg(
        pl.exclude(days.day).first(),
        day.first(),
        day.filter(alike).sort().alias(said_days),
        day.sort().alias(EVERY_DAY),
    )
    several = several.with_columns(
        pl.col(name).map_elements(_words, return_dtype=pl.String) for name in (said_days, EVERY_DAY)
    ).with_columns(pl.col(days.billed_units).alias(days.units))
    single = ranked.filter(~pl.col(days.is_range).fill_null(False))
    return (
        pl.concat([single, several.select(*ranked.columns, said_days, EVERY_DAY)], how="diagonal")
        .sort("_at")
        .drop("_grade", "_words", "_at")
    )


def _words(days: Sequence[date]) -> str:
    """Days in order → the words for them: runs as *first to last*, the rest apart."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    texts = [t for run in runs for t in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
