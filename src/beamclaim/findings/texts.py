"""Values → the texts a person writes: one value (`words`), a column (`as_text`), several as one (`listing`), a template (`filled`).

Nulls stay null in a column; in a template an unknown value is the word *unknown*.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

_NAME = re.compile(r"\{([^{}]+)\}")
UNKNOWN = "unknown"


def words(value: Any) -> str:
    """A value as a person writes it: no trailing zeros on units, two decimals on money, ISO days."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        if value.as_tuple().exponent == -2:
            return f"{value:.2f}"
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def as_text(values: pl.Series) -> pl.Series:
    """A column in the words of `words`; null stays null."""
    dtype = values.dtype
    if dtype == pl.String or dtype.is_integer() or isinstance(dtype, pl.Enum | pl.Categorical):
        return values.cast(pl.String)
    if dtype == pl.Boolean:
        yes = pl.when(pl.col(values.name)).then(pl.lit("yes")).when(~pl.col(values.name)).then(pl.lit("no"))
        return values.to_frame().select(yes.alias(values.name)).to_series()
    if isinstance(dtype, pl.Decimal):
        text = values.cast(pl.String)
        return text if dtype.scale in (0, 2) else text.str.replace(r"\.?0+$", "")
    if dtype == pl.Date:
        return values.dt.to_string("%Y-%m-%d")
    # Few distinct values: each is put into words once.
    distinct = values.drop_nulls().unique()
    texts = pl.DataFrame(
        {"value": distinct, "text": [words(v) for v in distinct]}, schema_overrides={"text": pl.String}
    )
    found = values.alias("value").to_frame().join(texts, on="value", how="left", maintain_order="left")
    return found["text"].alias(values.name)


def numbers_in_words(numbers: Sequence[int | None]) -> str:
    """Numbers in order → ``2, 5 and 9``; three or more in a row are ``2 to 5``; none that is known: the word *unknown*."""
    runs: list[list[int]] = []
    for number in numbers:
        if number is None:
            continue
        if runs and number - runs[-1][-1] == 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [t for run in runs for t in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    return listing(texts) or UNKNOWN


def listing(texts: Sequence[str]) -> str:
    """Texts as one: ``a, b and c``."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def listings(values: pl.Series) -> pl.Series:
    """A column of lists in the words of `words`, each as one text."""
    rows = pl.DataFrame({"row": pl.int_range(len(values), eager=True), "value": values}).explode("value")
    texts = pl.DataFrame([rows["row"], as_text(rows["value"]).fill_null(UNKNOWN).alias("text")])
    lists = texts.unique(maintain_order=True).group_by("row", maintain_order=True).agg("text")["text"]
    return pl.Series(values.name, [listing(text) for text in lists], dtype=pl.String)


def filled(template: str, rows: pl.DataFrame) -> pl.Series:
    """The template with each ``{name}`` replaced by the row's answer of that name, else its column, in words."""
    parts: list[pl.Expr] = []
    columns: dict[str, pl.Series] = {}
    for at, piece in enumerate(_NAME.split(template)):
        if at % 2 == 0:
            parts += [pl.lit(piece)] if piece else []
            continue
        name = next((n for n in (f"answer:{piece}", piece) if n in rows.columns), None)
        if name is None:
            parts.append(pl.lit(UNKNOWN))
        else:
            columns[name] = as_text(rows[name]).fill_null(UNKNOWN).alias(name)
            parts.append(pl.col(name))
    if not columns:
        return pl.Series([_NAME.sub(UNKNOWN, template)]).new_from_index(0, rows.height)
    return pl.DataFrame(list(columns.values())).select(pl.concat_str(parts).alias("text")).to_series()
