"""What must hold for one resource at a time: references, dates, doses, motion, what is withdrawn or of another release."""

import io
import json
from typing import Any

import pytest
from fhir_reading import faults, read, said

from beamclaim.errors import InputError
from beamclaim.ingest.fhir import read_fhir, reader
from beamclaim.model.persona import Persona
from beamclaim.model.tables.evidence import Evidence
from beamclaim.synthetic.fhir import CODEX, MCODE, SNOMED, coded

PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1961-04-02"}
US = "http://hl7.org/fhir/sid/icd-10-cm"


def fraction(**members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": "f",
        "status": "completed",
        "code": coded("1297069006"),
        "subject": {"reference": "Patient/p"},
        "performedPeriod": {"start": "2026-01-05T08:10:00-06:00", "end": "2026-01-05T08:19:00-06:00"},
        **members,
    }


def extension(name: str, code: str, base: str = CODEX) -> dict[str, Any]:
    return {"url": f"{base}{name}", "valueCodeableConcept": coded(code)}


def dose(value: Any = 200, unit: str | None = "cGy", **more: Any) -> dict[str, Any]:
    quantity = {"value": value, **({"unit": unit} if unit else {}), **more}
    return {
        "url": f"{MCODE}radiotherapy-dose-delivered-to-volume",
        "extension": [{"url": "totalDoseDelivered", "valueQuantity": quantity}],
    }


def one(evidence: Evidence, name: str) -> tuple[str | None, str | None]:
    (found,) = [s for s in evidence.assertions if s.name == name]
    return found.value, found.reason


# Files that are no JSON (B109): nothing of them is read, and the message does not show what they hold.
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"resourceType":"Patient","id":"a","id":"b"}', "given twice"),
        (b'{"resourceType":"Patient","x":NaN}', "a JSON value is expected"),
        (b'{"resourceType":"Patient","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "levels"),
        (b'{"resourceType":"Patient","x":"\\ud800"}', "no character"),
        (b"<Patient xmlns='http://hl7.org/fhir'/>", "XML is not read"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Patient/>", "XML is not read"),
        (b"\xff\xfe{\x00", "not UTF-8"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"12", "no FHIR resource"),
        (b'"Patient"', "no FHIR resource"),
    ],
)
def test_what_is_no_such_json_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(data)


def test_a_number_out_of_reason_is_a_fault() -> None:
    for text in ("1e999", "9" * 5000, "-5", "1" * 13):
        data = json.dumps(fraction(extension=[dose(777)])).replace("777", text)
        evidence = read(data)
        assert said(evidence, "dose_delivered_gy") in ([], [None, None])
        assert faults(evidence, "element")
        assert not [f for f in evidence.faults if text in f.found]


# Types and releases (B110).
@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ({"id": "x"}, "resource_type"),
        ({"resourceType": "Horoscope", "id": "x"}, "resource_type"),
        ({"resourceType": 7, "id": "x"}, "element"),
        ({"resourceType": "Transport", "id": "x"}, "release"),
        (fraction(occurrencePeriod={"start": "2026-01-05"}), "release"),
        (
            {"resourceType": "Encounter", "id": "e", "class": [coded("IMP")], "subject": {"reference": "Patient/p"}},
            "release",
        ),
        (fraction(implicitRules="urn:other"), "modifier"),
        (fraction(modifierExtension=[{"url": "urn:not", "valueBoolean": True}]), "modifier"),
    ],
)
def test_what_is_not_of_this_release_is_said(resource: dict[str, Any], kind: str) -> None:
    evidence = read([PATIENT, resource])
    assert kind in {k for k, _ in faults(evidence)}
    if kind == "modifier":
        assert not evidence.deliveries
        assert said(evidence, "status") == []


def test_types_that_are_not_read_are_counted() -> None:
    others = [{"resourceType": "Observation", "id": str(n)} for n in range(3)]
    (fault,) = read([PATIENT, *others]).faults
    assert (fault.kind, fault.found) == ("not_read", "3 of Observation")


