"""`beamclaim rule`: the page of a rule, or the catalogue of all."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, TextIO

import typer

from beamclaim.cli.options import TextOrJson
from beamclaim.cli.stream import is_colored, report_to, width

HELP = """Explains a rule: what it finds, why it matters, what to do, with cases and the policy rows it rests on.

\b
Examples:
  beamclaim rule COD101
  beamclaim rule too-much-weekly-management
  beamclaim rule UNT               # the family
  beamclaim rule --all --format json
"""


def rule(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A code, a family or a name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The catalogue of all rules.")] = False,
    format: Annotated[TextOrJson, typer.Option(help="text (Markdown when piped) or json.")] = "text",
) -> None:
    """Prints one page, or a catalogue where more than one rule is meant."""
    from beamclaim.app import rule_page
    from beamclaim.policy import load_policy
    from beamclaim.policy.settings import settings

    if everything and code is not None:
        raise typer.BadParameter("give a code or --all, not both")
    rules = rule_page.chosen(code)
    is_one = len(rules) == 1 and code is not None
    with report_to(None) as out:
        if is_one:
            # The tables of the clinic, where it has its own, are what its rules rest on.
            policy, today = load_policy(settings(Path.cwd()).policy), date.today()
            if format == "json":
                out.write(json.dumps(rule_page.record_with_rows(rules[0], policy, today), indent=1) + "\n")
            else:
                _show_page(rule_page.page(rules[0], policy, today), out)
        elif format == "json":
            out.write(json.dumps([rule_page.record(r) for r in rules], indent=1) + "\n")
        else:
            _show_catalogue(*rule_page.catalogue(rules), out)


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
