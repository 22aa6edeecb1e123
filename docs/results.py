"""Writes the tables of `explanation/evidence.md`: what the readers find in the sample files, worked out now.

``python docs/results.py`` reads every sample file of the tests and puts each table where the page has its mark, a line
``<!-- name -->`` with the table behind it. A test asks that doing so changes nothing.
"""

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.ingest.dicom import evidence_of
from beamclaim.ingest.fhir import read_fhir
from beamclaim.ingest.hl7v2 import read_hl7v2
from beamclaim.model.tables.evidence import Evidence, Fault
from beamclaim.policy.thresholds import load_thresholds
from beamclaim.synthetic.dicom.plan_parts import written
from beamclaim.synthetic.dicom.plans import KINDS, plan

DOCS = Path(__file__).parent
PAGE = DOCS / "explanation/evidence.md"
FIXTURES = DOCS.parent / "tests/fixtures"
SEEDS = range(10)

Table = list[Sequence[str]]


def shown(table: Table) -> str:
    head, *body = table
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def values(evidence: Evidence, name: str, subject: str | None = None) -> list[str | None]:
    return [s.value for s in evidence.assertions if s.name == name and subject in (None, s.subject)]


def troubles(found: Iterable[Fault]) -> str:
    """Kind and places of what was not accepted; items of one sequence together, references that lead nowhere counted."""
    many: dict[str, Counter[str]] = {}
    for fault in found:
        many.setdefault(fault.kind, Counter())[re.sub(r"\[\d+\]", "[]", fault.path)] += 1
    told = []
    for kind, places in many.items():
        if kind == "reference":
            many_or_one = f"{n} references lead" if (n := places.total()) > 1 else "1 reference leads"
            told.append(f"{many_or_one} out of the file")
        else:
            told.append(f"{kind} " + ", ".join(f"`{at}`" + (f" × {n}" if n > 1 else "") for at, n in places.items()))
    return "; ".join(told)


def objects() -> Table:
    """Plans, structure sets and doses, sound and damaged. Blocks are left out: unknown wherever leaves shape the field."""
    table: Table = [("file", "read", "unknown, and why", "faults")]
    for path in sorted([*FIXTURES.glob("dicom/plans/*.dcm*"), *FIXTURES.glob("dicom/encodings/*.dcm")]):
        data = path.read_bytes()
        evidence = evidence_of(gzip.decompress(data) if path.suffix == ".gz" else data, 0, load_thresholds())
        (source,) = {s.source for s in evidence.assertions}
        read = [f"{len(evidence.assertions)} assertions"] + [
            f"{name} {'; '.join(v for v in values(evidence, name) if v)}"
            for name in ("technique", "technique_if_targets", "isocenters", "fractions_planned", "has_targets", "has_dose_grid")
            if any(values(evidence, name))
        ]  # fmt: skip
        unknown = [f"{s.name}: {s.reason}" for s in evidence.assertions if s.value is None and s.name != "blocks"]
        name = f"`{path.parent.name}/{path.name}`, {source.removeprefix('dicom_').replace('_', ' ')}"
        table.append((name, ", ".join(read), "; ".join(unknown), troubles(evidence.faults)))
    return table


def records() -> Table:
    """Treatment records against EXPECTED.csv."""
    table: Table = [("record", "day, fraction", "beam: share of its meterset, end", "as expected")]
    folder = FIXTURES / "dicom/records"
    for row in csv.DictReader((folder / "EXPECTED.csv").read_text().splitlines()):
        evidence = evidence_of((folder / row["course"] / row["file"]).read_bytes(), 0, load_thresholds())
        beams = [
            f"{d.beam}:{d.delivered / d.specified:.2f}:{(d.termination or '').upper()}"
            for d in evidence.deliveries
            if d.delivered is not None and d.specified
        ]
        (when,) = {(f"{d.day:%Y%m%d}", str(d.fraction), str(d.group)) for d in evidence.deliveries}
        wanted = (row["treatment_date"], row["fraction_number"], row["fraction_group"])
        holds = ";".join(beams) == row["beam:share_of_MU:termination"] and when == wanted and not evidence.faults
        day, fraction, _ = when
        table.append(
            (f"`{row['course']}/{row['file']}`", f"{date.fromisoformat(day)}, {fraction}", "; ".join(beams).lower(),
             "yes" if holds else "**no**")
        )  # fmt: skip
    return table


def courses() -> Table:
    """The same records, with the plan they deliver where it is there, as courses."""
    table: Table = [("records and plan", "fractions", "what became of them", "unknown or conflicting")]
    for name, plans in (("course_2025", ()), ("course_2026", ("sliding_window",)), ("vmat_2026", ("vmat",))):
        paths = [FIXTURES / "dicom/records" / name, *(FIXTURES / f"dicom/plans/{p}.dcm" for p in plans)]
        found = facts(FactsOptions(tuple(map(str, paths)), as_of=date(2026, 3, 1)))
        (account,) = found.courses
        rows = account.form["fractions"]
        ends = Counter(row["status"].replace("_", " ") for row in rows)
        days = {row["started_at"][:10] for row in rows if row["status"] != "not_delivered"}
        told = ", ".join(f"{count} {what}" for what, count in sorted(ends.items()))
        opened = Counter(re.sub(r"\[\d+\]", "[]", u.fact) for u in account.unknown)
        table.append(
            (f"`{name}`" + "".join(f", `{p}.dcm`" for p in plans),
             f"{len(rows) - ends['not delivered']} on {len(days)} days", told,
             ", ".join(f"`{fact}`" for fact in [*opened, *(fact for fact, _ in account.conflicts)]))
        )  # fmt: skip
    return table


