"""A rule's page → its cases. This is the language they are written in.

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

A line may end in ``# COD101`` (fires), ``# COD101=warning`` (fires with that severity) or ``# COD101? fact`` (cannot
tell, and names that fact). No mark: the page's rule neither fires nor is undecided there. A block ``x12`` takes a
written 837 (``837P`` or ``837I`` on its first line), ``edit: OLD => NEW`` changes its bytes (``\\n`` stands for a line
end), and ``expect: FMT002`` (or ``expect: none``) says what the page's rule does.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.testing.cases.claims import COLUMNS, LINE, USUAL, Row, row, sample
from beamclaim.testing.cases.courses import Form, course

_BLOCK = re.compile(r"^```(case|x12)\n(.*?)^```", re.M | re.S)
_HEADING = re.compile(r"^### (.+)$", re.M)
_MARK = re.compile(r"([A-Z]{3}\d{3})(\?|=\w+)?\s*([\w.]+)?")
#: What a waiver of a case says where the case does not.
_WAIVER = {"reason": "decided by the payer", "who": "A. Biller", "until": "2026-12-31"}
#: A claim and a line of it; no line where the claim as a whole is meant, and no claim where a waiver is.
Subject = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a case expects of the page's rule at one line: `fires` or `cannot_tell`, how severely, what is missing."""

    verdict: str
    severity: str = ""
    missing: str = ""


@dataclass(slots=True)
class PageCase:
    """One case of a page. `x12` holds the bytes of an `x12` block, and `expect` what the rule then does."""

    title: str
    page: Path
    rule: str
    today: date = date(2026, 11, 23)
    claims: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    course: Form | None = None
    marks: dict[Subject, Mark] = field(default_factory=dict)
    x12: bytes | None = None
    expect: str = ""
    only: str = ""
    waivers: list[dict[str, str]] = field(default_factory=list)
    ignore: str = ""


def cases(page: Path, rule: str) -> list[PageCase]:
    """The cases of a page, in order.

    Raises:
        ValueError: a block says something the runner does not understand; names page, case and line.
    """
    text = page.read_text(encoding="utf-8")
    out = []
    for block in _BLOCK.finditer(text):
        headings = [m[1] for m in _HEADING.finditer(text, 0, block.start())]
        case = PageCase(headings[-1] if headings else page.stem, page, rule)
        (_read_x12 if block[1] == "x12" else _read_claims)(case, block[2])
        out.append(case)
    return out


def _read_claims(case: PageCase, body: str) -> None:
    """Fills a case from the lines of a ``case`` block."""
    columns: dict[str, str] = {}
    rows = case.claims
    for raw in body.splitlines():
        text, _, comment = raw.partition("#")
        text = text.strip()
        if not text:
            continue
        mark = _mark(case, comment)
        if line := LINE.match(text):
            rows.append(row(line, columns, rows))
            subject: Subject = (rows[-1]["claim"], rows[-1]["line"])
            case.marks |= {subject: mark} if mark else {}
            continue
        key, colon, value = (part.strip() for part in text.partition(":"))
        match key:
            case "today":
                case.today = date.fromisoformat(value)
            case "only":
                case.only = value
            case "ignore":
                case.ignore = value
            case "waiver":
                case.waivers.append(_WAIVER | _words(value))
                case.marks |= {("", None): mark} if mark else {}
            case "history":
                rows = case.history
            case "claims":
                rows = case.claims
            case "course":
                case.course = course(_words(value), columns.get("patient", USUAL["patient"]))
            case _ if colon and key in COLUMNS:
                columns[key] = value
                case.marks |= {(value, None): mark} if mark and key == "claim" else {}
            case _:
                raise _unreadable(case, raw)


def _words(text: str) -> dict[str, str]:
    """``key=value key=value``."""
    return dict(word.split("=", 1) for word in text.split())


def _mark(case: PageCase, comment: str) -> Mark | None:
    """What a comment expects of the page's own rule; marks of other rules are words to the reader."""
    for code, kind, missing in _MARK.findall(comment):
        if code == case.rule:
            return Mark("cannot_tell" if kind == "?" else "fires", kind[1:] if kind.startswith("=") else "", missing)
    return None


def _read_x12(case: PageCase, body: str) -> None:
    """Fills a case from the lines of an ``x12`` block: the written claim with its bytes changed."""
    form, *lines = body.strip().splitlines()
    form = form.strip()
    data = InterchangeWriter(form, day="2026-02-10").write([sample(form)])
    for line in lines:
        key, _, value = line.partition(":")
        match key.strip():
            case "expect":
                case.expect = value.strip()
            case "edit":
                old, new = (part.strip().replace("\\n", "\n").encode() for part in value.partition(" => ")[::2])
                if old not in data:
                    raise ValueError(f"{case.page.name}, case {case.title!r}: {old!r} is not in the {form}")
                data = data.replace(old, new, 1)
            case "cut":
                data = data[: data.find(value.strip().encode())]
            case _:
                raise _unreadable(case, line)
    case.x12 = data


def _unreadable(case: PageCase, line: str) -> ValueError:
    return ValueError(f"{case.page.name}, case {case.title!r}: cannot read the line {line!r}")
