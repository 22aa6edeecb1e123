"""Trees of a rule → nothing, or the refusal of a value that has no place in a rule.

Codes, payers and days change; a rule does not. What changes lives in policy tables, with days and a source, so a rule
that names it is refused at import: with the rule, file, line, and where the value belongs.
"""

import re
from collections.abc import Iterator

from beamclaim.errors import RuleError
from beamclaim.expressions.forms import OneOf
from beamclaim.expressions.leaves import Column, PolicyAnswer, Word
from beamclaim.expressions.node import Compare, Expression, Type, fits
from beamclaim.expressions.walks import nodes
from beamclaim.model.value_sets import PAYER_LINES

_TABLE = "it lives in a policy table: use code_in() or value()"
#: What a word looks like that no rule may hold, and what it looks like it is.
_SHAPES = (
    (re.compile(r"\d{5}|[A-Z]\d{4}|\d{4}[A-Z]"), "a procedure code"),
    (re.compile(r"[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?"), "a diagnosis code"),
    (re.compile(r"\d{4}-\d\d-\d\d|\d{8}|\d\d/\d\d/\d{4}"), "a day"),
    (re.compile(r"[A-Z]{2}|[A-Z]\d|\d[A-Z]"), "a modifier"),
    (re.compile(r"\d\d"), "a place of service or a modifier"),
)
#: Only of words compared with: a condition of a table may name an era by its year.
_REVENUE = (re.compile(r"\d{3,4}"), "a revenue code or a bill type")
#: Columns whose values only tables may name, and what they hold.
_NAMED_BY_TABLES = {
    "claim.payer": "a payer", "claim.payer_line": "a payer line", "claim.mac": "a contractor",
    "line.code": "a procedure code", "diagnosis.code": "a diagnosis code", "line.modifiers": "a modifier",
    "line.component_modifier": "a modifier", "claim.modifiers": "a modifier", "line.revenue_code": "a revenue code",
    "line.place_of_service": "a place of service", "claim.bill_type": "a bill type", "claim.condition_codes": "a condition code",
}  # fmt: skip


def guard(code: str, trees: dict[str, Expression]) -> None:
    """Refuses the first value no rule may hold, and a column that is used as two things.

    Raises:
        RuleError: names the rule, the answer, file and line, what stands there and what to write instead.
    """
    uses: dict[str, tuple[tuple[Type, ...], str]] = {}
    for answer, tree in trees.items():
        for node in nodes(tree):
            for word, what in _misplaced(node):
                _refuse(code, node, f"`{answer}` holds {word!r}, which looks like {what}; {_TABLE}")
            for child, allowed in node.demands():
                if isinstance(child, Column):
                    _check_use(code, child, allowed, uses)


def _misplaced(node: Expression) -> Iterator[tuple[str, str]]:
    """The words of one node that look like something only tables may name."""
    if isinstance(node, Compare):
        yield from _compared(node.left, node.right)
        yield from _compared(node.right, node.left)
    elif isinstance(node, OneOf):
        for word in node.words:
            yield from _compared(node.value, Word(word))
            yield from _looks_like(word, (*_SHAPES, _REVENUE))
    elif isinstance(node, Word):
        yield from _looks_like(node.text, (*_SHAPES, _REVENUE))
    elif isinstance(node, PolicyAnswer):
        for _, word in node.conditions:
            yield from _looks_like(word, _SHAPES)


def _compared(column: Expression, word: Expression) -> Iterator[tuple[str, str]]:
    if isinstance(column, Column) and isinstance(word, Word) and word.text and column.name in _NAMED_BY_TABLES:
        yield word.text, _NAMED_BY_TABLES[column.name]


def _looks_like(word: str, shapes: tuple[tuple[re.Pattern[str], str], ...]) -> Iterator[tuple[str, str]]:
    if word in PAYER_LINES:
        yield word, "a payer line"
    yield from ((word, what) for shape, what in shapes if shape.fullmatch(word))


def _check_use(
    code: str, column: Column, allowed: tuple[Type, ...], uses: dict[str, tuple[tuple[Type, ...], str]]
) -> None:
    """A column is one thing in all of a rule: what it is, the views say; that it is not two, is seen here."""
    before, place = uses.setdefault(column.name, (allowed, column.place))
    both = tuple(t for t in before if fits(t, allowed)) or tuple(t for t in allowed if fits(t, before))
    if not both:
        line = place.rpartition(":")[2]
        _refuse(
            code,
            column,
            f"{column.name} is used as {' or '.join(allowed).lower()} here and as {' or '.join(before).lower()} in line {line}; "
            "look up in the view what it is",
        )
    uses[column.name] = (both, place)


def _refuse(code: str, node: Expression, why: str) -> None:
    file, _, line = node.place.rpartition(":")
    raise RuleError(f"{code} ({file.rpartition('/')[2]}:{line}): {why}")
