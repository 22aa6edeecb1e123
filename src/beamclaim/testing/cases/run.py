"""A case → what its page promises and the rule does not keep."""

import csv
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.finding import Finding, Undecided
from beamclaim.synthetic.claims837 import write
from beamclaim.testing.cases.claims import COLUMNS, Row
from beamclaim.testing.cases.parse import PageCase, Subject


def place(case: PageCase, folder: Path, *, as_x12: bool = False) -> dict[str, tuple[str, ...]]:
    """Writes the case's files into a folder; the options of `check` that name them."""
    if case.x12 is not None:
        return {"paths": (_written(folder / "claims.837", case.x12),)}
    files = {"paths": _claims(folder, "claims", case.claims, as_x12=as_x12)}
    if case.history:
        files["history"] = _claims(folder, "history", case.history, as_x12=as_x12)
    if case.course is not None:
        files["course"] = (_written(folder / "c1.course.json", json.dumps(case.course).encode()),)
    if case.waivers:
        files["waivers"] = (_written(folder / "waivers.yaml", json.dumps(case.waivers).encode()),)
    return files


def _claims(folder: Path, name: str, rows: list[Row], *, as_x12: bool) -> tuple[str, ...]:
    """The rows as a claims table, or as 837 files of one interchange each."""
    if as_x12:
        interchanges = write(rows, control=1 if name == "claims" else 500)
        return tuple(_written(folder / f"{name}{n}.837", data) for n, data in enumerate(interchanges))
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return (str(path),)


def _written(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def run(case: PageCase, *, as_x12: bool = False) -> list[str]:
    """What the page promises and the rule does not keep; empty when the case holds."""
    with tempfile.TemporaryDirectory() as folder:
        files = place(case, Path(folder), as_x12=as_x12)
        options = CheckOptions(
            files["paths"],
            files.get("course", ()),
            files.get("history", ()),
            as_of=case.today,
            select=() if case.waivers else (case.rule,),
            ignore=(case.ignore,),
            waivers="".join(files.get("waivers", ())) or None,
        )
        result = check(options).result
    wrong = [f"{f.path}: {f.error}" for f in result.files if f.error]
    of_rule = [f for f in result.findings if f.rule == case.rule]
    fired: dict[Subject, Finding] = {(f.claim or "", n): f for f in of_rule for n in f.lines or (None,)}
    undecided = {(u.claim or "", u.line): u for u in result.undecided if u.rule == case.rule}
    if case.x12 is not None:
        verdict = case.rule if fired else "none"
        return wrong + ([] if verdict == case.expect else [f"expected {case.expect}, got {verdict}"])
    return [*wrong, *_broken_promises(case, fired, undecided), *_unasked(case, fired, undecided)]


def _broken_promises(
    case: PageCase, fired: Mapping[Subject, Finding], undecided: Mapping[Subject, Undecided]
) -> Iterator[str]:
    """Marks the rule does not keep."""
    for subject, mark in case.marks.items():
        place, finding, question = _named(subject), fired.get(subject), undecided.get(subject)
        if mark.verdict == "fires":
            if finding is None:
                yield f"{place}: silent{f' (cannot tell: {question.missing})' if question else ''}"
            elif mark.severity and finding.severity != mark.severity:
                yield f"{place}: {finding.severity}, not {mark.severity}"
        elif question is None:
            yield f"{place}: not undecided"
        elif mark.missing and not any(mark.missing in fact for fact in question.missing):
            yield f"{place}: missing {question.missing}, not {mark.missing}"


def _unasked(case: PageCase, fired: Mapping[Subject, Finding], undecided: Mapping[Subject, Undecided]) -> Iterator[str]:
    """What the rule says where no mark stands."""
    yield from (f"{_named(at)}: fires: {finding.message}" for at, finding in fired.items() if at not in case.marks)
    yield from (f"{_named(at)}: cannot tell: {u.missing}" for at, u in undecided.items() if at not in case.marks)


def _named(subject: Subject) -> str:
    return f"claim {subject[0]} line {subject[1]}"
