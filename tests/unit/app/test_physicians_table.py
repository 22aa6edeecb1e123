"""A claims table with the columns of a physician's form alone: no bill type, no revenue code, nothing asked that they would answer."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from beamclaim.app.check import CheckOptions, check

#: What a physician's claim form holds.
COLUMNS = (
    "claim", "payer", "payer_line", "mac", "patient", "birth_date", "sex", "diagnoses", "line", "date", "code", "modifiers", "units",
    "charge", "place_of_service", "rendering_npi", "billing_npi", "frequency", "submitted_on",
)  # fmt: skip
BASE = {
    "claim": "A", "payer": "M100", "payer_line": "medicare_ffs", "mac": "J15", "patient": "P-1", "birth_date": "1956-05-14", "sex": "M",
    "diagnoses": "Z51.0;C61", "units": "1", "charge": "100.00", "rendering_npi": "2500500048", "billing_npi": "2300300086",
    "frequency": "1", "submitted_on": "2026-06-20",
}  # fmt: skip
OFFICE = [
    ("2026-05-04", "77263", ""), ("2026-05-04", "77290", ""), ("2026-05-06", "77300", ""), ("2026-05-06", "77338", ""),
    ("2026-05-11", "77407", ""), ("2026-05-12", "77407", ""), ("2026-05-12", "77336", ""), ("2026-05-12", "77427", ""),
]  # fmt: skip
IN_HOSPITAL = [
    ("2026-05-04", "77263", ""),
    ("2026-05-06", "77301", "26"),
    ("2026-05-06", "77300", "26"),
    ("2026-05-12", "77427", ""),
]


def questions(
    folder: Path, lines: list[tuple[str, str, str]], place: str, **more: str
) -> Counter[tuple[str, tuple[str, ...]]]:
    """What could not be told, by rule and by what is missing."""
    path = folder / "claims.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, (*COLUMNS, *more))
        writer.writeheader()
        for number, (day, code, modifiers) in enumerate(lines, 1):
            line = {"line": number, "date": day, "code": code, "modifiers": modifiers, "place_of_service": place}
            writer.writerow(BASE | line | more)
    result = check(CheckOptions((str(path),), as_of=date(2026, 11, 23))).result
    return Counter((u.rule, u.missing) for u in result.undecided)


@pytest.mark.parametrize(
    ("lines", "place", "setting"),
    [(OFFICE, "11", "freestanding"), (IN_HOSPITAL, "22", "professional")],
    ids=["office", "hospital"],
)
def test_a_table_that_says_its_setting_needs_no_column_of_a_hospital(
    tmp_path: Path, lines: list[tuple[str, str, str]], place: str, setting: str
) -> None:
    bare = questions(tmp_path, lines, place, setting=setting)
    assert bare == questions(tmp_path, lines, place, setting=setting, bill_type="", revenue_code="")
    asked = {fact for _, missing in bare for fact in missing}
    assert not asked & {"line.provider", "line.revenue_code", "claim.bill_type", "claim.setting"}


@pytest.mark.parametrize(("lines", "place"), [(OFFICE, "11"), (IN_HOSPITAL, "22")], ids=["office", "hospital"])
def test_a_table_that_does_not_say_its_setting_is_asked_for_it_and_not_for_who_bills(
    tmp_path: Path, lines: list[tuple[str, str, str]], place: str
) -> None:
    unsaid = questions(tmp_path, lines, place)
    said = questions(tmp_path, lines, place, setting="freestanding" if place == "11" else "professional")
    new = {question for question in unsaid if question not in said}
    assert {fact for _, missing in new for fact in missing} <= {"claim.setting", "line.revenue_code"}
    assert all("claim.setting" in missing for _, missing in new)
    assert "UNT103" not in {rule for rule, _ in new}
