"""Waivers: findings a named person let stand, read from a file and set apart from those that count."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from beamclaim.errors import SettingError
from beamclaim.findings.finding import Waiver
from beamclaim.findings.result import Result
from beamclaim.findings.waived import WaivedFindings
from beamclaim.model.span import Span
from beamclaim.model.value_sets import PAYER_LINES, SETTINGS
from beamclaim.rules import registry

NEEDED = ("rule", "reason", "who", "until")
SUBJECT = ("claim", "line", "payer", "code")
#: What a scope may be: every claim, a payer line, a billing setting.
SCOPES = ("all", *PAYER_LINES, *SETTINGS)
_KEYS = (*NEEDED, *SUBJECT, "scope")
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*waiver[ \t]*\]\]", re.M)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One waiver as written: its texts by key, the line each key stands on, and where the whole stands."""

    texts: Mapping[str, str]
    lines: Mapping[str, int]
    start: int
    end: int
    line: int


def read_waivers(path: str | Path) -> list[Waiver]:
    """The waivers of a YAML list or of the ``[[waiver]]`` tables of a TOML file, in order.

    Raises:
        SettingError: it cannot be read, a key is unknown, missing or given twice, a value is not what its key asks
            for, a rule does not exist. Names file, line and remedy, never a claim.
    """
    place = Path(path)
    try:
        text = place.read_bytes().decode("utf-8")
    except OSError as error:
        raise SettingError(f"{path}: the waivers cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: byte {error.start} is not UTF-8; save the waivers as UTF-8 text") from error
    entries = _toml(place, text) if place.suffix.lower() == ".toml" else _yaml(place, text)
    return [_waiver(place, number, entry) for number, entry in enumerate(entries, start=1)]


def set_apart(result: Result, waivers: Sequence[Waiver]) -> None:
    """Moves each finding that a waiver covers on the day of asking from `findings` to `waived`; the first one counts."""
    findings = result.findings
    in_force = [(number, waiver) for number, waiver in enumerate(waivers) if waiver.until >= result.as_of]
    if not in_force:
        return
    first = pl.lit(None, dtype=pl.UInt32)
    for number, waiver in reversed(in_force):
        first = pl.when(covers(waiver)).then(pl.lit(number, dtype=pl.UInt32)).otherwise(first)
    numbers = findings.spine.select(first.alias("waiver")).to_series()
    result.waived = WaivedFindings(findings.where(numbers.is_not_null()), numbers.drop_nulls(), waivers)
    result.findings = findings.where(numbers.is_null())


def covers(waiver: Waiver) -> pl.Expr:
    """Whether all that the waiver says is true of a row of the spine; what is unknown of a finding is never true."""
    asked = {"claim": waiver.claim, "line": waiver.line, "payer": waiver.payer, "code": waiver.code}
    conditions = [pl.col("rule").cast(pl.String).is_in(sorted(waiver.codes))]
    conditions += [pl.col(n).cast(pl.String) == str(value) for n, value in asked.items() if value is not None]
    if waiver.scope not in (None, "all"):
        scopes = [(pl.col(n).cast(pl.String) == waiver.scope).fill_null(False) for n in ("payer_line", "setting")]
        conditions.append(pl.any_horizontal(scopes))
    return pl.all_horizontal(conditions).fill_null(False)


