"""Where the value of a column stands in the bytes, so that a finding can show them."""

from typing import NamedTuple

from beamclaim.ingest.x12.tokens import Delimiters, split, within


class Place(NamedTuple):
    """An element of a loop. ``path`` names it, with ``{line}`` for the line's number.

    ``component`` and ``last`` are the first and last component where the value is a part of a
    composite (``last`` 0: only the first). ``qualifier`` is the element that says which of several
    segments of this id is meant, and its values. ``until`` are the segment ids that end the part of the
    loop in which to look.
    """

    segment: str
    element: int
    component: int
    path: str
    last: int = 0
    qualifier: tuple[int, tuple[str, ...]] | None = None
    until: tuple[str, ...] = ()


_HEADER = ("LX", "SBR")  # what ends the part of a claim that speaks for the claim itself
_LINE_HEADER = ("LIN", "NM1", "SVD", "LQ")


def _ref(name: str, path: str, until: tuple[str, ...]) -> Place:
    return Place("REF", 2, 0, path, qualifier=(1, (name,)), until=until)


_SHARED = {
    "claim.number": Place("CLM", 1, 0, "2300 CLM01"),
    "claim.charge": Place("CLM", 2, 0, "2300 CLM02"),
    "claim.place_of_service": Place("CLM", 5, 1, "2300 CLM05-1"),
    "claim.bill_type": Place("CLM", 5, 1, "2300 CLM05"),
    "claim.frequency": Place("CLM", 5, 3, "2300 CLM05-3"),
    "claim.first_day": Place("DTP", 3, 0, "2300 DTP03", qualifier=(1, ("434",)), until=_HEADER),
    "claim.last_day": Place("DTP", 3, 0, "2300 DTP03", qualifier=(1, ("434",)), until=_HEADER),
    "claim.patient": _ref("EA", "2300 REF02", _HEADER),
    "claim.authorization": _ref("G1", "2300 REF02", _HEADER),
    "claim.original_claim": _ref("F8", "2300 REF02", _HEADER),
    "claim.condition_codes": Place("HI", 1, 0, "2300 HI01", qualifier=(1, ("BG",)), until=_HEADER),
    "claim.diagnoses": Place("HI", 1, 2, "2300 HI01-2", qualifier=(1, ("ABK", "BK")), until=_HEADER),
    "diagnosis.qualifier": Place("HI", 1, 1, "2300 HI01-1", until=_HEADER),
    "diagnosis.code": Place("HI", 1, 2, "2300 HI01-2", until=_HEADER),
    "diagnosis.present_on_admission": Place("HI", 1, 9, "2300 HI01-9", until=_HEADER),
    "line.number": Place("LX", 1, 0, "2400/{line} LX01"),
    "line.date": Place("DTP", 3, 0, "2400/{line} DTP03", qualifier=(1, ("472",)), until=_LINE_HEADER),
    "line.date_to": Place("DTP", 3, 0, "2400/{line} DTP03", qualifier=(1, ("472",)), until=_LINE_HEADER),
    "line.authorization": _ref("G1", "2400/{line} REF02", _LINE_HEADER),
    "line.control": _ref("6R", "2400/{line} REF02", _LINE_HEADER),
}


def _npi(path: str, until: tuple[str, ...] = ()) -> Place:
    return Place("NM1", 9, 0, path, qualifier=(1, ("82",)), until=until)


_BY_FORM = {
    "837P": {
        "claim.rendering_npi": _npi("2310B NM109", _HEADER),
        "line.code": Place("SV1", 1, 2, "2400/{line} SV101-2"),
        "line.modifiers": Place("SV1", 1, 3, "2400/{line} SV101-3", last=6),
        "line.charge": Place("SV1", 2, 0, "2400/{line} SV102"),
        "line.unit_basis": Place("SV1", 3, 0, "2400/{line} SV103"),
        "line.units": Place("SV1", 4, 0, "2400/{line} SV104"),
        "line.place_of_service": Place("SV1", 5, 0, "2400/{line} SV105"),
        "line.pointers": Place("SV1", 7, 0, "2400/{line} SV107"),
        "line.rendering_npi": _npi("2420A/{line} NM109"),
    },
    "837I": {
        "claim.rendering_npi": _npi("2310D NM109", _HEADER),
        "line.code": Place("SV2", 2, 2, "2400/{line} SV202-2"),
        "line.modifiers": Place("SV2", 2, 3, "2400/{line} SV202-3", last=6),
        "line.charge": Place("SV2", 3, 0, "2400/{line} SV203"),
        "line.unit_basis": Place("SV2", 4, 0, "2400/{line} SV204"),
        "line.units": Place("SV2", 5, 0, "2400/{line} SV205"),
        "line.revenue_code": Place("SV2", 1, 0, "2400/{line} SV201"),
        "line.rendering_npi": _npi("2420C/{line} NM109"),
    },
}


def place(column: str, form: str = "837P") -> Place | None:
    """Where a column of claims, lines or diagnoses stands in a form; None where it is in no claim or line loop."""
    return _BY_FORM.get(form, {}).get(column) or _SHARED.get(column)


def span_of(  # noqa: PLR0917
    raw_loop: bytes, base: int, delimiters: Delimiters, form: str, column: str, line: int | None = None
) -> tuple[int, int, str] | None:
    """Where a column's value stands: absolute (first byte, past the last, path), or None when it is not in the loop.

    ``raw_loop`` is ``source[base:base + len(raw_loop)]``: from ``loop_start`` to ``loop_end`` of a line,
    from ``start`` to ``loop_end`` of a claim, or ``start`` to ``end`` of a diagnosis (one composite).
    """
    wanted = place(column, form)
    if wanted is None:
        return None
    path = wanted.path.format(line="?" if line is None else line)
    if column.startswith("diagnosis."):
        composite = within([b"HI", raw_loop], 1, wanted.component, delimiters)
        return None if composite is None else (base + composite[0] - 3, base + composite[1] - 3, path)
    for number, (start, end) in enumerate(split(raw_loop, delimiters)):
        fields = raw_loop[start:end].split(delimiters.element)
        name = fields[0].upper().decode("latin-1")
        if number and name in wanted.until and name != wanted.segment:
            return None
        if name != wanted.segment or not _is_meant(fields, wanted, delimiters):
            continue
        found = within(fields, wanted.element, wanted.component or None, delimiters)
        if found is None:
            return None
        stop = found[1]
        for component in range(wanted.component + 1, wanted.last + 1):
            more = within(fields, wanted.element, component, delimiters)
            stop = more[1] if more else stop
        return base + start + found[0], base + start + stop, path
    return None


def _is_meant(fields: list[bytes], wanted: Place, delimiters: Delimiters) -> bool:
    if wanted.qualifier is None:
        return True
    element, values = wanted.qualifier
    if element >= len(fields):
        return False
    return fields[element].split(delimiters.component)[0].upper().decode("latin-1") in values
