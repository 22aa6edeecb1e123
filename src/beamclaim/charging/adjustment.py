"""An adjustment of proposed charges as its author writes it: whose part it is, what it lies inside of, which modifiers it takes.

Asked of the view `charges`, where one row is a proposed charge. What it says is folded in by `engine/adjust.py`: a charge its
setting does not bill is dropped, one that lies inside something else is refused, one nobody can settle is held.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from beamclaim.errors import RuleError
from beamclaim.expressions.leaves import PolicyRead
from beamclaim.expressions.node import Expression
from beamclaim.expressions.walks import gate, groups, of_the_row, reads

#: What an adjustment may say of a charge; `adds` is a modifier, the others are yes or no.
EFFECTS = ("drops", "refuses", "holds", "adds")


@dataclass(frozen=True, eq=False)
class Adjustment:
    """One adjustment: the charges it speaks of, and what it does. `asks`: the fact to ask for where it holds a charge."""

    name: str
    applies: Expression
    effects: dict[str, Expression]
    asks: str
    cites: tuple[str, ...]
    page: Path

    @property
    def code(self) -> str:
        """What the engine knows it by."""
        return self.name

    @property
    def trees(self) -> tuple[Expression, ...]:
        """Everything it asks."""
        return (self.applies, *self.effects.values())

    @cached_property
    def policy_reads(self) -> tuple[PolicyRead, ...]:
        """What the policy answers, in order of first use."""
        return tuple(leaf for leaf in reads(*self.trees) if isinstance(leaf, PolicyRead))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The columns it reads of a row, beside the keys of its groups."""
        return of_the_row(*self.trees)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups its windows run over."""
        return groups(*self.trees)

    @cached_property
    def gate(self) -> tuple[Expression, ...]:
        """The parts of `applies` that need no other row."""
        return gate(self.applies)


def adjustment(
    *, applies: Expression, asks: str = "", cites: tuple[str, ...] = ()
) -> Callable[[Callable[[], dict[str, Expression]]], Adjustment]:
    """Declares an adjustment; the function's name is its name, and it returns its effects.

    Raises:
        RuleError: an effect there is not.
    """

    def declare(effects: Callable[[], dict[str, Expression]]) -> Adjustment:
        made = effects()
        for word in made:
            if word not in EFFECTS:
                raise RuleError(f"adjustment {effects.__name__}: {word!r} is not one of {', '.join(EFFECTS)}")
        page = Path(effects.__code__.co_filename).with_suffix(".md")
        return Adjustment(effects.__name__, applies, made, asks, cites, page)

    return declare
