"""`beamclaim demo`: the main job on the demonstration claims that come with the package."""

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

HELP = """Checks the demonstration claims: findings on the terminal, and an HTML report.

\b
Example:
  beamclaim demo --output report.html
"""
#: The claims are of December 2025 and January 2026; this is the day they are asked on, so that the answers stay the same.
AS_OF = date(2026, 6, 30)
DEFAULT_PAGE = "beamclaim-demo/report.html"

Output = Annotated[Path, typer.Option(metavar="FILE", help="Where the HTML report is written.")]


def demo(*, output: Output = Path(DEFAULT_PAGE)) -> None:
    """The use case is that of `check`; only the claims are ours."""
    from beamclaim.app.check import CheckOptions, check
    from beamclaim.cli import stream
    from beamclaim.outputs.report.html import write_html
    from beamclaim.outputs.report.text import write_text

    output.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("beamclaim") / "demonstration") as folder:
        claims = sorted(str(p) for p in folder.glob("*.837"))
        checked = check(
            CheckOptions(
                tuple(claims),
                history=(str(folder / "earlier"),),
                course=(str(folder / "delivered.course.json"),),
                as_of=AS_OF,
            )
        )
        with stream.report_to(None) as out:
            write_text(checked.result, checked.excerpt, out, color=stream.is_colored(), width=stream.width())
        with stream.report_to(str(output)) as page:
            write_html(checked.result, checked.excerpt, page)
    typer.echo(f"\nThe same as a page: {output.resolve()}", err=True)
