"""A rule's page → the cases it promises, each run against the program: the page is the specification, these are its test.

In: a Markdown page with blocks ``case`` (a small claim book) or ``x12`` (the bytes of one 837). Out: one `PageCase` a
block, and for each the list of promises that are not kept. Begin with `parse.py`, which describes the language;
`claims.py` and `courses.py` write what a case asks about, `run.py` asks. Used by `tests/pages`, and by anybody who
writes rules of his own.
"""

from beamclaim.testing.cases.claims import COLUMNS, sample
from beamclaim.testing.cases.parse import Mark, PageCase, cases
from beamclaim.testing.cases.run import place, run

__all__ = ["COLUMNS", "Mark", "PageCase", "cases", "place", "run", "sample"]
