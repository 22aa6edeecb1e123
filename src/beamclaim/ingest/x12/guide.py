"""What the 837P and 837I guides allow: versions read, loops, which segment may stand in which loop."""

from functools import cache

import numpy as np
import numpy.typing as npt

#: Implementation version → form. Anything else is named and skipped.
FORMS = {
    "005010X222": "837P",
    "005010X222A1": "837P",
    "005010X222A2": "837P",
    "005010X223": "837I",
    "005010X223A1": "837I",
    "005010X223A2": "837I",
    "005010X223A3": "837I",
}
FORM_CODES = {"837P": 1, "837I": 2}

# Levels: where in the hierarchy a segment stands. 0 is outside everything the guide knows.
(OUTSIDE, INTERCHANGE, GROUP, HEADER, BILLING, SUBSCRIBER, PATIENT, CLAIM, OTHER_PAYER, LINE, TRAILER, SKIPPED) = range(
    12
)

#: Known segments by loop. ``P`` and ``I`` mark what only one of the two forms allows.
_SHARED: dict[str, str] = {
    "ISA": "ISA TA1",
    "GS": "GS",
    "ST": "ST BHT",
    "trailer": "SE GE IEA",
    "1000A": "NM1 PER",
    "1000B": "NM1",
    "2000A": "HL PRV CUR",
    "2010AA": "NM1 N3 N4 REF PER",
    "2010AB": "NM1 N3 N4",
    "2010AC": "NM1 N3 N4 REF",
    "2000B": "HL SBR PAT",
    "2010BA": "NM1 N3 N4 DMG REF PER",
    "2010BB": "NM1 N3 N4 REF",
    "2000C": "HL PAT",
    "2010CA": "NM1 N3 N4 DMG REF PER",
    "2300": "CLM DTP PWK CN1 AMT REF K3 NTE CRC HI HCP",
    "2320": "SBR CAS AMT OI MOA",
    "2330A": "NM1 N3 N4 REF",
    "2330B": "NM1 N3 N4 DTP REF",
    "2400": "LX PWK DTP REF AMT NTE HCP",
    "2410": "LIN CTP REF",
    "2430": "SVD CAS DTP AMT",
}
_PROFESSIONAL: dict[str, str] = {
    "2300": "CR1 CR2",
    "2310A": "NM1 REF",
    "2310B": "NM1 PRV REF",
    "2310C": "NM1 N3 N4 REF PER",
    "2310D": "NM1 REF",
    "2310E": "NM1 N3 N4",
    "2310F": "NM1 N3 N4",
    "2330C": "NM1 REF",
    "2330D": "NM1 REF",
    "2330E": "NM1 REF",
    "2330F": "NM1 REF",
    "2330G": "NM1 REF",
    "2400": "SV1 SV5 CR1 CR3 CRC QTY MEA CN1 K3 PS1",
    "2420A": "NM1 PRV REF",
    "2420B": "NM1 REF",
    "2420C": "NM1 N3 N4 REF",
    "2420D": "NM1 REF",
    "2420E": "NM1 N3 N4 REF PER",
    "2420F": "NM1 REF",
    "2420G": "NM1 N3 N4",
    "2420H": "NM1 N3 N4",
    "2440": "LQ FRM",
}
_INSTITUTIONAL: dict[str, str] = {
    "2300": "CL1",
    "2310A": "NM1 PRV REF",
    "2310B": "NM1 REF",
    "2310C": "NM1 REF",
    "2310D": "NM1 REF",
    "2310E": "NM1 N3 N4 REF",
    "2310F": "NM1 REF",
    "2320": "MIA",
    "2330C": "NM1 REF",
    "2330D": "NM1 REF",
    "2330E": "NM1 REF",
    "2330F": "NM1 REF",
    "2330G": "NM1 REF",
    "2330H": "NM1 REF",
    "2330I": "NM1 REF",
    "2400": "SV2",
    "2420A": "NM1 REF",
    "2420B": "NM1 REF",
    "2420C": "NM1 REF",
    "2420D": "NM1 REF",
}

