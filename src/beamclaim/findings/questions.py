"""Rows nobody can tell → open questions and what each is missing, kept by rule because a run can leave millions of them.

`Questions` is a sequence of `Undecided` in order of rule, claim and line; each rule's are a frame of claim, line, missing. Called by
`app/check.py`; read by `outputs`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import polars as pl

from beamclaim.engine.kept_columns import ASKED, IN_DOUBT, OPEN_DAY
from beamclaim.engine.verdicts import Verdicts
from beamclaim.expressions.leaves import Neighbor
from beamclaim.findings.finding import Undecided
from beamclaim.policy.declarations import DECLARED
from beamclaim.rules.declaration import Rule
from beamclaim.views.registry import views
from beamclaim.views.view import Circumstance, View

#: Of one rule. Few words stand in millions of rows: what is missing, joined with `APART`, is kept as the number of its word.
SCHEMA = pl.Schema({"claim": pl.String(), "line": pl.UInt32(), "missing": pl.Categorical()})
APART = "\x1f"
#: After the name of a table: its row is there, and since when it holds is missing.
SINCE = ".first_day"
_OF_PAYERS = frozenset(declared.name for declared in DECLARED if declared.of_payers)
#: What a line over several days does not say.
WHICH_DAY = "which day each unit is for"
#: What a replacement that names no claim that was seen does not say: which one it takes the place of.
WHICH_CLAIM = "claim.original_claim"


class Questions(Sequence[Undecided]):
    """The open questions of a run, in order of rule, claim and line."""

    def __init__(self, parts: Mapping[str, Iterable[pl.DataFrame]] | None = None) -> None:
        self._parts = {rule: list(frames) for rule, frames in (parts or {}).items()}

    @classmethod
    def of(cls, undecided: Iterable[Undecided]) -> "Questions":
        """From single ones."""
        if isinstance(undecided, Questions):
            return undecided
        rows: dict[str, list[tuple[str | None, int | None, str]]] = {}
        for u in undecided:
            rows.setdefault(u.rule, []).append((u.claim, u.line, APART.join(u.missing)))
        return cls({rule: [pl.DataFrame(r, schema=SCHEMA, orient="row")] for rule, r in rows.items()})

    def add(self, verdicts: Verdicts) -> None:
        """What one rule could not tell of a book, and what it is missing there."""
        rule, rows = verdicts.rule, verdicts.undecided
        if rows.is_empty():
            return
        # Few rows differ in what is there: the words are worked out once per pattern.
        facts = rows.select(pl.lit(0).alias("_"), pl.exclude(f"^{ASKED}.*$"))
        patterns = facts.unique()
        words = [APART.join(missing(rule, row)) for row in patterns.iter_rows(named=True)]
        named = facts.join(
            patterns.with_columns(pl.Series("_words", words)),
            on=facts.columns,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        subject = [rows[n].alias(n.removeprefix(ASKED)) for n in rows.columns if n.startswith(ASKED)]
        known = pl.DataFrame([*subject, named["_words"].alias("missing")])
        columns = [pl.col(n) if n in known.columns else pl.lit(None).alias(n) for n in SCHEMA]
        self._parts.setdefault(rule.code, []).append(known.select(columns).cast(SCHEMA))

    def by_rule(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Rule by rule in order of code: claim, line, missing (joined with `APART`), sorted by all three."""
        for rule in sorted(self._parts):
            yield (
                rule,
                pl.concat(self._parts[rule]).sort("claim", "line", pl.col("missing").cast(pl.String), nulls_last=False),
            )

    def missing_only(self, fact: str) -> dict[str, pl.DataFrame]:
        """Rule → claim and line of its questions that are missing this fact and nothing else; rules without one are left out."""
        frames = {
            rule: pl.concat([frame.filter(pl.col("missing") == fact).select("claim", "line") for frame in parts])
            for rule, parts in sorted(self._parts.items())
        }
        return {rule: frame for rule, frame in frames.items() if frame.height}

    def claims(self) -> pl.Series:
        """The numbers of the claims that some question is about, each once."""
        parts = [frame["claim"] for frames in self._parts.values() for frame in frames]
        return pl.concat(parts).drop_nulls().unique() if parts else pl.Series("claim", [], dtype=pl.String)

    def __len__(self) -> int:
        return sum(frame.height for frames in self._parts.values() for frame in frames)

    @overload
    def __getitem__(self, index: int) -> Undecided: ...
    @overload
    def __getitem__(self, index: slice) -> "Questions": ...
    def __getitem__(self, index: int | slice) -> "Undecided | Questions":
        chosen = list(range(len(self))[index]) if isinstance(index, slice) else [range(len(self))[index]]
        parts: dict[str, list[pl.DataFrame]] = {}
        first = 0
        for rule, frame in self.by_rule():
            inside = [at - first for at in chosen if first <= at < first + frame.height]
            if inside:
                parts[rule] = [frame[inside]]
            first += frame.height
        questions = Questions(parts)
        return questions if isinstance(index, slice) else next(iter(questions))

    def __iter__(self) -> Iterator[Undecided]:
        for rule, frame in self.by_rule():
            for claim, line, words in frame.iter_rows():
                yield Undecided(rule, claim, line, tuple(words.split(APART)) if words else ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def _to_ask_for(name: str, view: View, row: dict[str, Any]) -> str:
    """Where a column follows from other facts, the one a person can supply: the first that is unknown; else itself."""
    if name not in view.columns:
        return name
    column = view.columns[name]
    unknown = (n for n in column.follows_from if n in row and row[n] is None)
    if (fact := next(unknown, None)) is None:
        return column.given_as or name
    return _to_ask_for(fact, view, row)


def _is_unlisted(circumstance: Circumstance, view: View, row: dict[str, Any]) -> bool:
    """Whether the claim names a payer that no table knows: something is asked with, and whose it is is not known."""
    follows_from = view.columns[circumstance.column].follows_from
    return circumstance.policy_word == "payer" and any(n in row and row[n] is None for n in follows_from)


def missing(rule: Rule, row: dict[str, Any]) -> tuple[str, ...]:
    """The facts whose absence leaves the verdict open: what the rule says, else null columns, and policy that does not answer."""
    view = views()[rule.view]
    if view.first_fact in row and row[view.first_fact] is None:
        # All else that is not known of the row follows from it.
        return (view.first_fact,)
    if row.get("answer:missing"):
        return (str(row["answer:missing"]),)
    facts, tables = [], []
    answers = {c.name: c for c in rule.policy_reads}
    for name in rule.reads:
        if row.get(name) is not None or name in rule.optional:
            continue
        column = answers.get(name)
        if column is None:
            if name in row:
                facts.append(name)
        elif isinstance(column, Neighbor) and row.get(column.open_day):
            facts.append(WHICH_DAY)
        elif isinstance(column, Neighbor) and row.get(column.in_doubt):
            facts.append(WHICH_CLAIM)
        elif column.kind == "pair" and column.field == "exists":
            # No pair can be looked for among rows nobody can name: the key is missing, not the table.
            keys = [k for k in view.groups[column.of] if k in row and row[k] is None]
            facts += keys
            if not keys:
                tables.append(f"policy.{column.table}")
        elif column.kind in ("in", "all", "clash", "param") or (column.kind == "value" and not rule.needs):
            # An answer is missing because its question is, or because the claim does not say its day, setting or payer.
            asked = [n for n in (column.of, column.on) if n in row and row[n] is None]
            # What a payer asks is each payer's own: nothing stands behind it for one nobody knows.
            if not asked and (row.get(column.open) or column.table in _OF_PAYERS):
                circumstances = (c for c in view.circumstances if c.is_asked_for and c.column in row)
                asked = [c.column for c in circumstances if row[c.column] is None or _is_unlisted(c, view, row)]
            facts += [n for n in asked if n not in rule.optional]
            if not asked:
                # Where the claim leaves nothing open, the first day of the row that would answer is unknown.
                is_undated = row.get(column.open) and all(row.get(c.column, "") is not None for c in view.circumstances)
                tables.append(f"policy.{column.table}{SINCE}" if is_undated else f"policy.{column.table}")
    found = tuple(dict.fromkeys([*(_to_ask_for(n, view, row) for n in facts), *tables]))
    if not found and row.get(OPEN_DAY):
        return (WHICH_DAY,)
    if not found and row.get(IN_DOUBT):
        return (WHICH_CLAIM,)
    return found or rule.needs or ("another line of the patient",)
