"""The resources of a file: out of bundles, lists and lines, each with the name others refer to it by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beamclaim.ingest import values
from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.release import LATER_MEMBERS, LATER_TYPES, RESOURCE_TYPES

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its type, its key (`Procedure/id`, `Procedure/id#contained`), the URL its bundle gives it."""

    part: Part
    type: str
    key: str
    url: str | None = None
    parent: str | None = None


def resources(part: Part, url: str | None = None, parent: str | None = None) -> Iterator[Resource]:
    """The resources in a JSON value: those of a Bundle (at any depth), of a list, of `contained`, or the value itself."""
    if part.node.kind != "an object":
        part.fault("resource_type", "a resource", part.node.kind)
        return
    kind = part.text("resourceType")
    if kind is None:
        part.fault("resource_type", "a resourceType", "none")
        return
    name = kind.written
    if name == "Bundle":
        for entry in Part(part.node, "Bundle", part.sheet).items("entry"):
            yield from _entry(entry)
        return
    if name in LATER_TYPES:
        kind.fault("release", "a resource type of FHIR R4", "one of a later release")
        return
    if name not in RESOURCE_TYPES:
        kind.fault("resource_type", "a resource type of FHIR R4", values.shape(name))
        return
    resource = _named(Part(part.node, name, part.sheet), name, url, parent)
    if _may_be_read(resource):
        yield resource
        if parent is None:
            for inside in resource.part.items("contained"):
                yield from resources(inside, parent=resource.key)


def _entry(entry: Part) -> Iterator[Resource]:
    url = entry.text("fullUrl")
    request = entry.one("request")
    method = request.text("method") if request else None
    inside = entry.one("resource")
    if method is not None and method.written == "DELETE":
        method.fault("withdrawn", "a resource that is there", "one deleted")
    elif inside is not None:
        yield from resources(inside, url.written if url else None)


def _named(part: Part, name: str, url: str | None, parent: str | None) -> Resource:
    own = part.text("id")
    if own is not None and not _ID.fullmatch(own.written):
        own.fault("element", "an id of at most 64 letters, digits, - and .", values.shape(own.written))
        own = None
    # What has no name of its own is named by its place, which is its own alone.
    key = own.written if own else f"@{part.place[0]}"
    return Resource(part, name, f"{parent}#{key}" if parent else f"{name}/{key}", url, parent)


def _may_be_read(resource: Resource) -> bool:
    """Whether the resource means what it says: no rule or modifier we do not know, nothing of a later release.

    FHIR R4: what has an unknown `implicitRules` or `modifierExtension` shall not be processed (Resource.implicitRules,
    Extensibility, modifierExtension).
    """
    part = resource.part
    for modifier in ("implicitRules", "modifierExtension"):
        found = part.get(modifier)
        if found is not None:
            found.fault(
                "modifier", f"no {modifier}: it may change what everything else means", "one; the resource is not read"
            )
            return False
    for later in sorted(LATER_MEMBERS.get(resource.type, ())):
        found = part.get(later)
        if found is not None:
            found.fault("release", "content of FHIR R4", "a member of a later release; it is not read")
    return True


def newest(window: list[Resource]) -> list[Resource]:
    """Each resource once: of several versions the newest by `meta`, else the last given; the others are a fault."""
    best: dict[str, Resource] = {}
    for resource in window:
        other = best.get(resource.key)
        if other is None:
            best[resource.key] = resource
            continue
        kept, left = (resource, other) if _age(resource) >= _age(other) else (other, resource)
        left.part.fault("superseded", "a resource once", "another version of one that is there; the newest is read")
        best[resource.key] = kept
    return [resource for resource in window if best[resource.key] is resource]


def _age(resource: Resource) -> tuple[int, str]:
    """What orders versions: a version number, else the instant as written (UTC and offsets are not weighed)."""
    meta = resource.part.one("meta")
    version = meta.text("versionId") if meta else None
    updated = meta.text("lastUpdated") if meta else None
    number = int(version.written) if version and re.fullmatch(r"[0-9]{1,18}", version.written) else -1
    return number, updated.written if updated else ""
