"""JSON of a file → its resources: out of bundles, lists and lines, each with the name others refer to it by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beamclaim.ingest import values
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.release import LATER_MEMBERS, LATER_TYPES, RESOURCE_TYPES

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its type, its key (`Procedure/id`, `Procedure/id#contained`), the URL its bundle gives it."""

    element: FhirElement
    type: str
    key: str
    url: str | None = None
    parent: str | None = None


def resources(element: FhirElement, url: str | None = None, parent: str | None = None) -> Iterator[Resource]:
    """The resources in a JSON value: those of a Bundle (at any depth), of a list, of `contained`, or the value itself."""
    if element.node.kind != "an object":
        element.fault("resource_type", expected="a resource", found=element.node.kind)
        return
    kind = element.text("resourceType")
    if kind is None:
        element.fault("resource_type", expected="a resourceType", found="none")
        return
    name = kind.written
    if name == "Bundle":
        for entry in FhirElement(element.node, "Bundle", element.source).items("entry"):
            yield from _entry(entry)
        return
    if name in LATER_TYPES:
        kind.fault("release", expected="a resource type of FHIR R4", found="one of a later release")
        return
    if name not in RESOURCE_TYPES:
        kind.fault("resource_type", expected="a resource type of FHIR R4", found=values.shape(name))
        return
    resource = _named(FhirElement(element.node, name, element.source), name, url, parent)
    if _may_be_read(resource):
        yield resource
        if parent is None:
            for inside in resource.element.items("contained"):
                yield from resources(inside, parent=resource.key)


def _entry(entry: FhirElement) -> Iterator[Resource]:
    url = entry.text("fullUrl")
    request = entry.one("request")
    method = request.text("method") if request else None
    inside = entry.one("resource")
    if method is not None and method.written == "DELETE":
        method.fault("withdrawn", expected="a resource that is there", found="one deleted")
    elif inside is not None:
        yield from resources(inside, url.written if url else None)


def _named(element: FhirElement, name: str, url: str | None, parent: str | None) -> Resource:
    own = element.text("id")
    if own is not None and not _ID.fullmatch(own.written):
        own.fault("element", expected="an id of at most 64 letters, digits, - and .", found=values.shape(own.written))
        own = None
    # What has no name of its own is named by its place, which is its own alone.
    key = own.written if own else f"@{element.at.start}"
    return Resource(element, name, f"{parent}#{key}" if parent else f"{name}/{key}", url, parent)


def _may_be_read(resource: Resource) -> bool:
    """Whether the resource means what it says: no rule or modifier we do not know, nothing of a later release.

    FHIR R4: what has an unknown `implicitRules` or `modifierExtension` shall not be processed (Resource.implicitRules,
    Extensibility, modifierExtension).
    """
    element = resource.element
    for modifier in ("implicitRules", "modifierExtension"):
        unknown = element.get(modifier)
        if unknown is not None:
            unknown.fault(
                "modifier",
                expected=f"no {modifier}: it may change what everything else means",
                found="one; the resource is not read",
            )
            return False
    for later in sorted(LATER_MEMBERS.get(resource.type, ())):
        unknown = element.get(later)
        if unknown is not None:
            unknown.fault("release", expected="content of FHIR R4", found="a member of a later release; it is not read")
    return True


def newest(window: list[Resource]) -> list[Resource]:
    """Each resource once: of several versions the newest by `meta`, else the last given; the others are a fault."""
    best: dict[str, Resource] = {}
    for resource in window:
        other = best.get(resource.key)
        if other is None:
            best[resource.key] = resource
            continue
        newer, older = (resource, other) if _age(resource) >= _age(other) else (other, resource)
        older.element.fault(
            "superseded", expected="a resource once", found="another version of one that is there; the newest is read"
        )
        best[resource.key] = newer
    return [resource for resource in window if best[resource.key] is resource]


def _age(resource: Resource) -> tuple[int, str]:
    """What orders versions: a version number, else the instant as written (UTC and offsets are not weighed)."""
    meta = resource.element.one("meta")
    version = meta.text("versionId") if meta else None
    updated = meta.text("lastUpdated") if meta else None
    number = int(version.written) if version and re.fullmatch(r"[0-9]{1,18}", version.written) else -1
    return number, updated.written if updated else ""
