"""Words of a case (``sessions=8 from=2026-02-02 site=prostate``) → a course in the course form; `parse.py` describes the words.

What is not said is left out, and so unknown, but for the usual: photons, VMAT, sessions at 09:00 on weekdays, the plan
approved three days before the first of them, and records that are complete.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

Words = Mapping[str, str]
Form = dict[str, Any]
#: Words of a course that describe a plan, and the key of the form.
_PLAN_WORDS = {
    "modality": "modality",
    "technique": "technique",
    "isocenters": "isocenters",
    "motion": "motion_management",
    "evidence": "motion_evidence",
}


def course(words: Words, patient: str) -> Form:
    """One course of a patient, with its plans, fractions, and whatever else the words name."""
    fractions = _fractions(words)
    form: Form = {
        "course": "C1",
        "patient": {"id": patient},
        "plans": _plans(words, fractions),
        "fractions": fractions,
    }
    if "procedures" in words:
        form["procedures"] = [_dated("kind", part) for part in words["procedures"].split(",")]
    if "stay" in words:
        kind, first, last = words["stay"].split(":")
        form["stays"] = [{"kind": kind, "first_day": first or None, "last_day": last or None}]
    if "ended" in words:
        form["ended_on"] = words["ended"]
    if words.get("records", "complete") == "complete":
        form["records_complete"] = True
    documents = []
    if words.get("order") == "twice_daily":
        documents += [{"item": "twice_daily_order", "date": form["plans"][0]["approved_on"], "signed_by": "MD-1"}]
    if "documents" in words:
        documents += [_dated("item", part) for part in words["documents"].split(",")]
    if documents:
        form["documents"] = documents
    if "prior" in words:
        form["prior_radiation"] = [{"site": words["prior"].replace("_", " ")}]
    if "authorized" in words:
        form["authorizations"] = [_authorization(part.split(":")) for part in words["authorized"].split(",")]
    return form


def _dated(key: str, part: str) -> Form:
    """``planning_3d:2026-01-20`` → what it is, under `key`, and its day."""
    name, day = part.split(":")
    return {key: name, "date": day}


def _fractions(words: Words) -> list[Form]:
    """So many sessions on weekdays, one at each time of the day; the last one ended as `last` says."""
    count, day = int(words.get("sessions", "0")), date.fromisoformat(words.get("from", "2026-02-02"))
    times = words.get("at", "09:00").split(",")
    fractions: list[Form] = []
    while len(fractions) < count:
        if day.weekday() < 5:
            for time in times[: count - len(fractions)]:
                number = len(fractions)
                fraction = {"fraction": number + 1, "started_at": f"{day}T{time}:00", "status": "complete"}
                fractions.append(fraction | _delivered(words, number % len(times)))
        day += timedelta(days=1)
    if words.get("last") and fractions:
        fractions[-1] |= {"status": words["last"]}
    return fractions


def _delivered(words: Words, turn: int) -> Form:
    """What the words say of the session of a day whose turn it is, from 0: its plan, what was delivered, who was responsible."""
    plan = turn % _plan_count(words)
    facts: Form = {"plan": str(plan + 1)}
    if words.get("only") != "planned":
        facts |= {key: value for key, value in _described(words, plan).items() if key != "technique"}
    if "physicians" in words:
        physicians = words["physicians"].split(",")
        facts["physician"] = physicians[turn % len(physicians)]
    return facts


def _plans(words: Words, fractions: list[Form]) -> list[Form]:
    """The plans the words describe, all of one site and approved on one day."""
    common: Form = {"modality": "photon", "technique": "vmat"}
    if "site" in words:
        common["site"] = words["site"].replace("_", " ")
    if "compensator" in words:
        common["compensator"] = words["compensator"] == "yes"
    if "planned" in words:
        common["fractions_planned"] = int(words["planned"])
    if fractions:
        first_day = datetime.fromisoformat(fractions[0]["started_at"]).date()
        common["approved_on"] = (first_day - timedelta(days=3)).isoformat()
    if words.get("approved") == "unknown":
        common.pop("approved_on", None)
    elif "approved" in words:
        common["approved_on"] = words["approved"]
    described = [_described(words, turn) for turn in range(_plan_count(words))]
    return [{**common, **described[0], "plan": str(number), **facts} for number, facts in enumerate(described, 1)]


def _plan_count(words: Words) -> int:
    """How many plans the words describe: ``a/b`` is two."""
    return max(len(words.get(word, "").split("/")) for word in _PLAN_WORDS)


def _described(words: Words, turn: int) -> Form:
    """What the words say of the plan whose turn it is."""
    facts: Form = {}
    for word, key in _PLAN_WORDS.items():
        if word in words:
            of_plans = words[word].split("/")
            value = of_plans[turn % len(of_plans)]
            facts[key] = int(value) if word == "isocenters" else value.split(";") if word == "evidence" else value
    return facts


def _authorization(parts: list[str]) -> Form:
    """An authorization from number, code, units, first and last day; what is left out is not said."""
    names = ("number", "code", "units", "first_day", "last_day")
    facts: Form = {name: part for name, part in zip(names, parts, strict=False) if part}
    return facts | ({"units": int(facts["units"])} if "units" in facts else {})
