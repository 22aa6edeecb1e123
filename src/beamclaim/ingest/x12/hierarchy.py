"""Segments + an outline → which loop, claim and service line each segment stands in, for a whole stretch at once.

Nothing here walks segment by segment: what opens a loop is marked at its segment, and the marks are carried forward
with running maxima. What opens what is the outline's to say.
"""

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.x12.guide import FIRST, GROUP, HEADER, INTERCHANGE, OUTSIDE, SKIPPED, TRAILER, Outline
from beamclaim.ingest.x12.segments import among, number_of, packed
from beamclaim.ingest.x12.tokens import Flags, Ints, Tokens

_TRAILER = among("SE GE IEA")
_ENVELOPE = among("ISA GS ST SE GE IEA")


def carried(marked: Flags) -> Ints:
    """Index of the last marked row at or before each row; -1 before the first."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1)) if len(marked) else np.zeros(0, np.int64)


class Hierarchy:
    """Where each segment of a stretch stands.

    ``form`` number of the form, 0 none · ``level`` see `guide` · ``loop`` loop number · ``unit`` which of ``units``
    (the segments that open or close an envelope or a level) it follows · ``claim`` and ``line`` indices into ``claims``
    (segments that open one) and ``lines`` (first segments of line loops), -1 outside · ``anchor`` the segment that
    opened the loop · ``in_force`` by level, for each unit the one that holds for it, -1 none; ``header`` likewise.
    """

    def __init__(  # noqa: PLR0917
        self, tokens: Tokens, outline: Outline, form: npt.NDArray[np.uint8], skipped: Flags, opens: Flags, lost: Ints
    ) -> None:
        self.tokens, self.outline, self.form = tokens, outline, form
        opens = opens.copy()
        opens[lost] = True
        opens[:1] = True
        self.units = np.flatnonzero(opens)
        self.unit = np.cumsum(opens) - 1
        self.unit_level = self._unit_levels(lost)
        self._in_force()
        self._lines(skipped)
        self._name()

    def _unit_levels(self, lost: Ints) -> npt.NDArray[np.uint8]:
        ids = self.tokens.ids[self.units]
        level = np.zeros(len(ids), np.uint8)
        for name, at in (("ISA", INTERCHANGE), ("GS", GROUP), ("ST", HEADER)):
            level[ids == number_of(name)] = at
        level[_TRAILER[ids]] = TRAILER
        for declared in self.outline.levels:
            rows = np.flatnonzero(ids == number_of(declared.segment))
            if declared.tells is not None:
                element, value = declared.tells
                rows = rows[self.tokens.code(self.tokens.element(self.units[rows], element)) == packed(value)]
            level[rows] = self.outline.level(declared.name)
        level[np.isin(self.units, lost)] = OUTSIDE
        level[(self.form[self.units] == 0) & (level >= FIRST)] = OUTSIDE
        return level

    def _in_force(self) -> None:
        """For each unit, the header and the levels that hold for it, -1 where there is none."""
        level = self.unit_level
        ids = self.tokens.ids[self.units]
        header = carried(level == HEADER)
        ended = carried(_ENVELOPE[ids] & (level != HEADER))
        self.header = np.where(header > ended, header, -1)
        above = np.maximum(self.header, ended)
        self.in_force: dict[str, Ints] = {}
        for declared in self.outline.levels:
            if declared.holds:
                last = carried(level == self.outline.level(declared.name))
                self.in_force[declared.name] = np.where(last > above, last, -1)
                above = np.maximum(above, last)

    def _lines(self, skipped: Flags) -> None:
        ids, outline = self.tokens.ids, self.outline
        level = self.unit_level[self.unit]
        is_claim = self.unit_level == outline.level(outline.claim)
        in_claim = is_claim[self.unit]
        self.claims = self.units[is_claim]
        self.claim = np.where(in_claim, (np.cumsum(is_claim) - 1)[self.unit], -1)
        service = (ids == outline.services[self.form]) & (ids > 0)
        self.services = np.flatnonzero(in_claim & service)
        is_head = (
            ids == number_of(outline.line.segment) if outline.line and outline.line.segment else np.zeros_like(service)
        )
        heads = np.flatnonzero(in_claim & (service | is_head))
        is_lx = is_head[heads]
        follows_lx = np.concatenate(
            (np.zeros(1, np.bool_), is_lx[:-1] & (self.claim[heads][1:] == self.claim[heads][:-1]))
        )
        self.lines = heads[is_lx | ~follows_lx[: len(heads)]]
        begins = np.zeros(len(ids), np.bool_)
        begins[self.lines] = True
        line = np.cumsum(begins) - 1
        in_line = in_claim & (line >= 0)
        in_line[in_line] = self.claim[self.lines[line[in_line]]] == self.claim[in_line]
        self.line = np.where(in_line, line, -1)
        other = np.zeros(len(ids), np.bool_)
        if outline.other is not None:
            other = in_claim & ~in_line & (ids == number_of(outline.other.segment))
            of_other = in_claim & ~in_line & (carried(other) >= self.units[self.unit])
            level = np.where(of_other, np.uint8(outline.level(outline.other.name)), level)
        self.others = np.flatnonzero(other)
        if outline.line is not None:
            level = np.where(in_line, np.uint8(outline.level(outline.line.name)), level)
        level[skipped] = SKIPPED
        self.level = level

    def _name(self) -> None:
        tokens, level, outline = self.tokens, self.level, self.outline
        ids = tokens.ids
        self.names = np.flatnonzero((ids == number_of("NM1")) & ((level == HEADER) | (level >= FIRST)))
        self.name_code = tokens.code(tokens.element(self.names, 1))
        opened = np.full(len(ids), -1, np.int16)
        opened[self.units] = outline.level_loops[self.unit_level]
        if outline.other is not None:
            opened[self.others] = outline.loop_numbers[outline.other.loop]
        if outline.line is not None:
            opened[self.lines] = outline.loop_numbers[outline.line.loop]
            in_line = level == outline.level(outline.line.name)
            for segment, loop in outline.details.items():
                opened[(ids == number_of(segment)) & in_line] = outline.loop_numbers[loop]
        form = self.form[self.names]
        opened[self.names] = outline.name_loops[form, level[self.names], np.maximum(self.name_code, 0)]
        self.anchor = carried(opened >= 0)
        self.loop = np.where(self.anchor >= 0, opened[self.anchor], 0).astype(np.uint8)

    def first(self, owner: Ints, rows: Ints, count: int) -> Ints:
        """For each of `count` owners, the first of `rows` it owns (`owner` per row); -1 none."""
        out = np.full(count, -1, np.int64)
        out[owner[::-1]] = rows[::-1]
        return out
