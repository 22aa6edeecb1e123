"""Where a value came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. ``source_bytes[start:end]`` is the value as written.

    ``file`` is the path label of the file as it was given; ``start`` and ``end`` are byte offsets
    (first, past the last) into its decompressed bytes; ``path`` names the element in the words of
    the format (``2400/3 SV101-2``, ``row 4 column code``); ``segment`` counts segments, rows or
    lines of the file from 1.
    """

    file: str
    start: int
    end: int
    path: str
    segment: int | None = None
