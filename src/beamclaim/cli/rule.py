"""`beamclaim rule`: the page of a rule, or the catalogue of all."""

import json
import sys
from enum import StrEnum
from typing import Annotated, TextIO

import typer

from beamclaim.cli.stream import is_colored, report_to, width

HELP = """Explains a rule: what it finds, why it matters, what to do, with cases.

\b
Examples:
  beamclaim rule COD101
  beamclaim rule weekly-management-units
  beamclaim rule UNT               # the family
  beamclaim rule --all --format json
"""


class Format(StrEnum):
    """How a rule is written."""

    TEXT = "text"
    JSON = "json"


def rule(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A code, a family or a name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The catalogue of all rules.")] = False,
    format: Annotated[Format, typer.Option(help="text (Markdown when piped) or json.")] = Format.TEXT,
) -> None:
    """Prints one page, or a catalogue where more than one rule is meant."""
    from beamclaim.app import rule_page

    if everything and code is not None:
        raise typer.BadParameter("give a code or --all, not both")
    found = rule_page.chosen(code)
    one = len(found) == 1 and code is not None
    with report_to(None) as out:
        if format is Format.JSON:
            records = [rule_page.record(r) for r in found]
            out.write(json.dumps(records[0] if one else records, indent=1) + "\n")
        elif one:
            _show_page(rule_page.page(found[0]), out)
        else:
            _show_catalogue(*rule_page.catalogue(found), out)


def _show_page(text: str, out: TextIO) -> None:
    if not sys.stdout.isatty():
        out.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=out, force_terminal=True, no_color=not is_colored(), width=min(width(), 110)).print(Markdown(text))


def _show_catalogue(heads: tuple[str, ...], rows: list[tuple[str, ...]], out: TextIO) -> None:
    widths = [max(len(row[n]) for row in [heads, *rows]) for n in range(len(heads))]
    for row in [heads, *rows]:
        out.write("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + "\n")
