"""Trees → the question in words, for the page of a rule: columns in code type, operators as a person says them.

Nothing is left out, so that a biller can check the question against the page beside it. What a question says more than
once is said once, under a letter. Begin with `in_words`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from string import ascii_uppercase
from typing import Any, NamedTuple

from beamclaim.expressions.forms import (
    BeginsWith,
    Blank,
    Carries,
    Choose,
    DaysBetween,
    IfSeen,
    Later,
    OneOf,
    Stated,
    Workday,
)
from beamclaim.expressions.leaves import (
    PAIRED_AMONG,
    Column,
    Neighbor,
    Parameter,
    PolicyAnswer,
    PolicyRead,
    Sure,
    Unknown,
    Word,
)
from beamclaim.expressions.node import Arithmetic, Both, Compare, Either, Expression, Not, ZeroOrOne
from beamclaim.expressions.walks import conjuncts
from beamclaim.expressions.windows import Window

Say = Callable[[Expression], str]
#: The day a table is asked about where a sentence does not say another.
USUAL_DAY = "line.date"
_LETTER = re.compile(r"\*\*[A-Z]\*\*")
#: Shorter parts are said again.
_LONG = 60
_COMPARED = {
    "==": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
}  # fmt: skip
_DAYS_COMPARED = {"<": "is before", "<=": "is on or before", ">": "is after", ">=": "is on or after"}
_CALCULATED = {"+": "plus", "-": "less", "*": "times", "//": "divided (whole) by", "%": "left over when divided by"}
_NEAREST = {
    "seen": "the patient has a line of `{}`", "on_claim": "a line of `{}` stands on the same claim",
    "ahead": "a line of `{}` for the same target and biller comes on this day or later",
    "behind": "a line of `{}` for the same target and biller came on this day or before",
    "unlike": "every line of `{}` is for another target or biller",
    "days_until": "the days until the next line of `{}`", "days_since": "the days since the last line of `{}`",
}  # fmt: skip
_PAIRED = {
    "has_partner": "another code is billed {0}", "exists": "this code is the second of a pair of `{1}` billed {0}",
    "closed": "this code is the second of a pair of `{1}` billed {0}, and no modifier of the two lines may open it",
    "opened": "a modifier on either line may open the pair of `{1}`", "partner_code": "the first code of the pair of `{1}`",
    "leads": "this code is the first of a pair of `{1}` billed {0}",
}  # fmt: skip
_ANSWERED = {
    "in": "`{of}` is in `{table}`{conditions}", "all": "every code of `{of}` is in `{table}`",
    "clash": "two codes of `{of}` are a pair of `{table}`", "ever": "`{of}` is in `{table}`, on any day",
    "value": "the `{field}` of `{of}` in `{table}`",
}  # fmt: skip


class InWords(NamedTuple):
    """A question in words: the parts it says more than once, by letter, and its sentences by the name of each tree."""

    parts: Mapping[str, str]
    sentences: Mapping[str, tuple[str, ...]]


def in_words(trees: Mapping[str, Expression]) -> InWords:
    """Trees by name → each as sentences without periods, one for each conjunct."""
    letters: dict[Expression, str] = {}
    parts: dict[str, str] = {}

    def say(tree: Expression) -> str:
        return f"**{letters[tree]}**" if tree in letters else _FORMS[type(tree)](tree, say)

    for tree in _repeated(trees.values()):
        words = _FORMS[type(tree)](tree, say)
        if len(words) > _LONG and len(letters) < len(ascii_uppercase):
            letter = ascii_uppercase[len(letters)]
            letters[tree], parts[letter] = letter, words
    return InWords(parts, {name: tuple(map(say, conjuncts(tree))) for name, tree in trees.items()})


def read_in_words(leaf: Column | PolicyRead) -> str:
    """One thing a question reads: a column by its name, an answer by what it says."""
    (words,) = in_words({"read": leaf}).sentences["read"]
    return f"whether {words}" if isinstance(leaf, PolicyRead) and leaf.type == "Boolean" else words


def _repeated(trees: Any) -> Iterator[Expression]:
    """The nodes that stand in several places, those inside others first."""
    places: Counter[Expression] = Counter()
    inside_first: list[Expression] = []

    def visit(tree: Expression) -> None:
        places[tree] += 1
        if places[tree] == 1:
            for child in tree.children():
                visit(child)
            inside_first.append(tree)

    for tree in trees:
        visit(tree)
    return (tree for tree in inside_first if places[tree] > 1 and tree.children())


def _inner(tree: Expression, say: Say) -> str:
    """A part of a longer sentence: in brackets where it joins several itself."""
    words = say(tree)
    joins = isinstance(tree, Both | Either | Choose | IfSeen)
    return f"({words})" if joins and not _LETTER.fullmatch(words) else words


def _answered(leaf: PolicyAnswer, _: Say) -> str:
    conditions = " and ".join(f"{name} {word}" for name, word in leaf.conditions)
    words = _ANSWERED[leaf.kind].format(
        of=leaf.of, table=leaf.table, field=leaf.field, conditions=f" ({conditions})" if conditions else ""
    )
    if not leaf.of:
        words = words.replace(" of ``", "").replace("`` is in", "there is a row of")
    return words if leaf.on in ("", USUAL_DAY) else f"{words} on `{leaf.on}`"


def _neighbor(leaf: Neighbor, _: Say) -> str:
    if leaf.kind == "near":
        return _NEAREST[leaf.field].format(leaf.table)
    words = _PAIRED.get(leaf.field, f"the `{leaf.field}` of the pair of `{{1}}`").format(
        PAIRED_AMONG[leaf.of], leaf.table
    )
    cells = " and ".join(f"{name} {word}" for name, word in leaf.conditions)
    return f"{words} ({cells})" if cells else words


def _compared(node: Compare, say: Say) -> str:
    of_days = "Day" in (node.left.type, node.right.type)
    signs = _COMPARED | _DAYS_COMPARED if of_days else _COMPARED
    return f"{_inner(node.left, say)} {signs[node.sign]} {_inner(node.right, say)}"


def _not(node: Not, say: Say) -> str:
    inner = node.inner
    if isinstance(inner, PolicyAnswer) and inner.kind == "in" and inner.of:
        return say(inner).replace("` is in `", "` is not in `", 1)
    if isinstance(inner, Blank):
        return f"{_inner(inner.value, say)} is not empty"
    if isinstance(inner, Stated):
        return f"{_inner(inner.value, say)} is not known"
    words = say(inner)
    if words.startswith("there are rows"):
        return words.replace("there are rows", "there are no rows", 1)
    return f"not {_inner(inner, say)}"


def _chosen(node: Choose, say: Say) -> str:
    otherwise = "otherwise" if node.is_strict else "otherwise, or where that is unknown,"
    condition, then, last = (_inner(part, say) for part in (node.condition, node.then, node.otherwise))
    return f"where {condition}: {then}; {otherwise} {last}"


def _one_of(node: OneOf, say: Say) -> str:
    words = [f"*{word}*" for word in node.words]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"{_inner(node.value, say)} is {listed}"


def _window(node: Window, say: Say) -> str:
    rows = f"rows that count of one {', '.join(f'`{key}`' for key in node.over)}"
    where = "" if node.where is None or isinstance(node.where, Sure) else f" where {_inner(node.where, say)}"
    of = "" if node.of is None else f"`{node.of.name}`"
    if node.within is not None:
        way = "before" if node.kind == "came_before" else "after"
        return f"one of the {rows}{where} lies on this day or up to {say(node.within)} days {way}"
    return {
        "total": f"the sum of {of} over the {rows}{where}",
        "running_total": f"the sum of {of}, up to this row, over the {rows}{where}",
        "count": f"the number of {rows}{where}",
        "others": f"the number of other {rows}{where}",
        "rank_in": f"the place of this row among the {rows}{where}",
        "each": f"every {of} of the {rows}{where}",
        "any_of": f"there are {rows}{where}",
        "earliest": f"the first day of the {rows}{where}",
        "latest": f"the last day of the {rows}{where}",
    }[node.kind]


def _either(tree: Expression, say: Say) -> str:
    """A side of `or`: another `or` needs no brackets."""
    return say(tree) if isinstance(tree, Either) else _inner(tree, say)


def _both(tree: Expression, say: Say) -> str:
    """A side of `and`: another `and` needs no brackets."""
    return say(tree) if isinstance(tree, Both) else _inner(tree, say)


def _begins(node: BeginsWith, say: Say) -> str:
    what = f"a code of {_inner(node.value, say)}" if node.is_list else _inner(node.value, say)
    return f"{what} begins with one of {_inner(node.prefixes, say)}"


_FORMS: dict[type[Expression], Callable[[Any, Say], str]] = {
    Column: lambda n, _: f"`{n.name}`",
    PolicyAnswer: _answered,
    Parameter: lambda n, _: f"the parameter `{n.table}`",
    Neighbor: _neighbor,
    Word: lambda n, _: f"*{n.text}*" if n.text else "empty",
    ZeroOrOne: lambda n, _: str(n.number),
    Sure: lambda n, _: "yes" if n.answer else "no",
    Unknown: lambda n, _: "nobody can tell",
    Compare: _compared,
    Arithmetic: lambda n, say: f"{_inner(n.left, say)} {_CALCULATED[n.sign]} {_inner(n.right, say)}",
    Both: lambda n, say: f"{_both(n.left, say)} and {_both(n.right, say)}",
    Either: lambda n, say: f"{_either(n.left, say)} or {_either(n.right, say)}",
    Not: _not,
    Choose: _chosen,
    IfSeen: lambda n, say: f"{_inner(n.value, say)}, or where that is unknown {_inner(n.otherwise, say)}",
    Stated: lambda n, say: f"{_inner(n.value, say)} is known",
    Blank: lambda n, say: f"{_inner(n.value, say)} is empty",
    OneOf: _one_of,
    DaysBetween: lambda n, say: f"the days from {_inner(n.start, say)} to {_inner(n.end, say)}",
    Later: lambda n, say: f"{_inner(n.day, say)} and {_inner(n.many, say)} {'years' if n.by_years else 'days'} more",
    Workday: lambda n, say: (
        f"the first day from {_inner(n.day, say)} on that is no weekend day and none of {_inner(n.days_off, say)}"
    ),
    Carries: lambda n, say: f"{_inner(n.codes, say)} holds {_inner(n.code, say)}",
    BeginsWith: _begins,
    Window: _window,
}
