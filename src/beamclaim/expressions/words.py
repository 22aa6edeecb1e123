"""The words rules are written in: each makes one node of the tree. A declaration calls these and nothing else of ours.

So no operation a rule can reach turns an unknown into a no, and every column, policy answer and window it reads can be listed from
the expression itself. `of` and `on` name columns: what is asked about, and on which day. With ``of=col(…)`` the column is a fact too.

In the examples ``asked(expression, columns)`` gives the answer for each line, as the tests run it; what a line does not say is
usual: one patient, a hospital, Original Medicare, 2 March 2026.
"""

# isort: off
from beamclaim.expressions.forms import (
    BeginsWith, Blank, Carries, Choose, DaysBetween, IfSeen, Later, OneOf, Stated, Workday,
)  # fmt: skip
from beamclaim.expressions.leaves import (
    PAIRED_AMONG, AnswerKind, Column, Neighbor, Parameter, PolicyAnswer, Sure, Unknown, Word,
)  # fmt: skip

# isort: on
from beamclaim.expressions.node import Expression, node_of, refuse
from beamclaim.expressions.windows import Window, WindowKind

# ── what is read ────────────────────────────────────────────────────────────────────────────────


def col(name: str) -> Column:
    """A column of the view, e.g. ``line.units``. Null is unknown.

    >>> asked(col("line.units"), {"line.units": [2, None]})
    [2, None]
    """
    return Column(name)


def text(value: str) -> Word:
    """A word to compare with (never a code: codes live in policy tables).

    >>> asked(col("claim.form") == text("837P"), {"claim.form": ["837P", "837I", None]})
    [True, False, None]
    """
    return Word(value)


def param(name: str, *, on: str = "line.date") -> Parameter:
    """A policy parameter, as in force on the day `on` for the claim's setting and payer.

    >>> asked(param("radonc.course.longest_gap_days"), {"line.date": [date(2026, 3, 2), None]})
    [60, None]
    """
    return Parameter(table=name, on=on)


def code_in(table: str, *, of: str | Column = "line.code", on: str = "line.date", **fields: str) -> PolicyAnswer:
    """Whether policy `table` holds the code, with these `fields`, on that day, for that setting and payer.

    For a column that is a list (modifiers): whether it holds any of them. Null when the table does
    not answer for that day, setting or payer.

    >>> asked(code_in("radonc.delivery", level="3"), {"line.code": ["77412", "77402", "99213", None]})
    [True, False, False, None]
    """
    return _answer("in", table, ",".join(f"{k}={v}" for k, v in sorted(fields.items())), of, on)


def value(table: str, name: str, *, of: str | Column = "line.code", on: str = "line.date") -> PolicyAnswer:
    """The value column `name` of the row of policy `table` for the code on that day; null when there is none.

    >>> asked(value("radonc.delivery", "level"), {"line.code": ["77412", "99213", None]})
    ['3', None, None]
    """
    return _answer("value", table, name, of, on)


