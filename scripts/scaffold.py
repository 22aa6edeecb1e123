"""A code and a name → the files of a new rule, table or view, whose first run is green: ``make new-rule``, ``new-table``, ``new-view``.

What is written works and asks something small; its author changes the question, and the tests hold him to the rest. Nothing that is
there is written over. Exit status 2 where a word is not right, with the words there are.
"""

import re
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/beamclaim"
UNSEEN = SOURCE / "synthetic/clinic/mistakes/unseen.py"
_RULE = '''"""{code}. One line that says what it finds."""

from beamclaim.rules import {words}, rule


@rule(
    "{code}",
    title="{title}",
    view="{view}",
    applies={applies},
    at="{at}",
    message="{message}",
    to_do="Say in one sentence what to do",
    who="coder",
    severity="info",
    risk="advice",
)
def {function}():
    return dict(fires=col("{column}") > 1)
'''
_PAGE = """# {code} {name}

## What it finds
{title}. Say what else it finds, and what it leaves to other rules.

## Why it matters
Say what comes of it when nothing is done.

## What to do
Say in one sentence what to do, and who does it.

## Sources
None yet: until a source is cited, the finding is information.

## Cases

### One is what it should be
```case
2026-02-06  77336
```

### Two are told
```case
{two}
```
"""
_TABLE = """    Declaration(
        "{name}", "{family}/{name}.csv", ("code",), {{}},
        "Say what the table answers", EVERYONE,
        read_by={{"*": "the rule that will ask it: take this line out when one does"}},
    ),
"""
_VIEW = '''"""The view ``{name}``: one row per claim, with what is counted on its lines. Say here what one row is, and who asks."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.column import ColumnGroup, ViewColumn, plan
from beamclaim.views.columns.claim import CIRCUMSTANCES, CLAIM, SUBJECT
from beamclaim.views.columns.payer import PAYER
from beamclaim.views.view import Frames, View, by_name

{group} = ColumnGroup()


@{group}.columns(ViewColumn("{name}.lines", pl.UInt32, "service lines of the claim"), reads=("claim.key",))
def with_lines(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The claims with the number of their lines; zero where there is none."""
    lines = frames.tables["lines"].group_by("claim.key").agg(pl.len().alias("{name}.lines"))
    counted = rows.join(lines, on="claim.key", how="left", maintain_order="left")
    return counted.with_columns(pl.col("{name}.lines").fill_null(0))


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    steps = plan(({group},), columns, frames)
    return steps.run(frames.of(CLAIMS, {{"claim.key", *steps.base}}), frames)


VIEW = View(
    "{name}",
    row="one row per claim",
    asked_of="patients",
    build=_build,
    columns=by_name({group}, CLAIM, PAYER),
    subject=(*SUBJECT, "loop_end"),
    question={{"claim": "claim.number"}},
    circumstances=CIRCUMSTANCES,
    needs=("same_numbers",),
    superseded="claim.is_superseded",
)
'''


def families() -> dict[str, Path]:
    """The letters of a code → the folder of its family, from the rules there are."""
    coded = ((re.match(r'"""([A-Z]{3})\d{3}\.', path.read_text()), path) for path in SOURCE.glob("rules/*/*.py"))
    return {found[1]: path.parent for found, path in coded if found}


