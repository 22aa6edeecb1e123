"""Writes the generated reference pages: rules, tables, views, policy tables, facts and thresholds, the command line.

``python docs/build.py FOLDER``. The pages are generated from the program, so they cannot drift; they are not committed.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import polars as pl

from beamclaim.app import rule_page
from beamclaim.charging.registry import charges
from beamclaim.model.tables import TABLES
from beamclaim.model.tables.course import COURSE_FACTS, FORM_LISTS
from beamclaim.model.tables.course_schema import course_schema
from beamclaim.policy import PolicyTables, load_policy
from beamclaim.policy.page import tables_page
from beamclaim.policy.thresholds import load_thresholds, threshold_rows
from beamclaim.rules import registry
from beamclaim.views.registry import views


def rows(head: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines) + "\n"


def rules(folder: Path, policy: PolicyTables) -> None:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    listed = []
    for rule in registry.rules():
        (folder / "rules" / f"{rule.code}.md").write_text(rule_page.page(rule, policy, date.today()))
        listed.append(
            (f"[{rule.code}](rules/{rule.code}.md)", rule.name, rule.severity, rule.risk, rule.status, rule.title)
        )
    (folder / "rules.md").write_text(
        "# Rules\n\n" + rows(("code", "name", "severity", "risk", "status", "finds"), listed)
    )


def tables(folder: Path) -> None:
    text = "# Tables\n\nWhat readers fill.\n"
    for table in TABLES.values():
        text += f"\n## {table.name}\n\nOne row per {table.row}.\n\n"
        text += rows(
            ("column", "type", "meaning"),
            [
                (f"`{c.name}`", str(c.dtype), c.doc + (" (identifies a person)" if c.identifying else ""))
                for c in table.columns
            ],
        )
    (folder / "tables.md").write_text(text)
    text = "# Views\n\nWhat rules may read.\n"
    for name, view in views().items():
        columns = [(f"`{c.name}`", c.doc) for c in view.columns.values()]
        text += f"\n## {name}\n\n{view.row[0].upper()}{view.row[1:]}.\n\n" + rows(("column", "meaning"), columns)
    (folder / "views.md").write_text(text)


def course_form(folder: Path) -> None:
    """The keys of the course form, and its JSON Schema."""
    text = "# Course form\n\nThe keys of a `*.course.json`; [as JSON Schema](course.schema.json).\n"
    parts = [("course", COURSE_FACTS), *((name, each.facts) for name, each in FORM_LISTS.items())]
    for name, form_facts in parts:
        body = [
            (f"`{fact.path}`", fact.type.name, fact.meaning, ", ".join(fact.type.all_words), fact.asks or "")
            for fact in form_facts
        ]
        text += f"\n## {name}\n\n" + rows(("key", "type", "meaning", "words", "who can tell"), body)
    (folder / "course-form.md").write_text(text)
    (folder / "course.schema.json").write_text(json.dumps(course_schema(), indent=1) + "\n")


def charge_tables(folder: Path, policy: PolicyTables) -> None:
    """Each charge as a table a coder can review: its steps from the most conditions to the fewest, their codes and days, their grounds."""
    words = {r["ground"]: r["met"] for r in policy.table("charging.words").frame.iter_rows(named=True)}
    codes = policy.table("charging.codes").frame
    text = (
        "# Charges\n\nWhat `beamclaim code` proposes, family by family. Of each table the first line whose grounds hold is the answer. "
        "Where a line above it is not told, the charge *needs evidence*; where no line can be told, it *cannot be told*.\n"
    )
    for family, declared in groupby(charges(), key=lambda c: c.family):
        text += f"\n## {family.capitalize()}\n"
        for one in declared:
            text += f"\n### {one.name.replace('_', ' ')}\n\nSources: {', '.join(one.cites)}.\n\n"
            body = []
            for each in one.steps:
                joined = " **or** " if each.is_any else " **and** "
                grounds = joined.join(words[name] for name in each.grounds)
                of_step = codes.filter(pl.col("charge") == each.word).sort("first_day", "scope", "setting")
                for r in of_step.iter_rows(named=True):
                    days = f"{r['first_day']} to {r['last_day'] or 'now'}"
                    where = f"{r['setting'].replace('_', ' ')}, {r['scope']}"
                    body.append((grounds, r["code"], days, where, r["source"].replace(";", ", ")))
            text += rows(("where", "code", "days", "who bills whom", "sources"), body)
    (folder / "charges.md").write_text(text)


def policy_tables(folder: Path, policy: PolicyTables) -> None:
    (folder / "policy.md").write_text(tables_page(policy))


READERS = {
    "DICOM: plans": "dicom.plan",
    "DICOM: structure sets": "dicom.structure_set",
    "DICOM: doses": "dicom.dose",
    "DICOM: treatment records": "dicom.record",
    "DICOM: treatment summaries": "dicom.summary",
    "DICOM: images and what is not read": "dicom.mention",
    "FHIR": "fhir",
    "HL7 v2": "hl7v2",
}


def facts(folder: Path) -> None:
    text = (
        "# Facts\n\nWhat readers state of the files they read: of a subject (a plan, a session, a charge) a name and a "
        "value, with the bytes it stands on. `beamclaim facts` joins them into courses. Keys of the course form keep their "
        "names. The numbers behind technique and isocentres are the [thresholds](thresholds.md).\n"
    )
    for title, module in READERS.items():
        found = find_spec(f"beamclaim.ingest.{module}")
        assert found is not None and found.origin is not None, module
        words = ast.get_docstring(ast.parse(Path(found.origin).read_text())) or ""
        # A `|` inside code would end the cell of a table.
        text += f"\n## {title}\n\n" + re.sub(r"`[^`\n]*`", lambda code: code[0].replace("|", "\\|"), words) + "\n"
    (folder / "facts.md").write_text(text)


def threshold_table(folder: Path) -> None:
    body = [
        (f"`{t.name}`", f"{t.value:g}", t.unit, t.meaning, t.confidence, t.source, str(t.version))
        for t in threshold_rows()
    ]
    text = (
        f"# Thresholds\n\nVersion `{load_thresholds().version}`. The numbers by which `beamclaim facts` tells techniques "
        "apart and counts isocentres. They are defaults, measured on few plans or agreed on for want of any: estimate them "
        "again on your own plans before you rely on them. Between two limits the answer is unknown.\n\n"
    )
    head = ("name", "value", "unit", "what it decides", "confidence", "source", "version")
    (folder / "thresholds.md").write_text(text + rows(head, body))


def command_line(folder: Path) -> None:
    text = "# Command line\n"
    for words in (
        (), ("check",), ("facts",), ("code",), ("listen",), ("rule",), ("policy",), ("policy", "show"), ("policy", "diff"), ("demo",),
    ):  # fmt: skip
        told = subprocess.run(
            [sys.executable, "-m", "beamclaim", *words, "--help"], capture_output=True, text=True, check=True
        )
        text += f"\n## beamclaim {' '.join(words)}\n\n```\n{told.stdout.strip()}\n```\n"
    (folder / "command-line.md").write_text(text)


def main(target: str) -> None:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    policy = load_policy()
    rules(folder, policy)
    tables(folder)
    course_form(folder)
    policy_tables(folder, policy)
    charge_tables(folder, policy)
    facts(folder)
    threshold_table(folder)
    command_line(folder)
    print(f"reference pages written to {folder}")


if __name__ == "__main__":
    main(sys.argv[1])
