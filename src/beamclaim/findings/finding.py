"""Findings: what one rule says of one subject, with the facts and the policy it rests on.

Plain frozen values. Everything that prints, draws or exports a finding reads these and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from beamclaim.model.span import Span


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that was read: its column, its value in words (null: unknown), and where it stands."""

    name: str
    value: str | None
    where: Span | None = None


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """A policy row that was read: the question, the answer, since and until when, by which source."""

    name: str
    value: str
    first_day: date | None
    last_day: date | None
    source: str
    at: str = ""
    confidence: str = ""
    scope: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    """The columns of the row that say something, each with its value in words."""
    is_edition: bool = False
    """A copy of dated editions: its days are those the edition was read for."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes to put in place of others; only a safe repair carries one."""

    where: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do: `safe` (a repair of format), `review` (changes what is billed: a person decides), `advice`."""

    grade: str
    text: str
    who: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's verdict *fires* on one claim, line, interchange or file.

    `id` is stable across runs: it changes when the subject's facts change. `cause` groups findings
    that one fix settles. `charge` is the charge of the line, or of the claim for a claim-level finding.
    """

    id: str
    rule: str
    name: str
    title: str
    severity: str
    risk: str
    message: str
    claim: str | None
    line: int | None
    course: str | None
    fraction: int | None
    date: date | None
    code: str | None
    charge: Decimal | None
    where: Span | None
    facts: tuple[Fact, ...]
    policy: tuple[PolicyFact, ...]
    fix: Fix
    cause: str
    preview: bool = False
    charged_lines: tuple[tuple[int, Decimal], ...] = ()
    """Line keys and charges behind `charge`, so that money at risk counts a line once."""
    payer: str | None = None
    payer_line: str | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A decision to let findings stand: which, why, by whom, until when. What it does not say, it does not ask."""

    number: int
    """Its place in the file, from 1."""
    rule: str
    """A selector: code, family or name."""
    codes: frozenset[str]
    """The codes of the rules it names."""
    reason: str
    who: str
    until: date
    where: Span
    scope: str | None = None
    """``all``, a payer line or a billing setting."""
    claim: str | None = None
    line: int | None = None
    payer: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that does not count, and the waiver that says so."""

    finding: Finding
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that could not tell on one subject, and what is missing."""

    rule: str
    claim: str | None
    line: int | None
    missing: tuple[str, ...]


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


@dataclass(slots=True)
class Result:
    """All a run of `check` has to say; every report is written from this."""

    engine: str
    policy: str
    as_of: date
    files: list[File] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    undecided: Sequence[Undecided] = ()
    claims: int = 0
    lines: int = 0
    charges: Decimal = Decimal("0.00")
    warnings: list[str] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    """Findings that stand apart: they count neither as findings nor as charges at risk."""

    @property
    def claims_with_errors(self) -> int:
        """Claims with at least one finding of severity error."""
        return len(
            {(f.where.file if f.where else "", f.claim) for f in self.findings if f.severity == "error" and f.claim}
        )

    @property
    def charge_at_risk(self) -> Decimal:
        """Charges behind findings of severity error, each line once."""
        lines = {key: charge for f in self.findings if f.severity == "error" for key, charge in f.charged_lines}
        return sum(lines.values(), Decimal("0.00"))

    @property
    def by_rule(self) -> dict[str, int]:
        """Findings per rule, by code."""
        counts: dict[str, int] = {}
        for finding in self.findings:
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
        return dict(sorted(counts.items()))
