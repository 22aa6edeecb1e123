"""One course as a tree of JSON values → rows of its tables, and a fault at the bytes of every value that does not fit.

Slow (a tenth of a millisecond a value) and exact: it reads what the fast reader leaves to it, and it alone refuses.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

import polars as pl

from beamclaim.errors import InputError
from beamclaim.ingest.course_form.form import COURSE, KEYS, LISTS, OBJECTS, ListReadings, ReadFact
from beamclaim.ingest.json_tree import Node, Tree, shown
from beamclaim.ingest.values import Unfit
from beamclaim.model.tables import FAULTS, TABLES, key_of


class TreeReader:
    """Courses of one file, read one by one; the rows stand in the order of reading."""

    def __init__(self, tree: Tree, file: int) -> None:
        self._tree = tree
        self._file = file
        self._rows: dict[str, list[dict[str, Any]]] = {"courses": [], **{name: [] for name in LISTS}}
        self._faults: list[tuple[Any, ...]] = []

    def tables(self) -> dict[str, pl.DataFrame]:
        """What was read: a frame a table, and `faults`."""
        frames = {
            name: pl.DataFrame(
                {column: [row.get(column) for row in rows] for column in TABLES[name].schema},
                schema=TABLES[name].schema,
            )
            for name, rows in self._rows.items()
        }
        frames["faults"] = pl.DataFrame(self._faults, schema=FAULTS.schema, orient="row")
        return frames

    def read(self, node: Node, path: str) -> None:
        """Reads a course; `path` is what stands before its keys in the path of a fault (`[3].`).

        Raises InputError when it is no object or holds a key the form does not know.
        """
        if not isinstance(node.value, dict):
            where = self._tree.place(node.start)
            raise InputError(f"{where}: {node.kind} where a course is expected; write an object in braces")
        members = self._members(node, KEYS, f"{path}course")
        key = key_of(self._file, node.start)
        row: dict[str, Any] = {"course.key": key, **self._place(node)}
        row |= self._values({name: members[name] for name in members if name in COURSE}, COURSE, path)
        if "course" not in members:
            self._fault(node, f"{path}course", "the id of the course", "none", "missing")
        for name, facts in OBJECTS.items():
            row |= self._object(members.get(name), facts, f"{path}{name}")
        self._rows["courses"].append(row)
        for name, readings in LISTS.items():
            for place, item in enumerate(self._items(members.get(name), f"{path}{name}")):
                self._item(item, readings, key, f"{path}{name}[{place}]")

    def _item(self, node: Node, readings: ListReadings, key: int, path: str) -> None:
        if not isinstance(node.value, dict):
            self._fault(node, path, "an object", node.kind)
            return
        absent = {read.name: read.absent for read in readings.facts.values() if read.absent is not None}
        values = self._object(node, readings.facts, path)
        self._rows[readings.table].append({"course.key": key, **self._place(node), **absent, **values})

    def _items(self, node: Node | None, path: str) -> list[Node]:
        if node is None or node.value is None:
            return []
        if isinstance(node.value, list):
            return node.value
        self._fault(node, path, "a list of objects", node.kind)
        return []

    def _object(self, node: Node | None, facts: Mapping[str, ReadFact], path: str) -> dict[str, Any]:
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self._fault(node, path, "an object", node.kind)
            return {}
        return self._values(self._members(node, facts, path), facts, f"{path}.")

    def _members(self, node: Node, keys: Collection[str], path: str) -> dict[str, Node]:
        """The members of an object, every key of them known."""
        assert isinstance(node.value, dict)
        for name, member in node.value.items():
            if name not in keys:
                near = get_close_matches(name.lower(), keys, 1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise InputError(
                    f"{self._tree.place(member.name_at)}: the key {shown(name)} is not known in {path}; "
                    f"{hint}rename or remove it (known: {', '.join(keys)})"
                )
        return node.value

    def _values(self, members: Mapping[str, Node], facts: Mapping[str, ReadFact], path: str) -> dict[str, Any]:
        """Column → value of the members that say something (null does not)."""
        values: dict[str, Any] = {}
        for key, node in members.items():
            fact = facts[key]
            if node.value is None and not fact.reading.takes_null:
                continue
            try:
                value = fact.reading.read(_plain(node))
            except Unfit as unfit:
                value = unfit.value
                self._fault(node, f"{path}{key}", unfit.expected, unfit.found)
            values |= fact.columns(value)
        return values

    def _fault(self, node: Node, path: str, expected: str, found: str, kind: str = "element") -> None:
        inset = 1 if node.kind == "a text" else 0
        start, end = node.start + inset, node.end - inset
        line = self._tree.line(node.start)
        self._faults.append((None, None, self._file, start, end, line, kind, path, expected, found, None))

    def _place(self, node: Node) -> dict[str, int]:
        return {"file": self._file, "start": node.start, "end": node.end, "segment": self._tree.line(node.start)}


def _plain(node: Node) -> Any:
    """The value of a node; the entries of a list as values too."""
    return [entry.value for entry in node.value] if isinstance(node.value, list) else node.value
