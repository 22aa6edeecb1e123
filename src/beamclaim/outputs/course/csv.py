"""CSV: a row a charge, for a spreadsheet."""

import csv
from typing import TextIO

from beamclaim.findings.course_charges import CourseCharges
from beamclaim.outputs.course.document import courses

COLUMNS = (
    "course", "date", "family", "code", "modifiers", "units", "status", "possible", "because", "not", "missing", "who", "part", "by",
    "expected", "schedule", "source",
)  # fmt: skip


def write_csv(answer: CourseCharges, out: TextIO) -> None:
    """Writes a row a charge; lists are joined with `;`, what is not known is empty."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for record in courses(answer):
        for charge in record["charges"]:
            missing = [m for m in record["missing"] if charge["date"] in m["dates"] and charge["status"] != "supported"]
            expected = charge["expected"]
            rows.writerow(
                (
                    record["course"], charge["date"], charge["family"], charge["code"], ";".join(charge["modifiers"]), charge["units"],
                    charge["status"], ";".join(charge["possible"]), "; ".join(b["text"] for b in charge["because"]),
                    "; ".join(f"{n['code']}: {n['text']}" for n in charge["not"][:1]), ";".join(m["fact"] for m in missing),
                    ";".join(dict.fromkeys(m["who"] for m in missing if m["who"])), charge["part"], charge["by"],
                    ";".join(p["amount"] for p in expected), ";".join(dict.fromkeys(p["schedule"] for p in expected)),
                    ";".join(dict.fromkeys(p["source"] for p in expected)),
                )
            )  # fmt: skip
