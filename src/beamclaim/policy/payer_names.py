"""A payer name as somebody typed it → the payer and the line it says, by the tables of rewrites and patterns.

Whole words only, never by likeness: a table that joined names by likeness took one state's Blue for another's. Called by
`payers.py`, once a distinct name.
"""

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

#: What a name says: nothing (empty), no pattern fits it, words that say no payer, a payer outside our tables, a payer.
NameKind = Literal["empty", "unknown", "silent", "other", "payer"]
#: The word of the table of patterns for a payer outside our tables.
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class NameReading:
    """What a payer name says; `payer` for the kind ``payer`` alone, `line` where the name says one."""

    kind: NameKind
    payer: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class _Rewrite:
    written: tuple[str, ...]
    becomes: tuple[str, ...]
    not_after: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Pattern:
    words: str
    how: str
    payer: str | None
    line: str | None
    open_with: frozenset[str]

    def fits(self, name: str) -> bool:
        """Whether a rewritten name has the words where the pattern wants them."""
        padded, words = f" {name} ", f" {self.words} "
        match self.how:
            case "exact":
                return name == self.words
            case "begins":
                return padded.startswith(words)
            case "ends":
                return padded.endswith(words)
            case _:
                return words in padded


class PayerNames:
    """The rewrites and patterns of payer names; it remembers what it has read."""

    def __init__(self, rewrites: pl.DataFrame, patterns: pl.DataFrame) -> None:
        rows = rewrites.sort("rank").rows(named=True)
        anywhere = [(r["rank"], _rewrite(r)) for r in rows if r["place"] == "any"]
        first_end = min((r["rank"] for r in rows if r["place"] == "end"), default=0)
        self._before = [rewrite for rank, rewrite in anywhere if rank < first_end]
        self._at_end = [_rewrite(r) for r in rows if r["place"] == "end"]
        self._after = [rewrite for rank, rewrite in anywhere if rank >= first_end]
        self._patterns = [
            _Pattern(r["pattern"], r["how"], r["payer"], r["payer_line"], _words(r["open_with"]))
            for r in patterns.sort("rank").rows(named=True)
        ]
        self._read: dict[str, NameReading] = {}

    def read(self, name: str | None) -> NameReading:
        """What a name says; the first pattern that fits decides."""
        written = name or ""
        if written not in self._read:
            self._read[written] = self._reading(self.rewritten(written))
        return self._read[written]

    def rewritten(self, name: str) -> str:
        """A name in the words patterns are written in: capitals, no punctuation, states as postal codes, no forms of company."""
        plain = re.sub(r"['’.]", "", name.upper()).replace("&", " AND ")
        words = re.sub(r"[^A-Z0-9]+", " ", plain).split()
        for rewrite in self._before:
            words = _anywhere(words, rewrite)
        words = self._without_endings(words)
        for rewrite in self._after:
            words = _anywhere(words, rewrite)
        return " ".join(words)

    def _without_endings(self, words: list[str]) -> list[str]:
        """Again and again, until the last word is none that is dropped; a name never becomes empty."""
        while len(words) > 1:
            shorter = next((w for rewrite in self._at_end if (w := _at_end(words, rewrite)) != words), words)
            if shorter == words:
                break
            words = shorter
        return words

    def _reading(self, name: str) -> NameReading:
        if not name:
            return NameReading("empty")
        pattern = next((p for p in self._patterns if p.fits(name)), None)
        if pattern is None:
            return NameReading("unknown")
        line = None if pattern.open_with & set(name.split()) else pattern.line
        if pattern.payer is None:
            return NameReading("silent", line=line)
        return NameReading("other", line=line) if pattern.payer == _OTHER else NameReading("payer", pattern.payer, line)


def _rewrite(row: dict[str, str | None]) -> _Rewrite:
    written, becomes = (tuple((row[name] or "").split()) for name in ("written", "becomes"))
    return _Rewrite(written, becomes, _words(row["not_after"]))


def _words(cell: str | None) -> frozenset[str]:
    return frozenset((cell or "").split(";")) - {""}


def _anywhere(words: list[str], rewrite: _Rewrite) -> list[str]:
    """The words with every stretch that is written so made what it becomes, left to right."""
    size = len(rewrite.written)
    if rewrite.written[0] not in words:
        return words
    out: list[str] = []
    at = 0
    while at < len(words):
        is_here = tuple(words[at : at + size]) == rewrite.written
        if is_here and not (out and out[-1] in rewrite.not_after):
            out += rewrite.becomes
            at += size
        else:
            out.append(words[at])
            at += 1
    return out


def _at_end(words: list[str], rewrite: _Rewrite) -> list[str]:
    size = len(rewrite.written)
    before = words[:-size]
    if tuple(words[-size:]) != rewrite.written or not before or before[-1] in rewrite.not_after:
        return words
    return [*before, *rewrite.becomes]
