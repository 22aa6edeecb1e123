"""The sessions of a course → the meter of the highest level: its criteria, what shows motion, what the payer asks, what is missing.

One entry for each set of days that read alike. The criteria are the grounds of the step itself, so the meter cannot say another
thing than the charge.
"""

from typing import Any

from beamclaim.findings.course_charges import CourseCharges
from beamclaim.findings.reasons import Ground, Why
from beamclaim.model.value_sets import MOTION_PROOFS

_BY, _STEP = "delivery/level", "level_3"
_MOTION = "motion"


def meters(answer: CourseCharges, told: list[tuple[dict[str, Any], Why]]) -> list[dict[str, Any]]:
    """The entries, in the order of their first days; empty where no session is charged by level."""
    alike: dict[str, dict[str, Any]] = {}
    for row, _ in told:
        if row["charge.by"] != _BY or row["charge.day"] is None:
            continue
        entry = _meter(answer, row)
        if entry is None:
            continue
        key = repr({k: v for k, v in entry.items() if k != "dates"})
        alike.setdefault(key, entry)["dates"].append(row["charge.day"].isoformat())
    return list(alike.values())


def _meter(answer: CourseCharges, row: dict[str, Any]) -> dict[str, Any] | None:
    code, grounds = answer.reasons.step_of(row, _STEP)
    if code is None:
        return None
    elements = set((answer.cell(row, "session.motion_elements") or "").split(";"))
    shown = [word for word in MOTION_PROOFS if word in elements]
    reading = answer.reading(row)
    asked = None if reading is None else reading["elements"]
    motion = next(g for g in grounds if g.name == _MOTION)
    # Without active motion management there is nothing to show it by.
    enough = None if asked is None or motion.state == "not_shown" else len(shown) >= asked
    missing = [word for word in MOTION_PROOFS if word not in elements]
    lacks = motion.state != "not_met" and enough is not True and bool(missing)
    return {
        "for": code,
        "dates": [],
        "criteria": {g.name: _criterion(g) for g in grounds},
        "elements": {
            w: {"state": "shown" if w in shown else "not_shown", "document": None, "where": None} for w in MOTION_PROOFS
        },
        "elements_asked": asked,
        "elements_shown": len(shown),
        "reading": None if reading is None else {k: v for k, v in reading.items() if k != "elements"},
        "enough": None if motion.state == "not_met" else enough,
        "sentence": answer.sentence(missing[0]) if lacks else None,
    }


def _criterion(ground: Ground) -> dict[str, Any]:
    return {"state": ground.state, "text": ground.text, "facts": list(ground.facts)}