def all_in(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> PolicyAnswer:
    """Whether policy `table` holds every one of the codes of a list column; true of an empty list.

    >>> asked(all_in("modifier.component"), {"line.modifiers": ["26", "26;59", "", None]})
    [True, False, True, None]
    """
    return _answer("all", table, "", of, on)


def clash(table: str, *, of: str = "line.modifiers", on: str = "line.date") -> PolicyAnswer:
    """Whether two codes of a list column are a pair of pair table `table`; false for fewer than two.

    >>> asked(clash("modifier_conflicts"), {"line.modifiers": ["26;TC", "26", "", None]})
    [True, False, False, None]
    """
    return _answer("clash", table, "", of, on)


def code_known(table: str, *, of: str = "line.code") -> PolicyAnswer:
    """Whether policy `table` holds the code at all, on whatever day and in whatever setting. Never null for a known code.

    >>> asked(code_known("radonc.delivery"), {"line.code": ["77385", "99213", None]})
    [True, False, None]
    """
    return _answer("ever", table, "", of, "")


def _answer(kind: AnswerKind, table: str, field: str, of: str | Column, on: str) -> PolicyAnswer:
    name, fact = (of.name, of) if isinstance(of, Column) else (of, None)
    return PolicyAnswer(kind=kind, table=table, field=field, of=name, on=on, asked=fact)


def pair(table: str, name: str, *, among: str = "provider", **cells: str) -> Neighbor:
    """The same-day partner that bundles this line (this line is column 2), by the rows of pair table `table` with these `cells`.

    `name`: ``has_partner`` another code of the group is seen that day; ``exists`` such a pair is in force (null: the table does not
    answer); ``closed`` such a pair is in force, and neither of its two lines carries a modifier that may open it; of the strongest
    such pair a value column of the table (``indicator``), ``opened`` a modifier on one of its two lines may open it, and
    ``partner_code``; ``leads`` this line is column 1 of a pair with another code of the group. The group is the patient's day with
    one provider and component (`among="provider"`), the patient's whole day (`"patient"`), the day on the claim (`"claim_day"`), the
    whole claim (`"claim"`) or the course as far as one biller bills it (`"course"`); no line of a code opens it for another.

    >>> asked(pair("ncci", "has_partner"), {"line.code": ["77301", "77300"], "line.provider": ["1", None]})
    [False, None]
    """
    if among not in PAIRED_AMONG:
        refuse(f"pair() among {among!r}: a group is one of {', '.join(map(repr, PAIRED_AMONG))}")
    where = ",".join(f"{k}={v}" for k, v in sorted(cells.items()))
    return Neighbor(kind="pair", table=table, field=name, of=among, where=where)


def near(table: str, name: str) -> Neighbor:
    """The nearest line of the same patient whose code is in policy `table`.

    `name`: ``seen`` the patient has one; ``on_claim`` one stands on the same claim. For the same billing
    provider and target: ``ahead`` one comes on this day or later, ``days_until`` in how many days;
    ``behind`` one came on this day or before, ``days_since`` how many days ago; ``unlike`` all that
    are seen are for another target or biller.

    >>> asked(near("radonc.delivery", "ahead"), {"line.code": ["77301", "77407"], "line.target": [None, "C61"]})
    [None, True]
    """
    made = Neighbor(kind="near", table=table, field=name, of="line.code")
    if made.type is None:
        refuse(f"near() says nothing called {name!r}: seen, on_claim, ahead, behind, unlike, days_until, days_since")
    return made


# ── windows ─────────────────────────────────────────────────────────────────────────────────────

_DAY, _LINE_COUNTS = "line.date", "line.counts"


def _counts(counts: str, over: tuple[str, ...]) -> Column:
    """What says which rows count: of the rows of a day those that are surely of it, of a longer time each line once."""
    return Column(counts or ("line.counts_that_day" if _DAY in over else "line.counts_once"))


def total(x: str, *, over: tuple[str, ...], where: Expression | None = None, counts: str = "") -> Window:
    """Sum of column `x` over the rows of the group that count; null if any of them is unknown.

    >>> asked(total("line.units", over=("patient.key",)), {"patient.key": [1, 1, 2], "line.units": [1, 2, None]})
    [3, 3, None]
    """
    return Window("total", over, _counts(counts, over), where, of=Column(x))


def running_total(x: str, *, over: tuple[str, ...], where: Expression | None = None, counts: str = "") -> Window:
    """Sum up to and including this row, in the order of the view: history first, then by day the claim was made, day, claim, line.

    >>> asked(running_total("line.units", over=("patient.key",)), {"patient.key": [1, 1, 2], "line.units": [1, 2, None]})
    [1, 3, None]
    """
    return Window("running_total", over, _counts(counts, over), where, of=Column(x))


def count(where: Expression, *, over: tuple[str, ...], counts: str = "") -> Window:
    """How many rows of the group count and satisfy `where`; null if that is unknown of any.

    >>> asked(count(yes(), over=("patient.key",)), {"patient.key": [1, 1, None]})
    [2, 2, None]
    """
    return Window("count", over, _counts(counts, over), where)


def any_of(where: Expression, *, over: tuple[str, ...], counts: str = "") -> Window:
    """Whether some row of the group that counts satisfies `where`; unknown unless one surely does or none can.

    >>> asked(any_of(col("line.in_facility"), over=("patient.key",)), {"line.in_facility": [True, None]})
    [True, True]
    """
    return Window("any_of", over, _counts(counts or ("" if _DAY in over else _LINE_COUNTS), over), where)


def others(where: Expression, *, over: tuple[str, ...], counts: str = "") -> Window:
    """How many *other* rows of the group count and satisfy `where`.

    >>> asked(others(yes(), over=("patient.key",)), {"patient.key": [1, 1, None]})
    [1, 1, None]
    """
    return Window("others", over, _counts(counts, over), where)


def each(x: str, where: Expression, *, over: tuple[str, ...], counts: str = "") -> Window:
    """Every value of column `x` among the rows of the group that count and satisfy `where`, once and in order, joined with `;`.

    >>> asked(each("line.code", yes(), over=("patient.key",)), {"line.code": ["77412", "77407", "77412"], "patient.key": [1, 1, None]})
    ['77407;77412', '77407;77412', None]
    """
    return Window("each", over, _counts(counts, over), where, of=Column(x))


def rank_in(*, over: tuple[str, ...], where: Expression | None = None, counts: str = "") -> Window:
    """Place of this row (from 1) among the rows of the group that count, in the order of `running_total`.

    >>> asked(rank_in(over=("patient.key",)), {"patient.key": [1, 1, None]})
    [1, 2, None]
    """
    return Window("rank_in", over, _counts(counts, over), where)


def earliest(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """First day of service among the rows of the group that count and satisfy `where`; null where none does or that is unknown.

    >>> asked(days(earliest(yes(), over=("patient.key",)), col("line.date")), {"line.date": [date(2026, 3, 2), date(2026, 3, 9)]})
    [0, 7]
    """
    return _dated("earliest", where, over, counts)


def latest(where: Expression, *, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Last day of service among the rows of the group that count and satisfy `where`; null as in `earliest`.

    >>> asked(latest(no(), over=("patient.key",)), {"line.date": [date(2026, 3, 2)]})
    [None]
    """
    return _dated("latest", where, over, counts)


def came_before(where: Expression, *, within: Expression, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days before.

    >>> seen = came_before(code_in("radonc.delivery"), within=param("radonc.course.longest_gap_days"), over=("patient.key",))
    >>> asked(seen, {"line.code": ["77407", "99213", "99213"], "patient.key": [1, 1, None]})
    [True, True, None]
    """
    return _dated("came_before", where, over, counts, within)


def comes_after(where: Expression, *, within: Expression, over: tuple[str, ...], counts: str = "line.counts") -> Window:
    """Whether a row of the group that counts and satisfies `where` lies on this row's day or up to `within` days after.

    >>> seen = comes_after(code_in("radonc.delivery"), within=param("radonc.course.longest_gap_days"), over=("patient.key",))
    >>> asked(seen, {"line.code": ["99213", "77407"], "line.date": [None, date(2026, 3, 2)]})
    [None, True]
    """
    return _dated("comes_after", where, over, counts, within)


def _dated(
    kind: WindowKind, where: Expression, over: tuple[str, ...], counts: str, within: Expression | None = None
) -> Window:
    return Window(kind, over, Column(counts), where, within=within, day=Column("line.date"))


# ── small words ─────────────────────────────────────────────────────────────────────────────────


def when(condition: Expression, then: Expression | int, otherwise: Expression | int) -> Choose:
    """`then` where the condition holds, `otherwise` where it does not, unknown where that is unknown.

    >>> asked(when(col("line.in_facility"), 1, 0), {"line.in_facility": [True, False, None]})
    [1, 0, None]
    """
    return Choose(condition, node_of(then), node_of(otherwise))


def either(condition: Expression, then: str, otherwise: str) -> Choose:
    """One of two words, e.g. a grade; the weaker one where the condition is unknown.

    >>> asked(either(col("line.in_facility"), "error", "warning"), {"line.in_facility": [True, False, None]})
    ['error', 'warning', 'warning']
    """
    return Choose(condition, Word(then), Word(otherwise), is_strict=False)


def one_of(x: Expression, *words: str) -> OneOf:
    """Whether `x` is one of these words.

    >>> asked(one_of(col("day.technique"), "vmat", "helical"), {"day.technique": ["vmat", "2d", None]})
    [True, False, None]
    """
    if not words:
        refuse("one_of() names no word to compare with")
    return OneOf(x, words)


def days(start: Expression, end: Expression) -> DaysBetween:
    """Days from `start` to `end`.

    >>> asked(days(col("line.date"), col("today")), {"line.date": [date(2026, 3, 2), None], "today": [date(2026, 3, 9)] * 2})
    [7, None]
    """
    return DaysBetween(start, end)


def later(day: Expression, *, years: Expression | None = None, days_on: Expression | None = None) -> Later:
    """The day so many calendar years, or so many days, after `day`.

    >>> asked(later(col("line.date"), years=col("line.units")), {"line.date": [date(2024, 2, 29), None], "line.units": [1, 1]})
    [datetime.date(2025, 2, 28), None]
    """
    many = years if days_on is None else days_on
    if many is None or (years is not None and days_on is not None):
        refuse("later() takes either years=… or days_on=…")
    return Later(day, many, by_years=days_on is None)


def workday(day: Expression, days_off: Expression) -> Workday:
    """The day itself, or the first one after it that is no weekend day and none of the days off; null in a year they do not list.

    >>> days_off = {"calendar.holidays": ["2026-07-03"] * 3}
    >>> asked(workday(col("line.date"), col("calendar.holidays")), days_off | {"line.date": [date(2026, 7, 3), None, date(2021, 3, 2)]})
    [datetime.date(2026, 7, 6), None, None]
    """
    return Workday(day, days_off)


def carries(modifier: Expression, *, of: str = "line.modifiers") -> Carries:
    """Whether the line carries the modifier, or another list column `of` the code, that another column names.

    >>> asked(carries(col("line.component_modifier")), {"line.modifiers": ["26;59", "59", None], "line.component_modifier": ["26"] * 3})
    [True, False, None]
    """
    return Carries(modifier, Column(of))


def listed(x: Expression, prefixes: Expression) -> BeginsWith:
    """Whether `x` begins with one of the `;`-separated prefixes another column names.

    >>> usual = value("revenue_codes", "revenue")
    >>> asked(listed(col("line.revenue_code"), usual), {"line.code": ["77407"] * 3, "line.revenue_code": ["0333", "0250", None]})
    [True, False, None]
    """
    return BeginsWith(x, prefixes, is_list=False)


def any_listed(x: Expression, prefixes: Expression) -> BeginsWith:
    """Whether one of the `;`-separated codes of `x` begins with one of the `;`-separated prefixes another column names.

    >>> asked(any_listed(col("line.diagnoses"), col("line.target")), {"line.diagnoses": ["Z510;C61", "Z510", None]})
    [True, False, None]
    """
    return BeginsWith(x, prefixes, is_list=True)


def none(x: Expression) -> Blank:
    """Whether the source says there is none (an empty element, not an unknown one).

    >>> asked(none(col("line.authorization")), {"line.authorization": ["", "A1", None]})
    [True, False, None]
    """
    return Blank(x)


def unknown() -> Unknown:
    """Cannot be told: for an answer that hangs on something nobody records.

    >>> asked(col("line.in_facility") & unknown(), {"line.in_facility": [True, False]})
    [None, False]
    """
    return Unknown()


def yes() -> Sure:
    """Surely.

    >>> asked(yes() | col("line.in_facility"), {"line.in_facility": [None]})
    [True]
    """
    return Sure(True)


def no() -> Sure:
    """Surely not.

    >>> asked(no() & col("line.in_facility"), {"line.in_facility": [None]})
    [False]
    """
    return Sure(False)


def stated(x: Expression) -> Stated:
    """Whether a policy row says this at all (its cell is not blank), or a course was given. Not for facts of a claim.

    >>> asked(stated(col("course.key")), {"course.key": [1, None]})
    [True, False]
    """
    return Stated(x)


def if_seen(x: Expression, otherwise: Expression) -> IfSeen:
    """`x` where something was seen, else `otherwise`: only for facts that may be absent by nature.

    >>> asked(if_seen(col("day.partial_delivery"), no()), {"day.partial_delivery": [True, None]})
    [True, False]
    """
    return IfSeen(x, otherwise)
