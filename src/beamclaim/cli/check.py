"""`beamclaim check`: claims in, findings out, and an exit status that says what became of it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from beamclaim.cli import stream
from beamclaim.cli.options import AsOf, PayerLine, Setting, list_of, payer_line_option, setting_option
from beamclaim.errors import SettingError
from beamclaim.model.value_sets import SEVERITIES, Severity
from beamclaim.stages import stage

if TYPE_CHECKING:
    from beamclaim.app.check import Checked
    from beamclaim.cli.progress import ProgressBar
    from beamclaim.findings.result import Result

HELP = """Checks claims before they are sent.

Reads 837P and 837I files, claims tables (CSV, JSON lines), folders, .gz and .zip, mixed. `-` is standard input.

\b
Examples:
  beamclaim check inbox/
  beamclaim check claims.csv --course course.json --as-of 2026-03-01
  beamclaim check batch.837 --select COD,UNT101 --format json
  beamclaim check inbox/ --format html --output report.html
  beamclaim check inbox/ --waivers waivers.yaml --format xlsx
  beamclaim check batch.837 --diff
  beamclaim check batch.837 --fix --output repaired/

\b
Exit status:
  0  no finding at or above --fail-on
  1  findings
  2  it could not be done: bad usage, or an input that cannot be opened (the others are still checked)
  3  only with --strict: no finding, but something could not be told
