"""Writes the generated reference pages: every rule with its header, tables, views, policy tables, the command line.

``python docs/build.py FOLDER``. The pages are generated from the program, so they cannot drift; they are not committed.
"""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from beamclaim.app import rule_page
from beamclaim.model.tables import TABLES
from beamclaim.model.views import VIEWS
from beamclaim.policy import Policy
from beamclaim.rules import registry


def rows(head: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines) + "\n"


def rules(folder: Path, policy: Policy) -> None:
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
