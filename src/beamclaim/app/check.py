"""`check`: claims in, findings out. The main job, from files to a `Result`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO

import polars as pl

import beamclaim
from beamclaim.app.payers import unknown_payers
from beamclaim.app.run import HELD, Inputs, Run
from beamclaim.engine.verdicts import Verdicts, evaluate
from beamclaim.findings.finding import Waiver
from beamclaim.findings.pairs import one_finding_a_pair
from beamclaim.findings.proof import Proofs
from beamclaim.findings.result import Coverage, File, Result
from beamclaim.findings.waivers import read_waivers, set_apart, waiver_places, waivers_view
from beamclaim.ingest.excerpts import Excerpts
from beamclaim.model.span import Span
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.policy.ends import ended_tables
from beamclaim.policy.settings import settings
from beamclaim.progress import Progress, unheard
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule
from beamclaim.stages import stage
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.registry import views


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
    excerpts: Excerpts

    def excerpt(self, span: Span, reach: int = 60) -> tuple[bytes, int, int]:
        """The segment or row around a span: its bytes, and where the span starts and ends inside them."""
        return self.excerpts.around(span, reach)


def check(options: CheckOptions, *, stdin: BinaryIO | None = None, progress: Progress = unheard) -> Checked:
    """Reads, asks and explains.

    Raises:
        SettingError: a selector answers to no rule, or the waivers are not right.
        PolicyError: a table of the policy is wrong.
    """
    chosen = registry.select(options.select, options.ignore)
    waivers = read_waivers(options.waivers) if options.waivers is not None else []
    with stage("policy"):
        policy = _policy(options.policy, options.as_of)
    assumptions = Assumptions(options.as_of, options.setting, options.payer_line, options.mac)
    result = Result(engine=beamclaim.__version__, policy=policy.tables.digest, as_of=options.as_of)
    result.warnings += registry.renamed([*options.select, *options.ignore, *(w.rule for w in waivers)])
    with Run(options.held) as run:
        with stage("read"):
            run.read(Inputs(options.paths, options.history, options.course, options.as_of), stdin, progress)
        whole = run.run_tables()
        result.payers = unknown_payers(run.payers, policy.payers, assumptions)
        result.files = _files(whole)
        result.claims = sum(f.claims for f in result.files if not f.is_history)
        result.lines = sum(f.lines for f in result.files if not f.is_history)
        labels = sorted({s.path for s in run.sources.values()} | {w.where.file for w in waivers})
        excerpts = Excerpts(run.sources, whole, labels)
        answers = _Answers(result, {r.code: Coverage(r.code) for r in chosen}, Proofs(policy, labels))
        of_patients = [r for r in chosen if views()[r.view].asked_of == "patients"]
        data = run.data()
        claims_seen: set[str] = set()
        all_lines, asked_lines = max(1, sum(f.lines for f in result.files)), 0
        for tables in run.patients():
            progress("asking", run.bytes * asked_lines // all_lines, run.bytes)
            with stage("ask"):
                verdicts = evaluate(tables, of_patients, policy, assumptions, data=data)
            answers.keep(verdicts, tables, excerpts)
            checked = tables["files"].filter(~pl.col("file.is_history").fill_null(False))["file"]
            charges = tables["lines"].filter(pl.col("file").is_in(checked.implode()))["line.charge"]
            result.charges += Decimal(charges.sum() or 0)
            result.last_service = _later(result.last_service, tables["lines"], checked)
            claims_seen |= _claims_named(tables, checked, waivers)
            asked_lines += tables["lines"].height
            del tables, verdicts  # the next ones are made before these names are bound again
        named = run.claims_of(whole["faults"]["claim.key"])
        faulty = Tables(
            {n: whole[n] for n in ("files", "interchanges", "faults")} | {n: named[n] for n in ("claims", "lines")}
        )
        units = {"files": sum(not f.is_history for f in result.files), "claims": result.claims}
        of_batch = [r for r in chosen if views()[r.view].asked_of == "batch"]
        answers.keep(evaluate(faulty, of_batch, policy, assumptions, units=units), faulty, excerpts)
    result.coverage = list(answers.coverage.values())
    if result.last_service is not None:
        asked = {read.table for rule in chosen for read in rule.policy_reads}
        result.ended = tuple(ended_tables(policy.tables, result.last_service, asked))
    with stage("prove"):
        result.findings = answers.proofs.findings()
    if waivers:
        set_apart(result, waivers)
        _ask_waivers(answers, chosen, policy, waivers, claims_seen)
    return Checked(result, excerpts)


@dataclass(slots=True)
class _Answers:
    """What the rules have said so far, gathered book by book."""

    result: Result
    coverage: dict[str, Coverage]
    proofs: Proofs

    def keep(self, verdicts: Sequence[Verdicts], tables: Tables, excerpts: Excerpts) -> None:
        """The verdicts of some rules on one book."""
        with stage("prove"):
            verdicts = one_finding_a_pair(verdicts, self.proofs.policy_rows)
            excerpts.read(tables, [v.fires for v in verdicts])
            for verdict in verdicts:
                self.count(verdict)
                self.proofs.add(verdict, tables["lines"], excerpts.find)

    def count(self, verdict: Verdicts) -> None:
        """How often one rule gave each verdict, and what it could not tell."""
        count = self.coverage[verdict.rule.code]
        count.fires += verdict.fires.height
        count.clear += verdict.clear
        count.not_applicable += verdict.not_applicable
        count.cannot_tell += verdict.undecided.height
        self.result.undecided.add(verdict)


def _later(before: date | None, lines: pl.DataFrame, files: pl.Series) -> date | None:
    """The last day of service of the lines of some files, or the one known before where that is later."""
    days = lines.filter(pl.col("file").is_in(files.implode())).select("line.date", "line.date_to")
    return max((day for day in (before, *days.max().row(0)) if day is not None), default=None)


def _claims_named(tables: Tables, files: pl.Series, waivers: Sequence[Waiver]) -> set[str]:
    """The claims that waivers name and that are in the book, in files of the run."""
    named = pl.Series([w.claim for w in waivers if w.claim is not None], dtype=pl.String)
    inside = pl.col("file").is_in(files.implode()) & pl.col("claim.number").is_in(named.implode())
    return set(tables["claims"].filter(inside)["claim.number"]) if len(named) else set()


def _ask_waivers(
    answers: _Answers, chosen: list[Rule], policy: PolicyAnswers, waivers: list[Waiver], claims_seen: set[str]
) -> None:
    """Rules about the waivers themselves, asked when all else is known; they point into the file of waivers."""
    result = answers.result
    view = waivers_view(waivers, result, [r.code for r in chosen], claims_seen)
    rules = [r for r in chosen if r.view == "waivers"]
    for verdict in evaluate(Tables(), rules, policy, Assumptions(result.as_of), data={"waivers": view}):
        answers.count(verdict)
        answers.proofs.add(verdict, pl.DataFrame(), partial(waiver_places, waivers, result.findings.files))
    result.findings = answers.proofs.findings(result.findings.spine)


def _files(tables: Tables) -> list[File]:
    return [
        File(
            path=r["file.path"], sha256=r["file.sha256"], kind=r["file.kind"] or "unknown", claims=r["file.claims"] or 0,
            lines=r["file.lines"] or 0, error=r["file.error"], is_history=bool(r["file.is_history"]),
            is_stray=r["file.status"] == "passed_over",
        )
        for r in tables["files"].sort("file").iter_rows(named=True)
    ]  # fmt: skip


__all__ = ["CheckOptions", "Checked", "check", "settings"]
