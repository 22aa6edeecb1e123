"""`beamclaim policy`: the tables the rules rest on: shown, compared, listed, verified and added to."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beamclaim.cli.options import AsOf, PayerLine, Setting, TextOrJson, day, on_day, payer_line_option, setting_option
from beamclaim.cli.stream import report_to

if TYPE_CHECKING:
    from beamclaim.policy import PolicyAnswers

app = typer.Typer(
    help="Shows the dated tables the rules rest on.\n\n\b\nExamples:\n"
    "  beamclaim policy show 77386 --on 2025-12-31 --setting hospital_outpatient\n"
    "  beamclaim policy diff 2025-12-31 2026-01-01\n"
    "  beamclaim policy list ncci 77301\n"
    "  beamclaim policy import ccipra-v323r0-f1.zip",
    rich_markup_mode=None,
    no_args_is_help=True,
)
SHOW_HELP = """What every table says of a code on a day, with days in force, sources and what is missing.

\b
Example:
  beamclaim policy show 77386 --on 2025-12-31 --setting hospital_outpatient --payer-line medicare_ffs
"""
DIFF_HELP = """Every answer that differs between two days: what begins, what ends, what changes its meaning.

\b
Example:
  beamclaim policy diff 2025-12-31 2026-01-01 --setting hospital_outpatient
"""
LIST_HELP = """The tables, with rows, days and sources; with a table its rows, with a code too the rows of that code.

\b
Examples:
  beamclaim policy list
  beamclaim policy list dx.groups C79.51
"""
COVERAGE_HELP = """For which days, settings and payers each table was verified: inside, no row means that there is none.

With --on only what ends before that day, and the release that would answer. Exit status 1: something does.

\b
Examples:
  beamclaim policy coverage ncci
  beamclaim policy coverage --on 2027-01-02
"""
VERIFY_HELP = """Compares the rows that came from CMS files with copies of those files, row by row and both ways, and says
what is left out and why. Files may be packed (.gz).

Exit status 1: a row differs, or two tables hold a pair of codes in opposite order. 2: a file is missing.

\b
Example:
  beamclaim policy verify --against codesets/
"""
IMPORT_HELP = """Reads CMS files as published into a policy folder: procedure pairs (PTP), maximum units (MUE), relative values
(PPRRVU csv), OPPS Addendum B, the ICD-10-CM order file; txt, csv or xlsx, alone or inside the zip.

The folder counts when `beamclaim.toml` names it (`[policy]`, `folder = "beamclaim-policy"`), or with `--policy`.

\b
Example:
  beamclaim policy import ccipra-v323r0-f1.zip ccipra-v323r0-f2.zip --folder beamclaim-policy
