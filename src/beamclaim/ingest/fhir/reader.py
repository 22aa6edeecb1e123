"""Bytes of a file → windows of resources → evidence: a document as a whole, lines as they come.

`READERS` says who reads which resource. Called by the router of files.
"""

from collections.abc import Iterator
from typing import BinaryIO

from beamclaim.errors import InputError
from beamclaim.ingest.assertions import Subject, ValuePlace
from beamclaim.ingest.fhir import billing, person, record
from beamclaim.ingest.fhir.directory import MOST_KEYS, Directory
from beamclaim.ingest.fhir.element import FhirElement, FhirRecorder, FhirText
from beamclaim.ingest.fhir.resource import Resource, newest, resources
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder
from beamclaim.ingest.fhir.treatment import subject, treatment
from beamclaim.ingest.json_tree import BOM, Tree
from beamclaim.model.tables.evidence import Evidence

LARGEST = 64 * 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024
WINDOW = 4 * 1024 * 1024
"""Bytes of lines that are read together, so that they can refer to one another in any order."""

READERS = {
    "Patient": ("patient", person.patient),
    "Condition": ("condition", person.condition),
    "BodyStructure": ("volume", record.volume),
    "DocumentReference": ("document", record.document),
    "DiagnosticReport": ("document", record.document),
    "Consent": ("document", record.consent),
    "Provenance": ("document", record.provenance),
    "Coverage": ("coverage", billing.coverage),
    "ClaimResponse": ("authorization", billing.answer),
    "CoverageEligibilityResponse": ("authorization", billing.answer),
    "Claim": ("order", billing.claim),
    "ChargeItem": ("charge", billing.charge_item),
}
"""Resource type → subject and reader; Procedure, ServiceRequest and Encounter are told apart by what they hold."""

NAMED = {"Device", "Location", "Organization", "Practitioner", "PractitionerRole"}
"""Types that are read only for the name others use."""


def read_fhir(stream: BinaryIO, file: int) -> Iterator[Evidence]:
    """Evidence of a FHIR R4 file in JSON: a Bundle, a resource, a list of resources, or one of these a line (NDJSON).

    Lines come in windows of about 4 MiB, so memory stays flat however long the file is; any other document may have
    64 MiB. References are resolved inside the file, in lines only backwards beyond a window, and never fetched.
    Raises InputError when nothing of the file is such JSON (duplicate keys, NaN, more than 64 levels, XML).
    """
    recorder = FhirRecorder(file)
    fhir_file = _FhirFile(recorder)
    first, start, number = _first_line(stream)
    try:
        alone = [*Tree(first)] if first.startswith((b"{", BOM + b"{")) else []
        is_lines = len(alone) == 1 and alone[0].kind == "an object"
        broken = None
    except InputError as error:
        is_lines, broken = False, error
    following = b""
    if not is_lines and first.rstrip().endswith(b"}") and broken:
        following = stream.readline(LONGEST_LINE + 1)
        is_lines = following.lstrip().startswith(b"{") and following.rstrip().endswith(b"}")
    if is_lines:
        yield from fhir_file.lines(_lines(stream, [first, following], start, number))
    else:
        data = first + following + stream.read(LARGEST + 1 - len(first) - len(following))
        yield fhir_file.document(data, start, number)
    yield fhir_file.close()


def _first_line(stream: BinaryIO) -> tuple[bytes, int, int]:
    """The first line that is not blank, where it begins and how many lines are before it."""
    at = number = 0
    while line := stream.readline(LARGEST + 1):
        if line.strip():
            return line, at, number
        at, number = at + len(line), number + 1
    raise InputError("an empty file; give FHIR resources as JSON")


def _lines(
    stream: BinaryIO, first_lines: list[bytes], at: int, number: int
) -> Iterator[tuple[bytes | None, int, int, int]]:
    """Lines with first byte, byte past the last and lines before; one that is too long comes as None, its end skipped."""
    for line in first_lines:
        if line:
            yield line, at, at + len(line), number
            at, number = at + len(line), number + 1
    while line := stream.readline(LONGEST_LINE + 1):
        start = at
        at += len(line)
        is_long = len(line) > LONGEST_LINE
        while is_long and not line.endswith(b"\n") and (line := stream.readline(LONGEST_LINE)):
            at += len(line)
        yield None if is_long else line, start, at, number
        number += 1


