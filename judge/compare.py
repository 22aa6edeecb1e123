"""Claims → what each of the two objects to, and for every question both, only the editor, only Beamclaim.

Beamclaim is asked through its public door, on a claims table; the editor in a process of its own (`editor.py`). A finding of any
grade counts; a question that Beamclaim could not answer is told apart from a silence.
"""

import csv
import json
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import beamclaim
from judge.claims import Claim
from judge.edits import QUESTIONS, Question

_COLUMNS = (
    "claim", "payer_line", "setting", "bill_type", "patient", "birth_date", "sex", "diagnoses", "line", "date", "code", "modifiers",
    "units", "charge", "revenue_code", "billing_npi", "authorization", "frequency", "submitted_on",
)  # fmt: skip


class Objection(NamedTuple):
    """A claim and the code objected to; "" where the objection is about the claim."""

    claim: str
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How often both objected, which objections only one had, and of those of the editor which Beamclaim could not answer.

    `outside`: objections of the editor alone to codes outside radiation oncology, which no table of ours holds.
    """

    question: Question
    both: int
    only_editor: tuple[Objection, ...]
    only_ours: tuple[Objection, ...]
    cannot_tell: tuple[Objection, ...]
    outside: tuple[Objection, ...]


def answers(claims: Sequence[Claim], folder: Path, editor: Sequence[str], *, known: Collection[str]) -> list[Answer]:
    """Every question over these claims. `editor`: the command that runs `editor.py`; `known`: the codes of radiation oncology."""
    theirs = _edits(claims, editor)
    result = beamclaim.check(_table(claims, folder / "claims.csv"), as_of=date(2026, 6, 30))
    code_of_line = {(c.claim, n): line.code for c in claims for n, line in enumerate(c.lines, start=1)}
    out = []
    for question in QUESTIONS:
        by_editor = {o for o, edit in theirs if edit in question.edits}
        ours = {_about(question, f.claim, f.code) for f in result.findings if f.rule in question.rules}
        open_ = {
            _about(question, q.claim, code_of_line.get((q.claim or "", q.line or 0)))
            for q in result.undecided
            if q.rule in question.rules
        }
        told = {_about(question, f.claim, f.code) for f in result.findings if f.rule in question.instead}
        missing = by_editor - ours - told
        outside = {o for o in missing - open_ if o.code and o.code not in known}
        out.append(
            Answer(
                question,
                len(by_editor & (ours | told)),
                tuple(sorted(missing - open_ - outside)),
                tuple(sorted(ours - by_editor)),
                tuple(sorted(missing & open_)),
                tuple(sorted(outside)),
            )
        )
    return out


def _about(question: Question, claim: str | None, code: str | None) -> Objection:
    return Objection(claim or "", (code or "") if question.on_codes else "")


def _edits(claims: Sequence[Claim], editor: Sequence[str]) -> set[tuple[Objection, str]]:
    text = "\n".join(json.dumps(asdict(claim)) for claim in claims)
    run = subprocess.run(editor, input=text, capture_output=True, text=True, check=True)
    rows = [json.loads(row) for row in run.stdout.splitlines()]
    return {(Objection(row["claim"], code), edit) for row in rows for code, edit in row["objections"]}


def _table(claims: Sequence[Claim], path: Path) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, _COLUMNS)
        rows.writeheader()
        for claim in claims:
            for number, line in enumerate(claim.lines, start=1):
                rows.writerow(
                    {
                        "claim": claim.claim,
                        "payer_line": "medicare_ffs",
                        "setting": "hospital_outpatient",
                        "bill_type": "131",
                        "patient": claim.claim,
                        "birth_date": claim.birth_date,
                        "sex": claim.sex,
                        "diagnoses": ";".join(claim.diagnoses),
                        "line": number,
                        "date": line.date,
                        "code": line.code,
                        "modifiers": ";".join(line.modifiers),
                        "units": line.units,
                        "charge": "100.00",
                        "revenue_code": line.revenue_code,
                        "billing_npi": claim.npi,
                        "frequency": "1",
                        "submitted_on": claim.lines[-1].date,
                    }
                )
    return path
