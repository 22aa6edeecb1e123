"""Walks over a tree: what it reads and in which order, its groups, its conjuncts, every word in it, its text."""

from collections.abc import Iterator
from dataclasses import fields

from beamclaim.expressions.leaves import Column, Neighbor, PolicyRead
from beamclaim.expressions.node import Both, Expression
from beamclaim.expressions.windows import Window


def nodes(tree: Expression) -> Iterator[Expression]:
    """Every node, parents before children."""
    yield tree
    for child in tree.children():
        yield from nodes(child)


def reads(*trees: Expression) -> tuple[Column | PolicyRead, ...]:
    """What is read, each column once, in order of first use; the keys of a group where its window stands."""
    first: dict[str, Column | PolicyRead] = {}
    for tree in trees:
        for leaf in _leaves(tree):
            first.setdefault(leaf.name, leaf)
    return tuple(first.values())


def _leaves(tree: Expression) -> Iterator[Column | PolicyRead]:
    for child in tree.children():
        if isinstance(tree, Window) and child is tree.within:
            yield from tree.keys
        yield from _leaves(child)
    if isinstance(tree, Window) and tree.within is None:
        yield from tree.keys
    if isinstance(tree, Column | PolicyRead):
        yield tree


def of_the_row(*trees: Expression) -> tuple[str, ...]:
    """The columns a frame must have to work these out, beside the groups of their windows; keys of groups are not among them."""
    names = (n.name for tree in trees for n in nodes(tree) if isinstance(n, Column | PolicyRead))
    return tuple(dict.fromkeys(names))


def groups(*trees: Expression) -> tuple[str, ...]:
    """The columns that number the groups of their windows."""
    return tuple(dict.fromkeys(n.group for tree in trees for n in nodes(tree) if isinstance(n, Window)))


def gate(applies: Expression) -> tuple[Expression, ...]:
    """The conjuncts that need no other row: where one of them is surely false, nothing else must be asked."""
    return tuple(part for part in conjuncts(applies) if not any(isinstance(n, Window | Neighbor) for n in nodes(part)))


def conjuncts(tree: Expression) -> Iterator[Expression]:
    """The parts that must all hold."""
    if isinstance(tree, Both):
        yield from conjuncts(tree.left)
        yield from conjuncts(tree.right)
    else:
        yield tree


def written(tree: object) -> str:
    """A tree as one line of text, without the places it was written at: equal for equal questions."""
    if isinstance(tree, Expression):
        parts = ", ".join(written(getattr(tree, f.name)) for f in fields(tree) if f.name != "place")
        return f"{type(tree).__name__}({parts})"
    if isinstance(tree, tuple):
        return f"({', '.join(map(written, tree))})"
    return repr(tree)
