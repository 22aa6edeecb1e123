"""What is asserted of one thing → its statements, one a message or resource version, in the order in which they were sent.

A source that tells a thing again means the later word: a document that was cancelled, a stay that never was, an appointment
at another hour. `last_word` gives what counts; what was said before is shown by `history`. Sources that speak of one thing
under one name are kept apart, and what they differ in stays a conflict. Called by `standing.py`, `charges.py`, `observations.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from beamclaim.model.tables.evidence import Assertion

TOLD_AT = "told_at"
"""Name under which a reader says when a message or version was sent: the bytes of all of it, its sender as the reason."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one message says of one thing. `told_at`: when it was sent, as ISO text; null where nobody knows."""

    rows: list[Assertion]
    told_at: str | None
    source: tuple[str, str]
    """Source and sender."""

    def value(self, name: str) -> str | None:
        """The first value under a name; null where none is known."""
        return next((s.value for s in self.rows if s.name == name and s.value is not None), None)

    def says(self, name: str) -> bool:
        """Whether anything is asserted under a name, be it that it is unknown."""
        return any(s.name == name for s in self.rows)

    @property
    def place(self) -> Assertion:
        """The first of its rows."""
        return self.rows[0]


def statements(rows: Iterable[Assertion]) -> list[Statement]:
    """The statements of one thing, earliest first; those whose time nobody knows come last, in the order of the files."""
    ordered = sorted(rows, key=lambda s: (s.file, s.start, s.path, s.name))
    wholes = list(dict.fromkeys((s.file, s.start, s.end) for s in ordered if s.name == TOLD_AT))
    told = {(s.file, s.start, s.end): s for s in ordered if s.name == TOLD_AT}
    of_whole: dict[tuple[int, int, int] | None, list[Assertion]] = {}
    for s in ordered:
        if s.name != TOLD_AT:
            whole = next((w for w in wholes if w[0] == s.file and w[1] <= s.start < w[2]), None) if wholes else None
            of_whole.setdefault(whole, []).append(s)
    out = [
        Statement(own, told[whole].value, (told[whole].source, told[whole].reason or "")) if whole else _loose(own)
        for whole, own in of_whole.items()
    ]
    return in_order(out)


def in_order(told: Iterable[Statement]) -> list[Statement]:
    """Statements, earliest first; of one time in the order given, those without a time last."""
    out = list(told)
    is_zoned = all(_has_zone(s.told_at) for s in out if s.told_at)
    return sorted(out, key=lambda s: (s.told_at is None, _moment(s.told_at, is_zoned=is_zoned)))


def _loose(rows: list[Assertion]) -> Statement:
    return Statement(rows, None, (rows[0].source, ""))


def last_word(told: Sequence[Statement]) -> list[Assertion]:
    """The rows that count: of each source and name those of its last statement that says anything under it.

    Where nobody knows which was last, all of them: what they differ in is a conflict then.
    """
    out: list[Assertion] = []
    for _, group in groupby(sorted(told, key=lambda s: s.source), key=lambda s: s.source):
        own = list(group)
        if not are_in_order(own):
            out += [s for statement in own for s in statement.rows]
            continue
        last: dict[str, list[Assertion]] = {}
        for statement in own:
            names = {s.name for s in statement.rows}
            last |= {name: [s for s in statement.rows if s.name == name] for name in names}
        out += [s for rows in last.values() for s in rows]
    return sorted(out, key=lambda s: (s.file, s.start, s.path, s.name))


def history(told: Sequence[Statement], names: Sequence[str]) -> str | None:
    """What the statements said under these names, in their order: `booked (2026-01-02T09:00), then cancelled (…)`.

    Null where they never differ.
    """
    lines = []
    for name in names:
        words = [(s.value(name), s.told_at) for s in told if s.says(name)]
        steps = [next(step) for _, step in groupby(words, key=lambda word: word[0])]
        if len(steps) > 1:
            said = ", then ".join(
                f"{'unknown' if v is None else v or 'unsigned'} ({at or 'no time'})" for v, at in steps
            )
            lines.append(f"{name.replace('_', ' ')} {said}")
    return "; ".join(lines) or None


def are_in_order(told: Sequence[Statement]) -> bool:
    """Whether it is known which statement came last: each has a time, and no two of several files the same."""
    seen: dict[str, int] = {}
    return all(s.told_at is not None and seen.setdefault(s.told_at, s.place.file) == s.place.file for s in told)


def _has_zone(text: str | None) -> bool:
    return text is not None and _parsed(text).tzinfo is not None


def _moment(text: str | None, *, is_zoned: bool) -> datetime:
    """A time that can be compared with the others: as an instant where all name their offset, else as written."""
    if text is None:
        return datetime.max
    at = _parsed(text)
    return at.astimezone(UTC).replace(tzinfo=None) if is_zoned else at.replace(tzinfo=None)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.max
