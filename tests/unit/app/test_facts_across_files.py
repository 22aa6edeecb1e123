"""An export with a file for each type of resource tells what one bundle tells."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.courses.facts import Facts
from beamclaim.synthetic import fhir

COURSE = fhir.resources(fhir.Course(fractions=3))


def ask(path: Path) -> Facts:
    return facts(FactsOptions((str(path),), as_of=date(2026, 3, 1)))


def by_type(folder: Path, resources: list[fhir.Resource]) -> Path:
    folder.mkdir(exist_ok=True)
    for kind in {r["resourceType"] for r in resources}:
        (folder / f"{kind}.ndjson").write_bytes(fhir.ndjson(r for r in resources if r["resourceType"] == kind))
    return folder


def form(found: Facts) -> list[dict[str, Any]]:
    return [account.form for account in found.courses]


def test_a_file_for_each_type_tells_what_a_bundle_tells(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_bytes(fhir.bundle(COURSE))
    whole, parts = ask(tmp_path / "bundle.json"), ask(by_type(tmp_path / "types", COURSE))
    assert form(parts) == form(whole)
    assert parts.faults == whole.faults == []


def test_what_no_file_holds_is_a_fault_and_its_patient_is_known_by_the_reference(tmp_path: Path) -> None:
    found = ask(by_type(tmp_path, [r for r in COURSE if r["resourceType"] != "Patient"]))
    assert {f.kind for f in found.faults} == {"reference"}
    assert all(f.found.startswith("no Patient of that name (") for f in found.faults)
    assert [f["patient"]["id"] for f in form(found)] == ["s1-patient"]


@pytest.mark.parametrize("number", ["MRN1", "MRN2"])
def test_a_name_that_means_two_patients_in_two_files_is_left_as_it_is(tmp_path: Path, number: str) -> None:
    people = [r for r in COURSE if r["resourceType"] == "Patient"]
    for name, value in (("a", "MRN1"), ("b", number)):
        person = {**people[0], "identifier": [{**people[0]["identifier"][0], "value": value}]}
        (tmp_path / f"{name}.ndjson").write_bytes(fhir.ndjson([person]))
    by_type(tmp_path, [r for r in COURSE if r["resourceType"] != "Patient"])
    assert {f["patient"]["id"] for f in form(ask(tmp_path))} == {"MRN1" if number == "MRN1" else "s1-patient"}
