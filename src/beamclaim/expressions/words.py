"""The words rules are written in: each makes one node of the tree. A declaration calls these and nothing else of ours.

So no operation a rule can reach turns an unknown into a no, and every column, policy answer and window it reads can be
listed from the expression itself. `of` and `on` name columns: what a table is asked about, and on which day. With
``of=col(…)`` the column asked about is a fact of the finding too; by its name alone it is not.
"""

from beamclaim.expressions.forms import BeginsWith, Blank, Carries, Choose, Days, IfSeen, Later, OneOf, Stated
from beamclaim.expressions.leaves import AnswerKind, Column, Neighbor, Parameter, PolicyAnswer, Sure, Unknown, Word
from beamclaim.expressions.node import Expression, node_of, refuse
from beamclaim.expressions.windows import Window, WindowKind

# ── what is read ────────────────────────────────────────────────────────────────────────────────


def col(name: str) -> Column:
    """A column of the view, e.g. ``line.units``. Null is unknown."""
    return Column(name)


def text(value: str) -> Word:
    """A word to compare with (never a code: codes live in policy tables)."""
    return Word(value)


def param(name: str, *, on: str = "line.date") -> Parameter:
    """A policy parameter, as in force on the day `on` for the claim's setting and payer."""
    return Parameter(table=name, on=on)


def code_in(table: str, *, of: str | Column = "line.code", on: str = "line.date", **fields: str) -> PolicyAnswer:
    """Whether policy `table` holds the code, with these `fields`, on that day, for that setting and payer.

    For a column that is a list (modifiers): whether it holds any of them. Null when the table does
    not answer for that day, setting or payer.
    """
    return _answer("in", table, ",".join(f"{k}={v}" for k, v in sorted(fields.items())), of, on)


def value(table: str, name: str, *, of: str | Column = "line.code", on: str = "line.date") -> PolicyAnswer:
    """The value column `name` of the row of policy `table` for the code on that day; null when there is none."""
    return _answer("value", table, name, of, on)


