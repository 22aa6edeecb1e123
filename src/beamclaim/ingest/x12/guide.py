"""What a guide declares, once: the transactions it reads, its loops, what opens them, and who makes its tables.

Segments, tokens, envelope and hierarchy know no guide; they ask these values. A guide is a folder under `guides/`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from beamclaim.ingest.x12.places import Place
from beamclaim.ingest.x12.segments import among, number_of, packed

if TYPE_CHECKING:
    from beamclaim.ingest.x12.chunk import Chunk

Flags = npt.NDArray[np.bool_]
Tables = Callable[["Chunk", Mapping[int, str]], dict[str, pl.DataFrame]]

#: Levels every transaction has; those of a guide are numbered from `FIRST`.
OUTSIDE, INTERCHANGE, GROUP, HEADER, TRAILER, SKIPPED, FIRST = range(7)

_ENVELOPE_LOOPS = {"ISA": "ISA TA1", "GS": "GS", "ST": "ST", "trailer": "SE GE IEA"}
_ENVELOPE_LEVELS = {INTERCHANGE: "ISA", GROUP: "GS", HEADER: "ST", TRAILER: "trailer"}


class HierarchyLevel(NamedTuple):
    """A loop of the hierarchy: at each segment that opens one a stretch of a file may be cut."""

    name: str
    loop: str
    segment: str
    """The segment that opens it."""

    tells: tuple[int, str] | None = None
    """The element, and its value, that tell it from other levels opened by the same segment."""

    holds: bool = False
    """It holds for what follows, until one of its own or of a level declared before it opens."""


class Inner(NamedTuple):
    """A loop within a claim, at which nothing is cut."""

    name: str
    loop: str
    segment: str
    """The segment that opens it; empty where only a service does."""

    services: Mapping[str, str] = {}
    """Form → the segment that opens one too, where it does not follow the other at once."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Which loops there are, what opens them, and which segments may stand in them."""

    loops: Mapping[str, str]
    """Loop → its segments, in every form (blank-separated ids)."""

    form_loops: Mapping[str, Mapping[str, str]]
    """Form → further loops and segments of this form alone."""

    levels: tuple[HierarchyLevel, ...] = ()
    claim: str = ""
    """The level whose loops are the claims, or what stands for them."""

    line: Inner | None = None
    """The lines of a claim: a claim's last part."""

    other: Inner | None = None
    """A loop between the head of a claim and its lines."""

    details: Mapping[str, str] = field(default_factory=dict)
    """Segment → the loop it opens within a line."""

    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """HierarchyLevel, NM101 → the loop this NM1 opens, in every form."""

    form_names: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    """Form → the same, of this form alone."""

    def __post_init__(self) -> None:
        opened = [*(level.loop for level in self.levels), *self.details.values(), *self.names.values()]
        opened += [part.loop for part in (self.line, self.other) if part is not None]
        opened += [loop for names in self.form_names.values() for loop in names.values()]
        if unknown := sorted(set(opened) - set(self.loop_names)):
            raise ValueError(f"loops without segments: {', '.join(unknown)}; declare them in `loops` or `form_loops`")

    @cached_property
    def forms(self) -> dict[str, int]:
        """Form → its number, from 1; 0 is a transaction that is not read."""
        return {form: at for at, form in enumerate(self.form_loops, start=1)}

    @cached_property
    def level_numbers(self) -> dict[str, int]:
        """HierarchyLevel, or loop within a claim → its number."""
        inner = [part.name for part in (self.other, self.line) if part is not None]
        return {name: at for at, name in enumerate([*(level.name for level in self.levels), *inner], start=FIRST)}

    def level(self, name: str) -> int:
        """The number of a level; -1, which no segment has, where there is none of this name."""
        return self.level_numbers.get(name, -1)

    @cached_property
    def _parts(self) -> list[Mapping[str, str]]:
        return [_ENVELOPE_LOOPS, self.loops, *self.form_loops.values()]

    @cached_property
    def loop_names(self) -> tuple[str, ...]:
        """Loop numbers → names; number 0 is a loop the guide does not know."""
        return ("", *sorted({loop for part in self._parts for loop in part}))

    @cached_property
    def loop_numbers(self) -> dict[str, int]:
        """Loop names → numbers."""
        return {name: at for at, name in enumerate(self.loop_names)}

    def among_loops(self, names: str) -> Flags:
        """Loop number → is it one of these (blank-separated names, a trailing ``*`` for a family)?"""
        table = np.zeros(len(self.loop_names), np.bool_)
        for name in names.split():
            for at, loop in enumerate(self.loop_names):
                table[at] |= loop == name or (name.endswith("*") and loop.startswith(name[:-1]))
        return table

    @cached_property
    def opens(self) -> Flags:
        """Segment number → does it open or close an envelope or a level?"""
        return among(" ".join(["ISA GS ST SE GE IEA", *(level.segment for level in self.levels)]))

    @cached_property
    def services(self) -> npt.NDArray[np.uint8]:
        """Form number → the number of the segment that is a service."""
        of_form = {} if self.line is None else self.line.services
        return np.array([0, *(number_of(of_form[form]) if form in of_form else 0 for form in self.forms)], np.uint8)

    @cached_property
    def level_loops(self) -> npt.NDArray[np.uint8]:
        """HierarchyLevel → the loop it begins in, before any NM1."""
        table = np.zeros(FIRST + len(self.level_numbers), np.uint8)
        inner = [part for part in (self.other, self.line) if part is not None]
        loops = {self.level(level.name): level.loop for level in self.levels}
        loops |= {self.level(part.name): part.loop for part in inner}
        for level, loop in {**_ENVELOPE_LEVELS, **loops}.items():
            table[level] = self.loop_numbers[loop]
        return table

    @cached_property
    def name_loops(self) -> npt.NDArray[np.uint8]:
        """(form, level, 18-bit NM101) → loop number."""
        table = np.zeros((len(self.forms) + 1, FIRST + len(self.level_numbers), 1 << 18), np.uint8)
        levels = {"header": HEADER, **self.level_numbers}
        for form, at in self.forms.items():
            for (level, role), loop in {**self.names, **self.form_names.get(form, {})}.items():
                table[at, levels[level], packed(role)] = self.loop_numbers[loop]
        return table

    @cached_property
    def known(self) -> Flags:
        """(form, loop, segment) → may it stand there?"""
        table = np.zeros((len(self.forms) + 1, len(self.loop_names), 256), np.bool_)
        for form, at in {"": 0, **self.forms}.items():
            for part in (_ENVELOPE_LOOPS, self.loops, self.form_loops.get(form, {})):
                for loop, names in part.items():
                    table[at, self.loop_numbers[loop]] |= among(names)
        return table


