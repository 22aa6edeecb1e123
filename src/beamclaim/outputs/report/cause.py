"""Findings → causes: what one fix settles, the gravest and dearest first; and open questions → the facts they are missing.

One cause per (rule, cause), held as columns; a `Cause` exists for the few that are shown. Called by the text, the page and the workbook.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, islice
from typing import Any, overload

import polars as pl

from beamclaim.findings.finding import Finding
from beamclaim.findings.questions import APART, Questions
from beamclaim.findings.result import NOTHING, Result, total
from beamclaim.findings.schema import Findings
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.views.registry import views


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings of one rule with one cause, in the order of the run; never empty."""

    findings: Findings
    severity: str
    """The gravest among them: a rule may grade its findings apart."""
    lines: int
    """Service lines named."""
    claims: int
    """Claims named."""
    charge: Decimal
    """Charges behind the findings, each line once."""
    first: Finding
    """The finding that stands for the others."""


class Causes(Sequence[Cause]):
    """The causes of a run: by severity, then charge, then how many findings, then rule."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        who = pl.Series([part.who for part in findings.parts], dtype=pl.String)
        spine = findings.spine.with_row_index("at").with_columns(
            pl.col("severity").to_physical().alias("gravity"), who.gather(findings.spine["part"]).alias("who")
        )
        keys = ("rule", "cause")
        groups = (
            spine.group_by(keys, maintain_order=True)
            .agg("at", pl.col("gravity").min(), pl.col("risk", "who").first(), pl.len().alias("findings"))
            .with_row_index("group")
        )
        of_row = spine.join(groups.select("group", *keys), on=keys, how="left", maintain_order="left")
        charges = findings.charges().join(
            of_row.select("at", "group", "gravity"), on="at", how="left", maintain_order="left"
        )
        charge = charges.unique(("group", "line.key"), keep="last").group_by("group").agg(pl.col("charge").sum())
        lines = of_row.filter(pl.col("line").is_not_null()).unique(("group", "file", "claim", "line"))
        claims = of_row.filter(pl.col("claim").is_not_null()).unique(("group", "file", "claim"))
        self.frame = (
            groups.join(charge, on="group", how="left")
            .join(lines.group_by("group").agg(pl.col("lines").sum()), on="group", how="left")
            .join(claims.group_by("group").agg(pl.len().alias("claims")), on="group", how="left")
            .with_columns(pl.col("lines", "claims").fill_null(0), pl.col("charge").fill_null(NOTHING))
            .sort(
                "gravity", "charge", "findings", pl.col("rule").cast(pl.String), pl.col("cause").cast(pl.String),
                descending=[False, True, True, False, False],
            )
            .with_row_index("number")
        )  # fmt: skip
        """One row a cause: its number in this order, rule, cause, at (its rows of the spine), gravity, risk, who, findings, lines …"""
        numbers = self.frame.select("group", "number", "risk", "who")
        self.charges = charges.join(numbers, on="group", how="left", maintain_order="left").with_columns(
            (pl.col("gravity") == 0).alias("is_error")
        )
        """The charges behind the findings: number of the cause, is_error, line.key, charge, risk, who."""

    def __len__(self) -> int:
        return self.frame.height

    @overload
    def __getitem__(self, index: int) -> Cause: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cause]: ...
    def __getitem__(self, index: int | slice) -> "Cause | list[Cause]":
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        row = self.frame.row(range(len(self))[index], named=True)
        return self._cause(row, self.findings[row["at"][0]])

    def opened(self, *, of_each: int, most: int) -> Iterator[tuple[Cause, list[Finding]]]:
        """The causes in order, each with its first findings, which are opened together: `of_each` of one, `most` of all."""
        rows: list[int] = []
        counts: list[int] = []
        for at in self.frame["at"]:
            if len(rows) == most:
                break
            rows += at[: min(of_each, most - len(rows))].to_list()
            counts.append(len(rows))
        objects = iter(self.findings.with_spine(self.findings.spine[rows]))
        for row, count, before in zip(self.frame.iter_rows(named=True), counts, [0, *counts], strict=False):
            inside = list(islice(objects, count - before))
            yield self._cause(row, inside[0]), inside

    def _cause(self, row: dict[str, Any], first: Finding) -> Cause:
        return Cause(
            self.findings.with_spine(self.findings.spine[row["at"]]), SEVERITIES[row["gravity"]], row["lines"], row["claims"],
            row["charge"], first,
        )  # fmt: skip

    def settled(self) -> list[Decimal]:
        """Charges no longer at risk after the first fix, the first two, … of the causes that hold an error.

        A line counts when the last of its errors is gone, so that two fixes of one line are no double success.
        """
        gravest = self.frame.filter(pl.col("gravity") == 0)["number"]
        errors = self.charges.filter("is_error").sort("number", maintain_order=True)
        last = errors.group_by("line.key").agg(pl.col("number", "charge").last())
        gains = dict(last.group_by("number").agg(pl.col("charge").sum()).iter_rows())
        return list(accumulate(gains.get(number, NOTHING) for number in gravest))

    def left_of(self, first: int) -> tuple[int, int, Decimal]:
        """Of the causes from the number `first` on: how many, their findings, and the sum of their charges."""
        rest = self.frame[first:]
        return rest.height, int(rest["findings"].sum()), NOTHING + Decimal(rest["charge"].sum() or 0)

    def shares(self, column: str) -> list["Share"]:
        """The run by `risk` or by `who`, in the order of the causes."""
        shares = self.frame.group_by(column, maintain_order=True).agg(pl.len(), pl.col("findings").sum())
        errors = self.charges.filter("is_error")
        return [
            Share(str(name), causes, findings, total(errors.filter(pl.col(column) == name)))
            for name, causes, findings in shares.iter_rows()
        ]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the run: its name, how many causes and findings, and the charges behind their errors, each line once."""

    name: str
    causes: int
    findings: int
    charge: Decimal


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing fact: how many questions it leaves open, in how many claims, for which rules."""

    missing: str
    questions: int
    claims: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows without the fact nothing can be told without: how many there are, and how many questions of which rules wait."""

    missing: str
    rows: int
    questions: Mapping[str, int]
    """Rule → its questions."""


