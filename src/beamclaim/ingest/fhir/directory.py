"""Resources of a file → who is who in it: references resolved inside the file, never fetched; those that lead nowhere are asserted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from beamclaim.ingest.assertions import Subject, ValuePlace
from beamclaim.ingest.fhir.element import FhirElement, FhirRecorder
from beamclaim.ingest.fhir.release import RESOURCE_TYPES
from beamclaim.ingest.fhir.resource import Resource

MOST_KEYS = 1_000_000
"""Names kept of one file: beyond, references to resources far above in the file are left unresolved, and that is said."""

_RELATIVE = re.compile(r"([A-Z][A-Za-z]{2,63})/([A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?")
_HIERARCHY = ("partOf", "basedOn", "replaces")


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as other rows need it; `id` is the text of its persona."""

    id: str
    birth_date: date | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference names: a key, or the URL of something outside; `is_here`: it was given in the file."""

    element: FhirElement
    key: str
    is_here: bool


class Directory:
    """The keys of a file, what each is, and the patients among them."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.names: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._missing: dict[str, tuple[ValuePlace, int]] = {}

    def enter(self, resource: Resource, kind: str) -> bool:
        """Takes a resource in by its key and URL; `kind` is its level (course, phase, plan …) or its type. False: full."""
        if len(self.kinds) >= MOST_KEYS:
            return False
        if resource.key in self.kinds:
            resource.element.fault("duplicate", expected="a resource once", found="one of the same type and id again")
        self.kinds[resource.key] = kind
        self._missing.pop(resource.key, None)
        if resource.url:
            self._urls[resource.url] = resource.key
        return True

    def resolve(self, reference: FhirElement, resource: Resource) -> Target | None:
        """What a Reference names; a fault when it is outside, conditional or not a reference at all."""
        written = reference.text("reference")
        if written is None:
            return None
        text = written.written
        if text.startswith("#"):
            key = f"{resource.parent or resource.key}{text}" if len(text) > 1 else resource.parent or resource.key
        elif text in self._urls:
            key = self._urls[text]
        elif (relative := _RELATIVE.fullmatch(text)) and relative[1] in RESOURCE_TYPES:
            key = f"{relative[1]}/{relative[2]}"
        elif re.match(r"(?:https?|urn|file|ftp|data|javascript):", text, re.IGNORECASE):
            what = "a resource of the file"
            written.fault("reference", expected=what, found="a URL of something else; it is never fetched")
            return Target(written, text[:2048], False)
        else:
            written.fault("reference", expected="a reference as Type/id, #id or a URL", found="another text")
            return None
        if key not in self.kinds:
            self._miss(written, key)
            return Target(written, key, False)
        return Target(written, key, True)

    def _miss(self, written: FhirElement, key: str) -> None:
        """A name that nobody has, or nobody yet."""
        if key in self._missing:
            place, many = self._missing[key]
            self._missing[key] = place, many + 1
        elif len(self._missing) < MOST_KEYS:
            self._missing[key] = written.at, 1

    def missing(self, recorder: FhirRecorder) -> None:
        """Asserts the references that led nowhere in the whole file; another file of the run may have what they name."""
        recorder.patient = None
        for key, (place, many) in self._missing.items():
            reason = f"{many} such reference{'s' * (many > 1)}"
            recorder.add(Subject("reference", key), "target", key, at=place, reason=reason)

    def circles(self, window: Iterable[Resource]) -> None:
        """Says which resources are their own element, ground or successor through others of the window."""
        edges: dict[str, list[tuple[str, FhirElement]]] = {}
        for resource in window:
            out = edges.setdefault(resource.key, [])
            for name in _HIERARCHY:
                # Of a place or an organization the element is one reference, of all else a list of them.
                one = resource.element.get(name)
                is_one = one is not None and one.node.kind == "an object"
                for reference in [one] if one is not None and is_one else resource.element.items(name):
                    target = self._quietly(reference, resource)
                    if target:
                        out.append((target, reference))
        done: set[str] = set()
        for start in edges:
            self._walk(start, edges, done)

    def _quietly(self, reference: FhirElement, resource: Resource) -> str | None:
        node = reference.node.value
        text = node["reference"].value if isinstance(node, dict) and "reference" in node else None
        if not isinstance(text, str):
            return None
        if text.startswith("#"):
            return f"{resource.parent or resource.key}{text}"
        relative = _RELATIVE.fullmatch(text)
        return self._urls.get(text) or (f"{relative[1]}/{relative[2]}" if relative else None)

    @staticmethod
    def _walk(start: str, edges: dict[str, list[tuple[str, FhirElement]]], done: set[str]) -> None:
        """Depth first without recursion; an edge back to what is still open closes a circle."""
        if start in done:
            return
        is_open = {start}
        stack = [(start, iter(edges[start]))]
        while stack:
            key, rest = stack[-1]
            for target, reference in rest:
                if target in is_open:
                    reference.fault(
                        "circle", expected="a reference that does not lead back to its own resource", found="a circle"
                    )
                elif target in edges and target not in done:
                    is_open.add(target)
                    stack.append((target, iter(edges[target])))
                    break
            else:
                stack.pop()
                is_open.discard(key)
                done.add(key)