# References (B111).
def test_references_are_resolved_in_the_file_only() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:0", "resource": PATIENT},
            {"fullUrl": "https://a.example/fhir/Encounter/e", "resource": {"resourceType": "Encounter", "id": "e"}},
            {
                "resource": fraction(
                    subject={"reference": "urn:uuid:0"},
                    encounter={"reference": "https://a.example/fhir/Encounter/e"},
                    usedReference=[{"reference": "#d"}],
                    contained=[{"resourceType": "Device", "id": "d", "deviceName": [{"name": "LA1"}]}],
                    basedOn=[
                        {"reference": "https://elsewhere.example/ServiceRequest/9"},
                        {"reference": "ServiceRequest/no"},
                    ],
                    reasonReference=[{"reference": "Condition?name=x"}, {"display": "only words"}],
                )
            },
        ],
    }
    evidence = read(bundle)
    (delivery,) = evidence.deliveries
    assert (Persona.read(delivery.patient or "").name, delivery.sex, delivery.session) == ("p", "F", "Encounter/e")
    assert delivery.machine is None  # what is contained is known under its parent, not as a device of its own
    assert said(evidence, "machine_reference") == ["Procedure/f#d"]
    assert said(evidence, "based_on") == ["https://elsewhere.example/ServiceRequest/9", "ServiceRequest/no"]
    found = {f.found for f in evidence.faults if f.kind == "reference"}
    assert found == {
        "a URL of something else; it is never fetched",
        "another text",
    }
    assert [s.value for s in evidence.assertions if s.subject == "reference"] == ["ServiceRequest/no"]


def test_a_circle_is_a_fault_and_ends() -> None:
    chain = [
        fraction(id=f"c{n}", code=coded("1222565005"), partOf=[{"reference": f"Procedure/c{(n + 1) % 3}"}])
        for n in range(3)
    ]
    evidence = read([PATIENT, *chain])
    assert len(faults(evidence, "circle")) == 1
    assert faults(read([PATIENT, fraction(partOf=[{"reference": "Procedure/f"}])]), "circle")
    long = [
        fraction(id=f"c{n}", code=coded("1222565005"), partOf=[{"reference": f"Procedure/c{n + 1}"}])
        for n in range(2000)
    ]
    assert not faults(read([PATIENT, *long]), "circle")


# Subject, dates, what is withdrawn (B112).
def test_no_subject_and_no_date_are_faults() -> None:
    bare = fraction()
    del bare["subject"], bare["performedPeriod"]
    evidence = read(bare)
    assert faults(evidence) == [("subject", "Procedure"), ("date", "Procedure")]
    (delivery,) = evidence.deliveries
    assert (delivery.patient, delivery.day) == (None, None)


def test_what_was_entered_in_error_proves_nothing() -> None:
    evidence = read([PATIENT, fraction(status="entered-in-error", extension=[dose()])])
    assert not evidence.deliveries
    assert said(evidence, "withdrawn") == ["true"]
    assert not said(evidence, "dose_delivered_gy")
    assert faults(evidence, "withdrawn") == [("withdrawn", "Procedure.status")]
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "code": coded("C61", US),
        "subject": {"reference": "Patient/p"},
        "verificationStatus": coded("refuted"),
    }
    assert said(read([PATIENT, condition]), "diagnoses") == []


@pytest.mark.parametrize(
    ("written", "day", "time", "kinds"),
    [
        ("2026-01-05T22:50:00-06:00", "2026-01-05", "2026-01-05 22:50:00", []),
        ("2026-01-05T08:10:00.25+13:00", "2026-01-05", "2026-01-05 08:10:00.250000", []),
        ("2026-01-05T08:10", "2026-01-05", "2026-01-05 08:10:00", []),
        ("2026-01-05", "2026-01-05", "None", []),
        ("2026-01", "None", "None", ["date"]),
        ("2026", "None", "None", ["date"]),
        ("2026-01-05T14:10:00Z", "2026-01-05", "None", ["time_zone"]),
        ("2026-01-05T02:10:00Z", "None", "None", ["time_zone"]),
        ("2026-02-30", "None", "None", ["date"]),
        ("2026-01-05T25:00:00-06:00", "None", "None", ["date"]),
        ("01/05/2026", "None", "None", ["date"]),
        ("0000-01-01", "None", "None", ["date"]),
    ],
)
def test_dates_are_taken_as_far_as_they_are_written(written: str, day: str, time: str, kinds: list[str]) -> None:
    evidence = read([PATIENT, fraction(performedPeriod={"start": written})])
    (delivery,) = evidence.deliveries
    assert (str(delivery.day), str(delivery.started_at)) == (day, time)
    assert [kind for kind, _ in faults(evidence)] == kinds
    (stated,) = said(evidence, "started_on")
    assert stated == (day if day != "None" else None)


