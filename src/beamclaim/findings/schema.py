"""Parts and a spine → findings: a sequence of `Finding`, held as columns and opened one by one.

The *spine* has one row a finding, in the order of the run, with what sorts, sums and groups (`SPINE`). A *part* is a wide frame of
all findings of one rule: what one of them says (`DETAIL`), a column a fact (``fact:0`` …), a column a policy row (``policy:0`` …,
a number into `policy_rows`). `spine.part` and `spine.row` name a finding's row there. Made by `proof.py`; read by `outputs`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

import polars as pl

from beamclaim.findings.finding import Edit, Fact, Finding, Fix, PolicyFact
from beamclaim.model.span import Span
from beamclaim.model.value_sets import FIX_GRADES, RISKS, SEVERITIES

SPINE: dict[str, Any] = {
    "part": pl.UInt16,
    "row": pl.UInt32,
    "rule": pl.Categorical,
    "file": pl.UInt32,  # a number into `Findings.files`; null: the finding has no place
    "start": pl.Int64,
    "end": pl.Int64,
    "segment": pl.UInt32,
    "claim": pl.String,
    "line": pl.UInt32,
    "lines": pl.UInt32,  # how many lines it names
    "course": pl.String,
    "fraction": pl.UInt32,
    "claim.key": pl.UInt64,
    "line.key": pl.UInt64,  # null where the finding names no line
    "date": pl.Date,
    "code": pl.String,
    "charge": pl.Decimal(38, 2),
    "severity": pl.Enum(SEVERITIES),
    "risk": pl.Enum(RISKS),
    "grade": pl.Enum(FIX_GRADES),
    "id": pl.String,
    "cause": pl.Categorical,
    "payer": pl.Categorical,
    "payer_line": pl.Categorical,
    "setting": pl.Categorical,
}
#: What only an opened or written finding says: the element, what was found, what to do, bytes that put it right, and the
#: file and segment of its row, where most of its facts stand.
DETAIL: dict[str, Any] = {
    "path": pl.String,
    "message": pl.String,
    "to_do": pl.String,
    "repair": pl.String,
    "row.file": pl.UInt32,
    "row.segment": pl.UInt32,
}
#: A fact has its value in ``fact:k`` and, where some byte says it, a place in columns of that name with these endings; those for file
#: and segment are there only for facts that stand elsewhere than their row.
FACT_PLACE: dict[str, Any] = {
    ".start": pl.Int64, ".end": pl.Int64, ".path": pl.String, ".file": pl.UInt32, ".segment": pl.UInt32,
}  # fmt: skip
#: The lines of claims whose findings name no line, and what they charge.
CHARGED = pl.Schema({"claim.key": pl.UInt64(), "line.key": pl.UInt64(), "charge": pl.Decimal(38, 2)})
#: The lines of findings that name several (`Rule.about`), and what they charge.
NAMED = pl.Schema({
    "part": pl.UInt16(), "row": pl.UInt32(), "line.key": pl.UInt64(), "charge": pl.Decimal(38, 2),
})  # fmt: skip
#: Findings opened together while a run is walked through.
_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """The findings of one rule: what is the same for all of them, and a row each of what differs."""

    rule: str
    name: str
    title: str
    who: str
    is_preview: bool
    facts: tuple[str, ...]
    """The names of the facts, in order; ``fact:k`` is the value of the k-th, null where it is none of that finding."""
    frame: pl.DataFrame

    @property
    def policy(self) -> list[str]:
        """The columns that name policy rows, in order."""
        return [n for n in self.frame.columns if n.startswith("policy:")]


class Findings(Sequence[Finding]):
    """The findings of a run, in order. A `Finding` exists only while someone looks at one."""

    def __init__(
        self,
        spine: pl.DataFrame | None = None,
        parts: Sequence[Part] = (),
        *,
        files: Sequence[str] = (),
        policy_rows: Sequence[PolicyFact] = (),
        charged: pl.DataFrame | None = None,
        named: pl.DataFrame | None = None,
    ) -> None:
        self.spine = pl.DataFrame(schema=SPINE) if spine is None else spine
        self.parts = tuple(parts)
        self.files = tuple(files)
        self.policy_rows = tuple(policy_rows)
        self._charged = pl.DataFrame(schema=CHARGED) if charged is None else charged
        self._named = pl.DataFrame(schema=NAMED) if named is None else named

    def with_spine(self, spine: pl.DataFrame) -> "Findings":
        """Those of the rows of another spine of the same run."""
        return Findings(
            spine, self.parts, files=self.files, policy_rows=self.policy_rows, charged=self._charged, named=self._named
        )  # fmt: skip

    def where(self, *conditions: pl.Expr | pl.Series) -> "Findings":
        """Those for which all conditions on the spine hold, in the same order."""
        return self.with_spine(self.spine.filter(*conditions))

    def without(self, ids: Collection[str]) -> "Findings":
        """All but those with these ids."""
        return self.where(~pl.col("id").is_in(sorted(ids)))

    def __len__(self) -> int:
        return self.spine.height

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> "Findings": ...
    def __getitem__(self, index: int | slice) -> "Finding | Findings":
        if isinstance(index, slice):
            return self.with_spine(self.spine[index])
        return self._opened(self.spine[range(len(self))[index]])[0]

    def __iter__(self) -> Iterator[Finding]:
        for first in range(0, len(self), _BLOCK):
            yield from self._opened(self.spine[first : first + _BLOCK])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def by_part(self, spine: pl.DataFrame) -> Iterator[tuple[Part, pl.DataFrame]]:
        """Rows of a spine part by part, with the columns of the part beside them and ``at``, their number among the rows."""
        for (number,), rows in spine.with_row_index("at").group_by("part", maintain_order=True):
            part = self.parts[int(str(number))]
            yield part, rows.hstack(part.frame[rows["row"]])

    def charges(self) -> pl.DataFrame:
        """The charges behind the findings: ``at`` (number of the finding), line.key, charge; of a claim all its lines."""
        rows = self.spine.select("part", "row", "claim.key", "line", "line.key", "charge").with_row_index("at")
        several = rows.select("at", "part", "row").join(self._named, on=["part", "row"], maintain_order="left_right")
        of_lines = rows.filter(pl.col("line").is_not_null()).join(several, on="at", how="anti", maintain_order="left")
        of_claims = (
            rows.filter(pl.col("line").is_null())
            .select("at", "claim.key")
            .join(self._charged, on="claim.key", maintain_order="left_right")
        )
        names = ("at", "line.key", "charge")
        every = pl.concat([frame.select(names) for frame in (of_lines, several, of_claims)])
        return every.filter(pl.col("charge").is_not_null()).sort("at", maintain_order=True)

    @property
    def frame(self) -> pl.DataFrame:
        """The findings as one table, with lists of facts and policy rows (`findings.frame`)."""
        from beamclaim.findings.frame import as_frame

        return as_frame(self)

    def _opened(self, spine: pl.DataFrame) -> list[Finding]:
        """Rows of the spine as objects."""
        out: list[Finding | None] = [None] * spine.height
        charged: dict[int, list[tuple[int, Decimal]]] = {}
        for at, line, charge in self.with_spine(spine).charges().iter_rows():
            charged.setdefault(at, []).append((line, charge))
        for part, rows in self.by_part(spine):
            for row in rows.iter_rows(named=True):
                out[row["at"]] = self._finding(part, row, tuple(charged.get(row["at"], ())))
        return [finding for finding in out if finding is not None]

    def _finding(self, part: Part, row: Mapping[str, Any], charged_lines: tuple[tuple[int, Decimal], ...]) -> Finding:
        where = None
        if row["file"] is not None:
            where = Span(self.files[row["file"]], row["start"], row["end"], row["path"], row["segment"])
        edit = Edit(where, row["repair"]) if where is not None and row["repair"] is not None else None
        return Finding(
            id=row["id"], rule=part.rule, name=part.name, title=part.title, severity=row["severity"], risk=row["risk"],
            message=row["message"], claim=row["claim"], line=row["line"], course=row["course"], fraction=row["fraction"],
            date=row["date"], code=row["code"], charge=row["charge"], where=where,
            facts=tuple(self._fact(k, name, row) for k, name in enumerate(part.facts) if row[f"fact:{k}"] is not None),
            policy=tuple(self.policy_rows[row[n]] for n in part.policy if row[n] is not None),
            fix=Fix(row["grade"], row["to_do"], part.who, edit), cause=row["cause"], preview=part.is_preview,
            charged_lines=charged_lines, payer=row["payer"], payer_line=row["payer_line"], setting=row["setting"],
        )  # fmt: skip

    def _fact(self, k: int, name: str, row: Mapping[str, Any]) -> Fact:
        column = f"fact:{k}"
        if row.get(f"{column}.start") is None:
            return Fact(name, row[column])
        file, segment = row.get(f"{column}.file"), row.get(f"{column}.segment")
        if f"{column}.file" not in row:
            file, segment = row["row.file"], row["row.segment"]
        where = Span(
            self.files[int(file or 0)], row[f"{column}.start"], row[f"{column}.end"], row[f"{column}.path"], segment
        )
        return Fact(name, row[column], where)
