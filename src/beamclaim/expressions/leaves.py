"""What an expression reads: columns of a view, policy answers, parameters, other lines; and the words it compares with.

Every leaf that is read has the `name` of its column in the frame the engine hands a rule. `row` is the column with
the id of the policy row behind an answer, `open` the column that says the answer hangs on something the claim does
not say (its day, setting or payer).
"""

from dataclasses import dataclass
from typing import Literal

from beamclaim.expressions.node import Expression, Type

#: What can be asked of a table: whether it holds the code (``in``), each code of a list (``all``), two that clash,
#: a cell of the row, whether it holds the code on whatever day (``ever``).
AnswerKind = Literal["in", "all", "clash", "value", "ever"]


@dataclass(frozen=True, eq=False)
class Column(Expression):
    """A column of the view. Null is unknown."""

    name: str

    word = "col()"

    @property
    def shown(self) -> str:
        """Its name."""
        return self.name


@dataclass(frozen=True, eq=False, kw_only=True)
class PolicyRead(Expression):
    """Something the policy answers, or other lines do: a leaf with a table behind it."""

    kind: str
    table: str
    field: str = ""
    of: str = ""
    on: str = ""

    @property
    def name(self) -> str:
        """The column of the answer."""
        return f"{self.kind}:{self.table}:{self.field}:{self.of}@{self.on}"

    @property
    def row(self) -> str:
        """The column that holds the id of the policy row behind the answer."""
        return f"row:{self.table}:{self.of}@{self.on}"

    @property
    def open(self) -> str:
        """The column that says the answer hangs on something the claim does not say: its day, setting or payer."""
        return f"open:{self.table}:{self.of}@{self.on}"

    @property
    def shown(self) -> str:
        """The table."""
        return f"the answer of {self.table}"


@dataclass(frozen=True, eq=False, kw_only=True)
class PolicyAnswer(PolicyRead):
    """What a table says of the value of column `of` on the day in column `on`; `field` is a cell, or the conditions."""

    kind: AnswerKind
    asked: Column | None = None
    """The column asked about, where the rule reads it as a fact of its own."""

    word = "code_in()"

    @property
    def type(self) -> Type | None:
        """A yes or no, but for a cell, whose type its table knows."""
        return None if self.kind == "value" else "Boolean"

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """The cells the row must hold: (field, word)."""
        return _conditions(self.field) if self.kind == "in" else ()

    def children(self) -> tuple[Expression, ...]:
        """The column asked about, where it is a fact."""
        return () if self.asked is None else (self.asked,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Parameter(PolicyRead):
    """A policy parameter, as in force on the day in column `on`."""

    kind: str = "param"
    field: str = "value"

    word = "param()"

    @property
    def shown(self) -> str:
        """The parameter."""
        return f"parameter {self.table}"


#: Where the partner of a pair is looked for, and how a sentence says it.
PAIRED_AMONG = {
    "provider": "that day by the same provider", "patient": "that day for the patient", "claim_day": "that day on the same claim",
    "claim": "on the same claim", "course": "in the course by the same biller",
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbor(PolicyRead):
    """What other lines of the patient say: of a group by a pair table (``pair``), the nearest of a table's codes (``near``)."""

    kind: Literal["pair", "near"]
    on: str = "line.date"
    where: str = ""
    """The cells the row of a pair must hold, as ``name=word``; other pairs of the table are none."""

    @property
    def type(self) -> Type | None:
        """A yes or no, days, a code; a cell of a pair table is known to the table alone."""
        if self.field in ("days_until", "days_since"):
            return "Number"
        if self.field == "partner_code":
            return "Text"
        known = ("has_partner", "exists", "closed", "opened", "leads") if self.kind == "pair" else _NEAREST
        return "Boolean" if self.field in known else None

    @property
    def name(self) -> str:
        """The column of the answer."""
        return f"{self.beginning}{self.field}"

    @property
    def beginning(self) -> str:
        """How the names of all columns begin that this table gives of other lines."""
        return f"pair:{self._asked_table}/{self.of}:" if self.kind == "pair" else f"near:{self.table}:"

    @property
    def row(self) -> str:
        """The column that holds the id of the pair's row."""
        return f"row:{self._asked_table}/{self.of}" if self.kind == "pair" else f"row:{self.table}:{self.of}@{self.on}"

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """The cells the row must hold: (field, word)."""
        return _conditions(self.where)

    @property
    def in_doubt(self) -> str:
        """The column that is true where the answer hangs on which of two claims counts."""
        return f"{self.beginning}in_doubt"

    @property
    def open_day(self) -> str:
        """The column that is true where the answer hangs on which day a service of several days was."""
        return f"days:{self._asked_table}/{self.of}"

    @property
    def _asked_table(self) -> str:
        return f"{self.table}[{self.where}]" if self.where else self.table


def _conditions(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, word) for name, _, word in (part.partition("=") for part in text.split(",") if part))


_NEAREST = ("seen", "on_claim", "ahead", "behind", "unlike")


@dataclass(frozen=True, eq=False)
class Word(Expression):
    """A word to compare with or to answer with, never a code."""

    text: str

    gives = "Text"
    word = "text()"

    @property
    def shown(self) -> str:
        """The word."""
        return repr(self.text)


@dataclass(frozen=True, eq=False)
class Sure(Expression):
    """Surely, or surely not."""

    answer: bool

    gives = "Boolean"

    @property
    def form(self) -> str:
        """The word for it."""
        return "yes()" if self.answer else "no()"


@dataclass(frozen=True, eq=False)
class Unknown(Expression):
    """Cannot be told."""

    gives = "Boolean"
    word = "unknown()"
