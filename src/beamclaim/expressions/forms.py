"""What is made of values: a choice, one of some words, days between, codes in lists, what is stated at all."""

from dataclasses import dataclass

from beamclaim.expressions.node import Demands, Expression, Type, alike


@dataclass(frozen=True, eq=False)
class Choose(Expression):
    """One of two values of one type. `is_strict`: unknown where the condition is; else the second one there."""

    condition: Expression
    then: Expression
    otherwise: Expression
    is_strict: bool = True

    @property
    def form(self) -> str:
        """The word for it."""
        return "when()" if self.is_strict else "either()"

    @property
    def type(self) -> Type | None:
        """That of its values."""
        return self.then.type or self.otherwise.type

    def children(self) -> tuple[Expression, ...]:
        """The values, then the condition that chooses."""
        return self.then, self.otherwise, self.condition

    def demands(self) -> Demands:
        """A yes or no, and two of one type."""
        return ((self.condition, ("Boolean",)), *alike(self.then, self.otherwise))


@dataclass(frozen=True, eq=False)
class IfSeen(Expression):
    """A value where something was seen, else another."""

    value: Expression
    otherwise: Expression

    word = "if_seen()"

    @property
    def type(self) -> Type | None:
        """That of its values."""
        return self.value.type or self.otherwise.type

    def children(self) -> tuple[Expression, ...]:
        """Value, otherwise."""
        return self.value, self.otherwise

    def demands(self) -> Demands:
        """Two of one type."""
        return alike(self.value, self.otherwise)


@dataclass(frozen=True, eq=False)
class Stated(Expression):
    """Whether a value is there at all; never unknown."""

    value: Expression

    gives = "Boolean"
    word = "stated()"

    def children(self) -> tuple[Expression, ...]:
        """The value."""
        return (self.value,)


@dataclass(frozen=True, eq=False)
class Blank(Expression):
    """Whether the source says there is none: an empty element, not an unknown one."""

    value: Expression

    gives = "Boolean"
    word = "none()"

    def children(self) -> tuple[Expression, ...]:
        """The value."""
        return (self.value,)

    def demands(self) -> Demands:
        """A text."""
        return ((self.value, ("Text", "Codes")),)


@dataclass(frozen=True, eq=False)
class OneOf(Expression):
    """Whether a value is one of some words."""

    value: Expression
    words: tuple[str, ...]

    gives = "Boolean"
    word = "one_of()"

    def children(self) -> tuple[Expression, ...]:
        """The value."""
        return (self.value,)

    def demands(self) -> Demands:
        """A text."""
        return ((self.value, ("Text",)),)


@dataclass(frozen=True, eq=False)
class DaysBetween(Expression):
    """Days from one day to another."""

    start: Expression
    end: Expression

    gives = "Number"
    word = "days()"

    def children(self) -> tuple[Expression, ...]:
        """End, start."""
        return self.end, self.start

    def demands(self) -> Demands:
        """Two days."""
        return (self.start, ("Day",)), (self.end, ("Day",))


@dataclass(frozen=True, eq=False)
class Later(Expression):
    """The day so many calendar years (`by_years`) or days after another."""

    day: Expression
    many: Expression
    by_years: bool

    gives = "Day"
    word = "later()"

    def children(self) -> tuple[Expression, ...]:
        """Day, how many."""
        return self.day, self.many

    def demands(self) -> Demands:
        """A day and a number."""
        return (self.day, ("Day",)), (self.many, ("Number",))


@dataclass(frozen=True, eq=False)
class Workday(Expression):
    """The day, or the first after it that is no weekend day and none of `days_off`, which name years they know."""

    day: Expression
    days_off: Expression

    gives = "Day"
    word = "workday()"

    def children(self) -> tuple[Expression, ...]:
        """Day, days off."""
        return self.day, self.days_off

    def demands(self) -> Demands:
        """A day and a list of days."""
        return (self.day, ("Day",)), (self.days_off, ("Text", "Codes"))


@dataclass(frozen=True, eq=False)
class Carries(Expression):
    """Whether a list column holds the code another value names."""

    code: Expression
    codes: Expression

    gives = "Boolean"
    word = "carries()"

    def children(self) -> tuple[Expression, ...]:
        """The list, the code."""
        return self.codes, self.code

    def demands(self) -> Demands:
        """A list of codes and a code."""
        return (self.codes, ("Codes",)), (self.code, ("Text",))


@dataclass(frozen=True, eq=False)
class BeginsWith(Expression):
    """Whether a code, or one of a list of codes (`is_list`), begins with one of the prefixes another value names."""

    value: Expression
    prefixes: Expression
    is_list: bool

    gives = "Boolean"

    @property
    def form(self) -> str:
        """The word for it."""
        return "any_listed()" if self.is_list else "listed()"

    def children(self) -> tuple[Expression, ...]:
        """Value, prefixes."""
        return self.value, self.prefixes

    def demands(self) -> Demands:
        """Texts."""
        return (self.value, ("Text", "Codes")), (self.prefixes, ("Text", "Codes"))
