"""Writes a synthetic course of radiotherapy as FHIR R4 in the profiles of CodeX RT: tests and demonstrations only.

Every name in it is invented. The same seed gives the same bytes; an independent validator of R4 finds nothing wrong.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

CODEX = "http://hl7.org/fhir/us/codex-radiation-therapy/StructureDefinition/codexrt-"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"
SNOMED = "http://snomed.info/sct"
TECHNIQUES = {"vmat": "1156530009", "3d_conformal": "1162782007", "2d": "1156526006", "imrt": "441799006"}
MOTIONS = {
    "none": ("721031000124102", None),
    "breath_hold": ("721051000124109", None),
    "gating": ("721071000124104", "721061000124106"),
    "tracking": ("721071000124104", "1286801002"),
    "abdominal_compression": ("721071000124104", "721081000124101"),
}
_LEVELS = {"course": "1217123003", "phase": "1222565005", "plan": "1255724003", "fraction": "1297069006"}

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be written: a prostate course of one phase and one plan, a fraction on each working day."""

    seed: int = 1
    fractions: int = 5
    dose_cgy: int = 200
    technique: str = "vmat"
    motion: str = "none"
    first_day: date = date(2026, 1, 5)
    offset: str = "-06:00"
    signed: bool = True
    delivered: int | None = None
    """Fractions given before the course was stopped; null: all of them."""


def resources(course: Course) -> list[Resource]:
    """The resources of a course, those that are referred to first."""
    return _Writer(course).resources()


