"""The charges of a run → one record a course, as every format writes it; the keys are those of the JSON.

Amounts are texts, units numbers, days texts; lists are there when empty. A record holds no value but those of its course.
"""

from collections.abc import Iterator
from typing import Any

from beamclaim.findings.course_charges import CourseCharges
from beamclaim.findings.reasons import Ground, Missing, Why
from beamclaim.outputs.course.meter import meters

Record = dict[str, Any]


def courses(answer: CourseCharges) -> Iterator[Record]:
    """One record a course, in the order of the files."""
    charges_of = answer.charges.partition_by("course.key", as_dict=True, maintain_order=True)
    for course in answer.tables["courses"].iter_rows(named=True):
        rows = charges_of.get((course["course.key"],))
        yield _course(answer, course, [] if rows is None else rows.to_dicts())


def _course(answer: CourseCharges, course: Record, rows: list[Record]) -> Record:
    told = [(row, answer.reasons.of(row)) for row in rows]
    place = {
        "contractor": course["course.locality_contractor"], "locality": course["course.locality"],
        "qualifying": course["course.qualifying_apm"],
    }  # fmt: skip
    return {
        "course": course["course.id"],
        "assumed": answer.assumed(course),
        "charges": [_charge(answer, course, row, why, place) for row, why in told],
        "missing": _missing(told),
        "meters": meters(answer, told),
        "authorizations": [],
        "left_alone": answer.left_alone.get(course["course.key"], []),
        "refused": [],
        "estimate": None,
    }


def _charge(answer: CourseCharges, course: Record, row: Record, why: Why, place: Record) -> Record:
    subject = answer.subject(row)
    expected = answer.expected.of(row, place)
    possible = [code for code in row["charge.possible"].split(";") if code]
    return {
        "id": "/".join(str(part) for part in (course["course.id"], row["charge.family"], *subject.name)),
        "date": _day(row["charge.day"]),
        "code": row["charge.code"],
        "modifiers": row["modifiers"],
        "modifiers_open": answer.open_modifiers(row),
        "units": row["charge.units"],
        "fractions": subject.fractions,
        "family": row["charge.family"],
        "part": _PARTS.get(row["charge.part"], row["charge.part"]),
        "by": row["charge.by"],
        "status": row["charge.status"],
        "possible": possible,
        "planned": False,
        "because": [_ground(g, why.cites) for g in why.because],
        "not": [_runner_up(code, grounds, why.cites) for code, grounds in why.runners_up],
        "decides_nothing": [],
        "inside": row["refused_by"],
        "expected": [
            {
                "schedule": p.schedule, "year": p.year, "amount": str(p.amount), "participation": p.participation, "adjusted": p.adjusted,
                "status": p.status, "source": p.source,
            }
            for p in expected.payments
        ],
        "expected_why": expected.why,
    }  # fmt: skip


#: A part of a service as people call it.
_PARTS = {"split": "global", "guidance": "professional"}


def _ground(ground: Ground, cites: tuple[str, ...]) -> Record:
    return {
        "text": ground.text, "source": ";".join(cites) or None, "facts": list(ground.facts),
        "shown": [{"name": name, "value": _plain(value), "where": None} for name, value in ground.shown.items()],
    }  # fmt: skip


def _runner_up(code: str | None, grounds: tuple[Ground, ...], cites: tuple[str, ...]) -> Record:
    return {
        "code": code, "text": "; ".join(g.text for g in grounds), "facts": sorted({f for g in grounds for f in g.facts}),
        "shown": [{"name": n, "value": _plain(v), "where": None} for g in grounds for n, v in g.shown.items()],
        "source": ";".join(cites) or None,
    }  # fmt: skip


def _missing(told: list[tuple[Record, Why]]) -> list[Record]:
    """One entry a fact, with the codes it would decide and the days."""
    by_fact: dict[str, Record] = {}
    for row, why in told:
        for missing in why.missing:
            entry = by_fact.setdefault(missing.fact, _entry(missing))
            entry["codes"] += [code for code in missing.codes if code and code not in entry["codes"]]
            day = _day(row["charge.day"])
            if day is not None and day not in entry["dates"]:
                entry["dates"].append(day)
    return [{**entry, "for": ";".join(entry.pop("codes"))} for entry in by_fact.values()]


def _entry(missing: Missing) -> Record:
    return {"fact": missing.fact, "for": "", "who": missing.who, "text": missing.text, "dates": [], "codes": []}


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | str | None) else str(value)
