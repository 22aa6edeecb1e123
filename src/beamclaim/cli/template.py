"""`beamclaim template`: tables a clinic fills in, with their heading and an example."""

from typing import Annotated, Literal

import typer

HELP = """Writes a table to fill in.

payers  who the payers of your claims are: payers/payer.own.csv of your policy folder; its rows are asked first

\b
Examples:
  beamclaim template payers > beamclaim-policy/payers/payer.own.csv
"""

Name = Annotated[Literal["payers"], typer.Argument(metavar="TABLE", help="The table: payers.")]


def template(name: Name) -> None:
    """Writes the heading of the table, which is all a table needs; what to fill in goes to standard error."""
    from beamclaim.policy.declarations import BY_NAME

    declared = BY_NAME["payer.own"]
    typer.echo(",".join(declared.columns))
    typer.echo(
        "beamclaim: one row a payer: payer_id and payer_name as the claims have them (either may be blank), form 837P or 837I or "
        "blank, payer as `beamclaim policy list payers` names it or a word of your own, payer_line or blank, who reviews, first and "
        "last day or blank. Save it as payers/payer.own.csv in the folder --policy names.",
        err=True,
    )