def test_an_end_before_the_beginning_is_left_out() -> None:
    evidence = read(
        [PATIENT, fraction(performedPeriod={"start": "2026-01-05T08:10:00-06:00", "end": "2026-01-05T08:00:00-06:00"})]
    )
    assert evidence.deliveries[0].ended_at is None
    assert faults(evidence, "date") == [("date", "Procedure.performedPeriod.end")]


# Doses.
@pytest.mark.parametrize(
    ("given", "value"),
    [
        (dose(200), "2"),
        (dose(180.5), "1.805"),
        (dose(2, "Gy"), "2"),
        (dose(2, "gray", code="Gy"), "2"),
        (dose(200, None), None),
        (dose(200, "rad"), None),
        (dose(200, comparator="<"), None),
    ],
)
def test_a_dose_is_in_gray_or_unknown(given: dict[str, Any], value: str | None) -> None:
    evidence = read([PATIENT, fraction(extension=[given])])
    assert said(evidence, "dose_delivered_gy") == [value, value]


def test_several_doses_are_not_summed() -> None:
    assert one_dose(dose(200), dose(180)) is None
    assert one_dose(dose(200), dose(200)) == "2"
    marked = dose(180)
    marked["extension"].append({"url": "primaryPlanDose", "valueBoolean": True})
    assert one_dose(dose(200), marked) == "1.8"


def one_dose(*doses: dict[str, Any]) -> str | None:
    return said(read([PATIENT, fraction(extension=list(doses))]), "dose_delivered_gy", "Procedure/f")[0]


# How it is given.
BREATHING = "radiotherapy-free-breathing-motion-mgmt-technique"
WAY = "radiotherapy-respiratory-motion-management"


@pytest.mark.parametrize(
    ("codes", "said_as", "delivered"),
    [
        ([(WAY, "721031000124102")], ["none"], "none"),
        ([(WAY, "721051000124109")], ["breath_hold"], "breath_hold"),
        ([(WAY, "721071000124104")], [None], None),
        ([(WAY, "721071000124104"), (BREATHING, "721061000124106")], ["gating"], "gating"),
        ([(WAY, "721071000124104"), (BREATHING, "1286801002")], ["tracking"], "tracking"),
        (
            [(WAY, "721071000124104"), (BREATHING, "721081000124101")],
            ["abdominal_compression"],
            "abdominal_compression",
        ),
        ([(WAY, "721071000124104"), (BREATHING, "1286802009")], [None], None),
        (
            [(WAY, "721071000124104"), (BREATHING, "721061000124106"), (BREATHING, "721081000124101")],
            ["gating", "abdominal_compression"],
            "gating",
        ),
        ([(WAY, "721031000124102"), (WAY, "721051000124109")], [None], None),
        ([(WAY, "721051000124109"), (BREATHING, "721061000124106")], [None], None),
        ([(BREATHING, "721061000124106")], [None], None),
        ([(WAY, "99999999")], [None], None),
        ([], [], None),
    ],
)
def test_motion_management_is_what_its_codes_say(
    codes: list[tuple[str, str]], said_as: list[str | None], delivered: str | None
) -> None:
    evidence = read([PATIENT, fraction(extension=[extension(name, code) for name, code in codes])])
    assert said(evidence, "motion_management") == said_as
    assert evidence.deliveries[0].motion == delivered


def beam(modality: str, *techniques: str, base: str = MCODE) -> dict[str, Any]:
    inside = [extension("radiotherapy-modality", modality, base)]
    return {
        "url": f"{MCODE}radiotherapy-modality-and-technique",
        "extension": [*inside, *(extension("radiotherapy-technique", t, base) for t in techniques)],
    }


