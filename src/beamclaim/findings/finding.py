"""One finding, opened: what one rule says of one subject, with the facts and the policy it rests on.

Plain frozen values. A run holds its findings as columns (`schema.py`); these exist for the few that are shown, repaired or compared.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from beamclaim.model.span import Span

#: The fact that holds the numbers of the lines of a finding that is about several, joined with `;`.
NAMED_LINES = "line.numbers"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that was read: its column, its value in words, and where it stands."""

    name: str
    value: str
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
    that one fix settles. `charge` is the charge of the line, of all lines it names, or of the claim for a claim-level finding.
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

    @property
    def lines(self) -> tuple[int, ...]:
        """The numbers of the lines it names, in order; none of a finding about a claim or a file."""
        named = next((fact.value for fact in self.facts if fact.name == NAMED_LINES), None)
        if named is None:
            return () if self.line is None else (self.line,)
        return tuple(map(int, named.split(";")))


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