def waivers_view(
    waivers: Iterable[Waiver], result: Result, asked: Collection[str], claims: Collection[str]
) -> pl.DataFrame:
    """The view ``waivers``: a row a waiver, after `set_apart`. `asked` are codes of rules, `claims` numbers in the run.

    A waiver whose rules were not all asked, or whose claim is not in the run, could not show whether it is needed.
    """
    at_work = {waiver.number: len(findings) for waiver, findings in result.waived.under()}
    rows = [
        (w.number, w.rule, w.until, at_work.get(w.number, 0), w.codes <= set(asked) and (w.claim is None or w.claim in claims),
         result.as_of, False)
        for w in waivers
    ]  # fmt: skip
    schema = {
        "waiver.number": pl.Int64, "waiver.rule": pl.String, "waiver.until": pl.Date, "waiver.findings": pl.Int64,
        "waiver.was_asked": pl.Boolean, "today": pl.Date, "is_history": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def waiver_places(waivers: Sequence[Waiver], files: Sequence[str], rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Where the waiver of each row of the view ``waivers`` stands: whatever the column, the whole of it."""
    spans = [waivers[number - 1].where for number in rows["waiver.number"]]
    places = [(files.index(s.file), s.start, s.end, s.path, s.segment) for s in spans]
    schema = {"file": pl.UInt32, "start": pl.Int64, "end": pl.Int64, "path": pl.String, "segment": pl.UInt32}
    return pl.DataFrame(places, schema=schema, orient="row")


# ── the file ────────────────────────────────────────────────────────────────────────────────────


def _waiver(path: Path, number: int, entry: _Entry) -> Waiver:
    texts = {key: text.strip() for key, text in entry.texts.items()}

    def refuse(key: str, why: str) -> SettingError:
        return SettingError(f"{path} line {entry.lines.get(key, entry.line)}: {why}")

    for key in texts:
        if key not in _KEYS:
            raise refuse(key, f"unknown key {key!r}. A waiver has {', '.join(_KEYS)}")
    for key in NEEDED:
        if not texts.get(key):
            raise refuse(
                key, f"the waiver has no {key}. It needs {', '.join(NEEDED)}: a decision is someone's, for a while"
            )
    for key, text in texts.items():
        if not text:
            raise refuse(key, f"{key} is empty; leave the key out where it does not matter")
    if not any(key in texts for key in (*SUBJECT, "scope")):
        raise refuse("rule", f"the waiver says not what it is for: give {', '.join(SUBJECT)} or scope (scope: all)")
    if texts.get("scope", "all") not in SCOPES:
        raise refuse("scope", f"scope is none of {', '.join(SCOPES)}")
    if "line" in texts and ("claim" not in texts or not re.fullmatch(r"[0-9]{1,6}", texts["line"])):
        raise refuse("line", "line is a number, and the claim it belongs to is given with it")
    try:
        codes = frozenset(r.code for r in registry.find(texts["rule"]))
    except SettingError as error:
        raise refuse("rule", str(error)) from None
    day = texts["until"] if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", texts["until"]) else ""
    try:
        until = date.fromisoformat(day)
    except ValueError:
        raise refuse("until", "until is no day; write the last day it holds as 2026-12-31") from None
    return Waiver(
        number=number, rule=texts["rule"], codes=codes, reason=texts["reason"], who=texts["who"], until=until,
        where=Span(str(path), entry.start, entry.end, f"waiver {number}", entry.line), scope=texts.get("scope"),
        claim=texts.get("claim"), line=int(texts["line"]) if "line" in texts else None, payer=texts.get("payer"),
        code=texts["code"].upper().replace(".", "") if "code" in texts else None,
    )  # fmt: skip


def _yaml(path: Path, text: str) -> Iterable[_Entry]:
    """The entries of a YAML list; every value is text as written, so that ``00123`` keeps its zeros."""
    import yaml

    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        words = getattr(error, "problem", None) or "it holds characters that YAML does not take"
        raise SettingError(f"{path}{where}: this is not YAML ({words}); a waivers file is a list of waivers") from error
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise SettingError(f"{path} line 1: a list of waivers is expected; begin each with `- rule: COD101`")
    for node in root.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise SettingError(f"{path} line {line}: a waiver is a mapping; begin it with `- rule: COD101`")
        texts: dict[str, str] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
                raise SettingError(
                    f"{path} line {at}: a waiver holds words only, `key: value`, no lists and no mappings"
                )
            if key.value in texts:
                raise SettingError(f"{path} line {at}: the key {key.value!r} stands twice in one waiver; remove one")
            texts[key.value] = "" if value.tag == "tag:yaml.org,2002:null" else value.value
            lines[key.value] = at
        start, end = (len(text[: mark.index].encode()) for mark in (node.start_mark, node.end_mark))
        yield _Entry(texts, lines, start, end, line)


def _toml(path: Path, text: str) -> Iterable[_Entry]:
    """The ``[[waiver]]`` tables of a TOML file."""
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path}: this is not TOML ({error})") from error
    given = root.get("waiver", [])
    if root.keys() - {"waiver"} or not isinstance(given, list):
        raise SettingError(f"{path}: nothing but [[waiver]] tables is expected; begin each waiver with [[waiver]]")
    places = [match.start() for match in _TABLE.finditer(text)]
    if len(places) != len(given):
        raise SettingError(f"{path}: begin each waiver with a line [[waiver]], so that it can be pointed at")
    for entry, start, end in zip(given, places, [*places[1:], len(text)], strict=True):
        first = text.count("\n", 0, start) + 1
        written = text[start:end].splitlines()
        lines = {
            key: next(
                (first + n for n, row in enumerate(written) if re.match(rf"\s*[\"']?{re.escape(key)}\b", row)), first
            )
            for key in entry
        }
        for key, value in entry.items():
            if isinstance(value, bool) or not isinstance(value, str | int | date):
                raise SettingError(f"{path} line {lines[key]}: {key} is not a text, a whole number or a day")
        yield _Entry(
            {key: str(value) for key, value in entry.items()},
            lines,
            len(text[:start].encode()),
            len(text[:end].encode()),
            first,
        )
