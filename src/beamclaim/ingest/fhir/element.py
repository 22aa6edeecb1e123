"""JSON of a file → elements of resources: values that know their path and their bytes, and add a fault where they are none.

`FhirRecorder` takes the rows of the file. Called by everything in `fhir` that reads a resource.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from beamclaim.ingest.assertions import Recorder, ValuePlace
from beamclaim.ingest.json_tree import Node, Tree

MOST_ALIKE = 100
"""Faults of one kind at one path that are written out; the rest is counted."""

PROFILES = (
    "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/",
    "http://hl7.org/fhir/us/mcode/StructureDefinition/",
)
_PREFIXES = ("codexrt-", "mcode-", "radiotherapy-")


class FhirRecorder(Recorder):
    """The rows of a file; of the faults of one kind and path not more than `MOST_ALIKE`, the others as a count."""

    def __init__(self, file: int) -> None:
        super().__init__(file, "fhir")
        self._counts: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], tuple[ValuePlace, str, str]] = {}

    def fault(self, kind: str, *, at: ValuePlace, expected: str, found: str) -> None:
        """Adds a fault, or counts it where there are many like it; paths are alike but for the numbers of their items."""
        alike = kind, re.sub(r"\[[0-9]+\]", "", at.path)
        self._counts[alike] += 1
        if self._counts[alike] <= MOST_ALIKE:
            super().fault(kind, at=at, expected=expected, found=found)
        else:
            self._last[alike] = at, expected, found

    def close(self) -> None:
        """Adds how many faults of each kind were not written out, at the last of them."""
        for (kind, path), (at, expected, found) in self._last.items():
            more = self._counts[kind, path] - MOST_ALIKE
            many = f"{more} more like the {MOST_ALIKE} before: {found}"
            super().fault(kind, at=at, expected=expected, found=many)


@dataclass(frozen=True, slots=True)
class FhirText:
    """A JSON text of the file: its tree, the byte and the line it begins at, and where its faults go."""

    tree: Tree
    recorder: FhirRecorder
    base: int = 0
    lines: int = 0

    def place(self, node: Node, path: str) -> ValuePlace:
        """Bytes `[start, end)` of a value in the file, quotes of a text left out, and its line from 1."""
        inset = 1 if node.kind == "a text" else 0
        line = self.lines + self.tree.line(node.start)
        return ValuePlace(self.base + node.start + inset, self.base + node.end - inset, path, line)


@dataclass(frozen=True, slots=True)
class FhirElement:
    """A value of a resource and its path (`Procedure.extension[2].valueUnsignedInt`).

    Its methods give members as what they must be: null where one is absent, and where it is another kind (then a fault).
    """

    node: Node
    path: str
    source: FhirText

    @property
    def written(self) -> str:
        """The text, without blanks around it, or the number as written."""
        return str(self.node.value).strip()

    @property
    def at(self) -> ValuePlace:
        """Where it stands."""
        return self.source.place(self.node, self.path)

    def fault(self, kind: str, *, expected: str, found: str) -> None:
        """Adds a fault: this element is not what its place asks for."""
        self.source.recorder.fault(kind, at=self.at, expected=expected, found=found)

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return isinstance(self.node.value, dict) and name in self.node.value and self.node.value[name].value is not None

    def get(self, name: str) -> "FhirElement | None":
        """A member, whatever it is; null is absent."""
        if not isinstance(self.node.value, dict):
            return None
        node = self.node.value.get(name)
        return None if node is None or node.value is None else FhirElement(node, f"{self.path}.{name}", self.source)

    def _of(self, name: str, kind: str) -> "FhirElement | None":
        element = self.get(name)
        if element is not None and element.node.kind != kind:
            element.fault("element", expected=kind, found=element.node.kind)
            return None
        return element

    def text(self, name: str) -> "FhirElement | None":
        """A member that is a text and not blank."""
        element = self._of(name, "a text")
        return element if element is not None and element.written else None

    def number(self, name: str) -> "FhirElement | None":
        """A member that is a number."""
        return self._of(name, "a number")

    def truth(self, name: str) -> "FhirElement | None":
        """A member that is true or false."""
        return self._of(name, "true or false")

    def one(self, name: str) -> "FhirElement | None":
        """A member that is an object."""
        return self._of(name, "an object")

    def items(self, name: str, kind: str = "an object") -> list["FhirElement"]:
        """The items of a member that is a list; what is not of that kind is a fault."""
        listed = self._of(name, "a list")
        elements: list[FhirElement] = []
        for at, node in enumerate(listed.node.value if listed and isinstance(listed.node.value, list) else []):
            item = FhirElement(node, f"{self.path}.{name}[{at}]", self.source)
            if node.kind == kind:
                elements.append(item)
            elif node.value is not None:
                item.fault("element", expected=kind, found=node.kind)
        return elements

    def choice(self, name: str, *types: str) -> "FhirElement | None":
        """A member of several types: `choice("value", "Quantity")` is `valueQuantity`, an object or a text."""
        return next((element for element in map(self.get, (name + kind for kind in types)) if element), None)

    def extensions(self, *names: str) -> Iterator["FhirElement"]:
        """The extensions of those names: by a URL of CodeX RT or mCODE, or by the bare name inside another extension."""
        nested = ".extension[" in self.path
        for item in self.items("extension"):
            url = item.text("url")
            if url is not None and short(url.written, nested) in names:
                yield item

    def extension(self, *names: str) -> "FhirElement | None":
        """The one extension of that name; a second one is a fault."""
        extensions = list(self.extensions(*names))
        for other in extensions[1:]:
            other.fault("element", expected=f"one extension {names[0]}", found="another one")
        return extensions[0] if extensions else None


@lru_cache(maxsize=1024)
def short(url: str, nested: bool) -> str | None:
    """The name an extension is read by: what stands behind the profile base, without `codexrt-`, `mcode-`, `radiotherapy-`."""
    name = next((url.removeprefix(base) for base in PROFILES if url.startswith(base)), url if nested else None)
    for prefix in _PREFIXES if name else ():
        name = name.removeprefix(prefix) if name else name
    return name