@pytest.mark.parametrize(
    ("given", "technique", "family"),
    [
        (beam("1156506007", "1156530009"), ["vmat"], ["imrt"]),
        (beam("1156506007", "1162782007"), ["3d_conformal"], ["3d"]),
        (beam("1156506007", "1156526006"), ["2d"], ["2d"]),
        (beam("1156506007", "441799006"), [None], ["imrt"]),
        (beam("1156506007", "441799006", "1156530009"), ["vmat"], ["imrt", "imrt"]),
        (beam("45643008", "1162782007"), [None], ["3d"]),
        (beam("10611004", "1156528007"), [None], ["pencil_beam"]),
        (beam("1156506007", "123456789"), [None], []),
    ],
)
def test_technique_is_right_or_unknown(given: dict[str, Any], technique: list[str | None], family: list[str]) -> None:
    evidence = read([PATIENT, fraction(extension=[given])])
    assert said(evidence, "technique") == technique
    assert said(evidence, "technique_family") == family


def test_a_code_of_another_system_is_no_code_of_ours() -> None:
    strange = beam("1156506007", "1156530009")
    strange["extension"][1]["valueCodeableConcept"] = coded("1156530009", "urn:other")
    assert said(read([PATIENT, fraction(extension=[strange])]), "technique") == [None]


# People, papers, money.
def test_a_patient_is_known_by_the_record_number() -> None:
    kinds = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203"}
    numbers = [{"value": "first"}, {"type": {"coding": [{**kinds, "code": "MR"}]}, "value": "MRN1"}]
    assert one(read({**PATIENT, "identifier": numbers}), "id") == ("MRN1", "identifier of type MR")
    assert one(read({**PATIENT, "identifier": numbers[:1]}), "id") == ("first", "no identifier is of type MR")
    assert one(read(PATIENT), "id") == ("p", "id of the resource: it has no identifier")
    assert said(read({**PATIENT, "birthDate": "1961", "gender": "unknown"}), "sex") == [None]
    assert said(read({**PATIENT, "birthDate": "1961"}), "birth_date") == [None]


def test_only_a_consent_to_treatment_is_the_item() -> None:
    scopes = "http://terminology.hl7.org/CodeSystem/consentscope"

    def item(scope: str, status: str = "active") -> str | None:
        consent = {"resourceType": "Consent", "id": "c", "status": status, "scope": coded(scope, scopes)}
        return said(read([PATIENT, {**consent, "patient": {"reference": "Patient/p"}}]), "item")[0]

    assert item("treatment") == "informed_consent"
    assert item("research") is None
    assert item("patient-privacy") is None
    assert item("treatment", "proposed") is None


def test_charges_and_authorizations() -> None:
    cpt = "http://www.ama-assn.org/go/cpt"
    claim = {
        "resourceType": "Claim",
        "id": "c",
        "status": "active",
        "use": "claim",
        "patient": {"reference": "Patient/p"},
        "insurance": [{"preAuthRef": ["A1"]}],
        "item": [
            {
                "productOrService": coded("77412", cpt),
                "modifier": [coded("76", cpt)],
                "quantity": {"value": 1},
                "servicedDate": "2026-01-05",
            },
            {"productOrService": coded("CHG-1", "urn:site"), "servicedPeriod": {"start": "2026-01-06"}},
        ],
    }
    evidence = read([PATIENT, claim])
    assert said(evidence, "code") == ["77412", None]
    assert said(evidence, "modifiers") == ["76"]
    assert said(evidence, "number") == ["A1"]
    assert said(evidence, "date", "Claim/c/item[1]") == ["2026-01-06"]
    assert {s.subject for s in evidence.assertions if s.key.startswith("Claim/c/item")} == {"charge"}
    asked = read([PATIENT, {**claim, "use": "preauthorization"}])
    assert {s.subject for s in asked.assertions if s.key.startswith("Claim/c/item")} == {"order"}
    paid = {"resourceType": "ClaimResponse", "id": "r", "use": "claim", "patient": {"reference": "Patient/p"}}
    assert faults(read([PATIENT, paid])) == [("not_read", "ClaimResponse")]