@dataclass(frozen=True, eq=False)
class Guide:
    """A kind of transaction that is read: by its ST01 and implementation version."""

    transaction: str
    """ST01."""

    versions: Mapping[str, str]
    """Implementation version (ST03 or GS08) → form."""

    title: str
    """What is read, in words: an 837P 005010X222 (A1, A2) …"""

    outline: Outline
    makes: tuple[str, ...]
    """The tables it fills."""

    tables: Tables
    """A chunk and the version of each transaction (by the offset of its ST) → these tables; faults gather in the chunk."""

    place: Callable[[str, str], Place | None] = lambda column, form: None
    """Where a column of its tables stands in a form; null where it is in no loop."""


class Guides:
    """The guides of a run, by transaction and version."""

    def __init__(self, guides: Sequence[Guide]) -> None:
        self.all = tuple(guides)
        for guide in (_NO_GUIDE, *guides):
            assert guide.outline.known.any()  # names the ids of all its segments, before any are read
        self._numbers = {
            (guide.transaction, version): at for at, guide in enumerate(guides, start=1) for version in guide.versions
        }
        self.opens: Flags = np.logical_or.reduce([_NO_GUIDE.outline.opens, *(guide.outline.opens for guide in guides)])
        """Segment number → does it open or close something in any of them? Asked where no guide is in force."""

        self._opens: dict[str, Flags] = {
            name: np.logical_or.reduce([g.outline.opens for g in guides if g.transaction == name])
            for name in {guide.transaction for guide in guides}
        }

    @property
    def titles(self) -> str:
        """What is read, in words."""
        return " or ".join(guide.title for guide in self.all)

    def number(self, transaction: str, version: str) -> int:
        """The number of the guide that reads a transaction, from 1; 0 where none does."""
        return self._numbers.get((transaction, version), 0)

    def of(self, number: int) -> Guide:
        """The guide of a number; of 0 the one that knows the envelope alone."""
        return self.all[number - 1] if number else _NO_GUIDE

    def place(self, column: str, form: str) -> Place | None:
        """Where a column stands in a form; null where it is in no loop."""
        return next((g.place(column, form) for g in self.all if form in g.outline.forms), None)

    def opens_in(self, transaction: str) -> Flags:
        """As `opens`, within a transaction (ST01)."""
        opens: Flags = self.opens if (own := self._opens.get(transaction)) is None else own
        return opens


_NO_GUIDE = Guide("", {}, "", Outline({}, {}), (), lambda chunk, versions: {})
