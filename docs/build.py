"""Writes the generated reference pages: every rule with its header, tables, views, policy tables, the command line.

``python docs/build.py FOLDER``. The pages are generated from the program, so they cannot drift; they are not committed.
"""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl

from beamclaim.app import rule_page
from beamclaim.model.tables import TABLES
from beamclaim.model.views import VIEWS
from beamclaim.policy import Policy
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule

#: Keys of a table that a rule page still lists one by one.
MOST = 60


def rows(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines) + "\n"


def in_force(rule: Rule, policy: Policy, today: date) -> str:
    """The keys of the tables a rule asks, in force today; a long table only by its number of rows."""
    names = [m[1] for n in rule.reads if (m := re.match(r"(?:in|all|value|clash|near|pair):([^\[:/]+)", n))]
    told = []
    for name in dict.fromkeys(n for n in names if n in policy.names):
        table = policy.table(name)
        now = table.frame.filter(
            (pl.col("first_day").is_null() | (pl.col("first_day") <= today))
            & (pl.col("last_day").is_null() | (pl.col("last_day") >= today))
        )
        keys = ("code_from", "code_to") if table.is_range else table.key
        held = [" – ".join(dict.fromkeys(k)) for k in now.select(keys).unique().sort(keys).iter_rows()] if keys else []
        words = ", ".join(held) if len(held) <= MOST else f"{now.height} rows"
        told.append(f"- `{name}`: {words or 'no row in force today'}")
    return f"\n## In force on {today}\n\n" + "\n".join(told) + "\n" if told else ""


def rules(folder: Path, policy: Policy) -> None:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    listed = []
    for rule in registry.rules():
        (folder / "rules" / f"{rule.code}.md").write_text(
            rule_page.page(rule, policy.sources) + in_force(rule, policy, date.today())
        )
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
    for name, view in VIEWS.items():
        text += f"\n## {name}\n\n" + rows(("column", "meaning"), [(f"`{c.name}`", c.doc) for c in view.values()])
    (folder / "views.md").write_text(text)


def policy_tables(folder: Path, policy: Policy) -> None:
    body = []
    for name in policy.names:
        table = policy.table(name)
        body.append((f"`{name}`", ", ".join(table.key), ", ".join(table.value), table.doc, str(table.frame.height)))
    (folder / "policy.md").write_text(
        "# Policy tables\n\n" + rows(("name", "key", "values", "what it answers", "rows"), body)
    )


def command_line(folder: Path) -> None:
    text = "# Command line\n"
    for words in ((), ("check",), ("rule",), ("policy",), ("policy", "show"), ("policy", "diff"), ("demo",)):
        told = subprocess.run(
            [sys.executable, "-m", "beamclaim", *words, "--help"], capture_output=True, text=True, check=True
        )
        text += f"\n## beamclaim {' '.join(words)}\n\n```\n{told.stdout.strip()}\n```\n"
    (folder / "command-line.md").write_text(text)


def main(target: str) -> None:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    policy = Policy.load()
    rules(folder, policy)
    tables(folder)
    policy_tables(folder, policy)
    command_line(folder)
    print(f"reference pages written to {folder}")


if __name__ == "__main__":
    main(sys.argv[1])
