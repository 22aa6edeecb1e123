"""All a rule may use in its expressions: columns, policy answers, and windows that keep the unknown unknown.

A rule is written with these functions and the operators ``& | ~ == != < <= > >= + - * // %`` on what
they return; it calls nothing else (a health test reads every rule file). So no operation a rule can
reach turns an unknown into a no, and every column, policy value and window a rule reads can be
listed from the expression itself.
"""

import polars as pl

Expr = pl.Expr


# ── what a rule may read ────────────────────────────────────────────────────────────────────────


def col(name: str) -> Expr:
    """A column of the view, e.g. ``line.units``. Null is unknown."""
    return pl.col(name)


def text(value: str) -> Expr:
    """A word to compare with (never a code: codes live in policy tables)."""
    return pl.lit(value)


def param(name: str, *, on: str = "line.date") -> Expr:
    """A policy parameter, as in force on the day `on` for the claim's setting and payer."""
    return pl.col(f"param:{name}@{on}")


def code_in(table: str, *, of: str = "line.code", on: str = "line.date", **fields: str) -> Expr:
    """Whether policy `table` holds the code, with these `fields`, on that day, for that setting and payer.

    For a column that is a list (modifiers): whether it holds any of them. Null when the table does
    not answer for that day, setting or payer.
    """
    condition = ",".join(f"{k}={v}" for k, v in sorted(fields.items()))
    return pl.col(f"in:{table}[{condition}]:{of}@{on}")


def value(table: str, name: str, *, of: str = "line.code", on: str = "line.date") -> Expr:
    """The value column `name` of the row of policy `table` for the code on that day; null when there is none."""
    return pl.col(f"value:{table}:{name}:{of}@{on}")


