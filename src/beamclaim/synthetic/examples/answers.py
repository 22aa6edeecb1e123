"""The page about the claim files: how to ask, and what is right or wrong about each claim."""

from collections.abc import Sequence

from beamclaim.synthetic.examples.book import Book, Told

_HEAD = """# Practise on whole files

The folder `examples/` holds three files as a department sends them: most claims are right, the others hold mistakes departments
make. Nobody in them exists. `beamclaim.synthetic.examples` writes them, and this page.

```
beamclaim check examples/hospital-2025-12.837
beamclaim check examples/hospital-2026-01.837 --history examples/hospital-2025-12.837
beamclaim check examples/office-2026-10.837 --course examples/office-2026-10.course.json --format html
```

Read a file as you would read your own and decide what is wrong with it, then ask. The answers are below: where one says
*right*, nothing is found; *cannot tell* names the rule that would need the record of treatment.
"""


def answers(books: Sequence[Book]) -> str:
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
