"""What must hold of the charges of any course: hiding a fact, the order of rows, other courses beside it; no session is lost."""

import io
import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from beamclaim.charging.registry import charges
from beamclaim.findings.course_charges import CourseCharges
from beamclaim.ingest.course_form.reader import read_course
from beamclaim.model.tables.frames import Tables
from beamclaim.outputs.course.document import courses
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.synthetic.clinic import clinic
from beamclaim.views.assumptions import Assumptions

AS_OF = date(2026, 12, 1)
POLICY = PolicyAnswers(load_policy(as_of=AS_OF))
FORMS: list[dict[str, Any]] = [chart.course for chart in clinic(150, 20).charts]
#: Facts a source may not say, by the list they stand in; the empty name is the course itself.
HIDDEN = {
    "": ("setting", "payer", "records_complete", "ended_on"),
    "plans": ("modality", "technique", "site", "compensator", "isocenters", "fractions_planned", "machine_kind", "motion_evidence"),
    "fractions": ("modality", "isocenters", "motion_management", "guidance", "started_at", "session", "physician", "fraction"),
    "procedures": ("plan", "level", "date", "requested", "reported", "reason"),
}  # fmt: skip
#: Facts no charge hangs on.
OF_NO_WEIGHT = {"": ("diagnoses", "authorizations"), "plans": ("dose_gy", "approved_by", "approved_on")}


def records(forms: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    data = "\n".join(json.dumps(form) for form in forms).encode()
    tables = Tables.gather(read_course(io.BytesIO(data), file=0))
    answer = CourseCharges(tables, POLICY, Assumptions(AS_OF), engine="test")
    return {record["course"]: record for record in courses(answer)}


def supported(record: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """Day, family and code of what is supported; of one course."""
    stands = (c for c in record["charges"] if c["status"] == "supported")
    return Counter((c["date"], c["family"], c["code"]) for c in stands)


def without(form: dict[str, Any], where: str, name: str) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(form))
    for row in [copy] if not where else copy.get(where, []):
        row.pop(name, None)
    return copy


def cases(facts: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(where, name) for where, names in facts.items() for name in names]


@pytest.fixture(scope="module", name="whole")
def _whole() -> dict[str, dict[str, Any]]:
    return records(FORMS)


@pytest.mark.parametrize(("where", "name"), cases(HIDDEN))
def test_hiding_a_fact_supports_no_other_code(whole: dict[str, dict[str, Any]], where: str, name: str) -> None:
    hidden = records(without(form, where, name) for form in FORMS)
    for course, record in hidden.items():
        more = supported(record) - supported(whole[course])
        # A day that is hidden takes its session, or its procedure, with it.
        assert not more, f"{course}: without {where}.{name} {sorted(more)[:3]} is supported"


@pytest.mark.parametrize(("where", "name"), cases(OF_NO_WEIGHT))
def test_what_decides_nothing_changes_nothing(whole: dict[str, dict[str, Any]], where: str, name: str) -> None:
    for course, record in records(without(form, where, name) for form in FORMS).items():
        assert record["charges"] == whole[course]["charges"]


def test_the_order_of_rows_and_of_courses_changes_nothing(whole: dict[str, dict[str, Any]]) -> None:
    def reversed_(form: dict[str, Any]) -> dict[str, Any]:
        return {k: v[::-1] if k in ("plans", "fractions", "documents") else v for k, v in form.items()}

    for course, record in records(map(reversed_, FORMS[::-1])).items():
        assert supported(record) == supported(whole[course])


def test_one_course_alone_is_charged_as_among_all(whole: dict[str, dict[str, Any]]) -> None:
    for form in FORMS[:12]:
        ((course, record),) = records([form]).items()
        assert record["charges"] == whole[course]["charges"]


def test_every_session_and_every_procedure_of_a_charge_is_weighed(whole: dict[str, dict[str, Any]]) -> None:
    for form in FORMS:
        days = {f["started_at"][:10] for f in form["fractions"] if f["status"] != "not_delivered"}
        record = whole[form["course"]]
        if form["setting"] != "professional":
            assert {c["date"] for c in record["charges"] if c["family"] == "delivery"} == days


def test_what_is_supported_has_one_code_in_force_that_may_be_right(whole: dict[str, dict[str, Any]]) -> None:
    for record in whole.values():
        for c in record["charges"]:
            assert c["status"] != "supported" or c["possible"] == [c["code"]]
            assert c["code"] is None or c["code"] in c["possible"]
            assert c["status"] in ("supported", "needs_evidence") or c["code"] is None
            assert c["status"] == "supported" or not c["expected"]


def test_the_clinic_reaches_most_charges(whole: dict[str, dict[str, Any]]) -> None:
    reached = {c["by"] for record in whole.values() for c in record["charges"]}
    assert len(reached - {None}) > len(charges()) // 2
