"""Python operators → nodes of a tree: what every expression can do, and what is refused where it is written.

A node is a frozen dataclass. `==` builds a node and answers nothing, so nodes are known by identity (`eq=False`), and
asking one for its truth is refused. Each node knows its `type`, as far as it can be known without views and policy
(None: a column or a cell of a table, whose type the engine knows), and the place in a file where it was written.
Begin reading here, then `leaves.py` (what is read), `forms.py` and `windows.py` (what is made of it), `words.py` (what a rule writes).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal, NoReturn

from beamclaim.errors import RuleError

Type = Literal["Boolean", "Number", "Day", "Text", "Codes"]
#: How a type is called in a refusal.
_CALLED = {"Boolean": "a yes or no", "Number": "a number", "Day": "a day", "Text": "a word", "Codes": "a list of codes"}
#: Pairs of a child and the types it may have.
Demands = tuple[tuple["Expression", tuple[Type, ...]], ...]
_HERE = str(Path(__file__).parent)


def written_at() -> str:
    """file:line of the nearest caller outside this package: where a rule wrote the expression."""
    frame = sys._getframe(1)
    # "<string>": the `__init__` that a dataclass writes for itself.
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_HERE, "<string>")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def refuse(why: str, place: str | None = None) -> NoReturn:
    """Raises the refusal of an expression: file and line, reason and remedy."""
    path, _, line = (place or written_at()).rpartition(":")
    raise RuleError(f"{Path(path).name}:{line}: {why}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Expression:
    """A node. Its operators build other nodes; it has no truth of its own."""

    place: str = field(default_factory=written_at, repr=False)

    #: The type of what it gives, where every node of its kind gives the same.
    gives: ClassVar[Type | None] = None
    #: The word or operator a rule writes for it.
    word: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for child, allowed in self.demands():
            if child.type is not None and not fits(child.type, allowed):
                refuse(self.misfit(child, child.type, allowed), self.place)

    @property
    def type(self) -> Type | None:
        """What it gives; None where only the engine can know."""
        return self.gives

    def children(self) -> tuple["Expression", ...]:
        """The expressions it is made of, in the order they are read."""
        return ()

    def demands(self) -> Demands:
        """Which types each child may have; checked at once where a type is known, by the engine where it is not."""
        return ()

    def misfit(self, child: "Expression", has: Type, allowed: tuple[Type, ...]) -> str:
        """Why a child of this type is refused, with what to write instead."""
        wanted = " or ".join(_CALLED[t] for t in allowed)
        return f"{child.shown} is {_CALLED[has]}, where {self.form} takes {wanted}"

    @property
    def form(self) -> str:
        """How a refusal calls it."""
        return self.word

    @property
    def shown(self) -> str:
        """How a refusal shows it."""
        return f"the result of {self.form}"

    # ── what Python would do with a value, and cannot do here ──

    def __bool__(self) -> bool:  # noqa: PLE0304  (it never returns)
        refuse(
            "an expression has no truth while the rule is written: write & for `and`, | for `or`, ~ for `not`, "
            "one_of() for `in`, when() for `if`, and (a < b) & (b < c) for `a < b < c`"
        )

    def __iter__(self) -> Iterator[object]:
        refuse("an expression cannot be walked through or searched with `in`: write one_of(x, …) or carries(…)")

    def __contains__(self, item: object) -> bool:
        refuse("an expression cannot be searched with `in`: write one_of(x, …) or carries(…)")

    __hash__ = object.__hash__

    # ── operators ──

    def __eq__(self, other: object) -> "Compare":  # type: ignore[override]
        return Compare("==", self, node_of(other))

    def __ne__(self, other: object) -> "Compare":  # type: ignore[override]
        return Compare("!=", self, node_of(other))

    def __lt__(self, other: object) -> "Compare":
        return Compare("<", self, node_of(other))

    def __le__(self, other: object) -> "Compare":
        return Compare("<=", self, node_of(other))

    def __gt__(self, other: object) -> "Compare":
        return Compare(">", self, node_of(other))

    def __ge__(self, other: object) -> "Compare":
        return Compare(">=", self, node_of(other))

    def __and__(self, other: object) -> "Both":
        return Both(self, node_of(other))

    def __or__(self, other: object) -> "Either":
        return Either(self, node_of(other))

    def __invert__(self) -> "Not":
        return Not(self)

    def __add__(self, other: object) -> "Arithmetic":
        return Arithmetic("+", self, node_of(other))

    def __sub__(self, other: object) -> "Arithmetic":
        return Arithmetic("-", self, node_of(other))

    def __mul__(self, other: object) -> "Arithmetic":
        return Arithmetic("*", self, node_of(other))

    def __floordiv__(self, other: object) -> "Arithmetic":
        return Arithmetic("//", self, node_of(other))

    def __mod__(self, other: object) -> "Arithmetic":
        return Arithmetic("%", self, node_of(other))


@dataclass(frozen=True, eq=False)
class ZeroOrOne(Expression):
    """0 or 1: none, or one. Every other number has a source and lives in a parameter."""

    number: int

    gives = "Number"

    @property
    def shown(self) -> str:
        """The number."""
        return str(self.number)


def node_of(value: object) -> Expression:
    """An expression as it is, 0 and 1 as a node; everything else is refused with where it belongs."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        refuse(f"{value} stands beside an expression: write {'yes()' if value else 'no()'}")
    if isinstance(value, int | float):
        if value in (0, 1) and isinstance(value, int):
            return ZeroOrOne(value)
        refuse(f"the number {value} stands in a rule; numbers live in policy parameters: use param()")
    if isinstance(value, date):
        refuse(f"the day {value.isoformat()} stands in a rule; days live in policy tables: use value() or param()")
    if isinstance(value, str):
        refuse(f"the bare word {value!r} stands beside an expression: write text({value!r}), or col() for a column")
    refuse(f"{type(value).__name__} is nothing an expression can hold: use the words of beamclaim.rules")


