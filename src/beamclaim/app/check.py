"""`check`: claims in, findings out. The main job, from files to a `Result`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import polars as pl

import beamclaim
from beamclaim.app.places import Places
from beamclaim.app.run import HELD, Run, side_by_side
from beamclaim.engine.verdicts import Verdicts, evaluate
from beamclaim.findings.finding import Coverage, File, Finding, Result, Waiver
from beamclaim.findings.proof import Prover
from beamclaim.findings.questions import Questions
from beamclaim.findings.waivers import read_waivers, set_apart, waivers_view
from beamclaim.model.span import Span
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.policy.settings import settings
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `check` is asked: the files, what they may not say themselves, the day, and which rules."""

    paths: tuple[str, ...]
    course: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    setting: str | None = None
    payer_line: str | None = None
    mac: str | None = None
    as_of: date = field(default_factory=date.today)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    policy: Path | None = None
    """A folder of own and imported policy tables, after ours."""
    waivers: str | None = None
    """A file of findings to let stand."""
    held: int = HELD
    """Lines held in memory before patients are cut into buckets on disk; the findings are the same."""


@lru_cache(maxsize=4)
def _policy(folder: Path | None, as_of: date) -> PolicyAnswers:
    """The tables as known on a day; they do not change while the program runs."""
    return PolicyAnswers(load_policy(folder, as_of=as_of))


@dataclass(slots=True)
class Checked:
    """The result, and the bytes behind it."""

    result: Result
    places: Places

    def excerpt(self, span: Span, around: int = 60) -> tuple[bytes, int, int]:
        """The segment or row around a span: its bytes, and where the span starts and ends inside them."""
        return self.places.excerpt(span, around)


def check(options: CheckOptions, *, stdin: BinaryIO | None = None, progress: Progress | None = None) -> Checked:
    """Reads, asks and explains.

    Raises:
        SettingError: a selector answers to no rule, or the waivers are not right.
        PolicyError: a table of the policy is wrong.
    """
    chosen = registry.select(options.select, options.ignore)
    waivers = read_waivers(options.waivers) if options.waivers is not None else []
    policy = _policy(options.policy, options.as_of)
    given = Assumptions(options.as_of, options.setting, options.payer_line, options.mac)
    questions = Questions()
    result = Result(undecided=questions, engine=beamclaim.__version__, policy=policy.tables.digest, as_of=options.as_of)
    with Run(given, options.held) as batch:
        batch.read([(options.paths, False), (options.history, True), (options.course, True)], stdin, progress)
        whole = batch.batch_book()
        result.files = _files(whole)
        result.claims = sum(f.claims for f in result.files if not f.is_history)
        result.lines = sum(f.lines for f in result.files if not f.is_history)
        places = Places(batch.sources, whole)
        coverage = {r.code: Coverage(r.code) for r in chosen}
        answers = _Answers(result, questions, coverage, Prover(policy, places.of))
        of_patients = [r for r in chosen if views()[r.view].asked_of == "patients"]
        data = batch.data()
        met: set[str] = set()
        for book, told in side_by_side(
            batch.books(), lambda book: evaluate(book, of_patients, policy, given, data=data)
        ):
            places.learn(book)
            for verdicts in told:
                answers.keep(verdicts, book["lines"])
            mine = book["files"].filter(~pl.col("file.is_history").fill_null(False))["file"]
            charges = book["lines"].filter(pl.col("file").is_in(mine.implode()))["line.charge"]
            result.charges += Decimal(charges.sum() or 0)
            met |= _claims_met(book, mine, waivers)
        named = batch.claims_of(whole["faults"]["claim.key"])
        faulty = Tables(
            {n: whole[n] for n in ("files", "interchanges", "faults")} | {n: named[n] for n in ("claims", "lines")}
        )
        places.learn(faulty)
        units = {"files": sum(not f.is_history for f in result.files), "claims": result.claims}
        of_batch = [r for r in chosen if views()[r.view].asked_of == "batch"]
        for verdicts in evaluate(faulty, of_batch, policy, given, units=units):
            answers.keep(verdicts, named["lines"])
        places.close()
    result.coverage = list(coverage.values())
    result.findings = _ordered(result.findings)
    if waivers:
        set_apart(result, waivers)
        _ask_waivers(answers, chosen, policy, waivers, met)
    return Checked(result, places)


@dataclass(slots=True)
class _Answers:
    """What the rules have said so far, gathered book by book."""

    result: Result
    questions: Questions
    coverage: dict[str, Coverage]
    prover: Prover

    def keep(self, verdicts: Verdicts, lines: pl.DataFrame) -> None:
        """The verdicts of one rule on one book."""
        count = self.coverage[verdicts.rule.code]
        count.fires += verdicts.fires.height
        count.clear += verdicts.clear
        count.not_applicable += verdicts.not_applicable
        count.cannot_tell += verdicts.undecided.height
        self.result.findings.extend(self.prover.findings(verdicts, lines))
        self.prover.undecided(verdicts, self.questions)


def _claims_met(book: Tables, files: pl.Series, waivers: list[Waiver]) -> set[str]:
    """The claims that waivers name and that are in the book, in files of the run."""
    named = pl.Series([w.claim for w in waivers if w.claim is not None], dtype=pl.String)
    inside = pl.col("file").is_in(files.implode()) & pl.col("claim.number").is_in(named.implode())
    return set(book["claims"].filter(inside)["claim.number"]) if len(named) else set()


def _ask_waivers(
    answers: _Answers, chosen: list[Rule], policy: PolicyAnswers, waivers: list[Waiver], met: set[str]
) -> None:
    """Rules about the waivers themselves, asked when all else is known; they point into the file of waivers."""
    result = answers.result
    view = waivers_view(waivers, result, [r.code for r in chosen], met)
    rules = [r for r in chosen if r.view == "waivers"]
    answers.prover = Prover(policy, lambda row, _: waivers[row["waiver.number"] - 1].where)
    for verdicts in evaluate(Tables(), rules, policy, Assumptions(result.as_of), data={"waivers": view}):
        answers.keep(verdicts, pl.DataFrame())
    result.findings = _ordered(result.findings)


def _files(book: Tables) -> list[File]:
    return [
        File(
            path=r["file.path"], sha256=r["file.sha256"], kind=r["file.kind"] or "unknown", claims=r["file.claims"] or 0,
            lines=r["file.lines"] or 0, error=r["file.error"], is_history=bool(r["file.is_history"]),
            is_stray=r["file.status"] == "passed_over",
        )
        for r in book["files"].sort("file").iter_rows(named=True)
    ]  # fmt: skip


def _ordered(findings: list[Finding]) -> list[Finding]:
    """By place, so that the order in which files and rows came never shows; twins get numbered ids."""
    findings.sort(
        key=lambda f: ((f.where.file, f.where.start) if f.where else ("", -1), f.claim or "", f.line or 0, f.rule, f.id)
    )
    seen: dict[str, int] = {}
    out = []
    for finding in findings:
        number = seen[finding.id] = seen.get(finding.id, 0) + 1
        out.append(finding if number == 1 else replace(finding, id=f"{finding.id}-{number}"))
    return out


__all__ = ["CheckOptions", "Checked", "check", "settings"]