def bundle(resources: Iterable[Resource]) -> bytes:
    """A collection Bundle, indented."""
    entries = [{"fullUrl": f"https://ehr.example/fhir/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1).encode() + b"\n"


def ndjson(resources: Iterable[Resource]) -> bytes:
    """One resource a line."""
    return b"".join(json.dumps(resource, separators=(",", ":")).encode() + b"\n" for resource in resources)


def coded(code: str, system: str = SNOMED) -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def _extension(name: str, value: Any = None, *inside: Resource, kind: str = "CodeableConcept") -> Resource:
    return {"url": name, "extension": list(inside)} if inside else {"url": name, f"value{kind}": value}


def _refer(resource_type: str, key: str) -> Resource:
    return {"reference": f"{resource_type}/{key}"}


class _Writer:
    """A course being written."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._random = Random(course.seed)
        self._id = f"s{course.seed}"
        self._subject = _refer("Patient", f"{self._id}-patient")

    def resources(self) -> list[Resource]:
        course = self._course
        count = course.fractions if course.delivered is None else course.delivered
        days = self._days(count)
        out = [*self._people(), self._volume(), *self._plans(), *self._documents()]
        for number, day in enumerate(days, 1):
            out += self._fraction(number, day)
        out += self._summaries(days)
        return out

    def _uid(self) -> str:
        return f"2.25.{self._random.getrandbits(120)}"

    def _days(self, count: int) -> list[date]:
        days: list[date] = []
        day = self._course.first_day
        while len(days) < count:
            if day.weekday() < 5:
                days.append(day)
            day += timedelta(days=1)
        return days

    def _at(self, day: date, minutes: int = 0) -> str:
        start = datetime(day.year, day.month, day.day, 8, 10) + timedelta(minutes=minutes)
        return start.isoformat() + self._course.offset

    def _people(self) -> list[Resource]:
        number = f"MRN{self._random.randrange(10**6):06}"
        kind = coded("MR", "http://terminology.hl7.org/CodeSystem/v2-0203")
        status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
        return [
            {
                "resourceType": "Patient",
                "id": f"{self._id}-patient",
                "identifier": [{"type": kind, "system": "https://ehr.example/mrn", "value": number}],
                "name": [{"family": "Example", "given": ["Pat"]}],
                "gender": "male",
                "birthDate": f"19{self._random.randrange(40, 80)}-04-02",
            },
            {"resourceType": "Practitioner", "id": f"{self._id}-doctor", "name": [{"family": "Example"}]},
            {
                "resourceType": "Device",
                "id": f"{self._id}-linac",
                "deviceName": [{"name": "LINAC 1", "type": "user-friendly-name"}],
            },
            {
                "resourceType": "Condition",
                "id": f"{self._id}-condition",
                "clinicalStatus": coded("active", status),
                "code": coded("C61", "http://hl7.org/fhir/sid/icd-10-cm"),
                "subject": self._subject,
                "recordedDate": (self._course.first_day - timedelta(days=40)).isoformat(),
            },
        ]

    def _volume(self) -> Resource:
        return {
            "resourceType": "BodyStructure",
            "id": f"{self._id}-volume",
            "meta": {"profile": [f"{CODEX}radiotherapy-volume"]},
            "identifier": [
                {"use": "usual", "value": "PTV"},
                {"use": "official", "system": "urn:dicom:uid", "value": f"urn:oid:{self._uid()}"},
            ],
            "morphology": coded("228793007"),
            "location": {
                "coding": [{"system": SNOMED, "code": "41216001", "display": "Structure of prostate (body structure)"}]
            },
            "patient": self._subject,
        }

    def _manner(self) -> list[Resource]:
        course = self._course
        technique = _extension(f"{MCODE}radiotherapy-technique", coded(TECHNIQUES[course.technique]))
        modality = _extension(f"{MCODE}radiotherapy-modality", coded("1156506007"))
        energy = _extension(f"{CODEX}radiotherapy-energy-or-isotope", _quantity(6, "MV"), kind="Quantity")
        way, breathing = MOTIONS[course.motion]
        out = [
            _extension(f"{MCODE}radiotherapy-modality-and-technique", None, modality, technique, energy),
            _extension(f"{CODEX}radiotherapy-respiratory-motion-management", coded(way)),
            _extension(f"{CODEX}image-guided-radiotherapy-modality", None, _extension("modality", coded("717193008"))),
        ]
        if breathing:
            out.append(_extension(f"{CODEX}radiotherapy-free-breathing-motion-mgmt-technique", coded(breathing)))
        return out

    def _dose(self, name: str, total: str, fractions: int, *extra: Resource) -> Resource:
        volume = _extension("volume", _refer("BodyStructure", f"{self._id}-volume"), kind="Reference")
        dose = _extension(total, _quantity(self._course.dose_cgy * fractions, "cGy"), kind="Quantity")
        return _extension(name, None, volume, dose, *extra)

    def _treatment(self, kind: str, level: str, profile: str, status: str, **members: Any) -> Resource:
        """A procedure or request of a level, with how it is given and what for."""
        extensions = [*self._manner(), *members.pop("extension", [])]
        return {
            "resourceType": kind,
            "id": f"{self._id}-{profile}",
            "meta": {"versionId": "1", "profile": [f"{CODEX}radiotherapy-{profile}"]},
            "extension": extensions,
            "status": status,
            "code": coded(_LEVELS[level]),
            "subject": self._subject,
            "reasonCode": [coded("C61", "http://hl7.org/fhir/sid/icd-10-cm")],
            "bodySite": [{**coded("41216001"), "text": "prostate"}],
            **members,
        }

    def _plans(self) -> list[Resource]:
        count = self._course.fractions
        signed = self._at(self._course.first_day - timedelta(days=7))
        common = {"authoredOn": signed, "requester": _refer("Practitioner", f"{self._id}-doctor")}
        planned = _extension(f"{CODEX}radiotherapy-fractions-planned", count, kind="PositiveInt")
        prescribed = _extension(f"{CODEX}radiotherapy-fractions-prescribed", count, kind="PositiveInt")
        dose = self._dose(f"{CODEX}radiotherapy-dose-planned-to-volume", "totalDose", count)
        uid = _extension("instanceUid", self._uid(), kind="Id")
        coding = {"system": "urn:ietf:rfc:3986", "code": "urn:oid:1.2.840.10008.5.1.4.1.1.481.5"}
        dicom = _extension(f"{CODEX}dicom-reference", None, uid, _extension("sopClass", coding, kind="Coding"))
        prescription = self._dose(f"{CODEX}radiotherapy-dose-prescribed-to-volume", "totalDose", count)
        ordered, filled = {"intent": "original-order", **common}, {"intent": "filler-order", **common}
        course = _refer("ServiceRequest", f"{self._id}-planned-course")
        phase = _refer("ServiceRequest", f"{self._id}-planned-phase")
        request = "ServiceRequest"
        return [
            self._treatment(
                request, "phase", "phase-prescription", "active", extension=[prescribed, prescription], **ordered
            ),
            self._treatment(request, "course", "planned-course", "active", extension=[dose], **filled),
            self._treatment(
                request, "phase", "planned-phase", "active", extension=[planned, dose], basedOn=[course], **filled
            ),
            self._treatment(
                request, "plan", "treatment-plan", "active", extension=[planned, dose, dicom], basedOn=[phase], **filled
            ),
        ]

    def _documents(self) -> list[Resource]:  # long: one resource after the other, as the bundle lists them
        """Signature, consent, coverage, authorization, charge, report."""
        before = self._course.first_day - timedelta(days=7)
        doctor, payer = _refer("Practitioner", f"{self._id}-doctor"), _refer("Organization", f"{self._id}-payer")
        scope = coded("treatment", "http://terminology.hl7.org/CodeSystem/consentscope")
        category = coded("59284-0", "http://loinc.org")
        cpt = coded("77402", "http://www.ama-assn.org/go/cpt")
        signature = {
            "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
            "when": self._at(before),
            "who": doctor,
        }
        claim = {
            "resourceType": "Claim",
            "id": f"{self._id}-request",
            "status": "active",
            "type": coded("professional", "http://terminology.hl7.org/CodeSystem/claim-type"),
            "use": "preauthorization",
            "patient": self._subject,
            "created": before.isoformat(),
            "provider": doctor,
            "priority": coded("normal", "http://terminology.hl7.org/CodeSystem/processpriority"),
            "insurance": [{"sequence": 1, "focal": True, "coverage": _refer("Coverage", f"{self._id}-coverage")}],
            "item": [{"sequence": 1, "productOrService": cpt, "quantity": {"value": self._course.fractions}}],
        }
        answer = {
            "resourceType": "ClaimResponse",
            "id": f"{self._id}-answer",
            "status": "active",
            "type": claim["type"],
            "use": "preauthorization",
            "patient": self._subject,
            "created": before.isoformat(),
            "insurer": payer,
            "request": _refer("Claim", f"{self._id}-request"),
            "outcome": "complete",
            "preAuthRef": f"AUTH{self._random.randrange(10**6):06}",
            "preAuthPeriod": {"start": before.isoformat(), "end": (before + timedelta(days=120)).isoformat()},
        }
        out: list[Resource] = [
            {"resourceType": "Organization", "id": f"{self._id}-payer", "name": "Example Health Plan"},
            {
                "resourceType": "Coverage",
                "id": f"{self._id}-coverage",
                "status": "active",
                "beneficiary": self._subject,
                "payor": [payer],
                "period": {"start": "2026-01-01", "end": "2026-12-31"},
            },
            {
                "resourceType": "Consent",
                "id": f"{self._id}-consent",
                "status": "active",
                "scope": scope,
                "category": [category],
                "patient": self._subject,
                "dateTime": before.isoformat(),
                "performer": [self._subject],
                "policyRule": coded("OPTIN", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
            },
            claim,
            answer,
            {
                "resourceType": "DocumentReference",
                "id": f"{self._id}-note",
                "status": "current",
                "docStatus": "final",
                "type": coded("34117-2", "http://loinc.org"),
                "subject": self._subject,
                "date": self._at(before),
                "authenticator": doctor,
                "content": [{"attachment": {"contentType": "application/pdf", "url": "https://ehr.example/note.pdf"}}],
            },
        ]
        if self._course.signed:
            out.append(
                {
                    "resourceType": "Provenance",
                    "id": f"{self._id}-signature",
                    "target": [_refer("ServiceRequest", f"{self._id}-phase-prescription")],
                    "recorded": self._at(before),
                    "agent": [{"who": doctor}],
                    "signature": [signature],
                }
            )
        return out

    def _fraction(self, number: int, day: date) -> list[Resource]:
        record = _extension("instanceUid", self._uid(), kind="Id")
        coding = {"system": "urn:ietf:rfc:3986", "code": "urn:oid:1.2.840.10008.5.1.4.1.1.481.4"}
        dicom = _extension(f"{CODEX}dicom-reference", None, record, _extension("sopClass", coding, kind="Coding"))
        in_plan = _extension(f"{CODEX}radiotherapy-fraction-number-in-plan", number, kind="PositiveInt")
        dose = self._dose(f"{MCODE}radiotherapy-dose-delivered-to-volume", "totalDoseDelivered", 1)
        plan = _refer("ServiceRequest", f"{self._id}-treatment-plan")
        fraction = self._treatment(
            "Procedure", "fraction", "treated-fraction", "completed", extension=[in_plan, dose, dicom]
        )
        fraction |= {
            "id": f"{self._id}-fraction-{number}",
            "basedOn": [plan],
            "partOf": [_refer("Procedure", f"{self._id}-treated-plan")],
            "encounter": _refer("Encounter", f"{self._id}-session-{number}"),
            "performedPeriod": {"start": self._at(day), "end": self._at(day, 9)},
            "usedReference": [_refer("Device", f"{self._id}-linac")],
        }
        session = {
            "resourceType": "Encounter",
            "id": f"{self._id}-session-{number}",
            "meta": {"profile": [f"{CODEX}radiotherapy-treatment-session"]},
            "extension": [_extension(f"{CODEX}radiotherapy-session-number", number, kind="PositiveInt")],
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{self._uid()}"}],
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "serviceType": coded("1287742003"),
            "subject": self._subject,
            "period": {"start": self._at(day, -5), "end": self._at(day, 12)},
        }
        charge = {
            "resourceType": "ChargeItem",
            "id": f"{self._id}-charge-{number}",
            "status": "billable",
            "code": coded("77402", "http://www.ama-assn.org/go/cpt"),
            "subject": self._subject,
            "occurrenceDateTime": day.isoformat(),
            "quantity": {"value": 1},
            "service": [_refer("Procedure", f"{self._id}-fraction-{number}")],
        }
        return [session, fraction, charge]

    def _summaries(self, days: list[date]) -> list[Resource]:
        count = len(days)
        is_whole = count == self._course.fractions
        delivered = _extension(f"{CODEX}radiotherapy-fractions-delivered", count, kind="UnsignedInt")
        sessions = _extension(f"{MCODE}radiotherapy-sessions", count, kind="UnsignedInt")
        dose = self._dose(f"{MCODE}radiotherapy-dose-delivered-to-volume", "totalDoseDelivered", count)
        intent = _extension(f"{MCODE}procedure-intent", coded("373808002"))
        status = "completed" if is_whole else "stopped"
        common: Resource = (
            {"performedPeriod": {"start": self._at(days[0]), "end": self._at(days[-1], 9)}} if days else {}
        )
        if not is_whole:
            common["statusReason"] = coded("105480006")
        course = _refer("Procedure", f"{self._id}-course-summary")
        phase = _refer("Procedure", f"{self._id}-treated-phase")
        return [
            self._treatment(
                "Procedure", "plan", "treated-plan", status, extension=[delivered, dose], partOf=[phase], **common
            ),
            self._treatment(
                "Procedure", "phase", "treated-phase", status, extension=[delivered, dose], partOf=[course], **common
            ),
            self._treatment(
                "Procedure", "course", "course-summary", status, extension=[intent, sessions, dose], **common
            ),
        ]


def _quantity(value: int, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
