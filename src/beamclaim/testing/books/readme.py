"""The page beside the claim files: how to ask, and what is right or wrong about each claim."""

from collections.abc import Sequence

from beamclaim.testing.books.book import Book, Told

_HEAD = """# Three claim files

Whole files as a department sends them: most claims are right, the others hold mistakes departments make. Nobody in them exists.
`beamclaim.testing.books` writes them.

```
beamclaim check examples/hospital-2025-12.837
beamclaim check examples/hospital-2026-01.837 --history examples/hospital-2025-12.837
beamclaim check examples/office-2026-10.837 --course examples/office-2026-10.course.json --format html
```

Judge a file yourself first; the answers are below. Where it says *right*, no error and no warning is found.
"""


def readme(books: Sequence[Book]) -> str:
    """The page, made from what the books say of themselves."""
    parts = [_HEAD]
    for book in books:
        parts += [f"## {book.title}", "", f"`{book.name}.837`, made on {book.made}", ""]
        parts += ["| claim | what was done | what is wrong | rules |", "|---|---|---|---|"]
        parts += [_row(told) for told in book.told]
        parts.append("")
    return "\n".join(parts)


def _row(told: Told) -> str:
    rules = [*told.rules, *(f"{rule}: cannot tell" for rule in told.open)]
    return f"| {told.claim} | {told.what} | {told.wrong or 'right'} | {', '.join(rules)} |"
