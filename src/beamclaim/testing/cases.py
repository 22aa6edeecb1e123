"""Runs the cases of a rule page: the page is the specification, and these are its test.

A fenced block ``case`` holds a small claim book. Lines of it are:

``key: value``            sets a column of the claims table for the lines that follow (``setting: freestanding``)
``claim: B``              begins another claim; the columns set so far stay
``history:``              what follows is context; ``claims:`` ends it
``today: 2026-11-23``     the day the question is asked
``waiver: rule=COD101 code=77386``   a waiver (reason, who and until=2026-12-31 are filled in); with one, all rules are asked
``ignore: UNT101``        rules that are not asked then
``only: table``           the case says something that only a claims table can say (a column that is unknown)
``course: key=value …``   a course: ``sessions=8 from=2026-02-02`` (weekdays), ``site= compensator= planned= technique= records=complete``;
                          ``at=08:00,14:30`` gives each day that many sessions at these times; ``last=partial`` ends the last one early;
                          ``modality= technique= isocenters= motion= evidence=system;beam_control`` describe the plan, and what was
                          delivered (not with ``only=planned``); ``a/b``: two plans, which the sessions of a day take in turn;
                          ``physicians=NPI,NPI`` of the sessions of a day in turn; ``procedures=planning_3d:2026-01-20,…``;
                          ``stay=inpatient:2026-02-03:2026-02-06`` (a day may be left out); ``prior=lumbar_spine`` earlier irradiation;
                          ``documents=prior_radiation_record:2026-01-20,…``; ``authorized=A1:77407:10:2026-01-26:2026-03-20,…``: number,
                          code, units, first and last day (units and days may be left out)
                          ``approved=2026-02-04`` day the plans were approved, or ``approved=unknown``; usual: three days before
                          the first session
``2026-02-03 77386-59 x2 key=value``   a service line: day, code with modifiers, units, and columns of this line alone

A line may end in ``# COD101`` (fires), ``# COD101=warning`` (fires with that severity) or ``# COD101? fact``
(cannot tell, and names that fact). No mark: the page's rule neither fires nor is undecided there.
A block ``x12`` takes a written 837 (``837P`` or ``837I`` on its first line), ``edit: OLD => NEW`` changes its
bytes (``\\n`` stands for a line end), and ``expect: FMT002`` (or ``expect: none``) says what the page's rule does.
"""

import re
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from beamclaim.synthetic.claims837 import Interchange, Row

_BLOCK = re.compile(r"^```(case|x12)\n(.*?)^```", re.M | re.S)
_HEADING = re.compile(r"^### (.+)$", re.M)
_LINE = re.compile(r"^(\d{4}-\d\d-\d\d)\s+(\S+)(.*)$")
_MARK = re.compile(r"([A-Z]{3}\d{3})(\?|=\w+)?\s*([\w.]+)?")
COLUMNS = (
    "claim", "payer", "payer_name", "payer_line", "setting", "patient", "birth_date", "sex", "diagnoses", "line", "date", "code",
    "modifiers", "units", "charge", "place_of_service", "revenue_code", "rendering_npi", "billing_npi", "authorization",
    "frequency", "submitted_on", "pointers", "date_to", "bill_type", "payer_sequence", "condition_codes", "original_claim", "mac",
)  # fmt: skip
_USUAL = {
    "claim": "A", "payer": "M100", "payer_name": "Original Medicare", "payer_line": "medicare_ffs", "setting": "hospital_outpatient",
    "patient": "P-1", "birth_date": "1960-04-02", "sex": "M", "diagnoses": "Z51.0;C34.11", "units": "1", "charge": "100.00",
    "billing_npi": "2100100017", "frequency": "1", "mac": "J6",
}  # fmt: skip
_BY_SETTING = {
    "hospital_outpatient": {
        "place_of_service": "22",
        "revenue_code": "0333",
        "rendering_npi": "",
        "billing_npi": "2100100017",
    },
    "freestanding": {
        "place_of_service": "11",
        "revenue_code": "",
        "rendering_npi": "2400400018",
        "billing_npi": "2200200014",
    },
    "professional": {
        "place_of_service": "22",
        "revenue_code": "",
        "rendering_npi": "2400400026",
        "billing_npi": "2300300011",
    },
}


