"""A part of a resource: a JSON value that knows its path and complains, in its own place, when it is not what it should be."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from beamclaim.ingest.json_tree import Node, Tree
from beamclaim.model.tables.evidence import Evidence, Fault

MOST_ALIKE = 100
"""Faults of one kind at one path that are written out; the rest is counted."""

PROFILES = (
    "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/",
    "http://hl7.org/fhir/us/mcode/StructureDefinition/",
)
_PREFIXES = ("codexrt-", "mcode-", "radiotherapy-")


class Ledger:
    """The faults of a file as they come, not more than `MOST_ALIKE` of a kind and path; the others as a count."""

    def __init__(self, file: int) -> None:
        self.file = file
        self.out = Evidence()
        self._seen: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], Fault] = {}

    def add(self, place: tuple[int, int, int | None], kind: str, path: str, *, expected: str, found: str) -> None:
        """One more fault; its place is its first byte in the file, the byte past its last, its line."""
        alike = kind, re.sub(r"\[[0-9]+\]", "", path)
        self._seen[alike] += 1
        fault = Fault(self.file, *place, kind, path, expected, found)
        if self._seen[alike] <= MOST_ALIKE:
            self.out.faults.append(fault)
        else:
            self._last[alike] = fault

    def close(self) -> None:
        """Says how many faults of each kind were not written out, at the last of them."""
        for alike, fault in self._last.items():
            more = self._seen[alike] - MOST_ALIKE
            self.out.faults.append(fault._replace(found=f"{more} more like the {MOST_ALIKE} before: {fault.found}"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A JSON text of the file: its tree, the byte and the line it begins at, and where its faults go."""

    tree: Tree
    ledger: Ledger
    base: int = 0
    lines: int = 0

    def place(self, node: Node) -> tuple[int, int, int]:
        """Bytes `[start, end)` of a value in the file, quotes of a text left out, and its line from 1."""
        inset = 1 if node.kind == "a text" else 0
        return (
            self.base + node.start + inset,
            self.base + node.end - inset,
            self.lines + self.tree.line(node.start),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a resource and its path (`Procedure.extension[2].valueUnsignedInt`)."""

    node: Node
    path: str
    sheet: Sheet

    @property
    def written(self) -> str:
        """The text, without blanks around it, or the number as written."""
        return str(self.node.value).strip()

    @property
    def place(self) -> tuple[int, int, int]:
        """First byte, byte past the last, line."""
        return self.sheet.place(self.node)

    def fault(self, kind: str, expected: str, found: str) -> None:
        """Says that this part is not what its place asks for."""
        self.sheet.ledger.add(self.place, kind, self.path, expected=expected, found=found)

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return isinstance(self.node.value, dict) and name in self.node.value and self.node.value[name].value is not None

    def get(self, name: str) -> "Part | None":
        """A member, whatever it is; null is absent."""
        if not isinstance(self.node.value, dict):
            return None
        node = self.node.value.get(name)
        return None if node is None or node.value is None else Part(node, f"{self.path}.{name}", self.sheet)

    def _of(self, name: str, kind: str) -> "Part | None":
        part = self.get(name)
        if part is not None and part.node.kind != kind:
            part.fault("element", kind, part.node.kind)
            return None
        return part

    def text(self, name: str) -> "Part | None":
        """A member that is a text and not blank."""
        part = self._of(name, "a text")
        return part if part is not None and part.written else None

    def number(self, name: str) -> "Part | None":
        """A member that is a number."""
        return self._of(name, "a number")

    def truth(self, name: str) -> "Part | None":
        """A member that is true or false."""
        return self._of(name, "true or false")

    def one(self, name: str) -> "Part | None":
        """A member that is an object."""
        return self._of(name, "an object")

    def items(self, name: str, kind: str = "an object") -> list["Part"]:
        """The items of a member that is a list; what is not of that kind is a fault."""
        listed = self._of(name, "a list")
        found: list[Part] = []
        for at, node in enumerate(listed.node.value if listed and isinstance(listed.node.value, list) else []):
            item = Part(node, f"{self.path}.{name}[{at}]", self.sheet)
            if node.kind == kind:
                found.append(item)
            elif node.value is not None:
                item.fault("element", kind, node.kind)
        return found

    def choice(self, name: str, *types: str) -> "Part | None":
        """A member of several types: `choice("value", "Quantity")` is `valueQuantity`, an object or a text."""
        return next((part for part in map(self.get, (name + kind for kind in types)) if part), None)

    def extensions(self, *names: str) -> Iterator["Part"]:
        """The extensions of those names: by a URL of CodeX RT or mCODE, or by the bare name inside another extension."""
        nested = ".extension[" in self.path
        for item in self.items("extension"):
            url = item.text("url")
            if url is not None and short(url.written, nested) in names:
                yield item

    def extension(self, *names: str) -> "Part | None":
        """The one extension of that name; a second one is a fault."""
        found = list(self.extensions(*names))
        for other in found[1:]:
            other.fault("element", f"one extension {names[0]}", "another one")
        return found[0] if found else None


@lru_cache(maxsize=1024)
def short(url: str, nested: bool) -> str | None:
    """The name an extension is read by: what stands behind the profile base, without `codexrt-`, `mcode-`, `radiotherapy-`."""
    name = next((url.removeprefix(base) for base in PROFILES if url.startswith(base)), url if nested else None)
    for prefix in _PREFIXES if name else ():
        name = name.removeprefix(prefix) if name else name
    return name