def all_in(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> PolicyAnswer:
    """Whether policy `table` holds every one of the codes of a list column; true of an empty list."""
    return _answer("all", table, "", of, on)


def clash(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> PolicyAnswer:
    """Whether two codes of a list column are a pair of pair table `table`; false for fewer than two."""
    return _answer("clash", table, "", of, on)


def code_known(table: str, *, of: str = "line.code") -> PolicyAnswer:
    """Whether policy `table` holds the code at all, on whatever day and in whatever setting. Never null for a known code."""
    return _answer("ever", table, "", of, "")


def _answer(kind: AnswerKind, table: str, field: str, of: str | Column, on: str) -> PolicyAnswer:
    if isinstance(of, Column):
        return PolicyAnswer(kind=kind, table=table, field=field, of=of.name, on=on, asked=of)
    return PolicyAnswer(kind=kind, table=table, field=field, of=of, on=on)


def pair(table: str, name: str, *, among: str = "provider") -> Neighbor:
    """The same-day partner that bundles this line (this line is column 2), by pair table `table`.

    `name`: ``has_partner`` another code of the group is seen that day; ``exists`` such a pair is in force
    (null: the table does not answer); a value column of the table (``indicator``); ``opened`` a modifier on
    either line may open it; ``partner_code``;
    ``leads`` this line is column 1 of a pair with another code of the group. The group is the patient's day with one provider and
    component (`among="provider"`), or the patient's whole day (`among="patient"`).
    """
    if among not in ("provider", "patient"):
        refuse(f"pair() among {among!r}: a group is the day of one 'provider' or of one 'patient'")
    return Neighbor(kind="pair", table=table, field=name, of=among)


def near(table: str, name: str) -> Neighbor:
    """The nearest line of the same patient whose code is in policy `table`.

    `name`: ``seen`` the patient has one; ``on_claim`` one stands on the same claim. For the same billing
    provider and target: ``ahead`` one comes on this day or later, ``days_until`` in how many days;
    ``behind`` one came on this day or before, ``days_since`` how many days ago; ``unlike`` all that
    are seen are for another target or biller.
    """
    made = Neighbor(kind="near", table=table, field=name, of="line.code")
    if made.type is None:
        refuse(f"near() says nothing called {name!r}: seen, on_claim, ahead, behind, unlike, days_until, days_since")
    return made


# ── windows ─────────────────────────────────────────────────────────────────────────────────────


def total(x: str, *, over: tuple[str, ...], where: Expression | None = None, counts: str = "line.counts") -> Window:
    """Sum of column `x` over the rows of the group that count; null if any of them is unknown."""
    return Window("total", over, Column(counts), where, of=Column(x))


def running_total(
    x: str, *, over: tuple[str, ...], where: Expression | None = None, counts: str = "line.counts"
) -> Window:
    """Sum up to and including this row, in the order of the view: history first, then by day the claim was made, day, claim, line."""
    return Window("running_total", over, Column(counts), where, of=Column(x))


def count(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """How many rows of the group count and satisfy `where`; null if that is unknown of any."""
    return Window("count", over, Column(counts), where)


def any_of(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Whether some row of the group that counts satisfies `where`; unknown unless one surely does or none can."""
    return Window("any_of", over, Column(counts), where)


def others(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """How many *other* rows of the group count and satisfy `where`."""
    return Window("others", over, Column(counts), where)


def rank_in(*, over: tuple[str, ...], where: Expression | None = None, counts: str = "line.counts") -> Window:
    """Place of this row (from 1) among the rows of the group that count, in the order of `running_total`."""
    return Window("rank_in", over, Column(counts), where)


def earliest(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """First day of service among the rows of the group that count and satisfy `where`; null where none does or that is unknown."""
    return _dated("earliest", where, over, counts)


def latest(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Last day of service among the rows of the group that count and satisfy `where`; null as in `earliest`."""
    return _dated("latest", where, over, counts)


def came_before(where: Expression, *, within: Expression, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days before."""
    return _dated("came_before", where, over, counts, within)


def comes_after(where: Expression, *, within: Expression, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days after."""
    return _dated("comes_after", where, over, counts, within)


def _dated(
    kind: WindowKind, where: Expression, over: tuple[str, ...], counts: str, within: Expression | None = None
) -> Window:
    return Window(kind, over, Column(counts), where, within=within, day=Column("line.date"))


# ── small words ─────────────────────────────────────────────────────────────────────────────────


def when(condition: Expression, then: Expression | int, otherwise: Expression | int) -> Choose:
    """`then` where the condition holds, `otherwise` where it does not, unknown where that is unknown."""
    return Choose(condition, node_of(then), node_of(otherwise))


def either(condition: Expression, then: str, otherwise: str) -> Choose:
    """One of two words, e.g. a grade; the weaker one where the condition is unknown."""
    return Choose(condition, Word(then), Word(otherwise), is_strict=False)


def one_of(x: Expression, *words: str) -> OneOf:
    """Whether `x` is one of these words."""
    if not words:
        refuse("one_of() names no word to compare with")
    return OneOf(x, words)


def days(start: Expression, end: Expression) -> Days:
    """Days from `start` to `end`."""
    return Days(start, end)


def later(day: Expression, *, years: Expression | None = None, days_on: Expression | None = None) -> Later:
    """The day so many calendar years, or so many days, after `day`."""
    many = years if days_on is None else days_on
    if many is None or (years is not None and days_on is not None):
        refuse("later() takes either years=… or days_on=…")
    return Later(day, many, by_years=days_on is None)


def carries(modifier: Expression, *, of: str = "line.modifiers") -> Carries:
    """Whether the line carries the modifier, or another list column `of` the code, that another column names."""
    return Carries(modifier, Column(of))


def listed(x: Expression, prefixes: Expression) -> BeginsWith:
    """Whether `x` begins with one of the `;`-separated prefixes another column names."""
    return BeginsWith(x, prefixes, is_list=False)


def any_listed(x: Expression, prefixes: Expression) -> BeginsWith:
    """Whether one of the `;`-separated codes of `x` begins with one of the `;`-separated prefixes another column names."""
    return BeginsWith(x, prefixes, is_list=True)


def none(x: Expression) -> Blank:
    """Whether the source says there is none (an empty element, not an unknown one)."""
    return Blank(x)


def unknown() -> Unknown:
    """Cannot be told: for an answer that hangs on something nobody records."""
    return Unknown()


def yes() -> Sure:
    """Surely."""
    return Sure(True)


def no() -> Sure:
    """Surely not."""
    return Sure(False)


def stated(x: Expression) -> Stated:
    """Whether a policy row says this at all (its cell is not blank), or a course was given. Not for facts of a claim."""
    return Stated(x)


def if_seen(x: Expression, otherwise: Expression) -> IfSeen:
    """`x` where something was seen, else `otherwise`: only for facts that may be absent by nature."""
    return IfSeen(x, otherwise)