_WAIVER = {"reason": "decided by the payer", "who": "A. Biller", "until": "2026-12-31"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a case expects of the page's rule at one line."""

    verdict: str
    severity: str = ""
    missing: str = ""


@dataclass(slots=True)
class Case:
    """One case of a page."""

    title: str
    page: Path
    rule: str
    today: date = date(2026, 11, 23)
    claims: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    course: dict[str, Any] | None = None
    marks: dict[tuple[str, int | None], Mark] = field(default_factory=dict)
    x12: bytes | None = None
    expect: str = ""
    only: str = ""
    waivers: list[dict[str, str]] = field(default_factory=list)
    ignore: str = ""


def cases(page: Path, rule: str) -> list[Case]:
    """The cases of a page, in order.

    Raises:
        ValueError: a block says something the runner does not understand; names page and line.
    """
    text = page.read_text(encoding="utf-8")
    out = []
    for block in _BLOCK.finditer(text):
        headings = [m[1] for m in _HEADING.finditer(text, 0, block.start())]
        case = Case(headings[-1] if headings else page.stem, page, rule)
        if block[1] == "x12":
            _x12(case, block[2])
        else:
            _claims(case, block[2])
        out.append(case)
    return out


def _claims(case: Case, body: str) -> None:
    here: dict[str, Any] = {}
    given = case.claims
    for raw in body.splitlines():
        said, _, mark = raw.partition("#")
        said = said.strip()
        if not said:
            continue
        if found := _LINE.match(said):
            row = _row(here, found, given)
            given.append(row)
            for code, kind, missing in _MARK.findall(mark):
                if code == case.rule:
                    verdict = "cannot_tell" if kind == "?" else "fires"
                    case.marks[row["claim"], row["line"]] = Mark(
                        verdict, kind[1:] if kind.startswith("=") else "", missing
                    )
            continue
        key, colon, value = said.partition(":")
        key, value = key.strip(), value.strip()
        if key == "today":
            case.today = date.fromisoformat(value)
        elif key == "only":
            case.only = value
        elif key == "ignore":
            case.ignore = value
        elif key == "waiver":
            case.waivers.append({**_WAIVER, **dict(w.split("=", 1) for w in value.split())})
            for code, kind, _ in _MARK.findall(mark):
                if code == case.rule:
                    case.marks["", None] = Mark("fires", kind[1:])
        elif key == "history":
            given = case.history
        elif key == "claims":
            given = case.claims
        elif key == "course":
            case.course = _course(dict(w.split("=", 1) for w in value.split()), here)
        elif colon and key in COLUMNS:
            here[key] = value
            for code, kind, missing in _MARK.findall(mark):
                if key == "claim" and code == case.rule:
                    verdict = "cannot_tell" if kind == "?" else "fires"
                    case.marks[value, None] = Mark(verdict, kind[1:] if kind.startswith("=") else "", missing)
        else:
            raise ValueError(f"{case.page.name}, case {case.title!r}: cannot read the line {raw!r}")


def _row(here: dict[str, Any], found: re.Match[str], given: list[dict[str, Any]]) -> dict[str, Any]:
    code, *modifiers = found[2].split("-")
    row: dict[str, Any] = {**_USUAL, **_BY_SETTING[here.get("setting", _USUAL["setting"])], **here}
    row |= {"date": found[1], "code": code, "modifiers": ";".join(modifiers)}
    for word in found[3].split():
        if re.fullmatch(r"x[\d.]+", word):
            row["units"] = word[1:]
        else:
            key, _, value = word.partition("=")
            row[key] = value
    row.setdefault("line", 1 + sum(r["claim"] == row["claim"] and r["patient"] == row["patient"] for r in given))
    row["line"] = int(row["line"])
    row.setdefault("submitted_on", "")
    return {k: row.get(k, "") for k in COLUMNS}


#: Words of a course that describe a plan, and the key of the form.
_PLAN_WORDS = {
    "modality": "modality", "technique": "technique", "isocenters": "isocenters", "motion": "motion_management",
    "evidence": "motion_evidence",
}  # fmt: skip


def _plans(words: dict[str, str]) -> int:
    """How many plans the words describe."""
    return max(len(words.get(w, "").split("/")) for w in _PLAN_WORDS)


def _described(words: dict[str, str], turn: int) -> dict[str, Any]:
    """What the words say of the plan whose turn it is."""
    facts: dict[str, Any] = {}
    for word, key in _PLAN_WORDS.items():
        if word in words:
            each = words[word].split("/")
            said = each[turn % len(each)]
            facts[key] = int(said) if word == "isocenters" else said.split(";") if word == "evidence" else said
    return facts


def _delivered(words: dict[str, str], number: int, a_day: int) -> dict[str, Any]:
    """What the words say of a fraction, by its number from 0: its plan, what was delivered, who was responsible."""
    turn = number % a_day
    plan = turn % _plans(words)
    facts: dict[str, Any] = {"plan": str(plan + 1)}
    if words.get("only") != "planned":
        facts |= {k: v for k, v in _described(words, plan).items() if k != "technique"}
    if "physicians" in words:
        each = words["physicians"].split(",")
        facts["physician"] = each[turn % len(each)]
    return facts


def _course(words: dict[str, str], here: dict[str, Any]) -> dict[str, Any]:
    """A course form from a few words."""
    many, day = int(words.get("sessions", "0")), date.fromisoformat(words.get("from", "2026-02-02"))
    times = words.get("at", "09:00").split(",")
    fractions: list[dict[str, Any]] = []
    while len(fractions) < many:
        if day.weekday() < 5:
            for time in times[: many - len(fractions)]:
                fractions.append(
                    {
                        "fraction": len(fractions) + 1,
                        "plan": "1",
                        "started_at": f"{day}T{time}:00",
                        "status": "complete",
                    }
                )
                fractions[-1] |= _delivered(words, len(fractions) - 1, len(times))
        day += timedelta(days=1)
    if words.get("last") and fractions:
        fractions[-1] |= {"status": words["last"]}
    plan: dict[str, Any] = {"plan": "1", "modality": "photon", "technique": "vmat"}
    if "site" in words:
        plan["site"] = words["site"].replace("_", " ")
    if "compensator" in words:
        plan["compensator"] = words["compensator"] == "yes"
    if "planned" in words:
        plan["fractions_planned"] = int(words["planned"])
    described = [_described(words, turn) for turn in range(_plans(words))]
    plan |= described[0]
    if fractions:
        plan["approved_on"] = (
            datetime.fromisoformat(fractions[0]["started_at"]).date() - timedelta(days=3)
        ).isoformat()
    if "approved" in words:
        plan |= {"approved_on": words["approved"]}
        if words["approved"] == "unknown":
            del plan["approved_on"]
    course: dict[str, Any] = {
        "course": "C1",
        "patient": {"id": here.get("patient", _USUAL["patient"])},
        "plans": [{**plan, "plan": str(n), **facts} for n, facts in enumerate(described, 1)],
        "fractions": fractions,
    }
    if "procedures" in words:
        given = (p.split(":") for p in words["procedures"].split(","))
        course["procedures"] = [{"kind": kind, "date": day} for kind, day in given]
    if "stay" in words:
        kind, first, last = words["stay"].split(":")
        course["stays"] = [{"kind": kind, "first_day": first or None, "last_day": last or None}]
    if "ended" in words:
        course["ended_on"] = words["ended"]
    if words.get("records", "complete") == "complete":
        course["records_complete"] = True
    if words.get("order") == "twice_daily":
        course["documents"] = [{"item": "twice_daily_order", "date": plan["approved_on"], "signed_by": "MD-1"}]
    if "documents" in words:
        held = (d.split(":") for d in words["documents"].split(","))
        course["documents"] = course.get("documents", []) + [{"item": item, "date": day} for item, day in held]
    if "prior" in words:
        course["prior_radiation"] = [{"site": words["prior"].replace("_", " ")}]
    if "authorized" in words:
        course["authorizations"] = [_authorized(a.split(":")) for a in words["authorized"].split(",")]
    return course


def _authorized(parts: list[str]) -> dict[str, Any]:
    """An authorization from number, code, units, first and last day; what is left out is not said."""
    names = ("number", "code", "units", "first_day", "last_day")
    said = {name: part for name, part in zip(names, parts, strict=False) if part}
    return said | ({"units": int(said["units"])} if "units" in said else {})


def sample(form: str) -> list[Row]:
    """The written claim that the `x12` cases start from: two lines of one hospital or freestanding claim."""
    setting = "hospital_outpatient" if form == "837I" else "freestanding"
    base = {**_USUAL, **_BY_SETTING[setting], "setting": setting, "submitted_on": "2026-02-10"}
    return [
        {**base, "line": 1, "date": "2026-02-03", "code": "77407", "charge": "394.05"},
        {**base, "line": 2, "date": "2026-02-04", "code": "77407", "charge": "394.05"},
    ]


def _x12(case: Case, body: str) -> None:
    lines = body.strip().splitlines()
    form = lines[0].strip()
    data = Interchange(form, day="2026-02-10").write([sample(form)])
    for line in lines[1:]:
        key, _, value = line.partition(":")
        if key.strip() == "expect":
            case.expect = value.strip()
        elif key.strip() == "edit":
            old, _, new = (w.strip().replace("\\n", "\n").encode() for w in value.partition(" => "))
            if old not in data:
                raise ValueError(f"{case.page.name}, case {case.title!r}: {old!r} is not in the {form}")
            data = data.replace(old, new, 1)
        elif key.strip() == "cut":
            at = data.find(value.strip().encode())
            data = data[:at]
        else:
            raise ValueError(f"{case.page.name}, case {case.title!r}: cannot read the line {line!r}")
    case.x12 = data


def place(case: Case, folder: Path, *, as_x12: bool = False) -> dict[str, tuple[str, ...]]:
    """Writes the case's files into a folder; the options of `check` that name them."""
    import csv
    import json

    from beamclaim.synthetic.claims837 import write

    def table(name: str, rows: list[dict[str, Any]]) -> tuple[str, ...]:
        if as_x12:
            paths = []
            for number, data in enumerate(write(rows, control=1 if name == "claims" else 500)):
                path = folder / f"{name}{number}.837"
                path.write_bytes(data)
                paths.append(str(path))
            return tuple(paths)
        path = folder / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return (str(path),)

    given: dict[str, tuple[str, ...]] = {}
    if case.x12 is not None:
        (folder / "claims.837").write_bytes(case.x12)
        given["paths"] = (str(folder / "claims.837"),)
        return given
    given["paths"] = table("claims", case.claims)
    if case.history:
        given["history"] = table("history", case.history)
    if case.course is not None:
        (folder / "c1.course.json").write_text(json.dumps(case.course))
        given["course"] = (str(folder / "c1.course.json"),)
    if case.waivers:
        (folder / "waivers.yaml").write_text(json.dumps(case.waivers))
        given["waivers"] = (str(folder / "waivers.yaml"),)
    return given


def run(case: Case, *, as_x12: bool = False) -> list[str]:
    """What the page promises and the rule does not keep; empty when the case holds."""
    from beamclaim.app.check import CheckOptions, check

    with tempfile.TemporaryDirectory() as folder:
        given = place(case, Path(folder), as_x12=as_x12)
        options = CheckOptions(
            given["paths"], given.get("course", ()), given.get("history", ()), as_of=case.today,
            select=() if case.waivers else (case.rule,), ignore=(case.ignore,), waivers="".join(given.get("waivers", ())) or None,
        )  # fmt: skip
        result = check(options).result
    wrong = [f"{f.path}: {f.error}" for f in result.files if f.error]
    fired = {(f.claim or "", f.line): f for f in result.findings if f.rule == case.rule}
    undecided = {(u.claim or "", u.line): u for u in result.undecided if u.rule == case.rule}
    if case.x12 is not None:
        did = case.rule if fired else "none"
        return wrong + ([] if did == case.expect else [f"expected {case.expect}, got {did}"])
    for at, mark in case.marks.items():
        if mark.verdict == "fires" and at not in fired:
            wrong.append(
                f"claim {at[0]} line {at[1]}: silent{' (cannot tell: ' + str(undecided[at].missing) + ')' if at in undecided else ''}"
            )
        elif mark.verdict == "fires" and mark.severity and fired[at].severity != mark.severity:
            wrong.append(f"claim {at[0]} line {at[1]}: {fired[at].severity}, not {mark.severity}")
        elif mark.verdict == "cannot_tell" and at not in undecided:
            wrong.append(f"claim {at[0]} line {at[1]}: not undecided")
        elif mark.missing and not any(mark.missing in m for m in undecided[at].missing):
            wrong.append(f"claim {at[0]} line {at[1]}: missing {undecided[at].missing}, not {mark.missing}")
    for at, finding in fired.items():
        if at not in case.marks:
            wrong.append(f"claim {at[0]} line {at[1]}: fires: {finding.message}")
    for at, open_ in undecided.items():
        if at not in case.marks:
            wrong.append(f"claim {at[0]} line {at[1]}: cannot tell: {open_.missing}")
    return wrong
