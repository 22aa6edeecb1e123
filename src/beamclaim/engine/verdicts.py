"""Asks the rules of a book: gathers the columns they read, evaluates, and keeps what fired or could not be told.

`evaluate` is a pure function of book, rules, policy and what was given. A book may be one patient, one
bucket of patients or a whole batch; the verdicts are the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from beamclaim.engine.answered_view import Sheet
from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_columns import gather
from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import Neighbor
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import Rule
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views
from beamclaim.views.view import Frames, View

#: How the columns of a question begin that say whose it is, under names no rule reads.
ASKED = "asked:"


@dataclass(slots=True)
class Verdicts:
    """What one rule said: the rows that fire, the rows it could not tell, and how many of each verdict."""

    rule: Rule
    fires: pl.DataFrame
    undecided: pl.DataFrame
    clear: int = 0
    not_applicable: int = 0


def _check_reads(rules: Sequence[Rule]) -> None:
    for rule in rules:
        view = views().get(rule.view)
        if view is None:
            raise RuleError(f"{rule.code}: view {rule.view!r} is not one of {', '.join(views())}")
        answered = {c.name for c in rule.policy_reads}
        for name in (*rule.reads, *rule.shows, rule.at):
            if name not in answered and name not in view.columns:
                raise RuleError(f"{rule.code}: column {name!r} is not in the view {rule.view!r}")


def _columns(rule: Rule, sheet: Sheet) -> list[str]:
    """What a row that fires keeps: the subject, what the rule read and shows, and the policy rows behind it."""
    subject = sheet.declared.subject
    behind = [x for c in rule.policy_reads for x in (c.row, c.open, c.of, c.on)]
    pairs = [c.beginning for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"]
    partners = [f"{beginning}{field}" for beginning in pairs for field in ("partner", "partner_code")]
    return [
        n for n in dict.fromkeys((*subject, *rule.reads, *rule.shows, *sorted(behind), *partners)) if sheet.knows(n)
    ]


def _lacking(rule: Rule, sheet: Sheet) -> dict[str, pl.Expr]:
    """What a row that cannot be told keeps: whose line it is, which facts are there, which questions hang on others."""
    columns = rule.policy_reads
    asked_for = (c.column for c in sheet.declared.circumstances if c.is_asked_for)
    there = dict.fromkeys((*asked_for, *rule.reads, *(x for c in columns for x in (c.of, c.on))))
    numbers = {f"{ASKED}{name}": pl.col(n) for name, n in sheet.declared.question.items()}
    opens = {c.open: pl.col(c.open) for c in columns if sheet.knows(c.open)}
    return numbers | opens | {n: pl.when(pl.col(n).is_not_null()).then(True) for n in there if sheet.knows(n)}


def _verdict(rule: Rule) -> pl.Expr:
    """0 fires, 1 clear, 2 cannot tell, 3 not applicable.

    Three-valued: no question → not applicable; a sure no → clear; both sure → fires; the rest is unknown.
    """
    applies, fires = compiled(rule.applies), compiled(rule.answers["fires"])
    return (
        pl.when(applies.eq_missing(False))
        .then(pl.lit(3))
        .when(fires.eq_missing(False))
        .then(pl.lit(1))
        .when((applies & fires).eq_missing(True))
        .then(pl.lit(0))
        .otherwise(pl.lit(2))
        .cast(pl.UInt8)
        .alias("verdict")
    )


def _is_asked(sheet: Sheet) -> tuple[pl.Series, int]:
    """Which rows can have a verdict, and how many are counted: what is superseded is there and not applicable."""
    frame, superseded = sheet.view, sheet.declared.superseded
    is_counted = ~frame["is_history"]
    is_asked = is_counted & ~frame[superseded].fill_null(False) if superseded else is_counted
    return is_asked, int(is_counted.sum())


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a view a rule is asked of together; with `kinds` the plan holds one row of each kind."""

    rows: pl.Series
    plan: pl.LazyFrame
    kinds: pl.Series | None = None

    def spread(self, verdict: pl.Series) -> pl.Series:
        """The verdict of every row. A rule that reads nothing gives one for all of them."""
        if self.kinds is not None:
            return verdict[self.kinds] if len(verdict) > 1 else verdict.new_from_index(0, len(self.rows))
        return verdict if len(verdict) == len(self.rows) else verdict.new_from_index(0, len(self.rows))


def _parts(rule: Rule, sheet: Sheet, rows: pl.Series) -> list[_Part]:
    """The open rows of a rule. Where windows are alone with a row, one row of a kind speaks for all that look like it."""
    if rows.is_empty():
        return []
    verdict = _verdict(rule)
    if not rule.groups:
        return [_Part(rows, sheet.frame(rows, rule.own).select(verdict))]
    together, alone = sheet.split(rule, rows)
    parts = []
    if len(together):
        parts.append(_Part(together, sheet.frame(together, (*rule.own, *rule.groups)).select(verdict)))
    if len(alone):
        kinds, number = sheet.profiles(rule, alone)
        parts.append(_Part(alone, kinds.select(verdict), number))
    return parts


