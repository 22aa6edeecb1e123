"""A sheet: a view with the policy beside it, handed out row by row and column by column as rules ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_answers import Lookup
from beamclaim.expressions.walks import of_the_row
from beamclaim.expressions.windows import keys_of
from beamclaim.model.keys import SEED, group_key
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import View

#: Fewer rows are not worth being told apart.
_FEW = 1_000


@dataclass(slots=True)
class Sheet:
    """A view with the policy beside it: columns of the frame, and answers that are looked up where a rule reads them.

    An answer is kept once per distinct question; `answers` says how each row finds its own. So a hundred
    policy columns cost the memory of the few a rule reads.
    """

    view: pl.DataFrame
    answers: dict[str, Lookup]
    declared: View
    _open: dict[str, pl.Series] = field(default_factory=dict)
    _groups: dict[str, pl.Series] = field(default_factory=dict)
    _shared: dict[str, pl.Series] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Whether a rule can read the column here."""
        return name in self.answers or name in self.view.columns

    def frame(self, rows: pl.Series | None, names: Iterable[str]) -> pl.LazyFrame:
        """These columns, and what they are looked up by, for the rows with these numbers (None: all)."""
        wanted = dict.fromkeys(names)
        made = {n: self.answers[n].expression for n in wanted if n in self.answers}
        groups = [self.group(n) for n in wanted if n.startswith("group:")]
        roots = [self.answers[n].numbers for n in made]
        plain = (n for n in wanted if n not in made and not n.startswith("group:"))
        # A question that reads nothing still has its rows.
        columns = [*dict.fromkeys([*plain, *roots]), *groups] or self.view.columns[:1]
        held = self.view.select(columns)
        if rows is not None:
            held = held[rows]
        return held.lazy().with_columns(e.alias(n) for n, e in made.items())

    def open_rows(self, rules: Sequence[Rule]) -> dict[str, pl.Series]:
        """The numbers of the rows on which each rule may apply, as far as it tells without looking at other lines."""
        asked = [r for r in rules if r.code not in self._open]
        gates = {r.code: pl.all_horizontal(map(compiled, r.gate)).fill_null(True) for r in asked if r.gate}
        if gates:
            reads = [n for r in asked for n in of_the_row(*r.gate)]
            told = self.frame(None, reads).select(**gates).collect()
            # A gate that reads no column at all gives one value for every row.
            if told.height == self.view.height:
                self._open |= {code: told[code].arg_true() for code in gates}
        every = pl.int_range(self.view.height, dtype=pl.UInt32, eager=True)
        return {r.code: self._open.setdefault(r.code, every) for r in rules}

    def group(self, name: str) -> pl.Series:
        """The group of each row by the keys a window runs over; null where one is unknown."""
        if name not in self._groups:
            self._groups[name] = self.view.select(group_key(keys_of(name)).alias(name)).to_series()
        return self._groups[name]

    def _is_shared(self, name: str) -> pl.Series:
        """Which rows share that group with another."""
        if name not in self._shared:
            group = self.group(name)
            self._shared[name] = group.is_duplicated() & group.is_not_null()
        return self._shared[name]

    def split(self, rule: Rule, rows: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Of these rows those that share a group of the rule's windows, with all that share it; and those that are alone."""
        if self.view.height < _FEW:
            return pl.int_range(self.view.height, dtype=pl.UInt32, eager=True), rows.clear()
        shared = pl.Series([False]).new_from_index(0, len(rows))
        for name in rule.groups:
            shared |= self._is_shared(name)[rows]
        if not shared.any():
            return rows.clear(), rows
        together, alone = rows.filter(shared), rows.filter(~shared)
        inside = pl.Series([False]).new_from_index(0, self.view.height)
        for name in rule.groups:
            group = self.group(name)
            inside |= group.is_in(group[together].drop_nulls().unique().implode()).fill_null(False)
        # A row that is open and belongs to no group is asked too.
        return pl.concat([inside.arg_true(), together]).unique().sort(), alone

    def profiles(self, rule: Rule, rows: pl.Series) -> tuple[pl.LazyFrame, pl.Series]:
        """For rows that are alone in every window: one of each kind, as the rule sees them, and each row's kind.

        Rows that look alike to the rule get the same verdict when no other row has a say.
        """
        frame = self.frame(rows, (*rule.own, *rule.groups)).collect()
        looks = frame.select(
            *(pl.col(n) for n in rule.own), *(pl.col(g).is_not_null().alias(g) for g in rule.groups)
        ).select(pl.struct(pl.all()).hash(seed=SEED).alias("kind"))  # fmt: skip
        first = looks.with_row_index("at").unique("kind", keep="first", maintain_order=True).with_row_index("number")
        kinds = looks.join(first, on="kind", how="left", maintain_order="left")["number"]
        apart = pl.int_range(pl.len(), dtype=pl.UInt64)
        one = frame[first["at"]].lazy()
        return one.with_columns(pl.when(pl.col(g).is_not_null()).then(apart).alias(g) for g in rule.groups), kinds
