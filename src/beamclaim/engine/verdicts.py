"""Asks the rules of a book: gathers the columns they read, evaluates, and keeps what fired or could not be told.

`evaluate` is a pure function of book, rules, policy and what was given. A book may be one patient, one
bucket of patients or a whole batch; the verdicts are the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from beamclaim.engine.answered_view import Sheet
from beamclaim.engine.column_names import parse
from beamclaim.engine.policy_columns import gather
from beamclaim.errors import RuleError
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import Policy
from beamclaim.rules.declaration import Rule
from beamclaim.views.claims import Assumptions
from beamclaim.views.registry import VIEWS, claims_view, diagnoses_view, faults_view, interchanges_view, lines_view

#: Asked of one patient at a time; the others are asked of the whole batch.
PATIENT_VIEWS = ("lines", "claims", "diagnoses")
BATCH_VIEWS = ("interchanges", "faults")
_SESSION_GAP = "radonc.session.gap_hours"
#: What a finding must know of its subject, whatever its rule read.
SUBJECT = (
    "claim.key", "claim.number", "line.key", "line.number", "line.date", "line.code", "line.charge", "line.modifiers",
    "line.units", "file", "start", "end", "segment", "loop_start", "loop_end", "claim.start", "claim.loop_end",
    "claim.form", "claim.charge", "claim.line_charges", "claim.first_service", "claim.setting", "claim.payer_line",
    "claim.payer", "course.id", "patient.key", "diagnosis.code", "fault.repair",
)  # fmt: skip

#: What a question must know of its subject, under names no rule reads; and what decides which row of a table is in force.
NUMBERS = {"asked:claim": "claim.number", "asked:line": "line.number"}
CIRCUMSTANCES = ("claim.setting", "claim.payer_line", "claim.payer")


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
        for name in (*rule.reads, *rule.shows, rule.at):
            if parse(name) is None and name not in VIEWS[rule.view] and name not in ("claim.key", "line.key"):
                raise RuleError(f"{rule.code}: column {name!r} is not in the view {rule.view!r}")


def _columns(rule: Rule, sheet: Sheet) -> list[str]:
    """What a row that fires keeps: the subject, what the rule read and shows, and the policy rows behind it."""
    behind = [x for n in rule.reads if (c := parse(n)) is not None for x in (c.row, c.open, c.of, c.on)]
    roots = [n.rsplit(":", 1)[0] for n in rule.reads if n.startswith("pair:")]
    partners = [f"{root}:{field}" for root in roots for field in ("partner", "partner_code")]
    return [
        n for n in dict.fromkeys((*SUBJECT, *rule.reads, *rule.shows, *sorted(behind), *partners)) if sheet.knows(n)
    ]


def _lacking(rule: Rule, sheet: Sheet) -> dict[str, pl.Expr]:
    """What a row that cannot be told keeps: whose line it is, which facts are there, which questions hang on others."""
    columns = [c for n in rule.reads if (c := parse(n)) is not None]
    there = dict.fromkeys((*CIRCUMSTANCES, *rule.reads, *(x for c in columns for x in (c.of, c.on))))
    numbers = {name: pl.col(n) for name, n in NUMBERS.items() if sheet.knows(n)}
    opens = {c.open: pl.col(c.open) for c in columns if sheet.knows(c.open)}
    return numbers | opens | {n: pl.when(pl.col(n).is_not_null()).then(True) for n in there if sheet.knows(n)}


def _verdict(rule: Rule) -> pl.Expr:
    """0 fires, 1 clear, 2 cannot tell, 3 not applicable.

    Three-valued: no question → not applicable; a sure no → clear; both sure → fires; the rest is unknown.
    """
    applies, fires = rule.applies, rule.answers["fires"]
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


def _is_asked(view: pl.DataFrame) -> tuple[pl.Series, int]:
    """Which rows can have a verdict, and how many are counted: what is superseded is there and not applicable."""
    mine = ~view["is_history"]
    gone = view["claim.is_superseded"].fill_null(False) if "claim.is_superseded" in view.columns else None
    return mine if gone is None else mine & ~gone, int(mine.sum())


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
    mine, counted = _is_asked(sheet.view)
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
        answers = {f"answer:{n}": e for n, e in rule.answers.items() if n != "fires"}
    else:
        keep = _lacking(rule, sheet)
        answers = {f"answer:{n}": e for n, e in rule.answers.items() if n == "missing"}
    names = [*(r for e in keep.values() for r in e.meta.root_names()), *rule.reads, *rule.groups]
    # Answers that look at other rows need these rows too; all else needs only what is kept.
    looks = any(r.startswith("group:") for e in answers.values() for r in e.meta.root_names())
    frame = sheet.frame(at if looks else at.filter(wanted), names).select(**keep, **answers)
    return frame.filter(pl.lit(wanted)) if looks else frame


def ask(rule: Rule, view: pl.DataFrame) -> Verdicts:
    """What one rule says of a view that was made outside a book: the waivers of a run."""
    _check_reads([rule])
    return _verdicts([rule], Sheet(view, {}))[0]


def _fault_verdicts(rule: Rule, sheet: Sheet, units: dict[str, int]) -> Verdicts:
    """A fault fires; every file or claim without one is clear."""
    met = _verdicts([rule], sheet)[0].fires
    unit = "claim.key" if rule.unit == "claims" else "file"
    struck = met[unit].drop_nulls().n_unique() if unit in met.columns else 0
    return Verdicts(rule, met, met.clear(), max(units[rule.unit or "files"] - struck, 0), 0)


def evaluate(
    book: Tables,
    rules: Sequence[Rule],
    policy: Policy,
    given: Assumptions,
    *,
    numbers: pl.DataFrame | None = None,
    units: dict[str, int] | None = None,
) -> list[Verdicts]:
    """One `Verdicts` per rule, in the order given.

    `numbers` is `views.same_numbers` of the whole batch where `book` is a bucket of it; `units` the
    number of files and claims of the batch, for rules about faults.
    """
    _check_reads(rules)
    wanted = {r.view for r in rules}
    claims = claims_view(book, given, numbers)
    views: dict[str, pl.DataFrame] = {}
    if "claims" in wanted:
        views["claims"] = claims
    if "lines" in wanted:
        apart = timedelta(hours=_gap_hours(policy, given))
        views["lines"] = lines_view(book, claims, apart)
    if "diagnoses" in wanted:
        views["diagnoses"] = diagnoses_view(book, claims)
    if "interchanges" in wanted:
        views["interchanges"] = interchanges_view(book)
    if "faults" in wanted:
        views["faults"] = faults_view(book, claims)
    counts = units or {
        "files": book["files"].filter(~pl.col("file.is_history").fill_null(False)).height,
        "claims": claims.filter(~pl.col("is_history")).height,
    }
    out: dict[str, Verdicts] = {}
    for name, view in views.items():
        mine = [r for r in rules if r.view == name]
        sheet = gather(view, policy, mine)
        if name == "faults":
            out |= {rule.code: _fault_verdicts(rule, sheet, counts) for rule in mine}
        else:
            out |= {v.rule.code: v for v in _verdicts(mine, sheet)}
    return [out[rule.code] for rule in rules]


def _gap_hours(policy: Policy, given: Assumptions) -> float:
    """The usual interval between sessions of a day, from the policy, as of the day of asking."""
    ask = pl.DataFrame({"day": [given.as_of]}, schema={"day": pl.Date})
    value = policy.param(_SESSION_GAP, ask)["value"][0]
    return float(value) if value is not None else 24.0
