"""Where the columns of claims, lines and diagnoses stand in the two forms."""

from beamclaim.ingest.x12.places import Place

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


def _npi(path: str, until: tuple[str, ...] = (), *, role: str = "82") -> Place:
    return Place("NM1", 9, 0, path, qualifier=(1, (role,)), until=until)


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
        "claim.attending_npi": _npi("2310A NM109", _HEADER, role="71"),
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
