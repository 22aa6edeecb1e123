"""Bytes → windows of resources → evidence: a document as a whole, lines as they come."""

from collections.abc import Iterator
from typing import BinaryIO

from beamclaim.errors import InputError
from beamclaim.ingest.fhir import billing, person, record
from beamclaim.ingest.fhir.directory import MOST_KEYS, Directory
from beamclaim.ingest.fhir.part import Ledger, Part, Sheet
from beamclaim.ingest.fhir.resource import Resource, newest, resources
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.treatment import subject, treatment
from beamclaim.ingest.json_tree import BOM, Tree
from beamclaim.model.tables.evidence import Assertion, Evidence

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
    ledger = Ledger(file)
    reading = _Reading(ledger)
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
        yield from reading.lines(_lines(stream, [first, following], start, number))
    else:
        data = first + following + stream.read(LARGEST + 1 - len(first) - len(following))
        yield reading.document(data, start, number)
    yield reading.close()


def _first_line(stream: BinaryIO) -> tuple[bytes, int, int]:
    """The first line that is not blank, where it begins and how many lines are before it."""
    at = number = 0
    while line := stream.readline(LARGEST + 1):
        if line.strip():
            return line, at, number
        at, number = at + len(line), number + 1
    raise InputError("an empty file; give FHIR resources as JSON")


def _lines(stream: BinaryIO, given: list[bytes], at: int, number: int) -> Iterator[tuple[bytes | None, int, int, int]]:
    """Lines with first byte, byte past the last and lines before; one that is too long comes as None, its end skipped."""
    for line in given:
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


