"""`beamclaim facts`: treatment records, plans and messages in, courses out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beamclaim.cli import stream
from beamclaim.cli.options import (
    AsOf,
    PayerLine,
    Setting,
    TextOrJson,
    list_of,
    payer_line_option,
    setting_option,
    words_of,
)
from beamclaim.errors import SettingError

if TYPE_CHECKING:
    from beamclaim.courses.facts import Facts

HELP = """Reads what was planned and delivered, and makes courses of it.

Reads DICOM RT plans and treatment records, FHIR (bundle, NDJSON), HL7 v2 messages, folders, .gz and .zip, mixed.
`-` is standard input. Every fact says where it came from; what nobody can tell is unknown, with who can settle it;
sources that contradict each other are shown, and the fact is left out.

\b
Examples:
  beamclaim facts treatments/
  beamclaim facts treatments/ charges.hl7 --format json
  beamclaim facts charges.hl7 --mapping senders.yaml
  beamclaim facts treatments/ --output courses/ --setting hospital_outpatient --diagnosis C61
  beamclaim check inbox/ --course courses/

\b
Exit status:
  0  every file was read
  2  it could not be done: bad usage, or a file that cannot be read (the others are still read)
"""


Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, archives; - is standard input.")]
Settings = Annotated[Setting | None, setting_option("Billing setting, where no file says it: ")]
PayerLines = Annotated[PayerLine | None, payer_line_option("Payer line, where no file says it: ")]
Payers = Annotated[str | None, typer.Option(metavar="ID", help="Payer id, where no file says it.")]
Diagnoses = Annotated[
    list[str],
    list_of("CODE", "ICD-10-CM code, where no file says it; may be given again, the first is the principal one."),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What senders of HL7 v2 put where, YAML; as `beamclaim listen` takes it."),
]
Formats = Annotated[TextOrJson, typer.Option(help="How the facts are written.")]
Output = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Also write a course file for each course into a folder.")
]


def facts(
    paths: Paths,
    *,
    setting: Settings = None,
    payer_line: PayerLines = None,
    payer: Payers = None,
    diagnosis: Diagnoses,
    mapping: MappingFile = None,
    as_of: AsOf,
    format: Formats = "text",
    output: Output = None,
) -> None:
    """Reads, joins, writes the facts and the course files, and exits with the status."""
    from beamclaim.app.facts import FactsOptions
    from beamclaim.app.facts import facts as ask
    from beamclaim.cli.progress import ProgressBar
    from beamclaim.courses import CourseDefaults
    from beamclaim.outputs.facts.json import write_json
    from beamclaim.outputs.facts.text import write_text
    from beamclaim.outputs.report.printable import counted

    defaults = CourseDefaults(setting, payer_line, payer, _diagnoses(diagnosis))
    if output is not None and output.exists() and not output.is_dir():
        raise SettingError(f"--output {output} is a file; name a folder")
    with ProgressBar() as progress:
        answer = ask(
            FactsOptions(tuple(paths), defaults, as_of, mapping),
            stdin=sys.stdin.buffer if "-" in paths else None,
            progress=progress,
        )
        count = None if output is None else _write_courses(answer, output)
        if sys.stdout.isatty():
            progress.stop()
        with stream.report_to(None, progress) as out:
            if format == "json":
                write_json(answer, out)
            else:
                write_text(answer, out, width=stream.width())
    if count is not None:
        typer.echo(f"beamclaim: {counted(count, 'course file')} written to {output}", err=True)
    raise typer.Exit(2 if any(f.error is not None and not f.is_stray for f in answer.files) else 0)


def _diagnoses(codes: list[str]) -> tuple[str, ...]:
    from beamclaim.courses import form

    try:
        return tuple(str(form.diagnosis(code.upper())) for code in words_of(codes))
    except ValueError:
        raise typer.BadParameter("--diagnosis takes ICD-10-CM codes, such as C61") from None


def _write_courses(answer: "Facts", folder: Path) -> int:
    """One file a course, and how many they are; its name is the course's own id, never a text of a file."""
    from beamclaim.outputs.facts.json import write_course

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingError(f"cannot make the folder {folder}: {error.strerror or type(error).__name__}") from error
    count = 0
    for account in answer.course_records():
        count += 1
        with stream.report_to(str(folder / f"{account.form['course']}.course.json")) as out:
            write_course(account, out)
    return count