# (level, NM101) → loop
_NAMES_SHARED = {
    (HEADER, "41"): "1000A", (HEADER, "40"): "1000B",
    (BILLING, "85"): "2010AA", (BILLING, "87"): "2010AB", (BILLING, "PE"): "2010AC",
    (SUBSCRIBER, "IL"): "2010BA", (SUBSCRIBER, "PR"): "2010BB", (PATIENT, "QC"): "2010CA",
    (OTHER_PAYER, "IL"): "2330A", (OTHER_PAYER, "PR"): "2330B",
}  # fmt: skip
_NAMES_PROFESSIONAL = {
    (CLAIM, "DN"): "2310A", (CLAIM, "P3"): "2310A", (CLAIM, "82"): "2310B", (CLAIM, "77"): "2310C",
    (CLAIM, "DQ"): "2310D", (CLAIM, "PW"): "2310E", (CLAIM, "45"): "2310F",
    (OTHER_PAYER, "DN"): "2330C", (OTHER_PAYER, "P3"): "2330C", (OTHER_PAYER, "82"): "2330D",
    (OTHER_PAYER, "77"): "2330E", (OTHER_PAYER, "DQ"): "2330F", (OTHER_PAYER, "85"): "2330G",
    (LINE, "82"): "2420A", (LINE, "QB"): "2420B", (LINE, "77"): "2420C", (LINE, "DQ"): "2420D",
    (LINE, "DK"): "2420E", (LINE, "DN"): "2420F", (LINE, "P3"): "2420F", (LINE, "PW"): "2420G", (LINE, "45"): "2420H",
}  # fmt: skip
_NAMES_INSTITUTIONAL = {
    (CLAIM, "71"): "2310A", (CLAIM, "72"): "2310B", (CLAIM, "ZZ"): "2310C", (CLAIM, "82"): "2310D",
    (CLAIM, "77"): "2310E", (CLAIM, "DN"): "2310F",
    (OTHER_PAYER, "71"): "2330C", (OTHER_PAYER, "72"): "2330D", (OTHER_PAYER, "ZZ"): "2330E",
    (OTHER_PAYER, "77"): "2330F", (OTHER_PAYER, "82"): "2330G", (OTHER_PAYER, "DN"): "2330H",
    (OTHER_PAYER, "85"): "2330I",
    (LINE, "72"): "2420A", (LINE, "ZZ"): "2420B", (LINE, "82"): "2420C", (LINE, "DN"): "2420D",
}  # fmt: skip

_SEGMENT_NAMES = sorted(
    {s for part in (_SHARED, _PROFESSIONAL, _INSTITUTIONAL) for names in part.values() for s in names.split()}
)
#: Segment id → small number; 0 is any id the guides do not know.
SEGMENTS = {name: i for i, name in enumerate(_SEGMENT_NAMES, start=1)}
#: Loop numbers → names; number 0 is a loop the guides do not know.
LOOPS = ("", *sorted({loop for part in (_SHARED, _PROFESSIONAL, _INSTITUTIONAL) for loop in part}))
LOOP_CODES = {name: i for i, name in enumerate(LOOPS)}

#: The loop a level begins in, before any NM1.
LEVEL_LOOPS = np.zeros(12, np.uint8)
for _level, _loop in (
    (INTERCHANGE, "ISA"), (GROUP, "GS"), (HEADER, "ST"), (BILLING, "2000A"), (SUBSCRIBER, "2000B"),
    (PATIENT, "2000C"), (CLAIM, "2300"), (OTHER_PAYER, "2320"), (LINE, "2400"), (TRAILER, "trailer"),
):  # fmt: skip
    LEVEL_LOOPS[_level] = LOOP_CODES[_loop]


def six_bits() -> npt.NDArray[np.uint8]:
    """Byte → 1–36 for a digit or letter of either case, 63 otherwise."""
    table = np.full(256, 63, np.uint8)
    for i, c in enumerate(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1):
        table[c] = i
        table[bytes([c]).lower()[0]] = i
    return table


