"""`beamclaim policy`: what the tables say of a code on a day, and what changes between two days."""

import json
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from beamclaim.cli.check import AsOf, PayerLine, Setting, day, on_day
from beamclaim.cli.stream import report_to

app = typer.Typer(
    help="Shows the dated tables the rules rest on.\n\n\b\nExamples:\n"
    "  beamclaim policy show 77386 --on 2025-12-31 --setting hospital_outpatient\n"
    "  beamclaim policy diff 2025-12-31 2026-01-01",
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


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


Code = Annotated[str, typer.Argument(metavar="CODE", help="A procedure code, a diagnosis code or a modifier.")]
On = Annotated[date, on_day("The day of service.")]
ShowSetting = Annotated[Setting | None, typer.Option(metavar="SETTING", help=f"One of {', '.join(Setting)}.")]
ShowLine = Annotated[PayerLine | None, typer.Option(metavar="LINE", help=f"One of {', '.join(PayerLine)}.")]
Payer = Annotated[str | None, typer.Option(metavar="ID", help="The payer's id as on the claim.")]
Formats = Annotated[Format, typer.Option(help="How the answer is written.")]
Day = Annotated[date, typer.Argument(parser=day, metavar="DAY")]


@app.command("show", help=SHOW_HELP)
def show(
    code: Code,
    *,
    on: On,
    setting: ShowSetting = None,
    payer: Payer = None,
    payer_line: ShowLine = None,
    as_of: AsOf,
    format: Formats = Format.TEXT,
) -> None:
    """Prints what is known of one code."""
    from beamclaim.policy import Policy
    from beamclaim.policy.show import show as answer

    found = answer(
        Policy.load(as_of=as_of), code, on, setting=setting and setting.value, payer=payer,
        payer_line=payer_line and payer_line.value,
    )  # fmt: skip
    _print(found.as_dict() if format is Format.JSON else found.text())


@app.command("diff", help=DIFF_HELP)
def diff(first: Day, second: Day, *, setting: ShowSetting = None, as_of: AsOf, format: Formats = Format.TEXT) -> None:
    """Prints what differs; `--setting` leaves out what holds only in another setting."""
    from beamclaim.policy import Policy
    from beamclaim.policy.diff import diff as differences

    found = differences(Policy.load(as_of=as_of), first, second, setting=setting and setting.value)
    _print(found.as_dict() if format is Format.JSON else found.text())


def _print(answer: dict[str, Any] | str) -> None:
    with report_to(None) as out:
        out.write((answer if isinstance(answer, str) else json.dumps(answer, indent=1, default=str)) + "\n")
