"""JSON: the whole report as one document, or as one object a line. ASCII only, same result, same bytes."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TextIO

import polars as pl

from beamclaim.findings.finding import Waiver
from beamclaim.findings.questions import APART, Questions
from beamclaim.findings.result import Result
from beamclaim.findings.schema import Findings, Part
from beamclaim.outputs.report import record
from beamclaim.outputs.report.columns import BLOCK, Row, json_text, write_rows, written

VERSION = 1
_NULL = "null"


def _text(value: Any) -> str:
    # ASCII: a control character or reordering mark in a claim stays an escape wherever the bytes are shown.
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def write_json(result: Result, out: TextIO) -> None:
    """Writes the report as one JSON document."""
    out.write(f'{{"version": {VERSION},\n "run": {_text(record.run(result))}')
    _array(out, "files", _records(result.files, record.file))
    _array(out, "findings", written(result.findings, _finding_row(result.findings)))
    _array(out, "coverage", _records(result.coverage, record.coverage))
    _array(out, "undecided", _questions(result.undecided))
    _array(out, "payers", _records(result.payers, record.payer))
    out.write(f',\n "summary": {_text(record.summary(result))}')
    _array(out, "waived", _waived(result))
    out.write("}\n")


def write_jsonl(result: Result, out: TextIO) -> None:
    """Writes one JSON object a line, each with its `type`: run, file, finding, undecided, coverage, payer, summary, waived."""
    _lines(out, _records([result], lambda r: {"version": VERSION, **record.run(r)}, _opening("run")))
    _lines(out, _records(result.files, record.file, _opening("file")))
    _lines(out, written(result.findings, _finding_row(result.findings, _opening("finding"))))
    _lines(out, _questions(result.undecided, _opening("undecided")))
    _lines(out, _records(result.coverage, record.coverage, _opening("coverage")))
    _lines(out, _records(result.payers, record.payer, _opening("payer")))
    _lines(out, _records([result], record.summary, _opening("summary")))
    _lines(out, _waived(result, _opening("waived")))


def _array(out: TextIO, key: str, blocks: Iterator[pl.Series]) -> None:
    """One array of the document, a row a line, written as it comes."""
    out.write(f',\n "{key}": [')
    write_rows(out, blocks, before="\n  ", between=",\n  ")
    out.write("]")


def _lines(out: TextIO, blocks: Iterator[pl.Series]) -> None:
    """Objects, one a line."""
    for block in blocks:
        write_rows(out, iter([block]), between="\n")
        out.write("\n" if len(block) else "")


def _opening(kind: str) -> str:
    """How an object of JSON lines begins: with its type."""
    return f'{{"type": "{kind}", '


def _records(rows: Iterable[Any], of: Callable[[Any], record.Record], opening: str = "{") -> Iterator[pl.Series]:
    """A few rows as their records."""
    yield pl.Series([opening + _text(of(row))[1:] for row in rows], dtype=pl.String)


# ── findings ────────────────────────────────────────────────────────────────────────────────────


def _finding_row(findings: Findings, opening: str = "{") -> Row:
    """How the rows of a part become JSON objects; files and policy rows are put into JSON once."""
    labels = pl.Series([_text(label) for label in findings.files], dtype=pl.String)
    policy = pl.Series([_text(record.policy(row)) for row in findings.policy_rows], dtype=pl.String)

    def row(part: Part, rows: pl.DataFrame) -> pl.Series:
        facts = [_fact(k, name, rows, labels) for k, name in enumerate(part.facts)]
        of_policy = [policy.gather(rows[n]) for n in part.policy]
        where = _place(labels.gather(rows["file"]), rows["start"], rows["end"], rows["path"], rows["segment"])
        cells = {
            "id": json_text(rows["id"]), "severity": rows["severity"].cast(pl.String), "risk": rows["risk"].cast(pl.String),
            "claim": json_text(rows["claim"]), "line": rows["line"], "course": json_text(rows["course"]),
            "fraction": rows["fraction"], "date": rows["date"].dt.to_string("%Y-%m-%d"), "code": json_text(rows["code"]),
            "message": json_text(rows["message"]), "charge": rows["charge"], "where": where,
            "facts": _joined(facts, rows), "policy": _joined(of_policy, rows), "grade": rows["grade"].cast(pl.String),
            "to_do": json_text(rows["to_do"]), "repair": json_text(rows["repair"]),
        }  # fmt: skip
        frame = pl.DataFrame([column.alias(n) for n, column in cells.items()])
        return frame.select(pl.concat_str(_pieces(part, opening)).alias("text")).to_series()

    return row


def _pieces(part: Part, opening: str) -> list[pl.Expr]:
    """A finding of a part as pieces of text, keys in the order the interface promises."""

    def or_null(name: str, quote: str = "") -> pl.Expr:
        value = pl.col(name).cast(pl.String)
        return (pl.concat_str(pl.lit(quote), value, pl.lit(quote)) if quote else value).fill_null(_NULL)

    edit = pl.concat_str(pl.lit('{"where": '), "where", pl.lit(', "replacement": '), "repair", pl.lit("}"))
    parts: Sequence[str | pl.Expr] = (
        f'{opening}"id": ', pl.col("id"), f', "rule": {_text(part.rule)}, "name": {_text(part.name)}, "severity": "', pl.col("severity"),
        '", "risk": "', pl.col("risk"), '", "claim": ', or_null("claim"), ', "line": ', or_null("line"), ', "course": ',
        or_null("course"), ', "fraction": ', or_null("fraction"), ', "date": ', or_null("date", '"'), ', "code": ', or_null("code"),
        ', "message": ', pl.col("message"), ', "charge": ', or_null("charge", '"'), ', "where": ', or_null("where"),
        ', "facts": [', pl.col("facts"), '], "policy": [', pl.col("policy"), '], "fix": {"grade": "', pl.col("grade"),
        '", "text": ', pl.col("to_do"), f', "who": {_text(part.who)}, "edit": ', edit.fill_null(_NULL), "}}",
    )  # fmt: skip
    return [pl.lit(p) if isinstance(p, str) else p for p in parts]


def _place(file: pl.Series, start: pl.Series, end: pl.Series, path: pl.Series, segment: pl.Series) -> pl.Series:
    """Places as JSON objects; null where there is none."""
    columns = {"file": file, "start": start, "end": end, "path": json_text(path), "segment": segment}
    frame = pl.DataFrame([column.alias(n) for n, column in columns.items()])
    text = pl.concat_str(
        pl.lit('{"file": '), "file", pl.lit(', "start": '), "start", pl.lit(', "end": '), "end", pl.lit(', "path": '), "path",
        pl.lit(', "segment": '), pl.col("segment").cast(pl.String).fill_null(_NULL), pl.lit("}"),
    )  # fmt: skip
    return frame.select(text.alias("where")).to_series()


def _fact(k: int, name: str, rows: pl.DataFrame, labels: pl.Series) -> pl.Series:
    """The k-th fact as JSON objects; null where it is none of the finding."""
    column = f"fact:{k}"
    where = pl.lit("{}")
    frame = json_text(rows[column]).alias("value").to_frame()
    if f"{column}.start" in rows.columns:
        is_elsewhere = f"{column}.file" in rows.columns
        file = rows[f"{column}.file" if is_elsewhere else "row.file"]
        segment = rows[f"{column}.segment" if is_elsewhere else "row.segment"]
        place = _place(
            labels.gather(file), rows[f"{column}.start"], rows[f"{column}.end"], rows[f"{column}.path"], segment
        )
        frame = frame.with_columns(place.alias("where"))
        where = pl.col("where").fill_null("{}")
    text = pl.concat_str(
        pl.lit(f'{{"name": {_text(name)}, "value": '), "value", pl.lit(', "where": '), where, pl.lit("}")
    )
    return frame.select(text.alias(column)).to_series()


def _joined(columns: Sequence[pl.Series], rows: pl.DataFrame) -> pl.Series:
    """What each row has of these, with commas; nulls are left out."""
    if not columns:
        return pl.Series([""]).new_from_index(0, rows.height)
    frame = pl.DataFrame([column.alias(str(k)) for k, column in enumerate(columns)])
    return frame.select(pl.concat_str(pl.all(), separator=", ", ignore_nulls=True)).to_series()


# ── what is waived, and what could not be told ──────────────────────────────────────────────────


def _waived(result: Result, opening: str = "{") -> Iterator[pl.Series]:
    """Findings that do not count, each with the waiver that says so."""
    numbers = result.waived.numbers
    waivers = pl.Series([_waiver(waiver) for waiver in result.waived.waivers], dtype=pl.String)
    first = 0
    for block in written(result.waived.findings, _finding_row(result.waived.findings)):
        by = waivers.gather(numbers[first : first + len(block)])
        yield f'{opening}"finding": ' + block + ', "waiver": ' + by + "}"
        first += len(block)


def _waiver(waiver: Waiver) -> str:
    return _text(record.waiver(waiver))


def _questions(questions: Questions, opening: str = "{") -> Iterator[pl.Series]:
    """The open questions, a block of one rule at a time: a rule can leave a million."""
    for rule, of_rule in questions.by_rule():
        text = pl.concat_str(
            pl.lit(f'{opening}"rule": {_text(rule)}, "claim": '), pl.col("claim").fill_null(_NULL),
            pl.lit(', "line": '), pl.col("line").cast(pl.String).fill_null(_NULL), pl.lit(', "missing": '), "missing", pl.lit("}"),
        )  # fmt: skip
        for frame in of_rule.iter_slices(BLOCK):
            words = frame["missing"].cast(pl.String)
            distinct = words.unique()
            lists = pl.Series([_text(text.split(APART) if text else []) for text in distinct], dtype=pl.String)
            texts = pl.DataFrame([
                json_text(frame["claim"]).alias("claim"), frame["line"],
                words.replace_strict(distinct, lists, return_dtype=pl.String).alias("missing"),
            ])  # fmt: skip
            yield texts.select(text.alias("text")).to_series()