"""


Code = Annotated[str, typer.Argument(metavar="CODE", help="A procedure code, a diagnosis code or a modifier.")]
On = Annotated[date, on_day("The day of service.")]
ShowSetting = Annotated[Setting | None, setting_option("One of ")]
ShowLine = Annotated[PayerLine | None, payer_line_option("One of ")]
Payer = Annotated[str | None, typer.Option(metavar="ID", help="The payer's id as on the claim.")]
Formats = Annotated[TextOrJson, typer.Option(help="How the answer is written.")]
Day = Annotated[date, typer.Argument(parser=day, metavar="DAY")]
Own = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="DIR", help="A folder of own and imported tables; else the one `beamclaim.toml` names."
    ),
]
TableName = Annotated[str | None, typer.Argument(metavar="TABLE", help="A policy table.")]
EndsBefore = Annotated[
    date | None, typer.Option("--on", parser=day, metavar="DAY", help="Only what ends before this day.")
]
CodeOfTable = Annotated[str | None, typer.Argument(metavar="CODE", help="Only the rows of this code.")]
Against = Annotated[Path, typer.Option(metavar="FOLDER", help="Copies of the CMS files: mpfs/, opps-ioce/, icd10cm/ …")]
TableNames = Annotated[list[str] | None, typer.Argument(metavar="[TABLE]...", help="Only these tables.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="CMS files as published.")]
Into = Annotated[Path, typer.Option("--folder", metavar="DIR", help="The policy folder that is written.")]
Quarter = Annotated[str | None, typer.Option(metavar="2026Q4", help="The quarter, where a file does not say it.")]


@app.command("show", help=SHOW_HELP)
def show(
    code: Code,
    *,
    on: On,
    setting: ShowSetting = None,
    payer: Payer = None,
    payer_line: ShowLine = None,
    as_of: AsOf,
    policy: Own = None,
    format: Formats = "text",
) -> None:
    """Prints what is known of one code."""
    from beamclaim.policy.show import show as answer

    known = answer(_policy(policy, as_of), code, on, setting=setting, payer=payer, payer_line=payer_line)
    _print(known.as_dict() if format == "json" else known.text())


@app.command("diff", help=DIFF_HELP)
def diff(
    first: Day,
    second: Day,
    *,
    setting: ShowSetting = None,
    as_of: AsOf,
    policy: Own = None,
    format: Formats = "text",
) -> None:
    """Prints what differs; `--setting` leaves out what holds only in another setting."""
    from beamclaim.policy.diff import diff as differences

    changes = differences(_policy(policy, as_of).tables, first, second, setting=setting)
    _print(changes.as_dict() if format == "json" else changes.text())


@app.command("list", help=LIST_HELP)
def list_(
    table: TableName = None,
    code: CodeOfTable = None,
    *,
    as_of: AsOf,
    policy: Own = None,
    format: Formats = "text",
) -> None:
    """Prints the tables, or the rows of one."""
    from beamclaim.policy import listing

    known = _policy(policy, as_of)
    if table is None:
        lines = listing.tables(known.tables)
        _print([asdict(t) for t in lines] if format == "json" else listing.tables_text(lines))
        return
    rows = listing.rows(known, table, code)
    _print(rows if format == "json" else listing.rows_text(table, rows))


@app.command("coverage", help=COVERAGE_HELP)
def coverage(
    table: TableName = None, *, on: EndsBefore = None, as_of: AsOf, policy: Own = None, format: Formats = "text"
) -> int:
    """Prints what was verified, or what ends before a day."""
    from beamclaim.policy import listing
    from beamclaim.policy.ends import ended_tables, ended_text

    tables = _policy(policy, as_of).tables
    entries = listing.coverage(tables, table)
    if on is None:
        _print(listing.coverage_rows(entries) if format == "json" else listing.coverage_text(entries))
        return 0
    ended = ended_tables(tables, on, None if table is None else {table})
    _print([e.as_dict() for e in ended] if format == "json" else ended_text(ended, on))
    return int(bool(ended))


@app.command("verify", help=VERIFY_HELP)
def verify(tables: TableNames = None, *, against: Against, format: Formats = "text") -> int:
    """Prints the rows of both sides, every one that differs, and what is left out."""
    from beamclaim.policy import load_policy
    from beamclaim.policy.verify import verify as compare
    from beamclaim.policy.verify.report import verification_text

    done = compare(load_policy(), against, tuple(tables or ()))
    _print(asdict(done) if format == "json" else verification_text(done))
    return int(not done.agrees)


@app.command("import", help=IMPORT_HELP)
def import_(
    files: Files, *, folder: Into = Path("beamclaim-policy"), quarter: Quarter = None, format: Formats = "text"
) -> None:
    """Writes the tables and prints what each file gave."""
    from beamclaim.cli.progress import ProgressBar
    from beamclaim.policy.imports import import_files

    with ProgressBar() as bar:
        done = import_files(files, folder, date.today(), quarter, bar)
    lines = [
        f"{b.given}: {b.rows} rows of {b.table} for {b.first_day} to {b.last_day}"
        + (f", {', '.join(b.settings)}" if b.settings else "")
        + (f"; {b.left_out} rows hold on none of these days" if b.left_out else "")
        for b in done
    ]
    told = [{**asdict(b), "path": str(b.path), "keys": dict(b.keys)} for b in done]
    _print(told if format == "json" else "\n".join([*lines, f"written to {folder}"]))


def _policy(folder: Path | None, as_of: date) -> "PolicyAnswers":
    """The tables with those of the folder named, or of the one that `beamclaim.toml` here names."""
    from beamclaim.policy import PolicyAnswers, load_policy
    from beamclaim.policy.settings import settings

    return PolicyAnswers(load_policy(folder or settings(Path.cwd()).policy, as_of=as_of))


def _print(answer: dict[str, Any] | list[Any] | str) -> None:
    with report_to(None) as out:
        out.write((answer if isinstance(answer, str) else json.dumps(answer, indent=1, default=str)) + "\n")
