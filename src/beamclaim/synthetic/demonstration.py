"""The demonstration claims of `beamclaim demo`: one clinic over the change of codes, with mistakes it made.

Every patient, provider and payer is invented; the codes, dates and mistakes are the ones departments met
at the turn of 2025 to 2026. ``python -m beamclaim.synthetic.demonstration FOLDER`` writes the files that the
package ships in ``beamclaim/demonstration``; a test keeps the two the same.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.synthetic.clinic.regimens import CHARGES

Row = dict[str, Any]
_MEDICARE = {"payer": "M100", "payer_name": "Original Medicare", "payer_line": "medicare_ffs"}
_COMMERCIAL = {"payer": "EMH01", "payer_name": "Example Mutual Health", "payer_line": "commercial"}
HOSPITAL = {"setting": "hospital_outpatient", "billing_npi": "2100100017", "revenue_code": "0333", "rendering_npi": ""}
OFFICE = {
    "setting": "freestanding",
    "billing_npi": "2200200014",
    "place_of_service": "11",
    "rendering_npi": "2400400018",
}
_PHYSICIAN = {
    "setting": "professional",
    "billing_npi": "2300300011",
    "place_of_service": "22",
    "rendering_npi": "2400400026",
}


def weekdays(first: str, count: int) -> list[str]:
    """So many working days from a day on, New Year's Day left out."""
    day = date.fromisoformat(first)
    out: list[str] = []
    while len(out) < count:
        if day.weekday() < 5 and (day.month, day.day) != (1, 1):
            out.append(day.isoformat())
        day += timedelta(days=1)
    return out


class ClaimFiles:
    """Writes down what the clinic billed, file by file."""

    def __init__(self) -> None:
        self.files: dict[str, list[list[Row]]] = {}

    def bill(
        self, file: str, number: str, patient: tuple[str, str, str, str], lines: list[tuple[str, ...]], **head: str
    ) -> None:
        """One claim: `patient` is id, birth date, sex, diagnoses; a line is day, code with modifiers, units."""
        name, born, sex, diagnoses = patient
        rows: list[Row] = []
        for at, (day, procedure, *units) in enumerate(lines, 1):
            code, *modifiers = procedure.split("-")
            count = units[0] if units else "1"
            cents = round(float(CHARGES[code]) * 100) * int(count)
            rows.append(
                {
                    **head, "claim": number, "patient": name, "birth_date": born, "sex": sex, "diagnoses": diagnoses, "line": at,
                    "date": day, "code": code, "modifiers": ";".join(modifiers), "units": count, "charge": f"{cents / 100:.2f}",
                }
            )  # fmt: skip
        self.files.setdefault(file, []).append(rows)


