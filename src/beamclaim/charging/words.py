"""Words that charges have beside those of rules: a count that grew, the code of a step."""

from beamclaim.expressions.leaves import Column
from beamclaim.expressions.node import Expression
from beamclaim.expressions.windows import Window


def since(counted: Column, where: Expression, *, over: tuple[str, ...], counts: str) -> Window:
    """Whether a running count grew since the row before on which `where` held: true, or unknown, since more may come to light."""
    return Window("has_grown", over, Column(counts), where, of=counted)


def code_of(step: str) -> Column:
    """The code a step of a charge stands for on its day; null where none is in force or nobody knows. Only in charges."""
    return Column(f"code:{step}")