def test_an_inpatient_stay_has_its_days() -> None:
    stay = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": "Patient/p"},
        "period": {"start": "2026-01-05", "end": "2026-01-09T10:00:00-06:00"},
    }
    evidence = read([PATIENT, stay])
    assert said(evidence, "kind") == ["inpatient"]
    assert said(evidence, "first_day") + said(evidence, "last_day") == ["2026-01-05", "2026-01-09"]


def test_sites_have_their_side_and_words() -> None:
    side = extension("laterality-qualifier", "7771000", MCODE)
    site = {
        "coding": [{"system": SNOMED, "code": "76752008", "display": "Breast structure (body structure)"}],
        "extension": [side],
    }
    assert said(read([PATIENT, fraction(bodySite=[site])]), "site") == ["left breast"]
    assert said(read([PATIENT, fraction(bodySite=[{**site, "text": "Left breast"}])]), "site") == ["Left breast"]
    assert said(read([PATIENT, fraction(bodySite=[coded("76752008")])]), "site") == [None]


# Many versions, many lines.
def test_the_newest_version_is_read() -> None:
    old = fraction(meta={"versionId": "2"}, status="in-progress")
    new = fraction(meta={"versionId": "10"})
    for given in ([PATIENT, old, new], [PATIENT, new, old]):
        evidence = read(given)
        assert said(evidence, "version") == ["10"]
        assert len(evidence.deliveries) == 1
        assert len(faults(evidence, "superseded")) == 1


def lines(*given: Any) -> bytes:
    return b"".join((g if isinstance(g, bytes) else json.dumps(g).encode()) + b"\n" for g in given)


def test_a_bad_line_is_a_fault_and_the_others_are_read() -> None:
    evidence = read(lines(PATIENT, b'{"resourceType":"Procedure","id":"SECRET","id":"SECRET"}', b"", b"{", fraction()))
    assert [f[:2] for f in faults(evidence)] == [("json", "line")] * 2
    assert len(evidence.deliveries) == 1
    assert evidence.deliveries[0].segment == 5
    assert "SECRET" not in str(evidence.faults)
    first = read(lines(b'{"a":1,"a":2}', PATIENT))
    assert faults(first) == [("json", "line")]
    with pytest.raises(InputError, match="twice"):
        read(lines(b'{"a":1,"a":2}', b'{"a":1,"a":2}'))


def test_lines_come_in_windows_and_refer_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WINDOW", 4000)
    monkeypatch.setattr(reader, "LONGEST_LINE", 2000)
    many = [fraction(id=f"f{n}") for n in range(60)]
    data = lines(PATIENT, *many[:30], {**fraction(id="long"), "text": {"div": "x" * 3000}}, *many[30:])
    parts = list(read_fhir(io.BytesIO(data), 3))
    assert len(parts) > 4
    evidence = read(data)
    assert [d.record for d in evidence.deliveries] == [f"Procedure/f{n}" for n in range(60)]
    assert {d.sex for d in evidence.deliveries} == {"F"}
    for d in evidence.deliveries:
        assert json.loads(data[d.start : d.end])["id"] == d.record.removeprefix("Procedure/")
    (fault,) = evidence.faults
    assert (fault.kind, fault.found, fault.segment) == ("json", "a longer line", 32)


def test_faults_of_a_kind_are_counted_beyond_a_hundred() -> None:
    evidence = read([PATIENT, *(fraction(id=f"f{n}", performedPeriod={"start": "2026"}) for n in range(250))])
    found = [f.found for f in evidence.faults]
    assert len(found) == 101
    assert found[-1] == "150 more like the 100 before: a year alone"


def test_narrative_is_not_read() -> None:
    text = {"status": "generated", "div": "<div><script>alert(1)</script>2 Gy</div>"}
    evidence = read([PATIENT, fraction(text=text)])
    assert "script" not in str(evidence.assertions) + str(evidence.faults)


def test_a_place_is_part_of_one_other_place() -> None:
    clinic = {"resourceType": "Location", "id": "a", "partOf": {"reference": "Location/b"}}
    campus = {"resourceType": "Location", "id": "b", "name": "campus"}
    assert faults(read([clinic, campus]), "element", "reference", "circle") == []
    assert faults(read([clinic, {**campus, "partOf": {"reference": "Location/a"}}]), "circle")
