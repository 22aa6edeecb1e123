"""The loader of policy tables: a CSV file becomes a checked frame, or is refused with file, line and remedy."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.model.value_sets import CONFIDENCES, ORIGINAL_MEDICARE, PAYER_LINES, SETTINGS
from beamclaim.policy.sources import Source
from beamclaim.policy.tables import (
    DAY,
    DECLARED,
    EXACT,
    FLAG,
    PARAMETERS,
    ROW,
    TEXT,
    WHOLE,
    Declaration,
)

_LINES = "|".join(line for line in PAYER_LINES if line != ORIGINAL_MEDICARE)
#: Scopes, from general to special; `us/medicare` is Original Medicare.
_SCOPE = rf"^(us|us/(?:{_LINES})|us/medicare(?:/[a-z0-9]+)?|payer/[a-z0-9-]+(?:/(?:{ORIGINAL_MEDICARE}|{_LINES}))?)$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_EXACT = r"^(-?\d{1,12}(\.\d{1,4})?)?$"
#: The folders of a policy folder, and the list of diagnosis releases among the tables.
_PARTS = ("claims", "codes", "courses", "diagnoses", "edits", "imported", "parameters", "payers", "rates", "sources")
RELEASES = "diagnoses/icd10cm.releases.csv"
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """A loaded table.

    `frame` holds one row per row of its files: key columns (`code_from`, `code_to`, `priority` for a table of ranges),
    value columns, `scope`, `setting`, `first_day`, `last_day`, `source`, `at`, `confidence`, `observed_on`, and ours:
    `row.id` (u32), `row.file`, `row.line`, `row.cap`, `row.preview`, `row.known_since`.
    """

    name: str
    doc: str
    key: tuple[str, ...]
    value: tuple[str, ...]
    frame: pl.DataFrame
    is_range: bool = False
    is_edition: bool = False


def policy_files(folder: Path) -> list[Path]:
    """Every file of a policy folder that holds policy, in order of name."""
    found = [folder / "coverage.yaml", *(p for part in _PARTS for p in (folder / part).rglob("*"))]
    return sorted(p for p in found if p.is_file() and p.suffix in {".csv", ".yaml", ".gz", ".parquet"})


def refuse_strangers(folder: Path) -> None:
    """Raises PolicyError for a CSV no table is declared for: a table nobody reads is a table that seems to hold."""
    known = {declared.file for declared in DECLARED if declared.file} | {RELEASES}
    for path in policy_files(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".csv" and name not in known:
            raise PolicyError(f"{name}: no table has this file. Its name is one of {', '.join(sorted(known))}.")


def read_table(
    declared: Declaration, folders: list[Path], sources: dict[str, Source], as_of: date | None
) -> PolicyTable:
    """The rows of a table in every folder that has it, without those nobody could know on `as_of`.

    Raises PolicyError: unknown or missing columns, a bad cell, an end before its beginning, unsorted or overlapping
    rows, a source that is not described.
    """
    parts = [_read(declared, folder / declared.file) for folder in folders if (folder / declared.file).exists()]
    return finish_table(declared, pl.concat(parts), sources, as_of)


def part_of_table(declared: Declaration, whole: PolicyTable) -> PolicyTable:
    """The rows of `whole` whose last key columns hold the words of `declared`, asked by the columns that are left."""
    _, *words = declared.part_of
    fixed = whole.key[len(declared.key) :]
    frame = whole.frame.filter(pl.col(k) == word for k, word in zip(fixed, words, strict=True))
    frame = frame.drop(*fixed, "row.id").with_row_index("row.id")
    return replace(whole, name=declared.name, doc=declared.doc, key=declared.key, frame=frame)


def finish_table(
    declared: Declaration, text: pl.DataFrame, sources: dict[str, Source], as_of: date | None
) -> PolicyTable:
    """The same for rows already read: all text, with `row.file` and `row.line`."""
    frame = _typed(declared, text)
    _refuse_overlaps(declared, frame)
    frame = _graded(frame, sources)
    if as_of is not None:
        frame = frame.filter(pl.col("row.known_since").fill_null(_FIRST) <= as_of)
    frame = frame.with_row_index("row.id")
    value = tuple(declared.value)
    return PolicyTable(declared.name, declared.doc, declared.key, value, frame, declared.is_range, declared.is_edition)


def _read(declared: Declaration, path: Path) -> pl.DataFrame:
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    header = raw.split(b"\n", 1)[0].decode("utf-8", "replace").split(",")
    wanted = declared.columns
    for name in header:
        if name not in wanted:
            raise PolicyError(
                f"{path.name} line 1: unknown column {name!r}. The columns of {declared.name} are {','.join(wanted)}."
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
    cells = (*_keys(declared), *declared.value, *ROW)
    text = text.select(
        *(pl.lit(declared.constant[c]).alias(c) if c in declared.constant else pl.col(c).fill_null("") for c in cells),
        pl.lit(path.name).alias("row.file"),
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("row.line"),
    )
    _refuse_unsorted(declared, path, text)
    return text


def _keys(declared: Declaration) -> tuple[str, ...]:
    return ("code_from", "code_to", "priority") if declared.is_range else declared.key


def _refuse_unsorted(declared: Declaration, path: Path, text: pl.DataFrame) -> None:
    order = [*_keys(declared), "scope", "setting", "first_day"]
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
        *((pl.col(name) == "", f"{name} is blank. A row without its key answers nobody.") for name in _keys(declared)),
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


def _refuse_overlaps(declared: Declaration, frame: pl.DataFrame) -> None:
    """Two rows for one key, scope and setting may share days only when one was observed later."""
    same = [*_keys(declared), "scope", "setting", "observed_on"]
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


def _graded(frame: pl.DataFrame, sources: dict[str, Source]) -> pl.DataFrame:
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
                    "Describe it in sources/*.yaml, or correct its name."
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


def parameter_rows(path: Path, folder: Path) -> pl.DataFrame:
    """The rows of a parameter file as text, one per value; the name is folder, file and entry joined with dots."""
    from beamclaim.policy.sources import line_of, read_yaml, refuse_unknown

    rows: list[dict[str, object]] = []
    prefix = ".".join(path.relative_to(folder / "parameters").with_suffix("").parts)
    for name, entry in read_yaml(path).items():
        line = line_of(path, str(name))
        if not isinstance(entry, dict) or not isinstance(entry.get("values"), list):
            raise PolicyError(f"{path.name} line {line}: {name} needs label, unit and a list of values.")
        refuse_unknown(path, str(name), entry, {"label", "unit", "values"})
        for given in entry["values"]:
            refuse_unknown(path, str(name), given, {"value", *ROW})
            if "value" not in given:
                raise PolicyError(f"{path.name} line {line}: a row of {name} has no value.")
            cells = {c: "" if given.get(c) is None else str(given[c]) for c in ROW}
            place = {"row.file": path.name, "row.line": line, "row.label": str(entry.get("label", ""))}
            rows.append({"parameter": f"{prefix}.{name}", "value": str(given["value"]), **cells, **place})
    schema = {**dict.fromkeys((*PARAMETERS.columns, "row.file", "row.label"), pl.String), "row.line": pl.UInt32}
    return pl.DataFrame(rows, schema=schema)