SIX_BITS = six_bits()


#: Two bytes, the first lowest → the 18 bits of `packed`.
PAIRS = (SIX_BITS.astype(np.int32) << 12)[np.arange(1 << 16) & 255] | (SIX_BITS.astype(np.int32) << 6)[
    np.arange(1 << 16) >> 8
]


def packed(name: str) -> int:
    """An id or qualifier of one to three characters as 18 bits."""
    raw = [int(SIX_BITS[b]) for b in name.encode()] + [0, 0]
    return (raw[0] << 12) | (raw[1] << 6) | raw[2]


def _segment_numbers() -> npt.NDArray[np.uint8]:
    table = np.zeros(1 << 18, np.uint8)
    for name, number in SEGMENTS.items():
        table[packed(name)] = number
    return table


#: 18-bit id → segment number.
SEGMENT_NUMBERS = _segment_numbers()


def _name_loops() -> npt.NDArray[np.uint8]:
    table = np.zeros((3, 12, 1 << 18), np.uint8)
    for form, own in ((1, _NAMES_PROFESSIONAL), (2, _NAMES_INSTITUTIONAL)):
        for (level, role), loop in (_NAMES_SHARED | own).items():
            table[form, level, packed(role)] = LOOP_CODES[loop]
    return table


#: (form, level, 18-bit NM101) → loop number.
NAME_LOOPS = _name_loops()


def _known() -> npt.NDArray[np.bool_]:
    table = np.zeros((3, len(LOOPS), len(SEGMENTS) + 1), np.bool_)
    for form, own in ((0, {}), (1, _PROFESSIONAL), (2, _INSTITUTIONAL)):
        for part in (_SHARED, own):
            for loop, names in part.items():
                for name in names.split():
                    table[form, LOOP_CODES[loop], SEGMENTS[name]] = True
    return table


#: (form, loop, segment) → may it stand there?
KNOWN = _known()


def among(names: str) -> npt.NDArray[np.bool_]:
    """Segment number → is it one of these (blank-separated ids)?"""
    table = np.zeros(len(SEGMENTS) + 1, np.bool_)
    table[[SEGMENTS[n] for n in names.split()]] = True
    return table


def loops(names: str) -> npt.NDArray[np.bool_]:
    """Loop number → is it one of these (blank-separated names, a trailing ``*`` for a family)?"""
    table = np.zeros(len(LOOPS), np.bool_)
    for name in names.split():
        for number, loop in enumerate(LOOPS):
            table[number] |= loop == name or (name.endswith("*") and loop.startswith(name[:-1]))
    return table


@cache
def allowed(names: frozenset[str]) -> npt.NDArray[np.bool_]:
    """18-bit qualifier → is it one of these, or empty? (-1, anything longer, is not.)"""
    table = np.zeros((1 << 18) + 1, np.bool_)
    table[[0, *(packed(n) for n in names)]] = True
    return table


# Qualifiers the reader depends on.
DIAGNOSES = frozenset(["ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN"])
ORDERED_DIAGNOSES = frozenset(["ABK", "ABF", "BK", "BF"])
PRINCIPAL = frozenset(["ABK", "BK"])
ICD10 = frozenset(["ABK", "ABF", "ABJ", "APR", "ABN"])
HEALTH_CODES = frozenset(["BG", "BH", "BI", "BE", "BBR", "BBQ", "BR", "BQ", "BP", "BO", "DR", "TC"])
DATE_FORMATS = frozenset(["D8", "RD8", "DT", "TM"])
UNIT_BASES = frozenset(["UN", "MJ", "DA", "F2"])
PROCEDURE_KINDS = frozenset(["HC", "HP", "ER", "IV", "WK", "ZZ"])
#: Bill types (first two digits) whose lines must carry a date of service.
OUTPATIENT = frozenset(["12", "13", "14", "22", "23", "34", "71", "72", "73", "74", "75", "76", "77", "83", "85"])
