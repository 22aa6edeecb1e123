"""Rules × views × policy → nothing, or the refusal of what only views and tables can show to be wrong.

At import a rule is checked as far as it knows itself (`rules/declaration.py`). Here each column, table, cell, type and word
it names is looked up, once for each rule and policy. Called by `verdicts.evaluate`, before a claim is looked at.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NoReturn

import polars as pl

from beamclaim.engine.neighbors import BESIDE_VALUES
from beamclaim.engine.policy_answers import DIAGNOSIS_VALIDITY, PARAMETERS, VALIDITY
from beamclaim.errors import RuleError, nearest
from beamclaim.expressions.forms import OneOf
from beamclaim.expressions.leaves import Column, Neighbor, Parameter, PolicyAnswer, PolicyRead, Word
from beamclaim.expressions.node import Compare, Expression, Type, fits
from beamclaim.expressions.walks import nodes, reads
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.declarations import BY_NAME
from beamclaim.rules.declaration import Rule
from beamclaim.views.registry import views


def check_rules(rules: Iterable[Rule], policy: PolicyAnswers) -> None:
    """Refuses the first rule that names what is not there, or takes it for what it is not.

    Raises:
        RuleError: names the rule, file and line, what it names, and the nearest there is.
    """
    for rule in rules:
        _check(rule, policy)


@lru_cache(maxsize=1_000)
def _check(rule: Rule, policy: PolicyAnswers) -> None:
    trees = (rule.applies, *rule.answers.values())
    _check_columns(rule, reads(*trees))
    for leaf in reads(*trees):
        if isinstance(leaf, PolicyRead):
            _check_table(rule, leaf, policy)
    for tree in trees:
        for node in nodes(tree):
            _check_types(rule, node)
            _check_words(rule, node)


def _check_columns(rule: Rule, leaves: Iterable[Expression]) -> None:
    view = views().get(rule.view)
    if view is None:
        _refuse(rule, None, f"view {rule.view!r} is not one of {', '.join(views())}")
    for leaf in leaves:
        if isinstance(leaf, Column) and leaf.name not in view.columns:
            _refuse(
                rule, leaf, f"column {leaf.name!r} is not in the view {view.name!r}.{nearest(leaf.name, view.columns)}"
            )
    for name in (*rule.shows, rule.at, *rule.about, *(("line.number",) if rule.about else ())):
        if name not in view.columns:
            _refuse(rule, None, f"column {name!r} is not in the view {view.name!r}.{nearest(name, view.columns)}")


def _check_table(rule: Rule, leaf: PolicyRead, policy: PolicyAnswers) -> None:
    """The table, the cells and the words of one policy answer."""
    if isinstance(leaf, Parameter):
        known = policy.table(PARAMETERS).frame["parameter"].unique().to_list() if policy.tables.as_of is None else []
        if known and leaf.table not in known:
            _refuse(rule, leaf, f"there is no policy parameter {leaf.table!r}.{nearest(leaf.table, known)}")
        return
    if leaf.table == DIAGNOSIS_VALIDITY:
        if leaf.field not in VALIDITY:
            _refuse(rule, leaf, f"{leaf.table} says no {leaf.field!r}.{nearest(leaf.field, VALIDITY)}")
        return
    declared = BY_NAME.get(leaf.table)
    if declared is None:
        _refuse(rule, leaf, f"there is no policy table {leaf.table!r}.{nearest(leaf.table, BY_NAME)}")
    conditions = leaf.conditions if isinstance(leaf, PolicyAnswer | Neighbor) else ()
    cells = [name for name, _ in conditions]
    if leaf.kind == "value" or (leaf.kind == "pair" and leaf.field not in BESIDE_VALUES):
        cells.append(leaf.field)
    for cell in cells:
        if cell not in (*declared.value, *declared.key):
            _refuse(
                rule,
                leaf,
                f"table {leaf.table} has no column {cell!r}.{nearest(cell, (*declared.value, *declared.key))}",
            )
    for cell, word in conditions if policy.tables.as_of is None else ():
        # Of a policy as it was known on a day, rows that hold the word may not be known yet.
        words = policy.table(leaf.table).frame[cell].cast(pl.String).drop_nulls().unique().sort().to_list()
        if word not in words:
            _refuse(rule, leaf, f"no row of {leaf.table} holds {cell} {word!r}; its words are {', '.join(words)}")


def _check_types(rule: Rule, node: Expression) -> None:
    for child, allowed in node.demands():
        known = _type_of(rule, child)
        if known is not None and not fits(known, allowed):
            _refuse(rule, node, node.misfit(child, known, allowed))
    if isinstance(node, Compare):
        left, right = _type_of(rule, node.left), _type_of(rule, node.right)
        if left is not None and right is not None and not (fits(left, (right,)) or fits(right, (left,))):
            _refuse(rule, node, node.misfit(node.left, left, (right,)))


def _type_of(rule: Rule, node: Expression) -> Type | None:
    """The type of a node; of a column as its view declares it, of a cell as its table does."""
    if node.type is not None:
        return node.type
    if isinstance(node, Column):
        declared = views()[rule.view].columns[node.name]
        return "Codes" if declared.is_list else _type(declared.dtype)
    if isinstance(node, PolicyRead) and node.table in BY_NAME:
        return _type(BY_NAME[node.table].value.get(node.field))
    return None


def _type(dtype: Any) -> Type | None:
    """What a type of a frame is to an expression."""
    if dtype is None:
        return None
    if dtype == pl.Boolean:
        return "Boolean"
    if dtype == pl.String:
        return "Text"
    if dtype == pl.Date:
        return "Day"
    return "Number" if dtype.is_numeric() else None


def _check_words(rule: Rule, node: Expression) -> None:
    """Words a column is compared with that are not of its closed list."""
    compared: list[tuple[Expression, str]] = []
    if isinstance(node, OneOf):
        compared = [(node.value, word) for word in node.words]
    elif isinstance(node, Compare):
        sides = ((node.left, node.right), (node.right, node.left))
        compared = [(column, word.text) for column, word in sides if isinstance(word, Word)]
    for column, word in compared:
        words = views()[rule.view].columns[column.name].words if isinstance(column, Column) else ()
        if words and word and word not in words:
            _refuse(rule, node, f"{column.shown} is never {word!r}.{nearest(word, words)}")


def _refuse(rule: Rule, node: Expression | None, why: str) -> NoReturn:
    place = rule.source.name if node is None else node.place.rpartition("/")[2]
    raise RuleError(f"{rule.code} ({place}): {why}")
