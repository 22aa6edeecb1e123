"""What a run of `check` has to say: its files, findings, open questions and counts. Every report is written from this."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from beamclaim.findings.questions import Questions
from beamclaim.findings.schema import Findings
from beamclaim.findings.waived import WaivedFindings
from beamclaim.policy.ends import EndedTable, ended_sentence

NOTHING = Decimal("0.00")


@dataclass(slots=True)
class Coverage:
    """How often one rule gave each verdict."""

    rule: str
    fires: int = 0
    clear: int = 0
    cannot_tell: int = 0
    not_applicable: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file of the run."""

    path: str
    sha256: str | None
    kind: str
    claims: int
    lines: int
    error: str | None
    is_history: bool = False
    is_stray: bool = False
    """Found in a folder or archive and no claim file: said, and no failure."""


@dataclass(frozen=True, slots=True)
class UnknownPayer:
    """A payer of the run a person has to say something of, by id and name as the claims have them.

    `doubt`: unknown, shared, contradiction, line, ended; `why` in words. `row`: what to add to `payers/payer.own.csv`.
    """

    payer_id: str
    name: str
    doubt: str
    why: str
    claims: int
    charge: Decimal
    row: str


@dataclass(slots=True)
class Result:
    """All a run of `check` has to say."""

    engine: str
    policy: str
    as_of: date
    files: list[File] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    coverage: list[Coverage] = field(default_factory=list)
    undecided: Questions = field(default_factory=Questions)
    claims: int = 0
    lines: int = 0
    charges: Decimal = NOTHING
    warnings: list[str] = field(default_factory=list)
    payers: list[UnknownPayer] = field(default_factory=list)
    """Payers nobody knows, or whose claims contradict themselves, each once."""
    ended: tuple[EndedTable, ...] = ()
    """Tables that rules asked and that end before the last day of service."""
    last_service: date | None = None
    waived: WaivedFindings = field(default_factory=WaivedFindings)
    """Findings that stand apart: they count neither as findings nor as charges at risk."""

    @property
    def past_horizon(self) -> str:
        """That the run reaches past the last day of some tables, in a sentence; blank where it does not."""
        return ended_sentence(self.ended, self.last_service) if self.last_service is not None else ""

    @property
    def claims_with_errors(self) -> int:
        """Claims with at least one finding of severity error."""
        wrong = self.findings.spine.filter(pl.col("severity") == "error", pl.col("claim") != "")
        return wrong.select(pl.struct("file", "claim").n_unique()).item() if wrong.height else 0

    @property
    def charge_at_risk(self) -> Decimal:
        """Charges behind findings of severity error, each line once."""
        return total(self.findings.where(pl.col("severity") == "error").charges())

    @property
    def by_rule(self) -> dict[str, int]:
        """Findings per rule, by code."""
        counts = self.findings.spine.group_by(pl.col("rule").cast(pl.String)).len()
        return dict(sorted(counts.iter_rows()))


def total(charges: pl.DataFrame) -> Decimal:
    """The sum of charges (line.key, charge), each line once."""
    amount = charges.unique("line.key", keep="last")["charge"].sum()
    return NOTHING + Decimal(amount or 0)