"""


FailOn = Literal["error", "warning", "never"]
ReportFormat = Literal["text", "json", "jsonl", "csv", "html", "xlsx"]

#: Formats that are a file by nature, and the file where none is named.
DEFAULT_FILES: dict[ReportFormat, str] = {"html": "beamclaim-report.html", "xlsx": "beamclaim-report.xlsx"}
#: Severities that make the exit status 1.
_FAILING: dict[FailOn, set[Severity]] = {"error": {*SEVERITIES[:1]}, "warning": {*SEVERITIES[:2]}, "never": set()}
_UNSAID = "%s where the claim does not say it: "


def jurisdiction(text: str) -> str:
    """A Medicare contractor's jurisdiction, in capitals, said by itself, by the contractor's name or by a state."""
    from beamclaim.policy.contractors import jurisdiction_of

    try:
        return jurisdiction_of(text)
    except SettingError as error:
        raise typer.BadParameter(str(error)) from error


Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, archives; - is standard input.")]
Courses = Annotated[list[str], list_of("PATH", "Course evidence; may be given again.")]
Histories = Annotated[list[str], list_of("PATH", "Earlier claims, as context; may be given again.")]
PayerLines = Annotated[PayerLine | None, payer_line_option(_UNSAID % "Payer line")]
Macs = Annotated[
    str | None,
    typer.Option(
        metavar="CONTRACTOR", parser=jurisdiction, show_default=False,
        help="Medicare contractor, as J15, CGS or OH; else the one of `beamclaim.toml`, else that of the payer id.",
    ),
]  # fmt: skip
Settings = Annotated[Setting | None, setting_option(_UNSAID % "Billing setting")]
Select = Annotated[list[str], list_of("RULES", "Only these: families, codes or names, with commas.")]
Ignore = Annotated[list[str], list_of("RULES", "All but these.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 when nothing is found but something cannot be told.")]
Policies = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        show_default=False,
        help="A folder of own and imported tables; else the one `beamclaim.toml` names.",
    ),
]
Fails = Annotated[FailOn, typer.Option(help="Lowest severity that makes the exit status 1.")]
Formats = Annotated[ReportFormat, typer.Option(help="How the report is written.")]
_OUTPUT = f"Write to a file ({' or '.join(DEFAULT_FILES.values())} if not told); with --fix, to a new folder."
Output = Annotated[str | None, typer.Option(metavar="FILE", help=_OUTPUT)]
Waivers = Annotated[str | None, typer.Option(metavar="FILE", help="Findings to let stand, YAML or TOML.")]
Shows = Annotated[bool, typer.Option("--diff", help="Show the safe repairs: those that change nothing billed.")]
Fixes = Annotated[bool, typer.Option("--fix", help="Write repaired copies into the folder --output.")]


def check(
    paths: Paths,
    *,
    course: Courses,
    history: Histories,
    payer_line: PayerLines = None,
    setting: Settings = None,
    mac: Macs = None,
    as_of: AsOf,
    select: Select,
    ignore: Ignore,
    strict: Strict = False,
    fail_on: Fails = "error",
    format: Formats = "text",
    output: Output = None,
    waivers: Waivers = None,
    policy: Policies = None,
    diff: Shows = False,
    fix: Fixes = False,
) -> None:
    """Reads, asks, writes the report and exits with the status."""
    inputs = [*paths, *course, *history, *([waivers] if waivers is not None else [])]
    if diff or fix:
        _refuse_repair(fix, format, output, inputs)
    target = DEFAULT_FILES.get(format) if output is None else output
    if not fix:
        stream.refuse_overwriting(target, inputs)

    from beamclaim.app.check import CheckOptions, settings
    from beamclaim.app.check import check as ask
    from beamclaim.cli.progress import ProgressBar

    own = settings(Path.cwd())
    options = CheckOptions(
        paths=tuple(paths), course=tuple(course), history=tuple(history), setting=setting,
        payer_line=payer_line, as_of=as_of, select=tuple(select), ignore=tuple(ignore),
        waivers=waivers, policy=policy or own.policy, mac=mac or own.mac,
    )  # fmt: skip
    stdin = sys.stdin.buffer if "-" in {*paths, *course, *history} else None
    with ProgressBar() as progress:
        checked = ask(options, stdin=stdin, progress=progress)
        if not diff and not fix:
            if target in (None, "-") and sys.stdout.isatty():
                progress.stop()
            with stage("render"):
                _write(checked, format, target, progress)
    if diff or fix:
        raise typer.Exit(_repair(checked, fail_on, strict=strict, target=target, fix=fix))
    _tell(checked, format, target)
    raise typer.Exit(status(checked.result, fail_on, strict=strict))


def _refuse_repair(fix: bool, format: ReportFormat, output: str | None, inputs: list[str]) -> None:
    """Raises where repairs were asked for in a way that cannot be."""
    from beamclaim.outputs.x12.copies import refuse_folder

    if format != "text":
        raise typer.BadParameter("--diff and --fix say what they do as text; leave --format out")
    if fix and output in (None, "-"):
        raise typer.BadParameter("--fix writes copies and never over a claim; name a new folder with --output")
    if fix:
        refuse_folder(Path(str(output)), [Path(name) for name in inputs if name != "-"])


def _repair(checked: "Checked", fail_on: FailOn, *, strict: bool, target: str | None, fix: bool) -> int:
    """Shows the safe repairs and, for `fix`, writes the copies; the status of what is left for a person."""
    from beamclaim.outputs.x12.copies import write_copies
    from beamclaim.outputs.x12.patch import diff, patches, told

    result = checked.result
    repairs, _ = patches(result, checked.excerpt)
    copies: dict[str, Path] = {}
    if fix:
        readable = [f for f in result.files if f.error is None and not f.is_history]
        copies = write_copies(readable, repairs, checked.excerpts.open, Path(str(target)))
    with stream.report_to(None if fix else target) as out:
        out.writelines(diff(repairs))
        out.writelines(told(result, repairs, copies))
    _tell_unread(result)
    if not fix:
        return status(result, fail_on, strict=strict)
    repaired = {repair.finding.id for patch in repairs for repair in patch.repairs}
    left = replace(result, findings=result.findings.without(repaired))
    return status(left, fail_on, strict=strict)


def _write(checked: "Checked", format: ReportFormat, target: str | None, progress: "ProgressBar") -> None:
    """The report in its format, to its target."""
    result = checked.result
    with stream.report_to(target, progress) as out:
        if format == "text":
            from beamclaim.outputs.report.text import write_text

            to_terminal = target in (None, "-")
            colored, width = (stream.is_colored(), stream.width()) if to_terminal else (False, 100)
            write_text(result, checked.excerpt, out, color=colored, width=width)
        elif format == "html":
            from beamclaim.outputs.report.html import write_html

            write_html(result, checked.excerpt, out)
        elif format == "xlsx":
            from beamclaim.outputs.report.xlsx import write_xlsx

            write_xlsx(result, out.buffer)
        elif format == "csv":
            from beamclaim.outputs.report.csv import write_csv

            write_csv(result, out)
        else:
            from beamclaim.outputs.report.json import write_json, write_jsonl

            (write_json if format == "json" else write_jsonl)(result, out)


def _tell(checked: "Checked", format: ReportFormat, target: str | None) -> None:
    """What the report does not show where it went: files that were not read, notes, and where it is."""
    from beamclaim.outputs.report.printable import printable
    from beamclaim.outputs.report.text import verdict

    result, to_terminal = checked.result, target in (None, "-")
    if format != "text" or not to_terminal:
        _tell_unread(result)
        for warning in (*filter(None, [result.past_horizon]), *result.warnings):
            typer.echo(f"beamclaim: note: {printable(warning)}", err=True)
    if not to_terminal:
        typer.echo(f"beamclaim: report written to {printable(target)}. {verdict(result)}", err=True)


def _tell_unread(result: "Result") -> None:
    from beamclaim.outputs.report.printable import printable

    for file in result.files:
        if file.error is not None:
            typer.echo(f"beamclaim: {printable(file.path)} was not read: {printable(file.error)}", err=True)


def status(result: "Result", fail_on: FailOn, *, strict: bool) -> int:
    """The exit status: 2 a file was not read, 1 findings, 3 (`strict`) something could not be told, 0 otherwise."""
    if any(file.error is not None and not file.is_stray for file in result.files):
        return 2
    if result.findings.spine["severity"].is_in(sorted(_FAILING[fail_on])).any():
        return 1
    if strict and (result.undecided or any(counts.cannot_tell for counts in result.coverage)):
        return 3
    return 0