def claims() -> dict[str, list[list[Row]]]:  # long: every claim of the demonstration, one after the other
    """The claims of the demonstration by file."""
    clinic = ClaimFiles()
    tongue = ("MRN-1001", "1958-03-11", "M", "Z51.0;C02.1")
    prostate = ("MRN-1002", "1951-09-30", "M", "Z51.0;C61")
    lung = ("MRN-1003", "1949-12-02", "F", "Z51.0;C34.11")
    breast = ("MRN-1004", "1966-05-21", "F", "Z51.0;C50.412")
    spine = ("MRN-1005", "1955-07-08", "M", "Z51.0;C79.51;C61")
    rectum = ("MRN-1006", "1970-01-17", "F", "Z51.0;C20")
    office = ("MRN-2001", "1953-02-09", "M", "Z51.0;C61")
    neck = ("MRN-2002", "1962-11-23", "F", "Z51.0;C10.9")
    hospital, medicare = {**HOSPITAL, **_MEDICARE}, {**OFFICE, **_MEDICARE}

    # Context: planning, sent in November and December.
    clinic.bill(
        "earlier/hospital-2025-11",
        "H-1108",
        tongue,
        [("2025-11-24", "77301"), ("2025-11-24", "77300", "3"), ("2025-11-24", "77338")],
        **hospital,
    )
    clinic.bill(
        "earlier/hospital-2025-11", "H-1109", prostate, [("2025-11-25", "77301"), ("2025-11-25", "77338")], **hospital
    )
    clinic.bill(
        "earlier/hospital-2025-11", "H-1110", rectum, [("2025-12-15", "77386"), ("2025-12-16", "77386")], **hospital
    )

    # A hospital's December, right and wrong.
    week = weekdays("2025-12-15", 5)
    clinic.bill("hospital-2025-12", "H-1201", tongue, [*((d, "77386") for d in week), (week[4], "77336")], **hospital)
    clinic.bill("hospital-2025-12", "H-1202", prostate, [(d, "77386") for d in week], **hospital)
    clinic.bill(
        "hospital-2025-12",
        "H-1203",
        lung,
        [("2025-12-02", "77290"), ("2025-12-08", "77301"), ("2025-12-08", "77338")],
        **hospital,
    )
    clinic.bill("hospital-2025-12", "H-1204", breast, [("2025-12-16", "77386"), ("2025-12-17", "77386")], **hospital)
    clinic.bill("hospital-2025-12", "H-1205", spine, [(d, "77386") for d in week[:3]], **hospital)
    clinic.bill("hospital-2025-12", "H-1206", rectum, [("2025-12-15", "77386"), ("2025-12-16", "77386")], **hospital)
    clinic.bill("hospital-2025-12", "H-1207", lung, [("2025-12-18", "77386"), ("2025-12-18", "77014-TC")], **hospital)

    # The same hospital in January: the old code goes on.
    new_year = weekdays("2025-12-29", 8)
    clinic.bill("hospital-2026-01", "H-0101", tongue, [(d, "77386") for d in new_year], **hospital)
    clinic.bill(
        "hospital-2026-01", "H-0102", prostate, [(d, "77386" if d < "2026" else "77407") for d in new_year], **hospital
    )
    clinic.bill(
        "hospital-2026-01",
        "H-0103",
        lung,
        [("2026-01-05", "77407-TC"), ("2026-01-06", "77407-PN-PO"), ("2026-01-07", "77407")],
        **hospital,
    )
    clinic.bill(
        "hospital-2026-01",
        "H-0104",
        breast,
        [("2026-01-08", "77412"), ("2026-01-08", "77402"), ("2026-01-09", "77407")],
        **hospital,
    )
    clinic.bill(
        "hospital-2026-01",
        "H-0105",
        ("MRN-1007", "1960-06-06", "M", "Z51.0;C34.1"),
        [("2026-01-12", "77407")],
        **hospital,
    )
    clinic.bill("hospital-2026-01", "H-0106", spine, [("2026-01-13", "77407"), ("2026-01-13", "77387")], **hospital)

    # A freestanding center: Medicare wanted G codes in 2025, a commercial payer may take either.
    clinic.bill(
        "office-2025-12",
        "F-1201",
        office,
        [("2025-12-09", "77386"), ("2025-12-10", "G6015"), ("2025-12-10", "G6002")],
        **medicare,
    )
    clinic.bill(
        "office-2025-12",
        "F-1202",
        neck,
        [("2025-12-09", "77386"), ("2025-12-10", "77386")],
        **{**OFFICE, **_COMMERCIAL},
    )
    twice = weekdays("2025-12-15", 3)
    clinic.bill(
        "office-2025-12", "F-1203", neck,
        [(twice[0], "G6015"), (twice[0], "G6015"), (twice[1], "G6015"), (twice[1], "G6015-76"), (twice[2], "G6015", "2")], **medicare,
    )  # fmt: skip
    clinic.bill(
        "office-2026-01",
        "F-0101",
        office,
        [("2026-01-05", "77407"), ("2026-01-06", "77386"), ("2026-01-07", "77427-26")],
        **medicare,
    )

    # The physicians who serve the hospital.
    physician = {**_PHYSICIAN, **_MEDICARE}
    clinic.bill(
        "physician-2026-01",
        "P-0101",
        prostate,
        [("2026-01-05", "77427"), ("2026-01-08", "77427"), ("2026-01-09", "77427")],
        **physician,
    )
    clinic.bill(
        "physician-2026-01",
        "P-0102",
        tongue,
        [("2026-01-06", "77387-26"), ("2026-01-07", "77387-26"), ("2026-01-08", "77338")],
        **physician,
    )
    clinic.bill("physician-2026-01", "P-0103", lung, [("2026-01-07", "77407")], **physician)
    return clinic.files


