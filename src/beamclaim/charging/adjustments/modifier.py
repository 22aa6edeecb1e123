"""The modifier a row of a table gives for a column: none where the row is blank, unknown where no row answers."""

from beamclaim.charging import Expression, code_in, if_seen, text, value, when


def modifier_of(table: str, of: str) -> Expression:
    """The text to add."""
    given = value(table, "modifier", of=of, on="charge.day")
    return when(code_in(table, of=of, on="charge.day"), if_seen(given, text("")), given)
