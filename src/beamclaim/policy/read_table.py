"""A CSV of a policy folder → a frame of checked, typed and graded rows, or a refusal with file, line and remedy.

One row per line of the file, in its order: key, values, the columns every row has, and ours: `row.file`, `row.line`,
`row.cap` (how grave a finding may be that rests on it), `row.preview` (no source), `row.known_since` (first day on which
anybody could know it; null: since nobody knows when). A blank value is null. Called by `folder.py`.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.model.value_sets import CONFIDENCES, ORIGINAL_MEDICARE, PAYER_LINES, SETTINGS
from beamclaim.policy.declarations import Declaration
from beamclaim.policy.declarations.form import DAY, EXACT, FLAG, ROW, TEXT, WHOLE
from beamclaim.policy.sources import PolicySource

_LINES = "|".join(line for line in PAYER_LINES if line != ORIGINAL_MEDICARE)
#: Scopes, from general to special; `us/medicare` is Original Medicare.
_SCOPE = rf"^(us|us/(?:{_LINES})|us/medicare(?:/[a-z0-9]+)?|payer/[a-z0-9-]+(?:/(?:{ORIGINAL_MEDICARE}|{_LINES}))?)$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_EXACT = r"^(-?\d{1,12}(\.\d{1,4})?)?$"
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


def read_rows(declared: Declaration, path: Path, sources: Mapping[str, PolicySource]) -> pl.DataFrame:
    """The rows of one file.

    Raises PolicyError: unknown or missing columns, a bad cell, an end before its beginning, unsorted or overlapping
    rows, a source that is not described.
    """
    return check_rows(declared, _read(declared, path), sources)


def check_rows(declared: Declaration, text: pl.DataFrame, sources: Mapping[str, PolicySource]) -> pl.DataFrame:
    """The same for rows already read: all text, with `row.file` and `row.line`."""
    frame = _typed(declared, text)
    refuse_overlaps(declared, frame)
    return _graded(frame, sources)


def known_on(frame: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """The rows somebody could know on a day (null: all), with their place as `row.id`."""
    if as_of is not None:
        frame = frame.filter(pl.col("row.known_since").fill_null(_FIRST) <= as_of)
    return frame.with_row_index("row.id")


def _read(declared: Declaration, path: Path) -> pl.DataFrame:
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    header = raw.split(b"\n", 1)[0].decode("utf-8", "replace").split(",")
    wanted = declared.columns
    for name in header:
        if name not in wanted:
            raise PolicyError(
                f"{path.name} line 1: unknown column {name!r}.{nearest(name, wanted)} "
                f"The columns of {declared.name} are, in order, {','.join(wanted)}."
            )
    for name in wanted:
        if name not in header:
            raise PolicyError(f"{path.name} line 1: the column {name!r} is missing. Leave its cells blank instead.")
    if len(header) != len(set(header)):
        raise PolicyError(f"{path.name} line 1: a column stands here twice. Remove one.")
    try:
        text = pl.read_csv(raw, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise PolicyError(f"{path.name}: a row does not have the {len(header)} cells of line 1: {error}") from error
    if text.height != raw.rstrip(b"\n").count(b"\n"):
        raise PolicyError(f"{path.name}: a cell holds a line break, or a line is blank. One line is one row.")
    cells = (*declared.key_cells, *declared.value, *ROW)
    text = text.select(
        *(pl.lit(declared.constant[c]).alias(c) if c in declared.constant else pl.col(c).fill_null("") for c in cells),
        pl.lit(path.name).alias("row.file"),
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("row.line"),
    )
    if not declared.by_hand:
        _refuse_unsorted(declared, path, text)
    return text


def _refuse_unsorted(declared: Declaration, path: Path, text: pl.DataFrame) -> None:
    order = [*declared.key_cells, "scope", "setting", "first_day"]
    places = text.lazy().select(*order, "row.line").sort(*order, maintain_order=True).select("row.line").collect()
    if not places.to_series().equals(text["row.line"], check_names=False):
        ranks = places.with_row_index("rank").sort("row.line")["rank"].cast(pl.Int64)
        line = text["row.line"][int((ranks.diff() < 0).arg_true()[0])]
        raise PolicyError(
            f"{path.name} line {line}: the rows are not sorted by {', '.join(order)}. "
            "Sort them, so that a change shows as one line."
        )


def _refuse(frame: pl.DataFrame, *checks: tuple[pl.Expr, str]) -> None:
    """Raises PolicyError for the first row that fails a check, said in its words; `{name}` there is that row's cell."""
    failing = frame.select(wrong.any().alias(str(i)) for i, (wrong, _) in enumerate(checks)).row(0)
    for (wrong, says), fails in zip(checks, failing, strict=True):
        if fails:
            row = frame.filter(wrong).row(0, named=True)
            raise PolicyError(f"{row['row.file']} line {row['row.line']}: " + says.format(**row))


