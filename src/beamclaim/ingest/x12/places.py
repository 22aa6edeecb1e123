"""Where the value of a column stands in the bytes, so that a finding can show them."""

from typing import NamedTuple


class Place(NamedTuple):
    """An element of a loop. ``path`` names it, with ``{line}`` for the line's number.

    ``component`` and ``last`` are the first and last component where the value is a part of a
    composite (``last`` 0: only the first). ``qualifier`` is the element that says which of several
    segments of this id is meant, and its values. ``until`` are the segment ids that end the part of the
    loop in which to look.
    """

    segment: str
    element: int
    component: int
    path: str
    last: int = 0
    qualifier: tuple[int, tuple[str, ...]] | None = None
    until: tuple[str, ...] = ()


def place(column: str, form: str) -> Place | None:
    """Where a column of claims, lines or diagnoses stands in a form; None where it is in no loop of any guide."""
    from beamclaim.ingest.x12.guides import registered  # the guides declare their places with `Place`

    return registered().place(column, form)