_OF_DOSES = {
    "volume_dose_gy": {"dose_gy", "dose_delivered_gy"},
    "volume_fractions": {"fractions_planned", "fractions_delivered"},
}


def fhir() -> Table:
    """Bundles against expected.csv: a row of it is a fact."""
    table: Table = [("bundle", "facts expected", "matched", "of them unknown, as expected", "faults")]
    expected = list(csv.DictReader((FIXTURES / "fhir/expected.csv").read_text().splitlines()))
    for path in sorted(FIXTURES.glob("fhir/*.bundle.json")):
        evidence = Evidence()
        for part in read_fhir(io.BytesIO(path.read_bytes()), 0):
            evidence.extend(part)
        mine = [row for row in expected if row["file"] == path.name]
        matched = sum(_told(evidence, row) == row["values"] for row in mine)
        unknown = sum("?" in row["values"].split(";") for row in mine)
        name = path.name.removesuffix(".bundle.json")
        table.append((f"`{name}`", str(len(mine)), str(matched), str(unknown), troubles(evidence.faults)))
    return [*table, _total(table)]


def _told(evidence: Evidence, row: dict[str, str]) -> str:
    names, key = _OF_DOSES.get(row["name"]), row["key"]
    return ";".join(
        s.value or "?"
        for s in evidence.assertions
        if (names and s.key.startswith(f"{key}/dose[") and s.name in names)
        or (not names and (s.subject, s.key, s.name) == (row["subject"], key, row["name"]))
    )


_COLUMNS = {
    "type": ("message", "type"), "patients": ("patient", "id"), "birth_date": ("patient", "birth_date"),
    "sex": ("patient", "sex"), "charge_codes": ("charge", "code"), "units": ("charge", "units"),
    "amounts": ("charge", "amount"), "modifiers": ("charge", "modifiers"), "charge_dates": ("charge", "date"),
    "charge_diagnoses": ("charge", "diagnoses"), "procedure_codes": ("procedure", "code"),
    "stay_first_day": ("stay", "first_day"),
}  # fmt: skip


def hl7v2() -> Table:
    """Messages against expected.csv: a filled column of a row is a fact."""
    table: Table = [("message", "facts expected", "matched", "of them unknown, as expected", "faults")]
    for row in csv.DictReader((FIXTURES / "hl7v2/expected.csv").read_text().splitlines()):
        evidence = Evidence()
        for part in read_hl7v2(io.BytesIO((FIXTURES / "hl7v2/fhir-converter" / row["file"]).read_bytes()), 0):
            evidence.extend(part)
        said = {
            column: ";".join("unknown" if v is None else v for v in values(evidence, name, subject))
            for column, (subject, name) in _COLUMNS.items()
        }
        said["payers"] = str(len({s.key for s in evidence.assertions if s.subject == "coverage"}))
        asked = [column for column in row if column != "file" and (row[column] or said[column])]
        matched = sum(row[column] == said[column] for column in asked)
        unknown = sum("unknown" in row[column].split(";") for column in asked)
        table.append((f"`{row['file']}`", str(len(asked)), str(matched), str(unknown), troubles(evidence.faults)))
    return [*table, _total(table)]


def _total(table: Table) -> Sequence[str]:
    sums = [str(sum(int(row[column]) for row in table[1:])) for column in (1, 2, 3)]
    return ("all", *sums, "")


def technique() -> Table:
    """Synthetic plans of every kind: what they truly are, and what the reader says."""
    table: Table = [("kind", "truly", "right", "unknown", "wrong", "what the unknown ones say besides")]
    sums: Counter[str] = Counter()
    for kind, (truth, _) in KINDS.items():
        counts: Counter[str] = Counter()
        besides: set[str] = set()
        for seed in SEEDS:
            evidence = evidence_of(written(plan(kind, seed)), 0, load_thresholds())
            answer = next(iter(values(evidence, "technique")), None)
            counts["unknown" if answer is None else "right" if answer == truth else "wrong"] += 1
            if answer is None:
                besides |= {
                    f"{s.name} {s.value}"
                    for s in evidence.assertions
                    if s.name in ("technique_if_targets", "technique_if_not_stereotactic", "technique_family")
                    and s.value
                }
        sums += counts
        told = [str(counts[answer]) for answer in ("right", "unknown", "wrong")]
        table.append((kind.replace("_", " "), truth or "no word in the form", *told, ", ".join(sorted(besides))))
    return [*table, ("all", "", *(str(sums[answer]) for answer in ("right", "unknown", "wrong")), "")]


TABLES = {
    "objects": objects, "records": records, "courses": courses, "fhir": fhir, "hl7v2": hl7v2, "technique": technique,
}  # fmt: skip


def page(text: str, names: Iterable[str] = TABLES) -> str:
    """The page with these tables as they are now. Raises ValueError for a table that has no mark."""
    for name in names:
        table = TABLES[name]
        text, places = re.subn(
            rf"<!-- {name} -->\n+(?:\|.*\n+)*", f"<!-- {name} -->\n\n{shown(table())}\n".replace("\\", r"\\"), text
        )
        if places != 1:
            raise ValueError(f"the page has {places} marks <!-- {name} -->; it needs one")
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
