"""Courses of one patient → `prior_radiation` of each: the courses that had ended before, and what records say of earlier radiation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from beamclaim.courses.course_record import CourseRecord
from beamclaim.model.tables.evidence import Assertion
from beamclaim.model.value_sets import DELIVERED

FACT = "prior_radiation"


def list_earlier_courses(course_records: Sequence[CourseRecord]) -> None:
    """Lists in each course the plans of the courses before it, those whose last fraction is before its first."""
    for later in course_records:
        days = [f["started_at"][:10] for f in later.form.get("fractions", []) if "started_at" in f]
        for before in course_records if days else ():
            last = _last_days(before)
            if before is not later and last and max(day for day, _ in last.values()) < min(days):
                for plan, (day, place) in last.items():
                    _list_plan(later, before, plan, day, place)


def _last_days(record: CourseRecord) -> dict[Any, tuple[str, str]]:
    """Each plan's last day with dose, and the fact that says it."""
    out: dict[Any, tuple[str, str]] = {}
    for n, row in enumerate(record.form.get("fractions", [])):
        if row.get("status") in DELIVERED and "started_at" in row:
            out[row.get("plan")] = max(
                out.get(row.get("plan"), ("", "")), (row["started_at"][:10], f"fractions[{n}].started_at")
            )
    return out


def _list_plan(later: CourseRecord, before: CourseRecord, plan: str | None, day: str, place: str) -> None:
    known = [n for n, row in enumerate(before.form.get("plans", [])) if row["plan"] == plan]
    entry = {"ended_on": day}
    places = {"ended_on": place}
    for n in known:
        if "site" in before.form["plans"][n]:
            entry["site"] = before.form["plans"][n]["site"]
            places["site"] = f"plans[{n}].site"
    listed: list[dict[str, str]] = later.form.setdefault(FACT, [])
    at = f"{FACT}[{len(listed)}]"
    for name, value in entry.items():
        sources = [source for fact, source in before.sources if fact == places[name]]
        reason = f"from the earlier course {before.form['course']}"
        later.sources += [(f"{at}.{name}", replace(source, value=value, reason=reason)) for source in sources]
    listed.append(entry)


def ask_for_prior_radiation(record: CourseRecord, assertions: Sequence[Assertion]) -> None:
    """A record that calls a course re-irradiation does not say of what and when: unknown, unless it is listed."""
    asserted = [s for s in assertions if s.name == FACT and s.value == "true"]
    if asserted and not record.form.get(FACT):
        record.missing(FACT, "the record calls it re-irradiation and does not say of which site and when", "physician")
