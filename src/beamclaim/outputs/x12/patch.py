"""Patches: safe repairs of an 837, each a few bytes in place of others; all else survives byte for byte.

A repair is taken only where its bytes prove that it is harmless: a true count into a trailer, blanks
into an interchange header, the point out of a diagnosis code. It adds and removes no segment, so no
count follows from it, and what is repaired needs no second pass.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from beamclaim.errors import InputError
from beamclaim.findings.finding import Edit, Finding
from beamclaim.findings.result import Result
from beamclaim.outputs.report.printable import Excerpts, counted, printable

_COUNT = re.compile(r"(SE|GE|IEA)01$")
_DIAGNOSIS = re.compile(r"(\S+ )?HI\d\d-2$")
_STEP = 1 << 20


class Bytes(Protocol):
    """What a patch reads from: a binary stream, or whatever reads like one."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Bytes `start` to `end` of a file and what comes in their place, in the segment they stand in."""

    finding: Finding
    start: int
    end: int
    old: bytes
    new: bytes
    segment: bytes
    segment_start: int


@dataclass(frozen=True, slots=True)
class Patch:
    """The repairs of one file, in the order of its bytes; they do not overlap."""

    file: str
    repairs: tuple[Repair, ...]


def patches(result: Result, excerpts: Excerpts) -> tuple[list[Patch], list[Finding]]:
    """The safe repairs of a run by file, and the findings that offered one which is not taken: a person looks at them."""
    offered: dict[str, list[tuple[Edit, Finding]]] = {}
    for finding in result.findings.where(pl.col("grade") == "safe"):
        edit = finding.fix.edit
        if edit is not None:
            offered.setdefault(edit.where.file, []).append((edit, finding))
    found: list[Patch] = []
    left: list[Finding] = []
    for file, edits in offered.items():
        taken: list[Repair] = []
        for edit, finding in sorted(edits, key=lambda e: (e[0].where.start, e[0].where.end, e[1].id)):
            repair = _repair(edit, finding, excerpts)
            if repair is None or (taken and repair.start < taken[-1].end):
                left.append(finding)
            else:
                taken.append(repair)
        if taken:
            found.append(Patch(file, tuple(taken)))
    return found, left


def _repair(edit: Edit, finding: Finding, excerpts: Excerpts) -> Repair | None:
    """The edit as a repair; None unless the bytes show that it changes form alone."""
    where = edit.where
    segment, start, end = excerpts(where) or (b"", 0, 0)
    old, new = segment[start:end], edit.replacement.encode("ascii", "replace")
    if end - start != where.end - where.start or not is_harmless(where.path, segment, start, end, new):
        return None
    return Repair(finding, where.start, where.end, old, new, segment, where.start - start)


def is_harmless(path: str, segment: bytes, start: int, end: int, new: bytes) -> bool:
    """Whether `new` in place of ``segment[start:end]`` changes form alone; `path` names the element."""
    old = segment[start:end]
    if path == "ISA":
        return old == segment and new.startswith(b"ISA") and _bare(old) == _bare(new) and len(new) == 105
    # The element stands behind a separator and ends at one, or at the end of its segment.
    before, after = segment[start - 1 : start], segment[end : end + 1]
    if not start or before.isalnum() or before.isspace() or after.isalnum():
        return False
    if _COUNT.match(path):
        trailer = segment[: start - 1].lstrip()
        return trailer == path[:-2].encode() and new.isdigit() and before not in old and not (after and after in old)
    return bool(_DIAGNOSIS.match(path)) and new.isalnum() and old.replace(b".", b"", 1).upper() == new


def _bare(header: bytes) -> list[bytes]:
    """The elements of an ISA without the blanks that fill them."""
    return [element.rstrip(b" ") for element in header.split(header[3:4])]


def patched(stream: Bytes, patch: Patch) -> Iterator[bytes]:
    """The bytes of the file with its repairs, in blocks.

    Raises:
        InputError: the file no longer holds the bytes that were to be replaced.
    """
    at = 0
    for repair in patch.repairs:
        yield from _blocks(stream, repair.start - at)
        old = b"".join(_blocks(stream, repair.end - repair.start))
        if old != repair.old:
            raise InputError(f"{patch.file}: it changed while it was being repaired; run the check again")
        yield repair.new
        at = repair.end
    yield from _blocks(stream, None)


def _blocks(stream: Bytes, size: int | None) -> Iterator[bytes]:
    """The next `size` bytes, or all that are left."""
    while size is None or size > 0:
        block = stream.read(_STEP if size is None else min(size, _STEP))
        if not block:
            return
        size = None if size is None else size - len(block)
        yield block


# ── the diff ────────────────────────────────────────────────────────────────────────────────────


def diff(found: Iterable[Patch]) -> Iterator[str]:
    """Unified, a segment a line: where each stands, how it reads now and how it would read."""
    for patch in found:
        yield f"--- {printable(patch.file)}\n+++ {printable(patch.file)} (repaired)\n"
        for repairs in _by_segment(patch.repairs):
            first = repairs[0]
            why = ", ".join(dict.fromkeys(f"{r.finding.rule} {_element(r.finding)}" for r in repairs))
            number = first.finding.where.segment if first.finding.where else None
            yield f"@@ segment {number if number is not None else '?'}, byte {first.segment_start}: {printable(why)} @@\n"
            yield f"-{_words(first.segment)}\n+{_words(_after(repairs))}\n"


def told(result: Result, found: Sequence[Patch], copies: Mapping[str, Path]) -> Iterator[str]:
    """What became of it: what was repaired or could be, what was copied as it is, and what a person must look at."""
    number = sum(len(patch.repairs) for patch in found)
    what = f"{counted(number, 'place')} in {counted(len(found), 'file')}"
    yield f"\n{'Repaired' if copies else 'Can be repaired'}: {what}; nothing that is billed changes\n"
    for patch in found:
        yield f"  {printable(copies.get(patch.file, patch.file))}: {len(patch.repairs):,}\n"
    if copies:
        yield f"Copied as they are: {counted(len(copies) - len(found), 'file')}\n"
    repaired = {repair.finding.id for patch in found for repair in patch.repairs}
    rest = result.findings.without(repaired).spine
    left = dict(rest.group_by(pl.col("rule").cast(pl.String)).len().iter_rows())
    rules = ", ".join(f"{rule} {count:,}" for rule, count in sorted(left.items()))
    yield f"Left for a person: {counted(sum(left.values()), 'finding')}{f' ({rules})' if rules else ''}\n"


def _by_segment(repairs: Sequence[Repair]) -> Iterator[list[Repair]]:
    group: list[Repair] = []
    for repair in repairs:
        if group and repair.segment_start != group[0].segment_start:
            yield group
            group = []
        group.append(repair)
    if group:
        yield group


def _after(repairs: Sequence[Repair]) -> bytes:
    """The segment with all repairs that stand in it."""
    base, out, at = repairs[0].segment_start, b"", 0
    for repair in repairs:
        out += repairs[0].segment[at : repair.start - base] + repair.new
        at = repair.end - base
    return out + repairs[0].segment[at:]


def _element(finding: Finding) -> str:
    return finding.where.path if finding.where else ""


def _words(segment: bytes) -> str:
    return printable(segment.decode("utf-8", "backslashreplace"))