def all_in(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> Expr:
    """Whether policy `table` holds every one of the codes of a list column; true of an empty list."""
    return pl.col(f"all:{table}[]:{of}@{on}")


def clash(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> Expr:
    """Whether two codes of a list column are a pair of pair table `table`; false for fewer than two."""
    return pl.col(f"clash:{table}:{of}@{on}")


def code_known(table: str, *, of: str = "line.code") -> Expr:
    """Whether policy `table` holds the code at all, on whatever day and in whatever setting. Never null for a known code."""
    return pl.col(f"ever:{table}:{of}")


def pair(table: str, name: str, *, among: str = "provider") -> Expr:
    """The same-day partner that bundles this line (this line is column 2), by pair table `table`.

    `name`: ``has_partner`` another code of the group is seen that day; ``exists`` such a pair is in force
    (null: the table does not answer); a value column of the table (``indicator``); ``opened`` a modifier on
    either line may open it; ``partner_code``;
    ``leads`` this line is column 1 of a pair with another code of the group. The group is the patient's day with one provider and
    component (`among="provider"`), or the patient's whole day (`among="patient"`).
    """
    return pl.col(f"pair:{table}/{among}:{name}")


def near(table: str, name: str) -> Expr:
    """The nearest line of the same patient whose code is in policy `table`.

    `name`: ``seen`` the patient has one; ``on_claim`` one stands on the same claim. For the same billing
    provider and target: ``ahead`` one comes on this day or later, ``days_until`` in how many days;
    ``behind`` one came on this day or before, ``days_since`` how many days ago; ``unlike`` all that
    are seen are for another target or biller.
    """
    return pl.col(f"near:{table}:{name}")


# ── windows ─────────────────────────────────────────────────────────────────────────────────────


def _counted(x: Expr, where: Expr | None, counts: str) -> Expr:
    """`x` where the row counts and `where` holds, 0 where it does not, null where that is unknown."""
    chosen = pl.col(counts) if where is None else pl.col(counts) & where
    return pl.when(chosen.is_null() & (x.is_null() | (x != 0))).then(None).when(chosen).then(x).otherwise(0)


def _group(over: tuple[str, ...]) -> str:
    """The column that numbers the groups of these keys; the engine adds it. Null where a key is unknown."""
    return "group:" + "|".join(over)


def _told(over: tuple[str, ...], answer: Expr, part: Expr | None = None) -> Expr:
    """`answer` per group, null where a key of the group or a part of it is unknown.

    Rows whose key is unknown belong to no group: they may not be added up with one another.
    """
    group = pl.col(_group(over))
    sure = group.is_not_null()
    if part is not None:
        # Counted, not asked for: a sum of whole numbers is the fast kind of window.
        sure &= part.is_null().cast(pl.UInt32).sum().over(group) == 0
    return pl.when(sure).then(answer.over(group))


def total(x: str, *, over: tuple[str, ...], where: Expr | None = None, counts: str = "line.counts") -> Expr:
    """Sum of column `x` over the rows of the group that count; null if any of them is unknown."""
    part = _counted(pl.col(x), where, counts)
    return _told(over, part.sum(), part)


def running_total(x: str, *, over: tuple[str, ...], where: Expr | None = None, counts: str = "line.counts") -> Expr:
    """Sum up to and including this row, in the order of the view: history first, then by day the claim was made, day, claim, line."""
    part = _counted(pl.col(x), where, counts)
    return _told(over, part.cum_sum(), part)


def count(where: Expr, *, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """How many rows of the group count and satisfy `where`; null if that is unknown of any."""
    part = _counted(pl.lit(1, dtype=pl.Int64), where, counts)
    return _told(over, part.sum(), part)


def any_of(where: Expr, *, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """Whether some row of the group that counts satisfies `where`; unknown unless one surely does or none can."""
    return _told(over, (pl.col(counts) & where).any(ignore_nulls=False))


def others(where: Expr, *, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """How many *other* rows of the group count and satisfy `where`."""
    mine = _counted(pl.lit(1, dtype=pl.Int64), where, counts)
    return count(where, over=over, counts=counts) - mine


def rank_in(*, over: tuple[str, ...], where: Expr | None = None, counts: str = "line.counts") -> Expr:
    """Place of this row (from 1) among the rows of the group that count, in the order of `running_total`."""
    part = _counted(pl.lit(1, dtype=pl.Int64), where, counts)
    return _told(over, part.cum_sum(), part)


def earliest(where: Expr, *, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """First day of service among the rows of the group that count and satisfy `where`; null where none does or that is unknown."""
    return _edge(where, over, counts, first=True)


def latest(where: Expr, *, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """Last day of service among the rows of the group that count and satisfy `where`; null as in `earliest`."""
    return _edge(where, over, counts, first=False)


def _edge(where: Expr, over: tuple[str, ...], counts: str, *, first: bool) -> Expr:
    chosen, day = pl.col(counts) & where, pl.col("line.date")
    spot = pl.when(chosen).then(day)
    # One that may be among them, or is among them on a day nobody knows, could be the first or the last.
    part = pl.when(chosen & day.is_null()).then(None).otherwise(chosen)
    return _told(over, spot.min() if first else spot.max(), part)


def came_before(where: Expr, *, within: Expr, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days before."""
    return _close(where, within, over, counts, before=True)


def comes_after(where: Expr, *, within: Expr, over: tuple[str, ...], counts: str = "line.counts") -> Expr:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days after."""
    return _close(where, within, over, counts, before=False)


def _close(where: Expr, within: Expr, over: tuple[str, ...], counts: str, *, before: bool) -> Expr:
    day, chosen, group = pl.col("line.date"), pl.col(counts) & where, pl.col(_group(over))
    there = chosen.fill_null(False)
    spot = pl.when(there).then(day)
    # In the order of days; on one day the rows that are looked for stand where every other one sees them.
    if before:
        gap = day - spot.forward_fill().over(group, order_by=[day, ~there])
    else:
        gap = spot.backward_fill().over(group, order_by=[day, there]) - day
    near = pl.when(gap.is_not_null()).then(gap.dt.total_days() <= within).otherwise(False)
    perhaps = chosen.is_null().any().over(group) | (there & day.is_null()).any().over(group)
    return pl.when(group.is_not_null() & day.is_not_null()).then(near | pl.when(perhaps).then(None).otherwise(False))


# ── small words ─────────────────────────────────────────────────────────────────────────────────


def when(condition: Expr, then: Expr | int, otherwise: Expr | int) -> Expr:
    """`then` where the condition holds, `otherwise` where it does not, unknown where that is unknown."""
    return pl.when(condition.is_null()).then(None).when(condition).then(then).otherwise(otherwise)


def either(condition: Expr, then: str, otherwise: str) -> Expr:
    """One of two words, e.g. a grade; the weaker one where the condition is unknown."""
    return pl.when(condition).then(pl.lit(then)).otherwise(pl.lit(otherwise))


def one_of(x: Expr, *words: str) -> Expr:
    """Whether `x` is one of these words."""
    found = x == pl.lit(words[0])
    for word in words[1:]:
        found |= x == pl.lit(word)
    return found


def days(start: Expr, end: Expr) -> Expr:
    """Days from `start` to `end`."""
    return (end - start).dt.total_days()


def later(day: Expr, *, years: Expr | None = None, days_on: Expr | None = None) -> Expr:
    """The day so many calendar years, or so many days, after `day`."""
    if years is not None:
        return day.dt.offset_by(pl.format("{}y", years.cast(pl.Int64)))
    return day + pl.duration(days=days_on)


def carries(modifier: Expr, *, of: str = "line.modifiers") -> Expr:
    """Whether the line carries the modifier, or another list column `of` the code, that another column names."""
    wrapped = pl.format(";{};", pl.col(of))
    return wrapped.str.contains(pl.format(";{};", modifier), literal=True)


def listed(x: Expr, prefixes: Expr) -> Expr:
    """Whether `x` begins with one of the `;`-separated prefixes another column names."""
    pattern = pl.format("^(?:{})", prefixes.str.replace_all(";", "|", literal=True))
    return x.str.contains(pattern)


def any_listed(x: Expr, prefixes: Expr) -> Expr:
    """Whether one of the `;`-separated codes of `x` begins with one of the `;`-separated prefixes another column names."""
    pattern = pl.format("(?:^|;)(?:{})", prefixes.str.replace_all(";", "|", literal=True))
    return x.str.contains(pattern)


def none(x: Expr) -> Expr:
    """Whether the source says there is none (an empty element, not an unknown one)."""
    return x == pl.lit("")


def unknown() -> Expr:
    """Cannot be told: for an answer that hangs on something nobody records."""
    return pl.lit(None, dtype=pl.Boolean)


def yes() -> Expr:
    """Surely."""
    return pl.lit(True)


def no() -> Expr:
    """Surely not."""
    return pl.lit(False)


def stated(x: Expr) -> Expr:
    """Whether a policy row says this at all (its cell is not blank), or a course was given. Not for facts of a claim."""
    return x.is_not_null()


def if_seen(x: Expr, otherwise: Expr) -> Expr:
    """`x` where something was seen, else `otherwise`: only for facts that may be absent by nature."""
    return pl.coalesce(x, otherwise)
