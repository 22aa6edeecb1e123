"""JSON bytes → a tree whose every value knows its place.

Stricter than Python's own reader where leniency would hide something: a key given twice, NaN and
Infinity, half of a surrogate pair, more than 64 levels or a million values in one tree are refused, each with its line
and column. Numbers stay text, so that `78.00` is never a binary fraction.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from beamclaim.errors import InputError

DEEPEST = 64
MOST_VALUES = 1_000_000
BOM = b"\xef\xbb\xbf"

_STEP = 1 << 16
_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"')
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {b"true": True, b"false": False, b"null": None}
_WORD = re.compile(rb"true|false|null")


class Number(str):
    """A number as written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its bytes `[start, end)` (the quotes of a text included); `name_at` is where its key stands."""

    start: int
    end: int
    value: str | bool | list["Node"] | dict[str, "Node"] | None
    name_at: int = -1

    @property
    def kind(self) -> str:
        """What it is, in words: a text, a number, a list …"""
        return kind_of(self.value)


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    match value:
        case Number():
            return "a number"
        case str():
            return "a text"
        case bool():
            return "true or false"
        case None:
            return "null"
        case list():
            return "a list"
        case _:
            return "an object"


class Tree:
    """The JSON values of a file, one after the other (one value, or JSON lines)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._newlines = [0]  # before each step of the file
        for start in range(0, len(data), _STEP):
            self._newlines.append(self._newlines[-1] + data.count(b"\n", start, start + _STEP))
        self._values = 0
        self._first = len(BOM) if data.startswith(BOM) else 0
        try:
            data.decode()
        except UnicodeDecodeError as error:
            self._refuse(error.start, "bytes that are not UTF-8 text; save the file as UTF-8")

    def __iter__(self) -> Iterator[Node]:
        at = self._skip(self._first)
        while at < len(self._data):
            node = self._value(at, 1)
            yield node
            at = self._skip(node.end)

    def each(self) -> Iterator[tuple[Node, bool]]:
        """The values of the file one by one, those of an outermost list too, and whether they stand in such a list.

        Nothing is kept of a value that was handed out: a file may hold any number of them, each up to a million values.
        """
        at = self._skip(self._first)
        while at < len(self._data):
            if self._data[at : at + 1] != b"[":
                node = self.value_at(at)
                yield node, False
                at = self._skip(node.end)
                continue
            at, is_first = self._skip(at + 1), True
            while self._data[at : at + 1] != b"]":
                if not is_first:
                    at = self._after(at, b",", "a comma or the end of the list")
                node = self.value_at(at, 2)
                yield node, True
                at, is_first = self._skip(node.end), False
            at = self._skip(at + 1)

    def value_at(self, at: int, depth: int = 1) -> Node:
        """The value that begins at a byte, `depth` levels deep."""
        self._values = 0
        return self._value(at, depth)

    def line(self, at: int) -> int:
        """The line a byte stands in, from 1."""
        step = at // _STEP
        return self._newlines[step] + self._data.count(b"\n", step * _STEP, at) + 1

    def place(self, at: int) -> str:
        """`line 3 column 14`, columns in characters from 1."""
        start = max(self._data.rfind(b"\n", 0, at) + 1, self._first)
        return f"line {self.line(at)} column {len(self._data[start:at].decode(errors='replace')) + 1}"

    def _refuse(self, at: int, reason: str) -> NoReturn:
        raise InputError(f"{self.place(at)}: {reason}")

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self._data, at)
        return blank.end() if blank else at

    def _value(self, at: int, depth: int) -> Node:
        if depth > DEEPEST:
            self._refuse(at, f"more than {DEEPEST} levels of lists and objects; give a flatter file")
        self._values += 1
        if self._values > MOST_VALUES:
            self._refuse(at, f"more than {MOST_VALUES} values; give the content in several files")
        match self._data[at : at + 1]:
            case b"{":
                return self._object(at, depth)
            case b"[":
                return self._list(at, depth)
            case b'"':
                return self._string(at)
        if word := _WORD.match(self._data, at):
            return Node(at, word.end(), _WORDS[word.group()])
        if number := _NUMBER.match(self._data, at):
            return Node(at, number.end(), Number(number.group().decode()))
        self._refuse(at, "a JSON value is expected here (text, number, true, false, null, list or object)")

    def _string(self, at: int) -> Node:
        found = _STRING.match(self._data, at)
        if not found:
            self._refuse(at, "a text that does not end, or holds a raw control character; close its quotes")
        text = found.group(1).decode()
        if "\\" in text:
            try:
                text = json.loads(found.group().decode())
                text.encode()
            except ValueError:
                self._refuse(at, "a text with an escape that is no character; write the character itself")
        return Node(at, found.end(), text)

    def _list(self, at: int, depth: int) -> Node:
        start, nodes = at, list[Node]()
        at = self._skip(at + 1)
        while self._data[at : at + 1] != b"]":
            if nodes:
                at = self._after(at, b",", "a comma or the end of the list")
            nodes.append(self._value(at, depth + 1))
            at = self._skip(nodes[-1].end)
        return Node(start, at + 1, nodes)

    def _object(self, at: int, depth: int) -> Node:
        start, members = at, dict[str, Node]()
        at = self._skip(at + 1)
        while self._data[at : at + 1] != b"}":
            if members:
                at = self._after(at, b",", "a comma or the end of the object")
            if self._data[at : at + 1] != b'"':
                self._refuse(at, "a key in double quotes is expected here")
            name = self._string(at)
            key = str(name.value)
            if key in members:
                self._refuse(at, f"the key {shown(key)} given twice in one object; keep one")
            at = self._after(self._skip(name.end), b":", "a colon after the key")
            node = self._value(at, depth + 1)
            members[key] = Node(node.start, node.end, node.value, name.start)
            at = self._skip(node.end)
        return Node(start, at + 1, members)

    def _after(self, at: int, sign: bytes, expected: str) -> int:
        if self._data[at : at + 1] != sign:
            self._refuse(at, f"{expected} is expected here")
        return self._skip(at + 1)


def shown(name: str) -> str:
    """A key or column name fit for a message: itself when it reads like a name, else only its length."""
    if re.fullmatch(r"[\w .:/()#-]{1,40}", name):
        return f'"{name}"'
    return f"of {len(name)} characters"