def _typed(declared: Declaration, text: pl.DataFrame) -> pl.DataFrame:
    """Text cells as typed columns; a blank value is null."""
    days: tuple[str, ...] = ("first_day", "last_day", "observed_on")
    wholes = [name for name, kind in declared.value.items() if kind is WHOLE] + ["priority"] * declared.is_range
    flags = [name for name, kind in declared.value.items() if kind is FLAG]
    exacts = [name for name, kind in declared.value.items() if kind == EXACT]
    days += tuple(name for name, kind in declared.value.items() if kind is DAY)
    texts = [name for name, kind in declared.value.items() if kind is TEXT]
    day = {d: pl.when(pl.col(d).str.contains(_DAY)).then(pl.col(d)).str.to_date("%Y-%m-%d", strict=False) for d in days}
    typed = text.with_columns(expression.alias(f"{d}.day") for d, expression in day.items())
    _refuse(
        typed,
        *(
            (pl.col(name) == "", f"{name} is blank. A row without its key answers nobody.")
            for name in declared.key_cells
            if not declared.by_hand
        ),
        (
            ~pl.col("scope").str.contains(_SCOPE),
            "scope {scope!r} is not one of us, us/medicare, us/medicare/<contractor>, us/<payer line>, payer/<payer>, "
            "payer/<payer>/<payer line>. A row must say for whom it holds.",
        ),
        (
            ~pl.col("setting").is_in([*SETTINGS, "any"]),
            f"setting {{setting!r}} is not one of {', '.join(SETTINGS)}, any. A row must say where it holds.",
        ),
        (
            ~pl.col("confidence").is_in(list(CONFIDENCES)),
            f"confidence {{confidence!r}} is not one of {', '.join(CONFIDENCES)}. It caps how grave a finding may be.",
        ),
        *(
            ((pl.col(d) != "") & pl.col(f"{d}.day").is_null(), f"{d} {{{d}!r}} is no day. Write 2026-01-31.")
            for d in days
        ),
        (
            pl.col("last_day.day") < pl.col("first_day.day"),
            "last_day {last_day} is before first_day {first_day}. A row ends on or after the day it begins; did the "
            "two columns change places?",
        ),
        *((~pl.col(name).str.contains(r"^\d*$"), f"{name} {{{name}!r}} is not a whole number.") for name in wholes),
        *(
            (
                ~pl.col(name).str.contains(_EXACT),
                f"{name} {{{name}!r}} is no amount. Write 12.34, at most four decimals.",
            )
            for name in exacts
        ),
        *(
            (~pl.col(name).is_in(["true", "false", ""]), f"{name} {{{name}!r}} is not true, false or blank.")
            for name in flags
        ),
    )
    return typed.with_columns(
        *(pl.col(name).cast(pl.Int64, strict=False) for name in wholes),
        *(pl.when(pl.col(name) != "").then(pl.col(name)).cast(EXACT).alias(name) for name in exacts),
        *(pl.when(pl.col(name) != "").then(pl.col(name) == "true").alias(name) for name in flags),
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts),
        *(pl.col(f"{d}.day").alias(d) for d in days),
    ).drop(f"{d}.day" for d in days)


def refuse_overlaps(declared: Declaration, frame: pl.DataFrame) -> None:
    """Two rows for one key, scope and setting may share days only when one was observed later."""
    same = [*declared.key_cells, "scope", "setting", "observed_on"]
    alike = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in same)
    lined = (
        frame.lazy()
        .select(
            *same, "row.file", "row.line", pl.col("first_day").fill_null(_FIRST), pl.col("last_day").fill_null(_LAST)
        )
        .with_columns(pl.col("observed_on").fill_null(_FIRST))
        .sort(*same, "first_day")
        .with_columns(
            pl.col("row.line").shift(1).alias("before"), pl.when(alike).then(pl.col("last_day").shift(1)).alias("ended")
        )
        .collect()
    )
    _refuse(
        lined,
        (
            pl.col("ended") >= pl.col("first_day"),
            "this row and line {before} hold for the same key, scope and setting on the same days, so they give two "
            "answers. End one of them, or say in observed_on which was read later.",
        ),
    )


def _graded(frame: pl.DataFrame, sources: Mapping[str, PolicySource]) -> pl.DataFrame:
    """Adds `row.cap`, `row.preview`, `row.known_since`, once for each distinct list of sources."""
    cited = frame["source"].unique().to_list()
    voices: list[int] = []
    published: list[date | None] = []
    undated: list[bool] = []
    for text in cited:
        ids = text.split(";") if text else []
        for id_ in ids:
            if id_ not in sources:
                row = frame.filter(pl.col("source") == text).row(0, named=True)
                raise PolicyError(
                    f"{row['row.file']} line {row['row.line']}: the source {id_!r} is not described. "
                    f"Describe it in sources/*.yaml, or correct its name.{nearest(id_, sources)}"
                )
        days = [sources[id_].published for id_ in ids]
        voices.append(len({sources[id_].voice for id_ in ids}))
        published.append(min((d for d in days if d), default=None))
        undated.append(None in days or not ids)
    grades = pl.DataFrame(
        {"source": cited, "voices": voices, "published": published, "undated": undated},
        schema={"source": pl.String, "voices": pl.Int64, "published": pl.Date, "undated": pl.Boolean},
    )
    own = pl.coalesce("observed_on", "first_day")  # null: known since nobody knows when
    return (
        frame.lazy()
        .join(grades.lazy(), on="source", how="left", maintain_order="left")
        .with_columns(
            pl.when((pl.col("source") == "") | (pl.col("confidence") == "low"))
            .then(pl.lit("info"))
            .when((pl.col("confidence") == "high") | (pl.col("voices") > 1))
            .then(pl.lit("error"))
            .otherwise(pl.lit("warning"))
            .alias("row.cap"),
            (pl.col("source") == "").alias("row.preview"),
            pl.when("undated")
            .then(pl.when(own.is_not_null()).then(pl.min_horizontal("published", own)))
            .otherwise("published")
            .alias("row.known_since"),
        )
        .drop("voices", "published", "undated")
        .collect()
    )
