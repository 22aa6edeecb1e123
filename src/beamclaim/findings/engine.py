"""Asks the rules of a book: gathers the columns they read, evaluates, and keeps what fired or could not be told.

`evaluate` is a pure function of book, rules, policy and what was given. A book may be one patient, one
bucket of patients or a whole batch; the verdicts are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from beamclaim.errors import RuleError
from beamclaim.findings.columns import parse
from beamclaim.findings.gather import Sheet, gather, open_rows
from beamclaim.model.book import Book
from beamclaim.model.claimbook import Given
from beamclaim.model.views import VIEWS, claims_view, diagnoses_view, faults_view, interchanges_view, lines_view
from beamclaim.policy import Policy
from beamclaim.rules.declaration import Rule

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
    """What a verdict keeps of its row: the subject, what the rule read and shows, and the policy rows behind it."""
    behind = [x for n in rule.reads if (c := parse(n)) is not None for x in (c.row, c.open, c.of, c.on)]
    roots = [n.rsplit(":", 1)[0] for n in rule.reads if n.startswith("pair:")]
    partners = [f"{root}:{field}" for root in roots for field in ("partner", "partner_code")]
    return [
        n for n in dict.fromkeys((*SUBJECT, *rule.reads, *rule.shows, *sorted(behind), *partners)) if sheet.knows(n)
    ]


def _answer(rule: Rule, sheet: Sheet) -> tuple[pl.Series, pl.DataFrame]:
    """The verdict of every row (0 fires, 1 clear, 2 cannot tell, 3 not applicable), and the answers."""
    answers = {name: e.alias(f"answer:{name}") for name, e in rule.answers.items()}
    applies, fires = pl.col("_applies"), pl.col("answer:fires")
    # Three-valued: no question → not applicable; a sure no → clear; both sure → fires; the rest is unknown.
    verdict = (
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
    told = (
        sheet.view.lazy()
        .with_columns(sheet.columns(rule.reads))
        .select("is_history", rule.applies.alias("_applies"), *answers.values())
        .with_columns(verdict)
        .collect()
    )
    return told["verdict"], told.drop("_applies", "verdict")


def _verdicts(rule: Rule, sheet: Sheet) -> Verdicts:
    closed = 0
    if rule.gate is not None:
        # Where the rule surely does not apply nothing else is worked out; a window needs the other rows of its group.
        asked = open_rows(sheet, [rule])
        if not rule.groups or not asked.any():
            closed = sheet.view.filter(~asked & ~pl.col("is_history")).height
            sheet = Sheet(sheet.view.filter(asked), sheet.answers)
    verdict, answers = _answer(rule, sheet)
    if "claim.is_superseded" in sheet.view.columns:
        gone = sheet.view["claim.is_superseded"]
        verdict = pl.select(pl.when(gone).then(pl.lit(3, dtype=pl.UInt8)).otherwise(verdict)).to_series()
    asked = ~answers["is_history"]
    counts = dict(verdict.filter(asked).value_counts().iter_rows())
    columns = _columns(rule, sheet)

    def rows(which: int) -> pl.DataFrame:
        at = asked & (verdict == which)
        said = answers.filter(at).drop("is_history")
        return sheet.rows(at, columns).hstack(said.get_columns())

    return Verdicts(rule, rows(0), rows(2), counts.get(1, 0), counts.get(3, 0) + closed)


def ask(rule: Rule, view: pl.DataFrame) -> Verdicts:
    """What one rule says of a view that was made outside a book: the waivers of a run."""
    _check_reads([rule])
    return _verdicts(rule, Sheet(view, {}))


def _fault_verdicts(rule: Rule, sheet: Sheet, units: dict[str, int]) -> Verdicts:
    """A fault fires; every file or claim without one is clear."""
    met = _verdicts(rule, sheet).fires
    unit = "claim.key" if rule.unit == "claims" else "file"
    struck = met[unit].drop_nulls().n_unique() if unit in met.columns else 0
    return Verdicts(rule, met, met.clear(), max(units[rule.unit or "files"] - struck, 0), 0)


def evaluate(
    book: Book,
    rules: Sequence[Rule],
    policy: Policy,
    given: Given,
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
    out = []
    sheets = {name: gather(view, policy, [r for r in rules if r.view == name]) for name, view in views.items()}
    for rule in rules:
        sheet = sheets[rule.view]
        out.append(_fault_verdicts(rule, sheet, counts) if rule.view == "faults" else _verdicts(rule, sheet))
    return out


def _gap_hours(policy: Policy, given: Given) -> float:
    """The usual interval between sessions of a day, from the policy, as of the day of asking."""
    ask = pl.DataFrame({"day": [given.as_of]}, schema={"day": pl.Date})
    value = policy.param(_SESSION_GAP, ask)["value"][0]
    return float(value) if value is not None else 24.0
