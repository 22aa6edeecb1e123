"""A file of a treatment system or record → what it says: picks the reader, counts what is read, never raises for content."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, BinaryIO

from beamclaim.ingest.intake import STRAY, Refusal, Source, why
from beamclaim.ingest.sniff import ENOUGH, EVIDENCE, sniff
from beamclaim.model.tables.evidence import Evidence

if TYPE_CHECKING:
    from beamclaim.ingest.hl7v2 import Mapping

Reader = Callable[..., Iterator[Evidence]]
"""Takes the stream and the number of the file; that of HL7 v2 a mapping too."""

_READERS = {"dicom": "read_dicom", "fhir": "read_fhir", "hl7v2": "read_hl7v2"}
_OTHERWISE = {
    "course": "a course form already; give it to `beamclaim check --course`",
    "x12": "claims; `beamclaim check` reads those",
    "claims_csv": "claims; `beamclaim check` reads those",
    "claims_jsonl": "claims; `beamclaim check` reads those",
}
_BUFFER = 1 << 18


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file: its kind and hash, and why it (or the rest of it) could not be read."""

    kind: str
    sha256: str | None = None
    error: str | None = None
    is_stray: bool = False
    """Found in a folder or archive and of another kind: said, and no error."""


def reader(kind: str) -> Reader:
    """The reader of a kind; loaded when first asked for, since a run rarely needs all of them."""
    found: Reader = getattr(import_module(f"beamclaim.ingest.{kind}"), _READERS[kind])
    return found


def read_evidence(
    source: Source | Refusal, file: int, mapping: "Mapping | None" = None
) -> Iterator[Evidence | Reading]:
    """What a file says, part by part, and last its one `Reading`; what was given before an error stands.

    `mapping` says what senders of HL7 v2 put where.
    """
    if isinstance(source, Refusal):
        is_stray = source.reason.startswith(STRAY)
        yield Reading("unknown", error=source.reason.removeprefix(f"{STRAY}: "), is_stray=is_stray)
        return
    kind = "unknown"
    try:
        with source.open() as stream:
            head = stream.read(ENOUGH)
            is_whole = len(head) < ENOUGH and not stream.read(1)
        kind, words = sniff(head, source.path.removesuffix(".gz"))
        if kind not in EVIDENCE:
            what = _OTHERWISE.get(kind, words)
            yield Reading(kind, error=f"no DICOM, FHIR or HL7 v2: {what}", is_stray=not source.is_named)
            return
        read = partial(reader(kind), mapping=mapping) if kind == "hl7v2" else reader(kind)
        if is_whole:  # most records are small: they are opened once
            yield from read(BytesIO(head), file)
            yield Reading(kind, hashlib.sha256(head).hexdigest())
            return
        with source.open() as stream:
            hashed = _Hashed(stream)
            with _Whole(hashed, _BUFFER) as whole:
                yield from read(whole, file)
                while whole.read(_BUFFER):  # a reader may stop early; the hash is of the whole file
                    pass
        with source.open():  # refuses when the file is not what it was
            pass
        yield Reading(kind, hashed.digest.hexdigest())
    except Exception as error:  # one bad file never stops the others, whatever is wrong with it or with us
        yield Reading(kind, error=why(error))


class _Whole(BufferedReader):
    """A stream whose large reads take what is there: memory for all a reader would accept is not set aside first."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = -1 if size is None else size
        parts = []
        while left and (part := super().read(_BUFFER if left < 0 else min(left, _BUFFER))):
            parts.append(part)
            left -= len(part) if left > 0 else 0
        return b"".join(parts)


class _Hashed(RawIOBase):
    """A stream that is hashed while it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._stream.read(len(buffer))
        buffer[: len(part)] = part
        self.digest.update(part)
        return len(part)
