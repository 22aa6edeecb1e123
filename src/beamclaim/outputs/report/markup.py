"""Markup: HTML put together so that every value is escaped unless it was built here."""

from collections.abc import Iterable
from html import escape

from beamclaim.outputs.report.printable import printable


class Markup(str):
    """Text that is HTML already; everything else is escaped when it is filled in."""

    __slots__ = ()


def fill(template: str, **values: object) -> Markup:
    """The template with each ``{name}`` replaced by its value, escaped and without control characters."""
    return Markup(
        template.format_map({k: v if isinstance(v, Markup) else escape(printable(v)) for k, v in values.items()})
    )


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces of markup one after another."""
    return Markup("".join(parts))


def table(caption: str, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[object]]) -> Markup:
    """A table with a caption; `columns` are (heading, class), the class is given to every cell below."""
    heads = list(columns)
    cell = '<td class="{c}" data-label="{h}">{v}</td>'
    head = joined(fill('<th scope="col" class="{c}">{h}</th>', c=c, h=h) for h, c in heads)
    body = joined(
        fill("<tr>{cells}</tr>", cells=joined(fill(cell, c=c, h=h, v=v) for (h, c), v in zip(heads, row, strict=True)))
        for row in rows
    )
    return fill(
        '<div class="scroll" role="group" aria-label="{caption}" tabindex="0"><table><caption>{caption}</caption>'
        "<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>\n",
        caption=caption, head=head, body=body,
    )  # fmt: skip
