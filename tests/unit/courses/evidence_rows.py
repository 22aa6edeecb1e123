"""Rows of evidence as readers write them, and the courses they are joined into: what the tests of `courses` begin from."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from beamclaim.courses import CourseDefaults, CourseRecord, courses
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence
from beamclaim.policy.thresholds import load_thresholds

DAY = datetime(2026, 1, 5, 9)
NOTHING = CourseDefaults()
NUMBERS = JoiningNumbers(load_thresholds(), timedelta(minutes=60))
Row = Assertion | Beam | Delivery
_place = count()


def assertion(
    subject: str, key: str, name: str, value: str | None, source: str = "dicom_plan", **more: Any
) -> Assertion:
    n = next(_place)
    return Assertion(more.pop("file", 0), n, n + 1, None, source, f"p{n}", "P1", subject, key, name, value, **more)


def beam(plan: str = "1.2", number: int = 1, z: float | None = 0) -> Beam:
    return Beam(
        0, 0, 1, None, "b", plan, 1, number, f"B{number}", True, 100, "photon", "vmat", 0.0, 0.0, z, "LA1", "MU"
    )


def treatment(plan: str | None = "1.2", at: datetime = DAY, **more: Any) -> Delivery:
    n = next(_place)
    values: dict[str, Any] = {
        "patient": "P1", "plan": plan, "fraction": 1, "beam": 1, "beam_name": "B1", "specified": 100.0, "delivered": 100.0,
        "started_at": at, "ended_at": at + timedelta(minutes=2), "day": at.date(), "kind": "treatment",
        "termination": "normal", "machine": "LA1", "unit": "MU", "modality": "photon", "record": f"9.{n}", "birth_date": date(1961, 4, 2),
        "sex": "M",
    } | more  # fmt: skip
    return Delivery(0, n, n + 1, None, values.pop("source", "dicom_record"), "r", **values)


def evidence(*rows: Row) -> Evidence:
    out = Evidence()
    out.assertions = [r for r in rows if isinstance(r, Assertion)]
    out.beams = [r for r in rows if isinstance(r, Beam)]
    out.deliveries = [r for r in rows if isinstance(r, Delivery)]
    return out


def join(*rows: Row, given: CourseDefaults = NOTHING) -> list[CourseRecord]:
    return courses(evidence(*rows), given, patient=PatientNumber("P1"), numbers=NUMBERS)[0]


def one(*rows: Row, given: CourseDefaults = NOTHING) -> CourseRecord:
    (record,) = join(*rows, given=given)
    return record


def kinds(record: CourseRecord) -> list[str]:
    return [n.kind for n in record.observations]


def unknown(record: CourseRecord) -> dict[str, str]:
    return {u.fact: u.reason for u in record.unknown}


PLAN = (
    assertion("plan", "1.2", "label", "Prostate"),
    assertion("plan", "1.2", "technique", "vmat"),
    assertion("plan", "1.2", "modality", "photon"),
    assertion("plan", "1.2", "fractions_planned", "5"),
    assertion("plan", "1.2", "frame_of_reference", "7.7"),
)