def new_rule(code: str, name: str, view: str = "", table: str = "") -> list[Path]:
    """The rule, its page, a fragment, and its reason in the list of rules no planted mistake shows yet."""
    folder = families().get(code[:3])
    if not re.fullmatch(r"[A-Z]{3}\d{3}", code) or folder is None:
        raise ValueError(
            f"CODE={code}: three letters of a family and three digits; families are {', '.join(sorted(families()))}"
        )
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        raise ValueError(
            f"NAME={name}: what is wrong, in small letters with hyphens, as over-daily-maximum; no procedure code"
        )
    of_line = not view
    if table:
        _is_asked_now(table)
    table = table or "radonc.weekly_physics"
    text = {
        "code": code, "name": name, "function": name.replace("-", "_"), "view": view or "lines",
        "title": "More than one unit on a line" if of_line else "More than one line on a claim",
        "applies": f'code_in("{table}")' if of_line else 'stated(col("claim.number"))',
        "words": "code_in, col" if of_line else "col",
        "at": "line.units" if of_line else "claim.number",
        "column": "line.units" if of_line else f"{view}.lines",
        "message": "{line.units} units on one line" if of_line else "{" + f"{view}.lines" + "} lines on one claim",
        "two": f"2026-02-06  77336 x2   # {code}=info" if of_line
        else f"claim: A   # {code}=info\n2026-02-06  77336\n2026-02-09  77336",
    }  # fmt: skip
    rule = _RULE.format(**text)
    if not of_line:
        rule = rule.replace("import col, rule", "import col, rule, stated")
    at = UNSEEN.read_text().rindex("}")
    UNSEEN.write_text(
        f'{UNSEEN.read_text()[:at]}    "{code}": "it is new: plant a mistake for it, and take this line out",\n}}\n'
    )
    return [
        _write(folder / f"{text['function']}.py", rule),
        _write(folder / f"{text['function']}.md", _PAGE.format(**text)),
        _write(ROOT / f"changelog.d/0-{code.lower()}.rule.md", f"{code} `{name}`: say what it finds.\n"),
        UNSEEN,
    ]


def _is_asked_now(table: str) -> None:
    """Takes out the line of a new table that says nobody asks it yet."""
    for module in (SOURCE / "policy/declarations").glob("*.py"):
        before, name, after = module.read_text().partition(f'        "{table}", ')
        if name:
            line = after.index("    ),\n")
            kept = re.sub(r'        read_by=\{"\*": "the rule that will ask it[^\n]*\n', "", after[:line])
            module.write_text(before + name + kept + after[line:])


def new_table(name: str) -> list[Path]:
    """The declaration, a file of one row, and the days it was verified for."""
    family, _, table = name.partition("/")
    module = SOURCE / f"policy/declarations/{family}.py"
    known = sorted(p.name for p in (SOURCE / "policy/data").iterdir() if p.is_dir() and _declares(p.name))
    if family not in known or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", table):
        raise ValueError(f"NAME={name}: a family and a name, as edits/physics.exempt; families are {', '.join(known)}")
    code = module.read_text()
    end = code.rindex(")")
    code = f"{code[:end]}{_TABLE.format(name=table, family=family)}{code[end:]}"
    if "EVERYONE" not in code.partition("Declaration(")[0]:
        code = code.replace("form import ", "form import EVERYONE, ", 1)
    module.write_text(code)
    data = SOURCE / f"policy/data/{family}/{table}"
    row = "code,first_day,last_day,source,at,confidence,observed_on\n77336,2015-01-01,,,say where it stands,low,\n"
    verified = f"{{first_day: 2015-01-01, source: BEAMCLAIM-WORDS, verified_on: {date.today()}}}"
    covered = f"# Days, settings and payer lines for which no row means that there is none; put its source.\ncovered:\n  - {verified}\n"
    return [module, _write(data.with_name(f"{table}.csv"), row), _write(data.with_name(f"{table}.yaml"), covered)]


def _declares(family: str) -> bool:
    return (SOURCE / f"policy/declarations/{family}.py").exists()


def new_view(name: str) -> list[Path]:
    """The view; the engine, the page runner and the reference find it by itself."""
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        raise ValueError(f"NAME={name}: what one row is, in the plural and in small letters, as claim_days")
    return [_write(SOURCE / f"views/{name}.py", _VIEW.format(name=name, group=name.upper()))]


def _write(path: Path, text: str) -> Path:
    if path.exists():
        raise ValueError(f"{path.relative_to(ROOT)} is there already; choose another name, or change that one")
    path.write_text(text)
    return path


def main() -> int:
    """``scaffold.py rule CODE=UNT110 NAME=over-daily-maximum``: the files written, one a line."""
    kind, *words = sys.argv[1:]
    given = {name.lower(): value for name, _, value in (word.partition("=") for word in words) if value}
    try:
        written = {"rule": new_rule, "table": new_table, "view": new_view}[kind](**given)  # type: ignore[operator]
    except (ValueError, TypeError) as error:
        print(f"new-{kind}: {error}", file=sys.stderr)
        return 2
    print(*(path.relative_to(ROOT) for path in written), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
