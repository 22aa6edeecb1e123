"""Courses before a course: prior radiation."""

from datetime import timedelta

from evidence_rows import DAY, assertion, beam, join, one, treatment, unknown


def test_an_earlier_course_of_the_patient_is_prior_radiation_of_the_later_one() -> None:
    record, later = join(
        assertion("plan", "1.2", "site", "lung"), beam(), treatment(), treatment("1.3", at=DAY + timedelta(days=400))
    )
    assert "prior_radiation" not in record.form
    assert later.form["prior_radiation"] == [{"ended_on": "2026-01-05", "site": "lung"}]
    assert {fact for fact, _ in later.sources if fact.startswith("prior")} == {
        "prior_radiation[0].ended_on",
        "prior_radiation[0].site",
    }


def test_a_course_called_reirradiation_without_a_site_and_a_day_is_unknown() -> None:
    again = assertion("course", "Procedure/1", "prior_radiation", "true", "fhir")
    record = one(again, assertion("course", "Procedure/1", "technique", "vmat", "fhir"))
    assert "prior_radiation" not in record.form
    assert "re-irradiation" in unknown(record)["prior_radiation"]