def waiting(questions: Questions) -> list[Waiting]:
    """For each such fact (`View.first_fact`) the rows without it; each row is told once, whatever waits for it."""
    out = []
    for fact in sorted({view.first_fact for view in views().values() if view.first_fact}):
        frames = questions.missing_only(fact)
        if frames:
            rows = pl.concat(frames.values()).n_unique()
            out.append(Waiting(fact, rows, {rule: frame.height for rule, frame in frames.items()}))
    return out


def open_questions(result: Result) -> int:
    """How many questions are open; a row that waits for one fact is one question, however many rules ask it."""
    every = sum(c.cannot_tell for c in result.coverage) or len(result.undecided)
    return every - sum(sum(w.questions.values()) - w.rows for w in waiting(result.undecided))


def gaps(questions: Questions) -> list[Gap]:
    """The missing facts, the one that would answer most questions first."""
    frames = [_missing(frame).with_columns(pl.lit(rule).alias("rule")) for rule, frame in questions.by_rule()]
    if not frames:
        return []
    groups = pl.concat(frames).group_by("missing").agg(
        pl.len().alias("questions"),
        pl.col("claim").drop_nulls().n_unique().alias("claims"),
        pl.col("rule").unique().sort(),
    )  # fmt: skip
    found = [Gap(missing, count, claims, tuple(rules)) for missing, count, claims, rules in groups.iter_rows()]
    return sorted(found, key=lambda gap: (-gap.questions, gap.missing))


def missing_of_rules(questions: Questions) -> dict[str, list[str]]:
    """Rule → the names of the facts its questions are missing, the one that would answer most of them first."""
    out = {}
    for rule, frame in questions.by_rule():
        counts = _missing(frame).group_by("missing").len().sort(["len", "missing"], descending=[True, False])
        out[rule] = counts["missing"].to_list()
    return out


def _missing(frame: pl.DataFrame) -> pl.DataFrame:
    """Claims and what is missing, a row each; *not said* where a question names nothing."""
    words = pl.col("missing").cast(pl.String)
    texts = pl.when(words == "").then(pl.lit("not said")).otherwise(words)
    return frame.select("claim", texts.str.split(APART).alias("missing")).explode("missing")


def severities(result: Result) -> dict[str, int]:
    """Findings per severity, the gravest first; every severity is there."""
    counts = dict(result.findings.spine.group_by(pl.col("severity").cast(pl.String)).len().iter_rows())
    return {severity: counts.get(severity, 0) for severity in SEVERITIES}