class _FhirFile:
    """A file being read: who is who in it, and what is not read."""

    def __init__(self, recorder: FhirRecorder) -> None:
        self._recorder = recorder
        self._directory = Directory()
        self._unread: dict[str, tuple[int, ValuePlace]] = {}
        """Resource type → how many of it, and where the first stands."""
        self._is_full = False

    def document(self, data: bytes, base: int, number: int) -> Evidence:
        """The evidence of a whole document."""
        if len(data) + base > LARGEST:
            raise InputError(f"a FHIR document of more than {LARGEST} bytes; give its resources one a line (NDJSON)")
        if data.lstrip(BOM).lstrip().startswith(b"<"):
            raise InputError("FHIR in XML is not read; export it as JSON")
        text = FhirText(Tree(data), self._recorder, base, number)
        nodes = [*text.tree]
        if not any(isinstance(node.value, dict | list) for node in nodes):
            raise InputError("no FHIR resource in the file; give a Bundle, a resource or one resource a line")
        return self._window([r for node in nodes for r in _in(FhirElement(node, "", text))])

    def lines(self, lines: Iterator[tuple[bytes | None, int, int, int]]) -> Iterator[Evidence]:
        """The evidence of lines, a window at a time."""
        window: list[Resource] = []
        size = good = 0
        worst: InputError | None = None
        for line, start, end, number in lines:
            at = ValuePlace(start, end, "line", number + 1)
            if line is None:
                expected = f"at most {LONGEST_LINE} bytes"
                self._recorder.fault("json", at=at, expected=expected, found="a longer line")
                continue
            try:
                text = FhirText(Tree(line), self._recorder, start, number)
                window += [r for node in text.tree for r in _in(FhirElement(node, "", text))]
                good += bool(line.strip())
            except InputError as error:
                worst = worst or error
                self._recorder.fault("json", at=at, expected="one JSON object", found=_class_of(error))
            size += len(line)
            if size >= WINDOW:
                yield self._window(window)
                window, size = [], 0
        if worst is not None and not good:
            raise worst
        yield self._window(window)

    def close(self) -> Evidence:
        """What only the end of the file tells: references that led nowhere, types that are not read."""
        self._directory.missing(self._recorder)
        for kind, (many, place) in self._unread.items():
            at, expected = place._replace(path=kind), "a resource that is read here"
            self._recorder.fault("not_read", at=at, expected=expected, found=f"{many} of {kind}")
        if self._is_full:
            at, expected = ValuePlace(0, 0, "file"), "fewer resources in a file"
            self._recorder.fault("reference", at=at, expected=expected, found="too many to know them all by name")
        self._recorder.close()
        return self._recorder.taken()

    def _window(self, window: list[Resource]) -> Evidence:
        """Resources given together → their evidence; signatures last, since they name what others are."""
        kinds: list[tuple[Resource, str | None]] = []
        for resource in newest(window):
            kind = self._kind(resource)
            self._is_full |= not self._directory.enter(resource, kind or resource.type)
            if resource.type == "Patient" and len(self._directory.people) < MOST_KEYS:
                self._directory.people[resource.key] = person.person(resource)
            elif resource.type in NAMED:
                _name(resource, self._directory)
            kinds.append((resource, kind))
        self._directory.circles(window)
        for resource, kind in sorted(kinds, key=lambda each: each[0].type == "Provenance"):
            self._read(resource, kind)
        return self._recorder.taken()

    def _kind(self, resource: Resource) -> str | None:
        """The kind of subject a resource is read as; null: it is not read."""
        if resource.type == "ClaimResponse":
            return billing.answers(resource)
        if resource.type in READERS:
            return READERS[resource.type][0]
        if resource.type == "Procedure":
            return subject(resource) or "procedure"
        if resource.type == "ServiceRequest":
            return subject(resource) or "order"
        return record.visit(resource) if resource.type == "Encounter" else None

    def _read(self, resource: Resource, kind: str | None) -> None:
        if kind is None:
            self._name_unread(resource)
            return
        recorder = ResourceRecorder(resource, Subject(kind, resource.key), self._directory, self._recorder)
        if resource.type in READERS:
            READERS[resource.type][1](recorder)
        elif resource.type == "Encounter":
            record.encounter(recorder)
        elif subject(resource):
            treatment(recorder)
        else:
            record.other(recorder)
        if recorder.patient is not None and len(self._directory.owners) < MOST_KEYS:
            self._directory.owners[resource.key] = recorder.patient
        for extension in resource.element.items("extension"):
            url = extension.text("url")
            if url is not None and ":" not in url.written:
                url.fault("not_read", expected="the URL of an extension", found="a name that is no URL")

    def _name_unread(self, resource: Resource) -> None:
        """Asserts that a resource is there of which nothing else is read; references of other files may lead to it."""
        self._recorder.patient = None
        named = {"resource_type": resource.type, "name": self._directory.names.get(resource.key)}
        for name, value in named.items():
            if value:
                self._recorder.add(Subject("resource", resource.key), name, value, at=resource.element.at)
        if resource.type not in NAMED:
            many, place = self._unread.get(resource.type, (0, resource.element.at))
            self._unread[resource.type] = many + 1, place


def _in(element: FhirElement) -> Iterator[Resource]:
    """The resources of a JSON value, which may be a list of them."""
    if isinstance(element.node.value, list):
        for at, node in enumerate(element.node.value):
            yield from resources(FhirElement(node, f"[{at}]", element.source))
    else:
        yield from resources(element)


def _name(resource: Resource, directory: Directory) -> None:
    """Keeps the name of a device, a place, an organization, or somebody who works there."""
    element = resource.element
    words: list[str] = []
    if resource.type == "Device":
        words = [n.written for entry in element.items("deviceName") if (n := entry.text("name"))][:1]
    elif resource.type == "Practitioner":
        for name in element.items("name")[:1]:
            parts = [name.text("text")] if name.has("text") else [*name.items("given", "a text"), name.text("family")]
            words = [n.written for n in parts if n]
    elif resource.type in {"Organization", "Location"}:
        words = [n.written for n in [element.text("name")] if n]
    if words and len(directory.names) < MOST_KEYS:
        directory.names[resource.key] = " ".join(words)[:200]


def _class_of(error: InputError) -> str:
    """Why a line is no JSON, without what stands in it."""
    reason = str(error).partition(": ")[2].partition(";")[0]
    return "a key given twice in one object" if reason.startswith("the key ") else reason