def courses() -> list[dict[str, Any]]:
    """What the machine delivered to two of the patients."""
    prostate = [*weekdays("2025-12-15", 5), *weekdays("2025-12-29", 8)]
    return [
        {
            "course": "C-1002", "patient": {"id": "MRN-1002", "birth_date": "1951-09-30", "sex": "M"},
            "payer": {"id": "M100", "line": "medicare_ffs"}, "setting": "hospital_outpatient", "diagnoses": ["C61"],
            "plans": [
                {"plan": "1", "site": "prostate", "modality": "photon", "technique": "vmat", "compensator": False,
                 "isocenters": 1, "motion_management": "none", "fractions_planned": 28, "approved_on": "2025-12-10"}
            ],
            "fractions": [
                {"fraction": i, "plan": "1", "started_at": f"{day}T09:00:00", "status": "complete", "modality": "photon"}
                for i, day in enumerate(prostate, 1)
            ],
            "records_complete": True,
        },
        {
            "course": "C-1004", "patient": {"id": "MRN-1004", "birth_date": "1966-05-21", "sex": "F"},
            "payer": {"id": "M100", "line": "medicare_ffs"}, "setting": "hospital_outpatient", "diagnoses": ["C50.412"],
            "plans": [
                {"plan": "1", "site": "left breast", "modality": "photon", "technique": "imrt_dynamic", "compensator": False,
                 "isocenters": 1, "motion_management": "none", "fractions_planned": 16, "approved_on": "2025-12-12"}
            ],
            "fractions": [
                {"fraction": i, "plan": "1", "started_at": f"{day}T10:30:00", "status": "complete", "modality": "photon"}
                for i, day in enumerate(["2025-12-16", "2025-12-17", "2026-01-08", "2026-01-09"], 1)
            ],
            "records_complete": True,
        },
    ]  # fmt: skip


def files() -> dict[str, bytes]:
    """Every file of the demonstration: name → bytes."""
    out: dict[str, bytes] = {}
    made_on = {
        "earlier/hospital-2025-11": "2025-12-18",
        "hospital-2025-12": "2026-01-06",
        "office-2025-12": "2026-01-06",
    }
    for control, (name, batch) in enumerate(claims().items(), 100):
        form = "837I" if name.startswith(("hospital", "earlier")) else "837P"
        out[f"{name}.837"] = InterchangeWriter(form, control=control, day=made_on.get(name, "2026-01-15")).write(batch)
    # The clearinghouse of the office counts wrong, and one total was typed by hand.
    office = out["office-2026-01.837"]
    segments = office.decode().split("\n")
    at = next(i for i, s in enumerate(segments) if s.startswith("SE*"))
    _, count, number = segments[at].rstrip("~").split("*")
    segments[at] = f"SE*{int(count) - 1}*{number}~"
    out["office-2026-01.837"] = "\n".join(segments).replace("CLM*F-0101*3635*", "CLM*F-0101*3653*").encode()
    out["delivered.course.json"] = (json.dumps(courses(), indent=1) + "\n").encode()
    return out


def write(folder: Path) -> None:
    """Writes the files into a folder."""
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
