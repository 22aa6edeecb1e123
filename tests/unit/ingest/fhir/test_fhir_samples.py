"""The published examples give the facts worked out from their sources; every row knows its bytes; what we write is R4."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir_reading import SAMPLES, faults, read, said
from pydantic import ValidationError

from beamclaim.ingest.fhir.codes import TABLES
from beamclaim.synthetic import fhir as writing

BUNDLES = sorted(SAMPLES.glob("*.bundle.json"))
EXPECTED: dict[str, list[dict[str, str]]] = defaultdict(list)
with (SAMPLES / "expected.csv").open(encoding="utf-8") as rows:
    for row in csv.DictReader(rows):
        EXPECTED[row["file"]].append(row)

IN_DOSES = {
    "volume_dose_gy": {"dose_gy", "dose_delivered_gy"},
    "volume_fractions": {"fractions_planned", "fractions_delivered"},
}


def test_all_25_bundles_are_here() -> None:
    assert len(BUNDLES) == 25
    assert sum(len(json.loads(path.read_bytes())["entry"]) for path in BUNDLES) == 112
    assert sum(map(len, EXPECTED.values())) == 597


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name.removesuffix(".bundle.json"))
def test_a_bundle_means_what_its_source_says(path: Path) -> None:
    data = path.read_bytes()
    evidence = read(data)
    for row in EXPECTED[path.name]:
        names = IN_DOSES.get(row["name"])
        found = [
            s.value or "?"
            for s in evidence.assertions
            if (names and s.key.startswith(f"{row['key']}/dose[") and s.name in names)
            or (not names and (s.subject, s.key, s.name) == (row["subject"], row["key"], row["name"]))
        ]
        assert ";".join(found) == row["values"], row
    allowed = {"reference", "not_read", "date"}
    assert {kind for kind, _ in faults(evidence)} <= allowed


CHANGED = {"dose_gy", "dose_delivered_gy", "dose_per_fraction_gy", "diagnoses", "uid", "site"}
WORKED_OUT = {"name", "resource_type", "level", "aspect", "part_of", "item", "reference", "charge"}


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name.removesuffix(".bundle.json"))
def test_every_statement_stands_on_its_bytes(path: Path) -> None:
    data = path.read_bytes()
    evidence = read(data)
    for s in evidence.assertions:
        written = data[s.start : s.end].decode()
        assert s.segment == data.count(b"\n", 0, s.start) + 1
        if s.value is None:
            assert s.reason and s.who, s
        elif s.path.endswith(".code") and s.name != "diagnoses":
            meanings = [m for table in TABLES.values() for (_, code), m in table.items() if code == written]
            assert s.value in {word for m in meanings for word in (m.word, m.family)}, s
        elif s.path.endswith(".intent"):
            assert (written, s.value) in {("original-order", "prescribed"), ("filler-order", "planned")}
        elif written.startswith("{"):
            json.loads(written)
            assert s.name in WORKED_OUT, s
        elif s.name.endswith(("_on", "_at", "_until")) or s.name == "date":
            assert written.startswith(s.value), s
        elif s.name == "sex":
            assert written[0].upper() == s.value
        elif s.name not in CHANGED:
            assert written in {s.value, json.dumps(s.value)[1:-1]}, s
    for delivery in evidence.deliveries:
        assert json.loads(data[delivery.start : delivery.end])["resourceType"] == "Procedure"


def test_the_treated_fraction_is_a_delivery() -> None:
    evidence = read((SAMPLES / "EX_RadiotherapyTreatedFraction.bundle.json").read_bytes())
    (delivery,) = evidence.deliveries
    assert delivery.record == "1.2.246.352.82.6.4636367585964072832.169625210960980125580.444"
    assert (delivery.fraction, str(delivery.day), str(delivery.started_at)) == (2, "2020-10-27", "2020-10-27 13:15:17")
    assert delivery.ended_at is None  # written as the day after: no fraction lasts a day
    assert delivery.session == "Encounter/RadiotherapyTreatmentSession-2"
    assert (delivery.patient, delivery.plan, delivery.motion) == ("Patient-6", None, None)
    assert (delivery.modality, delivery.guidance, delivery.status) == ("photon", "cbct", "completed")
    assert ("date", "Procedure.performedPeriod.end") in faults(evidence)
    assert faults(evidence, "not_read") == [("not_read", f"Procedure.extension[{at}].url") for at in (4, 5, 6)]


def test_three_resources_fail_r4_itself() -> None:
    failing = []
    for path in BUNDLES:
        for entry in json.loads(path.read_bytes())["entry"]:
            resource = entry["resource"]
            if _objections({**resource, "extension": _real(resource.get("extension", []))}):
                failing.append(resource["resourceType"])
    assert sorted(failing) == ["AdverseEvent", "Device", "Observation"]


def _real(extensions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The judge wants something in a list; an empty one is left out by it."""
    return extensions or [{"url": "urn:none", "valueBoolean": True}]


def _objections(resource: dict[str, Any]) -> str:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return str(error)
    return ""


COURSES = [
    writing.Course(),
    writing.Course(seed=2, fractions=3, technique="imrt", motion="gating", delivered=2),
    writing.Course(seed=3, fractions=1, technique="3d_conformal", motion="breath_hold", signed=False),
]


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.technique)
def test_what_is_written_is_r4(course: writing.Course) -> None:
    resources = writing.resources(course)
    assert [_objections(resource) for resource in resources] == [""] * len(resources)
    assert _objections({**resources[-1], "status": None, "subject": None})
    assert writing.bundle(resources) == writing.bundle(writing.resources(course))


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.technique)
def test_what_is_written_is_read_back(course: writing.Course) -> None:
    resources = writing.resources(course)
    evidence = read(writing.bundle(resources))
    again = read(writing.ndjson(resources))
    assert not evidence.faults
    without_place = [s[4:] for s in evidence.assertions]
    assert without_place == [s[4:] for s in again.assertions]
    given = course.fractions if course.delivered is None else course.delivered
    assert [d.fraction for d in evidence.deliveries] == list(range(1, given + 1))
    for delivery in evidence.deliveries:
        assert delivery.patient and delivery.patient.startswith("MRN")
        assert (delivery.birth_date.month, delivery.sex) == (4, "M")
        assert delivery.plan == f"Procedure/s{course.seed}-treated-plan"
        assert (delivery.motion, delivery.machine, delivery.guidance) == (course.motion, "LINAC 1", "cbct")
        assert (delivery.started_at.hour, delivery.ended_at.minute) == (8, 19)
    key = f"ServiceRequest/s{course.seed}-phase-prescription"
    assert said(evidence, "dose_gy", key) == [str(course.fractions * course.dose_cgy // 100)]
    assert said(evidence, "item", key) == (["signed_prescription"] if course.signed else [])
    assert said(evidence, "approved_on", key) == (["2025-12-29"] if course.signed else [])
    assert said(evidence, "item", f"Consent/s{course.seed}-consent") == ["informed_consent"]
    assert said(evidence, "technique", f"Procedure/s{course.seed}-treated-plan") == [
        None if course.technique == "imrt" else course.technique
    ]
    assert len(said(evidence, "code")) == given + 1  # a charge for each, and what was asked
    ended = f"Procedure/s{course.seed}-course-summary"
    assert said(evidence, "termination", ended) == (["refusal"] if course.delivered else [])
    assert said(evidence, "sessions_delivered", ended) == [str(given)]
