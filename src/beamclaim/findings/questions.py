"""Open questions: what could not be told, kept as columns because a batch can leave millions of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import polars as pl

from beamclaim.findings.finding import Undecided

#: Few words in millions of rows: rule and missing facts are kept as numbers of words.
_SCHEMA = {"rule": pl.Categorical, "claim": pl.String, "line": pl.UInt32, "missing": pl.Categorical}
_WORDS = ("rule", "missing")
_APART = "\x1f"


class Questions(Sequence[Undecided]):
    """A sequence of `Undecided` in order of rule, claim and line, held as a frame of rule, claim, line, missing."""

    def __init__(self, parts: Iterable[pl.DataFrame] = ()) -> None:
        self._parts = list(parts)
        self._sorted: pl.DataFrame | None = None

    @classmethod
    def of(cls, undecided: Iterable[Undecided]) -> "Questions":
        """From single ones."""
        if isinstance(undecided, Questions):
            return undecided
        rows = [(u.rule, u.claim, u.line, _APART.join(u.missing)) for u in undecided]
        texts = {n: pl.String if n in _WORDS else t for n, t in _SCHEMA.items()}
        return cls([pl.DataFrame(rows, schema=texts, orient="row").cast(_SCHEMA)])  # type: ignore[arg-type]

    def add(self, rule: str, claims: pl.Series, lines: pl.Series, missing: pl.Series) -> None:
        """Those of one rule: claim numbers, line numbers and what is missing (joined), row by row."""
        frame = pl.DataFrame({"claim": claims, "line": lines, "missing": missing}).with_columns(
            pl.lit(rule).alias("rule")
        )
        self._parts.append(frame.select(pl.col(n).cast(t) for n, t in _SCHEMA.items()))
        self._sorted = None

    @property
    def frame(self) -> pl.DataFrame:
        """All of them: rule, claim, line, missing (joined with U+001F)."""
        if self._sorted is None:
            whole = pl.concat(self._parts) if self._parts else pl.DataFrame(schema=_SCHEMA)
            self._sorted = whole.sort(
                pl.col("rule").cast(pl.String), "claim", "line", pl.col("missing").cast(pl.String), nulls_last=False
            )
            self._parts = [self._sorted]
        return self._sorted

    def __len__(self) -> int:
        return sum(part.height for part in self._parts)

    @overload
    def __getitem__(self, index: int) -> Undecided: ...
    @overload
    def __getitem__(self, index: slice) -> "Questions": ...
    def __getitem__(self, index: int | slice) -> "Undecided | Questions":
        if isinstance(index, slice):
            return Questions([self.frame[index]])
        return next(iter(Questions([self.frame[index]])))

    def __iter__(self) -> Iterator[Undecided]:
        for rule, claim, line, missing in self.frame.iter_rows():
            yield Undecided(rule, claim, line, tuple(missing.split(_APART)) if missing else ())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def joined(words: Sequence[str]) -> str:
    """Missing facts as one text."""
    return _APART.join(words)
