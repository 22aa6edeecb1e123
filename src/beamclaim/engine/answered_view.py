"""View + policy answers → frames for one rule: only the rows it is open on, only the columns it reads.

One row per row of the view, known by its number. `select` hands rows and columns out; `open_rows` says where a rule may
apply; `sharing_a_group` and `kinds` part the rows a window must see from those it is alone with. Made by
`policy_columns`, read by `verdicts`; begin with `select`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import polars as pl

from beamclaim.engine.compile import compiled
from beamclaim.engine.policy_answers import Lookup
from beamclaim.expressions.leaves import PolicyRead
from beamclaim.expressions.node import Expression
from beamclaim.expressions.walks import of_the_row
from beamclaim.expressions.windows import is_group, keys_of
from beamclaim.model.keys import SEED, group_key
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import View


class Question(Protocol):
    """What the engine has to know of whatever asks policy of a view: a rule, a charge, an adjustment."""

    @property
    def code(self) -> str:
        """What it is known by."""

    @property
    def policy_reads(self) -> tuple[PolicyRead, ...]:
        """What it asks of policy."""

    @property
    def gate(self) -> tuple[Expression, ...]:
        """Where one of these is surely false, nothing is asked."""


#: Fewer rows are not worth being parted.
_FEW = 1_000


@dataclass(frozen=True)
class AnsweredView:
    """The frame of a view, and beside it the policy answers that are looked up where a rule reads them.

    An answer is kept once per distinct question; `answers` says how each row finds its own. So a hundred
    policy columns cost the memory of the few a rule reads. What is worked out of the rows is kept for the next rule.
    """

    view: View
    frame: pl.DataFrame
    answers: dict[str, Lookup]
    _open: dict[str, pl.Series] = field(default_factory=dict)
    _groups: dict[str, pl.Series] = field(default_factory=dict)
    _shared: dict[str, pl.Series] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        """Whether a rule can read the column here."""
        return name in self.answers or name in self.frame.columns

    def with_columns(self, columns: Sequence[pl.Series]) -> "AnsweredView":
        """The same rows with these columns more."""
        return replace(self, frame=self.frame.hstack(list(columns)))

    def select(self, rows: pl.Series | None, names: Iterable[str]) -> pl.LazyFrame:
        """These columns of the rows with these numbers (None: all)."""
        wanted = dict.fromkeys(names)
        lookups = {n: self.answers[n] for n in wanted if n in self.answers}
        groups = [self.group(n) for n in wanted if is_group(n)]
        plain = [n for n in wanted if n not in lookups and not is_group(n)]
        # A question that reads nothing still has its rows.
        columns = [*dict.fromkeys([*plain, *(a.number_column for a in lookups.values())]), *groups]
        chosen = self.frame.select(columns or self.frame.columns[:1])
        chosen = chosen if rows is None else chosen[rows]
        return chosen.lazy().with_columns(answer.expression.alias(n) for n, answer in lookups.items())

    def open_rows(self, rules: Sequence[Question]) -> dict[str, pl.Series]:
        """Rule code → the numbers of the rows on which it may apply, as far as it tells without looking at other rows."""
        asked = [r for r in rules if r.code not in self._open and r.gate]
        if asked:
            gates = {r.code: pl.all_horizontal(map(compiled, r.gate)).fill_null(True) for r in asked}
            is_open = self.select(None, [n for r in asked for n in of_the_row(*r.gate)]).select(**gates).collect()
            # A gate that reads no column at all gives one value for every row.
            if is_open.height == self.frame.height:
                self._open.update({code: is_open[code].arg_true() for code in gates})
        every_row = self._every_row()
        return {r.code: self._open.setdefault(r.code, every_row) for r in rules}

    def group(self, name: str) -> pl.Series:
        """The group of each row by the keys a window runs over; null where one is unknown."""
        if name not in self._groups:
            self._groups[name] = self.frame.select(group_key(keys_of(name)).alias(name)).to_series()
        return self._groups[name]

    def sharing_a_group(self, rule: Rule, rows: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Of these rows those that share a group of the rule's windows, with all that share it; and those that are alone."""
        if self.frame.height < _FEW:
            return self._every_row(), rows.clear()
        shares = pl.Series([False]).new_from_index(0, len(rows))
        for name in rule.groups:
            shares |= self._is_shared(name)[rows]
        if not shares.any():
            return rows.clear(), rows
        together, alone = rows.filter(shares), rows.filter(~shares)
        is_inside = pl.Series([False]).new_from_index(0, self.frame.height)
        for name in rule.groups:
            group = self.group(name)
            is_inside |= group.is_in(group[together].drop_nulls().unique().implode()).fill_null(False)
        # A row that is open and belongs to no group is asked too.
        return pl.concat([is_inside.arg_true(), together]).unique().sort(), alone

    def kinds(self, rule: Rule, rows: pl.Series) -> tuple[pl.LazyFrame, pl.Series]:
        """For rows that are alone in every window: one of each kind, as the rule sees them, and each row's kind.

        Rows that look alike to the rule get the same verdict when no other row has a say.
        """
        frame = self.select(rows, (*rule.own, *rule.groups)).collect()
        looks = frame.select(*rule.own, *(pl.col(g).is_not_null().alias(g) for g in rule.groups))
        kind = looks.select(pl.struct(pl.all()).hash(seed=SEED).alias("kind"))
        first = kind.with_row_index("at").unique("kind", keep="first", maintain_order=True).with_row_index("number")
        number_of_row = kind.join(first, on="kind", how="left", maintain_order="left")["number"]
        # Each row of the frame that is left is a group of its own.
        alone = pl.int_range(pl.len(), dtype=pl.UInt64)
        one_of_each = frame[first["at"]].lazy()
        groups = (pl.when(pl.col(g).is_not_null()).then(alone).alias(g) for g in rule.groups)
        return one_of_each.with_columns(groups), number_of_row

    def _is_shared(self, name: str) -> pl.Series:
        """Which rows share that group with another."""
        if name not in self._shared:
            group = self.group(name)
            self._shared[name] = group.is_duplicated() & group.is_not_null()
        return self._shared[name]

    def _every_row(self) -> pl.Series:
        return pl.int_range(self.frame.height, dtype=pl.UInt32, eager=True)