class _Reading:
    """One file being read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._directory = Directory()
        self._unread: dict[str, tuple[int, tuple[int, int, int]]] = {}
        self._resources = 0
        self._is_full = False

    def document(self, data: bytes, base: int, number: int) -> Evidence:
        """The evidence of a whole document."""
        if len(data) + base > LARGEST:
            raise InputError(f"a FHIR document of more than {LARGEST} bytes; give its resources one a line (NDJSON)")
        if data.lstrip(BOM).lstrip().startswith(b"<"):
            raise InputError("FHIR in XML is not read; export it as JSON")
        sheet = Sheet(Tree(data), self._ledger, base, number)
        given = [*sheet.tree]
        if not any(isinstance(top.value, dict | list) for top in given):
            raise InputError("no FHIR resource in the file; give a Bundle, a resource or one resource a line")
        return self._window([r for top in given for r in _in(Part(top, "", sheet))])

    def lines(self, lines: Iterator[tuple[bytes | None, int, int, int]]) -> Iterator[Evidence]:
        """The evidence of lines, a window at a time."""
        window: list[Resource] = []
        held = good = 0
        worst: InputError | None = None
        for line, start, end, number in lines:
            if line is None:
                self._ledger.add(
                    (start, end, number + 1),
                    "json",
                    "line",
                    expected=f"at most {LONGEST_LINE} bytes",
                    found="a longer line",
                )
                continue
            try:
                sheet = Sheet(Tree(line), self._ledger, start, number)
                window += [r for top in sheet.tree for r in _in(Part(top, "", sheet))]
                good += bool(line.strip())
            except InputError as error:
                worst = worst or error
                self._ledger.add(
                    (start, end, number + 1), "json", "line", expected="one JSON object", found=_class_of(error)
                )
            held += len(line)
            if held >= WINDOW:
                yield self._window(window)
                window, held = [], 0
        if worst is not None and not good:
            raise worst
        yield self._window(window)

    def close(self) -> Evidence:
        """What can be said only at the end: references that led nowhere, types that are not read."""
        self._directory.missing(self._ledger)
        for kind, (many, place) in self._unread.items():
            self._ledger.add(
                place, "not_read", kind, expected="a resource that is read here", found=f"{many} of {kind}"
            )
        if self._is_full:
            self._ledger.add(
                (0, 0, None),
                "reference",
                "file",
                expected="fewer resources in a file",
                found="too many to know them all by name",
            )
        self._ledger.close()
        return self._taken()

    def _taken(self) -> Evidence:
        taken, self._ledger.out = self._ledger.out, Evidence()
        return taken

    def _window(self, window: list[Resource]) -> Evidence:
        told = []
        for resource in newest(window):
            kind = self._kind(resource)
            self._is_full |= not self._directory.enter(resource, kind or resource.type)
            if resource.type == "Patient" and len(self._directory.people) < MOST_KEYS:
                self._directory.people[resource.key] = person.person(resource)
            elif resource.type in NAMED:
                _name(resource, self._directory)
            told.append((resource, kind))
        self._directory.circles(window)
        later = [(r, k) for r, k in told if r.type == "Provenance"]
        for resource, kind in [*((r, k) for r, k in told if r.type != "Provenance"), *later]:
            self._tell(resource, kind)
        return self._taken()

    def _kind(self, resource: Resource) -> str | None:
        """The subject of what a resource says; null: it is not read."""
        if resource.type == "ClaimResponse":
            return billing.answers(resource)
        if resource.type in READERS:
            return READERS[resource.type][0]
        if resource.type == "Procedure":
            return subject(resource) or "procedure"
        if resource.type == "ServiceRequest":
            return subject(resource) or "order"
        return record.visit(resource) if resource.type == "Encounter" else None

    def _tell(self, resource: Resource, kind: str | None) -> None:
        if kind is None:
            self._is_here(resource)
            if resource.type not in NAMED:
                many, place = self._unread.get(resource.type, (0, resource.part.place))
                self._unread[resource.type] = many + 1, place
            return
        telling = Telling(resource, kind, self._directory, self._ledger)
        if resource.type in READERS:
            READERS[resource.type][1](telling)
        elif resource.type == "Encounter":
            record.encounter(telling)
        elif subject(resource):
            treatment(telling)
        else:
            record.other(telling)
        if telling.patient is not None and len(self._directory.owners) < MOST_KEYS:
            self._directory.owners[resource.key] = telling.patient
        for extension in resource.part.items("extension"):
            url = extension.text("url")
            if url is not None and ":" not in url.written:
                url.fault("not_read", "the URL of an extension", "a name that is no URL")

    def _is_here(self, resource: Resource) -> None:
        """States that a resource is there of which nothing else is said; references of other files may lead to it."""
        place = (self._ledger.file, *resource.part.place)
        said = {"resource_type": resource.type, "name": self._directory.names.get(resource.key)}
        self._ledger.out.assertions += [
            Assertion(*place, "fhir", resource.part.path, None, "resource", resource.key, name, value)
            for name, value in said.items()
            if value
        ]


def _in(part: Part) -> Iterator[Resource]:
    """The resources of a JSON value, which may be a list of them."""
    if isinstance(part.node.value, list):
        for at, node in enumerate(part.node.value):
            yield from resources(Part(node, f"[{at}]", part.sheet))
    else:
        yield from resources(part)


def _name(resource: Resource, directory: Directory) -> None:
    """Keeps the name of a device, a place, an organization, or somebody who works there."""
    part = resource.part
    words: list[str] = []
    if resource.type == "Device":
        words = [n.written for entry in part.items("deviceName") if (n := entry.text("name"))][:1]
    elif resource.type == "Practitioner":
        for name in part.items("name")[:1]:
            parts = [name.text("text")] if name.has("text") else [*name.items("given", "a text"), name.text("family")]
            words = [n.written for n in parts if n]
    elif resource.type in {"Organization", "Location"}:
        words = [n.written for n in [part.text("name")] if n]
    if words and len(directory.names) < MOST_KEYS:
        directory.names[resource.key] = " ".join(words)[:200]


def _class_of(error: InputError) -> str:
    """Why a line is no JSON, without what stands in it."""
    reason = str(error).partition(": ")[2].partition(";")[0]
    return "a key given twice in one object" if reason.startswith("the key ") else reason
