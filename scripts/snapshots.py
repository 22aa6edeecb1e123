"""What people read → `tests/snapshots/`: reports of the demonstration and of each rule family, help pages, counts in documents.

``make snapshots`` writes them, the difference is read in review, and nobody edits them by hand; a test compares. A workbook is kept as the
cells of its sheets, and the digest of the policy is left out, so that a changed row shows where it is read and nowhere else.
"""

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from beamclaim.cli.main import main as beamclaim
from beamclaim.policy import load_policy
from beamclaim.policy.page import PAGE, tables_page
from beamclaim.rules import registry
from beamclaim.testing.cases import cases, place

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests/snapshots"
DEMONSTRATION = ROOT / "src/beamclaim/demonstration"
DAY = "2026-11-23"
COMMANDS = (
    "", "check", "facts", "rule", "demo", "listen", "policy", "policy show", "policy diff", "policy list", "policy coverage",
    "policy verify", "policy import",
)  # fmt: skip
#: Documents with counts, each between `<!-- count: NAME -->` and `<!-- -->`.
COUNTED = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/explanation/speed.md", "docs/index.md")
_COUNT = re.compile(r"(<!-- count: (\w+) -->)[^<]*(<!-- -->)")


def snapshots() -> dict[str, str]:
    """Every snapshot: its path below the repository → its text."""
    with tempfile.TemporaryDirectory() as folder:
        out = {
            f"tests/snapshots/{name}": text for name, text in (*_demonstration(folder), *_families(folder), *_help())
        }
    out[str(PAGE.relative_to(ROOT))] = tables_page(load_policy())
    counts = _counts()
    for name in COUNTED:
        text = (ROOT / name).read_text()
        out[name] = _COUNT.sub(lambda found: f"{found[1]}{counts[found[2]]}{found[3]}", text)
    return out


def _demonstration(folder: str) -> Iterator[tuple[str, str]]:
    """Text, page and workbook of `beamclaim demo`."""
    claims = sorted(path.name for path in DEMONSTRATION.glob("*.837"))
    context = ("--history", "earlier", "--course", "delivered.course.json", "--as-of", "2026-06-30")
    with contextlib.chdir(DEMONSTRATION):
        for format, name in (
            ("text", "demonstration.txt"),
            ("html", "demonstration.html"),
            ("xlsx", "demonstration.cells.txt"),
        ):
            yield name, _report(Path(folder), ("check", *claims, *context), format)


def _families(folder: str) -> Iterator[tuple[str, str]]:
    """The text report on the first case of each family that fires, every rule asked."""
    done = set[str]()
    for rule in registry.rules():
        family = rule.code[:3]
        case = next((c for c in cases(rule.page, rule.code) if _fires(c.expect, c.marks) and not c.waivers), None)
        if family in done or case is None:
            continue
        done.add(family)
        home = Path(folder) / family
        home.mkdir()
        files = place(case, home)
        with contextlib.chdir(home):
            names = {option: [Path(path).name for path in paths] for option, paths in files.items()}
            context = [
                word
                for option in ("history", "course")
                for path in names.get(option, ())
                for word in (f"--{option}", path)
            ]
            yield (
                f"{family}.txt",
                _report(home, ("check", *names["paths"], *context, "--as-of", str(case.today)), "text"),
            )


def _fires(expect: str, marks: object) -> bool:
    return expect not in ("", "none") or "verdict='fires'" in repr(marks)


def _report(folder: Path, arguments: tuple[str, ...], format: str) -> str:
    """One report as text."""
    target = folder / "report"
    with contextlib.redirect_stderr(io.StringIO()):
        beamclaim([*arguments, "--format", format, "--output", str(target)])
    text = _cells(target) if format == "xlsx" else target.read_text()
    target.unlink()
    digest = load_policy().digest
    return text.replace(digest, "(digest)").replace(digest[:12], "(digest)").replace("\r\n", "\n")


def _cells(workbook: Path) -> str:
    """The sheets of a workbook, a row a line, cells between bars."""
    import openpyxl

    parts = []
    with workbook.open("rb") as stream:
        for sheet in openpyxl.load_workbook(stream, read_only=True):
            parts.append(f"== {sheet.title}")
            for row in sheet.iter_rows(values_only=True):
                parts.append(
                    " | ".join("" if cell is None else str(cell).replace("\n", "\\n") for cell in row).rstrip(" |")
                )
    return "\n".join(parts) + "\n"


def _help() -> Iterator[tuple[str, str]]:
    """The help page of every command, at a fixed width."""
    environment = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        parts = []
        for command in COMMANDS:
            with contextlib.redirect_stdout(io.StringIO()) as page:
                beamclaim([*command.split(), "--help"])
            parts.append(f"$ beamclaim {command} --help".replace("  ", " ") + "\n\n" + page.getvalue())
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    yield "help.txt", "\n".join(parts)


def _counts() -> dict[str, str]:
    """What documents count, by the name they give it."""
    rules = registry.rules()
    policy = load_policy()
    return {
        "rules": str(len(rules)),
        "families": str(len({rule.code[:3] for rule in rules})),
        "tables": str(len(policy.names)),
        "sources": str(len(policy.sources)),
        "cases": str(sum(len(cases(rule.page, rule.code)) for rule in rules)),
    }


def main() -> int:
    """Writes what differs; with `--check` only names it, and ends with 1 where something does."""
    found = snapshots()
    stale = [path for path, text in found.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    stale += [f"tests/snapshots/{p.name}" for p in FOLDER.glob("*") if f"tests/snapshots/{p.name}" not in found]
    for path in stale:
        print(path)
        if "--check" in sys.argv:
            continue
        if path in found:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(found[path])
        else:
            (ROOT / path).unlink()
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
