"""`beamclaim code`: courses in, the charges their record supports out."""

import sys
from typing import Annotated, Literal

import typer

from beamclaim.cli import stream
from beamclaim.cli.options import AsOf, PayerLine, Setting, list_of, payer_line_option, setting_option, words_of

HELP = """Proposes the charges the record of a course supports, with reasons.

Takes course forms, or folders and files of DICOM RT, FHIR and HL7 v2, read as `facts` reads them. Every session and procedure
gets a charge that is supported, needs evidence, cannot be told or is not billable, with the reasons, what else it could have
been, what is missing and who has it. Never a higher code without the fact that was delivered.

\b
Examples:
  beamclaim code courses/
  beamclaim code treatments/ --setting hospital_outpatient --payer-line medicare_ffs
  beamclaim code c7.course.json --select delivery,management --explain
  beamclaim code courses/ --format json

\b
Exit status:
  0  every course was answered
  2  it could not be done: bad usage, or a course that cannot be opened (the others are still answered)
  3  --strict: a charge needs evidence or cannot be told
"""

_UNSETTLED = ("needs_evidence", "cannot_tell")

Courses = Annotated[
    list[str],
    typer.Argument(metavar="COURSE", help="Course forms, files and folders of evidence; - is standard input."),
]
Settings = Annotated[Setting | None, setting_option("Billing setting, where a course does not say it: ")]
PayerLines = Annotated[PayerLine | None, payer_line_option("Payer line, where a course does not say it: ")]
Families = Annotated[list[str], list_of("FAMILY", "Only these families of charges, such as delivery,management.")]
Formats = Annotated[Literal["text", "json", "csv"], typer.Option(help="How the charges are written.")]
Explain = Annotated[bool, typer.Option("--explain", help="Text: add every reason of every charge.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 when a charge needs evidence or cannot be told.")]


def code(
    courses: Courses,
    *,
    setting: Settings = None,
    payer_line: PayerLines = None,
    select: Families,
    as_of: AsOf,
    format: Formats = "text",
    explain: Explain = False,
    strict: Strict = False,
) -> None:
    """Reads, proposes, writes, and exits with the status."""
    from beamclaim.app.code import CodeOptions
    from beamclaim.app.code import code as ask
    from beamclaim.cli.progress import ProgressBar
    from beamclaim.outputs.course.csv import write_csv
    from beamclaim.outputs.course.json import write_json
    from beamclaim.outputs.course.text import write_text

    options = CodeOptions(tuple(courses), as_of, setting, payer_line, tuple(words_of(select)))
    with ProgressBar() as progress:
        answer = ask(options, stdin=sys.stdin.buffer if "-" in courses else None, progress=progress)
        if sys.stdout.isatty():
            progress.stop()
        with stream.report_to(None, progress) as out:
            if format == "json":
                write_json(answer, out)
            elif format == "csv":
                write_csv(answer, out)
            else:
                write_text(answer, out, explain=explain)
    for error in answer.errors:
        typer.echo(f"beamclaim: {error}", err=True)
    unsettled = strict and answer.charges["charge.status"].is_in(_UNSETTLED).any()
    raise typer.Exit(2 if answer.errors else 3 if unsettled else 0)
