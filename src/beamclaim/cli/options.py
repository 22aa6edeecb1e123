"""Options that several commands take, as types: their words come from the closed lists of `model/value_sets.py`.

A wrong word is refused by the command line itself, with the words there are. Nothing heavy is imported here: `--help` answers at once.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

import typer

from beamclaim.model.value_sets import PAYER_LINES, SETTINGS, PayerLine, Setting

TextOrJson = Literal["text", "json"]

_SETTINGS, _PAYER_LINES = ", ".join(SETTINGS), ", ".join(PAYER_LINES)


def day(text: str) -> date:
    """The day a text names: ``YYYY-MM-DD`` or ``today``."""
    if text == "today":
        return date.today()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a day; write it as 2026-03-01, or `today`")


def on_day(words: str) -> Any:
    """An option that takes a day and is today when not given."""
    return typer.Option(parser=day, metavar="DATE", default_factory=lambda: "today", show_default="today", help=words)


def list_of(metavar: str, words: str) -> Any:
    """An option that may be given again; an empty list when it is not given."""
    return typer.Option(metavar=metavar, default_factory=list, show_default=False, help=words)


def setting_option(words: str) -> Any:
    """``--setting``; `words` say when it counts, the settings there are follow."""
    return typer.Option(metavar="SETTING", help=f"{words}{_SETTINGS}.")


def payer_line_option(words: str) -> Any:
    """``--payer-line``; `words` say when it counts, the lines there are follow."""
    return typer.Option(metavar="LINE", help=f"{words}{_PAYER_LINES}.")


def words_of(parts: Iterable[str]) -> tuple[str, ...]:
    """Words given one by one or with commas between them, blanks left out."""
    return tuple(word.strip() for part in parts for word in part.split(",") if word.strip())


AsOf = Annotated[date, on_day("The day the question is put.")]

__all__ = [
    "AsOf", "PayerLine", "Setting", "TextOrJson", "day", "list_of", "on_day", "payer_line_option", "setting_option", "words_of",
]  # fmt: skip
