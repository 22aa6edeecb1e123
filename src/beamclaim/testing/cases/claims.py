"""Words of a case → rows of the claims table; what the words leave out is the usual hospital claim of a lung patient."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]

LINE = re.compile(r"^(\d{4}-\d\d-\d\d)\s+(\S+)(.*)$")
"""A service line: day, code with modifiers, and words of this line alone."""
COLUMNS = (
    "claim", "payer", "payer_name", "payer_line", "setting", "patient", "birth_date", "sex", "diagnoses", "line", "date", "code",
    "modifiers", "units", "charge", "place_of_service", "revenue_code", "rendering_npi", "billing_npi", "authorization",
    "frequency", "submitted_on", "pointers", "date_to", "bill_type", "payer_sequence", "condition_codes", "original_claim", "mac",
    "attending_npi",
)  # fmt: skip
#: What a row says where the case does not.
USUAL = {
    "claim": "A", "payer": "M100", "payer_name": "Original Medicare", "payer_line": "medicare_ffs", "setting": "hospital_outpatient",
    "patient": "P-1", "birth_date": "1960-04-02", "sex": "M", "diagnoses": "Z51.0;C34.11", "units": "1", "charge": "100.00",
    "billing_npi": "2100100017", "frequency": "1", "mac": "J6",
}  # fmt: skip
#: What people call the payer of an id; a payer nobody knows has a name too.
_NAMES = {
    USUAL["payer"]: USUAL["payer_name"], "87726": "UnitedHealthcare", "60054": "Aetna", "62308": "Cigna", "61101": "Humana",
    "SB810": "Blue Cross NC", "00834": "Anthem", "C400": "Example commercial plan", "EMH01": "Example Mutual Health",
    "A200": "Example Medicare Advantage plan", "D300": "Example state plan",
}  # fmt: skip
_BY_SETTING = {
    "hospital_outpatient": {
        "place_of_service": "22",
        "revenue_code": "0333",
        "rendering_npi": "",
        "billing_npi": "2100100017",
    },
    "freestanding": {
        "place_of_service": "11",
        "revenue_code": "",
        "rendering_npi": "2400400018",
        "billing_npi": "2200200014",
    },
    "professional": {
        "place_of_service": "22",
        "revenue_code": "",
        "rendering_npi": "2400400026",
        "billing_npi": "2300300011",
    },
}


def row(line: re.Match[str], columns: Mapping[str, str], before: Sequence[Row]) -> Row:
    """One row of the claims table: a `LINE`, the `columns` the case has set so far, numbered after the rows `before` it."""
    code, *modifiers = line[2].split("-")
    cells: Row = {**USUAL, **_BY_SETTING[columns.get("setting", USUAL["setting"])], **columns}
    cells |= {"date": line[1], "code": code, "modifiers": ";".join(modifiers)}
    for word in line[3].split():
        if re.fullmatch(r"x[\d.]+", word):
            cells["units"] = word[1:]
        else:
            name, _, value = word.partition("=")
            cells[name] = value
    if "payer_name" not in columns:
        cells["payer_name"] = _NAMES.get(cells["payer"], "")
    same_claim = sum(r["claim"] == cells["claim"] and r["patient"] == cells["patient"] for r in before)
    cells["line"] = int(cells.get("line", 1 + same_claim))
    return {name: cells.get(name, "") for name in COLUMNS}


def sample(form: str) -> list[Row]:
    """The written claim that the `x12` cases start from: two lines of one hospital (837I) or freestanding (837P) claim."""
    setting = "hospital_outpatient" if form == "837I" else "freestanding"
    base = {**USUAL, **_BY_SETTING[setting], "setting": setting, "submitted_on": "2026-02-10"}
    return [
        {**base, "line": 1, "date": "2026-02-03", "code": "77407", "charge": "394.05"},
        {**base, "line": 2, "date": "2026-02-04", "code": "77407", "charge": "394.05"},
    ]