def _collected(plans: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The plans, worked out side by side."""
    return pl.collect_all(plans, engine="streaming")


def _verdicts(rules: Sequence[Rule], sheet: Sheet) -> list[Verdicts]:
    """What each of the rules says of one view.

    Where a rule surely does not apply nothing else is worked out: a rule that is open nowhere costs nothing, the others
    see the rows that are open and, for their windows, the rows that share a group with one.
    """
    mine, counted = _is_asked(sheet)
    out = {rule.code: Verdicts(rule, pl.DataFrame(), pl.DataFrame(), 0, counted) for rule in rules}
    rows = sheet.open_rows(rules)
    asked = [(rule, part) for rule in rules for part in _parts(rule, sheet, rows[rule.code])]
    told: dict[str, tuple[list[pl.Series], list[pl.Series]]] = {}
    for (rule, part), frame in zip(asked, _collected(part.plan for _, part in asked), strict=True):
        places, verdicts = told.setdefault(rule.code, ([], []))
        places.append(part.rows)
        verdicts.append(part.spread(frame["verdict"]))
    kept: list[tuple[Verdicts, str]] = []
    plans: list[pl.LazyFrame] = []
    for code, (places, verdicts) in told.items():
        at, said = pl.concat(places), pl.concat(verdicts)
        if len(places) > 1:
            order = at.arg_sort()
            at, said = at[order], said[order]
        said = said.zip_with(mine[at], pl.Series([3], dtype=pl.UInt8))
        counts = dict(said.value_counts().iter_rows())
        out[code].clear = counts.get(1, 0)
        out[code].not_applicable -= sum(counts.get(which, 0) for which in (0, 1, 2))
        for which, name in ((0, "fires"), (2, "undecided")):
            if counts.get(which, 0):
                kept.append((out[code], name))
                plans.append(_kept(out[code].rule, sheet, at, said == which, fires=which == 0))
    for (verdict, name), frame in zip(kept, _collected(plans), strict=True):
        setattr(verdict, name, frame)
    return list(out.values())


def _kept(rule: Rule, sheet: Sheet, at: pl.Series, wanted: pl.Series, *, fires: bool) -> pl.LazyFrame:
    """The wanted ones of the rows `at`, with what a finding or a question needs of them."""
    if fires:
        keep = {n: pl.col(n) for n in _columns(rule, sheet)}
        answers = {f"answer:{n}": compiled(e) for n, e in rule.answers.items() if n != "fires"}
    else:
        keep = _lacking(rule, sheet)
        answers = {f"answer:{n}": compiled(e) for n, e in rule.answers.items() if n == "missing"}
    names = [*(r for e in keep.values() for r in e.meta.root_names()), *rule.reads, *rule.groups]
    # Answers that look at other rows need these rows too; all else needs only what is kept.
    looks = any(r.startswith("group:") for e in answers.values() for r in e.meta.root_names())
    frame = sheet.frame(at if looks else at.filter(wanted), names).select(**keep, **answers)
    return frame.filter(pl.lit(wanted)) if looks else frame


def _of_units(view: View, rules: Sequence[Rule], sheet: Sheet, counts: Mapping[str, int]) -> list[Verdicts]:
    """For a view that has no row where all is well: a row fires; every unit (file, claim) without one is clear."""
    out = []
    for rule, verdicts in zip(rules, _verdicts(rules, sheet), strict=True):
        unit = rule.unit or next(iter(view.units))
        struck = verdicts.fires.get_column(view.units[unit], default=pl.Series()).drop_nulls().n_unique()
        out.append(Verdicts(rule, verdicts.fires, verdicts.fires.clear(), max(counts[unit] - struck, 0), 0))
    return out


def _wanted(view: View, rules: Sequence[Rule]) -> list[str]:
    """The columns of a view these rules need beside them, whatever policy says of them."""
    columns = [c for rule in rules for c in rule.policy_reads]
    names = [n for rule in rules for n in (*rule.reads, *rule.shows, *(x for c in columns for x in (c.of, c.on)))]
    if view.neighbors is not None and any(isinstance(c, Neighbor) for c in columns):
        names += [*view.neighbors.columns, *(key for keys in view.groups.values() for key in keys)]
    names += [*view.subject, *view.question.values(), *(c.column for c in view.circumstances), view.superseded]
    return [n for n in dict.fromkeys((*names, "is_history")) if n in view.columns]


def evaluate(
    tables: Tables,
    rules: Sequence[Rule],
    policy: PolicyAnswers,
    assumptions: Assumptions,
    *,
    data: Mapping[str, pl.DataFrame] | None = None,
    units: Mapping[str, int] | None = None,
) -> list[Verdicts]:
    """One `Verdicts` per rule, in the order given.

    `data`: frames made above the views, by the names views give in `needs`. `units`: the number of files and claims of
    the whole batch, for views that have no row where all is well; counted in `tables` where not said.
    """
    _check_reads(rules)
    frames = Frames(tables, policy, assumptions, data=data)
    out: dict[str, Verdicts] = {}
    for name in dict.fromkeys(rule.view for rule in rules):
        view, asked = views()[name], [r for r in rules if r.view == name]
        frame = frames.of(view, _wanted(view, asked))
        counts = None if view.count_units is None else units or view.count_units(frames)
        out |= {verdicts.rule.code: verdicts for verdicts in ask_view(view, frame, asked, policy, units=counts)}
    return [out[rule.code] for rule in rules]


def ask_view(
    view: View,
    frame: pl.DataFrame,
    rules: Sequence[Rule],
    policy: PolicyAnswers,
    *,
    units: Mapping[str, int] | None = None,
) -> list[Verdicts]:
    """The frame of a view → one `Verdicts` per rule; `units`: how many there are, for a view of what is wrong alone."""
    sheet = gather(view, frame, policy, rules)
    return _verdicts(rules, sheet) if units is None else _of_units(view, rules, sheet, units)