def fits(has: Type, allowed: tuple[Type, ...]) -> bool:
    """Whether a type may stand where these are allowed; a list of codes is a text too."""
    return has in allowed or (has == "Codes" and "Text" in allowed)


def alike(one: Expression, other: Expression) -> Demands:
    """The demand that two expressions are of one type."""
    pairs = ((one, other), (other, one))
    return tuple(
        (child, ("Text", "Codes") if beside.type in ("Text", "Codes") else (beside.type,))
        for child, beside in pairs
        if beside.type is not None
    )


@dataclass(frozen=True, eq=False)
class Compare(Expression):
    """Two values of one type → yes or no; unknown where one of them is."""

    sign: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression

    gives = "Boolean"

    @property
    def form(self) -> str:
        """Its sign."""
        return self.sign

    def children(self) -> tuple[Expression, ...]:
        """Left, right."""
        return self.left, self.right

    def demands(self) -> Demands:
        """Both of one type."""
        return alike(self.left, self.right)


@dataclass(frozen=True, eq=False)
class Arithmetic(Expression):
    """Two numbers → a number; unknown where one of them is."""

    sign: Literal["+", "-", "*", "//", "%"]
    left: Expression
    right: Expression

    gives = "Number"

    @property
    def form(self) -> str:
        """Its sign."""
        return self.sign

    def children(self) -> tuple[Expression, ...]:
        """Left, right."""
        return self.left, self.right

    def demands(self) -> Demands:
        """Numbers."""
        return (self.left, ("Number",)), (self.right, ("Number",))

    def misfit(self, child: Expression, has: Type, allowed: tuple[Type, ...]) -> str:
        """Days have words of their own."""
        remedy = "; write days(start, end) or later(day, days_on=…)" if has == "Day" else ""
        return super().misfit(child, has, allowed) + remedy


@dataclass(frozen=True, eq=False)
class _Joined(Expression):
    left: Expression
    right: Expression

    gives = "Boolean"

    def children(self) -> tuple[Expression, ...]:
        """Left, right."""
        return self.left, self.right

    def demands(self) -> Demands:
        """Yes or no on both sides."""
        return (self.left, ("Boolean",)), (self.right, ("Boolean",))


class Both(_Joined):
    """Yes where both are, no where one is no, else unknown."""

    word = "&"


class Either(_Joined):
    """Yes where one is, no where both are no, else unknown."""

    word = "|"


@dataclass(frozen=True, eq=False)
class Not(Expression):
    """The other answer; unknown stays unknown."""

    inner: Expression

    gives = "Boolean"
    word = "~"

    def children(self) -> tuple[Expression, ...]:
        """What is denied."""
        return (self.inner,)

    def demands(self) -> Demands:
        """A yes or no."""
        return ((self.inner, ("Boolean",)),)
