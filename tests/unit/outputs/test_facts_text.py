"""The facts in words: what is the same of many fractions is said once, and nothing reads as something else."""

import io
from datetime import date

from beamclaim.courses import CourseRecord, SourcedValue
from beamclaim.courses.course_record import UnknownFact
from beamclaim.courses.facts import Facts
from beamclaim.outputs.facts.text import write_text


def text(account: CourseRecord) -> str:
    out = io.StringIO()
    write_text(Facts("0", "t", date(2026, 3, 1), join=lambda: iter([([account], [])])), out)
    return out.getvalue()


def fraction(**facts: object) -> dict[str, object]:
    return {"fraction": 1, "started_at": "2026-01-05T09:00:00", "status": "complete", **facts}


def test_one_day_is_one_day_and_a_word_says_what_it_is_of() -> None:
    said = text(CourseRecord({"course": "C1", "fractions": [fraction(motion_management="none", isocenters=0)]}))
    assert "1 fraction delivered on 1 day, 2026-01-05;" in said
    assert "complete, motion none, at an isocenter of the same visit" in said


def test_facts_with_one_reason_are_listed_together_and_those_of_many_fractions_counted() -> None:
    account = CourseRecord({"course": "C1"})
    account.unknown = [
        UnknownFact(f"plans[0].{name}", "no source says it", "physician") for name in ("site", "dose_gy")
    ]
    words = (SourcedValue("LA1", "dicom_record", None), SourcedValue("LA2", "fhir", None))
    account.conflicts = [(f"fractions[{n}].machine", words) for n in range(5)]
    said = text(account)
    assert "  plans[0].site, plans[0].dose_gy: no source says it (physician)\n" in said
    assert "  fractions[].machine (5 times): LA1 (dicom_record) against LA2 (fhir)\n" in said
