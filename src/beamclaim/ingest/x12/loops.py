"""Which loop, claim and service line each segment stands in, for a whole batch at once.

Nothing here walks segment by segment: what opens a loop is marked at its segment, and the marks
are carried forward with running maxima.
"""

import numpy as np
import numpy.typing as npt

from beamclaim.ingest.x12 import guide
from beamclaim.ingest.x12.guide import SEGMENTS, among
from beamclaim.ingest.x12.tokens import Flags, Ints, Tokens

_BOUNDARY = among("ISA GS ST HL CLM SE GE IEA")
_TRAILER = among("SE GE IEA")
_ENVELOPE = among("ISA GS ST SE GE IEA")
_DETAIL = {SEGMENTS["SVD"]: "2430", SEGMENTS["LIN"]: "2410", SEGMENTS["LQ"]: "2440"}
_HL_LEVELS = {
    guide.packed("20"): guide.BILLING,
    guide.packed("22"): guide.SUBSCRIBER,
    guide.packed("23"): guide.PATIENT,
}


def carried(marked: Flags) -> Ints:
    """Index of the last marked row at or before each row; -1 before the first."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1)) if len(marked) else np.zeros(0, np.int64)


def boundaries(tokens: Tokens) -> Ints:
    """Segments at which a batch may be cut: each opens or closes an envelope, a hierarchy level or a claim."""
    return np.flatnonzero(_BOUNDARY[tokens.ids])


class Loops:
    """Where each segment of a batch stands.

    ``form`` 1 professional, 2 institutional, 0 none · ``level`` see `guide` · ``loop`` loop number ·
    ``unit`` which boundary it follows · ``claim`` and ``line`` indices into ``claims`` (CLM segments)
    and ``lines`` (first segments of line loops), -1 outside · ``anchor`` the segment that opened the loop.
    """

    def __init__(self, tokens: Tokens, form: npt.NDArray[np.uint8], skipped: Flags, lost: Ints) -> None:
        ids = tokens.ids
        self.tokens, self.form = tokens, form
        opens = _BOUNDARY[ids]
        opens[lost] = True
        if len(opens):
            opens[0] = True
        self.units = np.flatnonzero(opens)
        self.unit = np.cumsum(opens) - 1
        self.unit_level = self._unit_levels(lost)
        self._in_force()
        self._lines(skipped)
        self._name()

    def _unit_levels(self, lost: Ints) -> npt.NDArray[np.uint8]:
        ids = self.tokens.ids[self.units]
        level = np.zeros(len(ids), np.uint8)
        for name, number in (
            ("ISA", guide.INTERCHANGE),
            ("GS", guide.GROUP),
            ("ST", guide.HEADER),
            ("CLM", guide.CLAIM),
        ):
            level[ids == SEGMENTS[name]] = number
        level[_TRAILER[ids]] = guide.TRAILER
        hl = np.flatnonzero(ids == SEGMENTS["HL"])
        codes = self.tokens.code(self.tokens.element(self.units[hl], 3))
        for code, number in _HL_LEVELS.items():
            level[hl[codes == code]] = number
        level[np.isin(self.units, lost)] = guide.OUTSIDE
        level[(self.form[self.units] == 0) & (level > guide.HEADER) & (level < guide.TRAILER)] = guide.OUTSIDE
        return level

    def _in_force(self) -> None:
        """For each unit, the header and hierarchy units that hold for it, -1 where there is none."""
        level = self.unit_level
        ids = self.tokens.ids[self.units]
        header = carried(level == guide.HEADER)
        ended = carried(_ENVELOPE[ids] & (level != guide.HEADER))
        self.header = np.where(header > ended, header, -1)
        top = np.maximum(self.header, ended)
        above = top
        found = []
        for wanted in (guide.BILLING, guide.SUBSCRIBER, guide.PATIENT):
            last = carried(level == wanted)
            found.append(np.where(last > above, last, -1))
            above = np.maximum(above, last)
        self.billing, self.subscriber, self.patient = found

    def _lines(self, skipped: Flags) -> None:
        ids = self.tokens.ids
        level = self.unit_level[self.unit]
        in_claim = level == guide.CLAIM
        self.claims = self.units[self.unit_level == guide.CLAIM]
        claim_of_unit = np.cumsum(self.unit_level == guide.CLAIM) - 1
        self.claim = np.where(in_claim, claim_of_unit[self.unit], -1)
        # A line begins at its LX, or at a service segment that has no LX of its own.
        service = ids == np.array([0, SEGMENTS["SV1"], SEGMENTS["SV2"]], np.uint8)[self.form]
        self.services = np.flatnonzero(in_claim & service)
        heads = np.flatnonzero(in_claim & (service | (ids == SEGMENTS["LX"])))
        is_lx = ids[heads] == SEGMENTS["LX"]
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
        payer = in_claim & ~in_line & (ids == SEGMENTS["SBR"])
        self.payers = np.flatnonzero(payer)
        of_payer = in_claim & ~in_line & (carried(payer) >= self.units[self.unit])
        level = np.where(in_line, guide.LINE, np.where(of_payer, guide.OTHER_PAYER, level)).astype(np.uint8)
        level[skipped] = guide.SKIPPED
        self.level = level

    def _name(self) -> None:
        tokens, level = self.tokens, self.level
        ids = tokens.ids
        self.names = np.flatnonzero((ids == SEGMENTS["NM1"]) & (level > guide.GROUP) & (level < guide.TRAILER))
        self.name_code = tokens.code(tokens.element(self.names, 1))
        opened = np.full(len(ids), -1, np.int16)
        opened[self.units] = guide.LEVEL_LOOPS[self.unit_level]
        opened[self.payers] = guide.LOOP_CODES["2320"]
        opened[self.lines] = guide.LOOP_CODES["2400"]
        for number, loop in _DETAIL.items():
            opened[(ids == number) & (level == guide.LINE)] = guide.LOOP_CODES[loop]
        form = self.form[self.names]
        opened[self.names] = guide.NAME_LOOPS[form, level[self.names], np.maximum(self.name_code, 0)]
        self.anchor = carried(opened >= 0)
        self.loop = np.where(self.anchor >= 0, opened[self.anchor], 0).astype(np.uint8)

    def first(self, owner: Ints, rows: Ints, count: int) -> Ints:
        """For each of `count` owners, the first of `rows` it owns (`owner` per row); -1 none."""
        out = np.full(count, -1, np.int64)
        out[owner[::-1]] = rows[::-1]
        return out
