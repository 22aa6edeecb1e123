"""The policy rows a rule rests on: of every table and parameter it asks, with days, scope, source and confidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from beamclaim.engine.policy_answers import DIAGNOSIS_VALIDITY
from beamclaim.expressions.leaves import PolicyAnswer, PolicyRead
from beamclaim.policy import PolicyTables
from beamclaim.policy.declarations.form import ROW
from beamclaim.policy.listing import row_cells
from beamclaim.rules.declaration import Rule

Row = dict[str, Any]
#: Rows that are listed of one table; a longer one is told in part.
MOST = 60
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """The rows of one table, or of one parameter, that a rule may answer by.

    `many` counts them; `rows` holds all of them, or of a long table a part, which `part` describes and `command` completes.
    """

    table: str
    doc: str
    key: tuple[str, ...]
    many: int
    rows: tuple[Row, ...]
    part: str = ""
    command: str = ""


def rows_asked(rule: Rule, policy: PolicyTables, today: date) -> list[RowsAsked]:
    """What a rule rests on, in the order it asks; of a long table those in force on `today`, or on the last day known."""
    columns = rule.policy_reads
    names = dict.fromkeys((c.kind == "param", c.table) for c in columns)
    return [
        _parameter(policy, name) if is_parameter else _releases(policy) if name == DIAGNOSIS_VALIDITY
        else _table(policy, name, [c for c in columns if c.table == name], today)
        for is_parameter, name in names
    ]  # fmt: skip


def _parameter(policy: PolicyTables, name: str) -> RowsAsked:
    table = policy.table(_PARAMETERS)
    held = table.stated.filter(pl.col("parameter") == name)
    doc = "; ".join(held["row.label"].unique().sort())
    return RowsAsked(name, doc, (), held.height, tuple(row_cells(table, held)))


def _releases(policy: PolicyTables) -> RowsAsked:
    """Diagnoses are not rows: each release says of every code whether it is valid."""
    held = policy.diagnoses
    rows = [
        {
            "release": r["release"], "valid_codes": int((held.codes[r["release"]] == "v").sum()), "scope": "us",
            "setting": "any", "first_day": str(r["first_day"]), "last_day": str(r["last_day"]), "source": r["source"],
            "at": "", "confidence": "high",
        }
        for r in held.releases.rows(named=True)
    ]  # fmt: skip
    return RowsAsked(
        DIAGNOSIS_VALIDITY, "Validity of diagnosis codes, by release", ("release",), held.codes.height, tuple(rows),
        "the releases that were read", "beamclaim policy show CODE --on DAY",
    )  # fmt: skip


def _table(policy: PolicyTables, name: str, columns: Sequence[PolicyRead], today: date) -> RowsAsked:
    table = policy.table(name)
    asked = table.stated.filter(_conditions(columns))
    key = ("code_from", "code_to") if table.is_range else table.key
    if asked.height <= MOST:
        return RowsAsked(name, table.doc, key, asked.height, tuple(row_cells(table, asked)))
    chosen, what = _in_force(asked, today), f"in force on {today}"
    if not chosen.height:
        last = asked["last_day"].max()
        assert isinstance(last, date)
        chosen, what = _in_force(asked, last), f"in force on {last}, the last day any is known for"
    ours = chosen.filter(pl.all_horizontal(_is_ours(policy, k) for k in key))
    if ours.height:
        chosen, what = ours, f"of radiation-oncology codes {what}"
    count = f"the first {MOST} of {chosen.height:,} rows" if chosen.height > MOST else f"the {chosen.height:,} rows"
    return RowsAsked(
        name, table.doc, key, asked.height, tuple(row_cells(table, chosen.head(MOST))), f"{count} {what}",
        f"beamclaim policy list {name}",
    )  # fmt: skip


def _in_force(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    begun = pl.col("first_day").is_null() | (pl.col("first_day") <= day)
    return rows.filter(begun, pl.col("last_day").is_null() | (pl.col("last_day") >= day))


def _is_ours(policy: PolicyTables, key: str) -> pl.Expr:
    """Whether a key lies in the range of radiation-oncology codes."""
    ranges = policy.table("radonc.range").frame.select("code_from", "code_to").iter_rows()
    return pl.any_horizontal(pl.col(key).is_between(pl.lit(low), pl.lit(high)) for low, high in ranges)


def _conditions(columns: Sequence[PolicyRead]) -> pl.Expr:
    """The rows some question of the rule can be answered by: all, unless each question names what a row must say."""
    conditions = [c.conditions for c in columns if isinstance(c, PolicyAnswer) and c.kind == "in"]
    if not all(conditions) or not conditions or any(c.kind not in ("in", "value") for c in columns):
        return pl.lit(True)
    return pl.any_horizontal(pl.all_horizontal(_holds(*one) for one in named) for named in conditions)


def _holds(field: str, wanted: str) -> pl.Expr:
    return (pl.col(field).cast(pl.String) == wanted).fill_null(False)


# ── as a page ───────────────────────────────────────────────────────────────────────────────────


def rows_text(asked: Iterable[RowsAsked], titles: dict[str, str]) -> str:
    """The rows in Markdown, a table each, and the titles of their sources once."""
    parts, cited = ["## The rows it rests on"], dict[str, None]()
    for one in asked:
        parts.append(f"### `{one.table}`\n\n{one.doc}. {_count(one)}")
        if one.rows:
            lines = [_cells(one, row) for row in one.rows]
            head = ("key", "says", "for", "days", "source", "confidence")
            parts.append("\n".join("| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *lines)))
        cited.update(dict.fromkeys(id_ for row in one.rows for id_ in row["source"].split(";") if id_))
    if cited:
        parts.append("### Their sources\n\n" + "\n".join(f"- {id_}: {titles.get(id_, '')}" for id_ in sorted(cited)))
    return "\n\n".join(parts) if len(parts) > 1 else ""


def _count(one: RowsAsked) -> str:
    if one.part:
        return f"{one.many:,} {'codes' if one.key == ('release',) else 'rows'}; here {one.part}. More: `{one.command}`."
    return f"{one.many:,} row{'' if one.many == 1 else 's'}."


def _cells(one: RowsAsked, row: Row) -> tuple[str, ...]:
    keys = dict.fromkeys(str(row[k]) for k in one.key)
    said = [
        f"{k} {str(v).lower() if isinstance(v, bool) else v}"
        for k, v in row.items()
        if k not in (*one.key, *ROW, "priority", "parameter") and v not in (None, "")
    ]
    whom = " ".join(w for w in (row["scope"], row["setting"]) if w not in ("us", "any"))
    days = f"{row['first_day'] or '…'} to {row['last_day'] or 'now'}"
    source = row["source"].replace(";", ", ") or "none: preview"
    cells = (
        " – ".join(keys) or "all",
        ", ".join(said) or "listed",
        whom or "everyone",
        days,
        source,
        row["confidence"],
    )
    return tuple(c.replace("|", "\\|") for c in cells)
