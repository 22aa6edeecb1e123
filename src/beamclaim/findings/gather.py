"""Gathers the policy columns that rules read and sets them beside a view.

A rule reads ``in:radonc.delivery[]:line.code@line.date``; here that name becomes a question to the
policy. Questions are asked once per distinct (value, era, setting, payer), all tables in one go, and looked up where a
rule reads them. Beside each answer stand the row it came from (``row:…``), so that a proof can name it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from beamclaim.findings.care import BEGINS, KEY, care_columns
from beamclaim.findings.columns import DIAGNOSIS_VALIDITY, LISTS, SITE_GROUP, PolicyColumn, parse
from beamclaim.findings.partners import Meetings, Question, near_columns
from beamclaim.findings.sheet import Sheet
from beamclaim.policy import Policy
from beamclaim.policy.answers import APART
from beamclaim.rules.declaration import Rule

_RENAMED = {"claim.setting": "setting", "claim.payer": "payer", "claim.payer_line": "payer_line", "claim.mac": "mac"}
_PARAMETERS = "parameters"
#: Bits of a question's number that say the era, and who asks; the rest says the value.
_ERA, _WHO = 12, 20


@dataclass(slots=True)
class _Asked:
    """What is asked about one column on one day: the distinct asks, the tables asked, and each row's own ask.

    `single` holds the codes of a list one by one (`_ask`: of which ask), else it is the asks themselves.
    """

    of: str
    on: str
    asks: pl.DataFrame
    single: pl.DataFrame
    numbers: pl.Series
    tables: dict[tuple[str, str], list[PolicyColumn]] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether the column holds several codes."""
        return self.of in LISTS


class _Asking:
    """The distinct questions of a view: each row's value, era and circumstances as one number."""

    def __init__(self, view: pl.DataFrame, policy: Policy, columns: Sequence[PolicyColumn]) -> None:
        self._view = view
        self._policy = policy
        about = list(_RENAMED)
        self._whos = view.select(about).unique(maintain_order=True).rename(_RENAMED).with_row_index("_who")
        found = view.select(about).join(
            self._whos.rename({v: k for k, v in _RENAMED.items()}),
            on=about, how="left", nulls_equal=True, maintain_order="left",
        )  # fmt: skip
        self._who = found["_who"].cast(pl.UInt64)
        days = [view[on] for on in dict.fromkeys(c.on for c in columns if c.on)]
        edges = [edge for day in days for edge in (day.min(), day.max()) if edge is not None]
        years = range(min(e.year for e in edges), max(e.year for e in edges) + 1) if edges else ()  # type: ignore[union-attr]
        names = {_PARAMETERS if c.kind == "param" else c.table for c in columns if c.kind != "ever"}
        self._eras = policy.eras(names, years=years)
        self._numbered: dict[str, pl.Series] = {}
        self._days: dict[str, pl.Series] = {}
        self.asked: dict[tuple[str, str], _Asked] = {}

    def about(self, of: str, on: str) -> _Asked:
        """What is asked about column `of` (nothing: about the day alone) on day `on`."""
        if (of, on) not in self.asked:
            packed = (self._era_number(on) + self._who * 2**_ERA + self._value_number(of) * 2 ** (_ERA + _WHO)).alias(
                "packed"
            )
            rows = packed.to_frame().with_row_index("_at").unique("packed", keep="first", maintain_order=True)
            distinct = rows.with_row_index("_ask")
            numbers = packed.to_frame().join(distinct, on="packed", how="left", maintain_order="left")["_ask"]
            asks = pl.DataFrame({
                "_of": self._view[of].gather(rows["_at"]) if of else pl.Series([""]).new_from_index(0, rows.height),
                "day": self.era(on).gather(rows["_at"]),
                "_who": self._who.gather(rows["_at"]).cast(pl.UInt32),
            }).join(self._whos, on="_who", how="left", maintain_order="left").drop("_who")  # fmt: skip
            single = asks
            if of in LISTS:
                split = asks.with_row_index("_ask").with_columns(pl.col("_of").str.split(";"))
                single = split.explode("_of").filter(pl.col("_of") != "")
            self.asked[of, on] = _Asked(of, on, asks, single, numbers.alias(f"ask:{len(self.asked)}"))
        return self.asked[of, on]

    def era(self, on: str) -> pl.Series:
        """For each row the first day of the era its day `on` lies in."""
        if on not in self._days:
            self._days[on] = self._eras.column(self._view[on])
        return self._days[on]

    def _era_number(self, on: str) -> pl.Series:
        return self.era(on).rank("dense").fill_null(0).cast(pl.UInt64)

    def _value_number(self, of: str) -> pl.Series:
        if of not in self._numbered:
            values = self._view[of] if of else pl.Series([""]).new_from_index(0, self._view.height)
            numbers = values.cast(pl.String).cast(pl.Categorical).to_physical()
            self._numbered[of] = (numbers.cast(pl.UInt64) + 1).fill_null(0)
        return self._numbered[of]

    def add(self, name: str, values: pl.Series) -> None:
        """A column of the view that became known."""
        self._view = self._view.with_columns(values.alias(name))

    def answers(self) -> dict[str, pl.Expr]:
        """Every column asked about so far, as it is looked up by the number of a row's question."""
        wanted = [
            (i, _PARAMETERS if kind == "param" else table, table if kind == "param" else None)
            for i, asked in enumerate(self.asked.values())
            for kind, table in asked.tables
            if table != DIAGNOSIS_VALIDITY
        ]
        whos = list(_RENAMED.values())
        frames = [
            a.single.select(
                pl.lit(i, pl.UInt32).alias("frame"), pl.col("_of").cast(pl.String).alias("key"), "day", *whos
            )
            for i, a in enumerate(self.asked.values())
        ]
        found = pl.DataFrame(schema={"row.id": pl.UInt32, "covered": pl.Boolean})
        if wanted:
            asks = pl.DataFrame(
                wanted, schema={"frame": pl.UInt32, "table": pl.String, "literal": pl.String}, orient="row"
            )
            asks = asks.join(pl.concat(frames), on="frame", maintain_order="left_right")
            found = self._policy.answers(
                asks.with_columns(pl.coalesce("literal", "key").alias("key")).drop("frame", "literal")
            )
        out: dict[str, pl.Expr] = {}
        at = 0
        for asked in self.asked.values():
            told: dict[tuple[str, str], pl.DataFrame] = {}
            for group in asked.tables:
                if group[1] != DIAGNOSIS_VALIDITY:
                    told[group] = found.slice(at, asked.single.height)
                    at += asked.single.height
            out |= self._columns(asked, told)
        return out

    def _columns(self, asked: _Asked, told: dict[tuple[str, str], pl.DataFrame]) -> dict[str, pl.Expr]:
        """The columns of one set of asks: what rules read, and the rows behind it."""
        height = asked.single.height
        parts = [pl.DataFrame({"_none": pl.Series([None], dtype=pl.Boolean).new_from_index(0, height)})]
        made: list[pl.Expr] = []
        for number, (group, columns) in enumerate(asked.tables.items()):
            row, covered = pl.col(f"row.id/{number}"), pl.col(f"covered/{number}")
            if group in told:
                parts.append(told[group].rename({"row.id": f"row.id/{number}", "covered": f"covered/{number}"}))
                made += self._of_table(columns, row, covered)
                made += [row.alias(columns[0].row), (row.is_null() & covered.is_null()).alias(columns[0].open)]
            else:
                known = asked.single.rename({"_of": "code"})
                held = self._policy.diagnosis_validity(known.select("code", "day"))
                parts.append(held.select(pl.all().name.suffix(f"/{number}")))
                made += [pl.col(f"{c.field}/{number}").alias(c.name) for c in columns]
        answers = pl.concat(parts, how="horizontal").select(made)
        if asked.is_list:
            answers = _of_lists(asked, answers)
        return {n: pl.lit(answers[n]).gather(pl.col(asked.numbers.name)) for n in answers.columns}

    def _of_table(self, columns: list[PolicyColumn], row: pl.Expr, covered: pl.Expr) -> list[pl.Expr]:
        """What rules read of one table, from the row that answers."""
        name = _PARAMETERS if columns[0].kind == "param" else columns[0].table
        frame = self._policy.table(name).frame
        made = []
        for c in columns:
            if c.kind in ("in", "all"):
                holds = pl.lit(True)
                for condition in filter(None, c.field.split(",")):
                    field_, _, wanted = condition.partition("=")
                    holds &= pl.lit(frame[field_].cast(pl.String)).gather(row) == wanted
                there = pl.when(row.is_not_null()).then(holds).when(covered).then(pl.lit(False)).otherwise(None)
                made.append(there.alias(c.name))
            else:
                values = self._policy.parameter(c.table) if c.kind == "param" else frame[c.field]
                made.append(pl.lit(values).gather(row).alias(c.name))
        return made


def _of_lists(asked: _Asked, single: pl.DataFrame) -> pl.DataFrame:
    """Answers about the codes of a list: whether the table holds any of them, or every one."""
    every = {c.name for columns in asked.tables.values() for c in columns if c.kind == "all"}
    flags = [n for n, t in single.schema.items() if t == pl.Boolean]
    agg = [
        pl.col(n).all(ignore_nulls=False)
        if n in every
        else pl.col(n).any(ignore_nulls=False)
        if n in flags
        else pl.col(n).drop_nulls().first()
        for n in single.columns
    ]
    each = single.with_columns(asked.single["_ask"]).group_by("_ask").agg(agg)
    joined = asked.asks.select("_of").with_row_index("_ask").join(each, on="_ask", how="left", maintain_order="left")
    # An empty list: none of it is in a table, and all of it.
    return joined.select(
        pl.when(pl.col("_of") == "").then(pl.lit(n in every)).otherwise(pl.col(n)).alias(n) if n in flags else pl.col(n)
        for n in single.columns
    )


def _clash(asking: _Asking, policy: Policy, column: PolicyColumn) -> dict[str, pl.Expr]:
    """Whether two codes of a list are a pair of the table, worked out once per distinct list, era and payer."""
    asked = asking.about(column.of, column.on)
    each = asked.single
    pairs = each.join(each.select("_ask", pl.col("_of").alias("_with")), on="_ask").filter(
        pl.col("_of") != pl.col("_with")
    )
    key = pl.concat_str("_of", "_with", separator=APART).alias("key")
    found = policy.answers(pairs.select(pl.lit(column.table).alias("table"), key, "day", *_RENAMED.values()))
    hit = pl.concat([pairs.select("_ask"), found.select("row.id")], how="horizontal")
    rows = hit.group_by("_ask").agg(pl.col("row.id").drop_nulls().min().alias(column.row))
    told = (
        asked.asks.select("_of")
        .with_row_index("_ask")
        .join(rows, on="_ask", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("_of").is_not_null()).then(pl.col(column.row).is_not_null()).alias(column.name))
    )
    number = pl.col(asked.numbers.name)
    return {n: pl.lit(told[n]).gather(number) for n in (column.name, column.row)}


def gather(view: pl.DataFrame, policy: Policy, rules: Sequence[Rule]) -> Sheet:
    """The view with every policy column these rules read beside it, and the groups their windows run over."""
    readers: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in rule.reads:
            if parse(name) is not None:
                readers.setdefault(name, []).append(rule)
    columns = [c for n in readers if (c := parse(n)) is not None]
    if any({KEY, BEGINS} & set(rule.reads) for rule in rules):
        view = care_columns(view, policy)
    if not columns:
        return Sheet(view, {})
    asking = _Asking(view, policy, columns)
    if any(c.of == SITE_GROUP for c in columns):
        view = _with_site_groups(view, asking)
    answers: dict[str, pl.Expr] = {}
    for c in columns:
        if c.kind in ("in", "all", "value", "param"):
            tables = asking.about(c.of, c.on).tables
            asked = tables.setdefault(("param" if c.kind == "param" else "table", c.table), [])
            if c not in asked:
                asked.append(c)
        elif c.kind == "ever":
            known = policy.table(c.table)
            held = known.frame[known.key[0]].unique()
            answers[c.name] = pl.col(c.of).is_in(held.implode())
        elif c.kind == "near":
            there = PolicyColumn(f"in:{c.table}[]:line.code@line.date", "in", c.table, "", c.of, c.on)
            asked = asking.about(c.of, c.on).tables.setdefault(("table", c.table), [])
            if there not in asked:
                asked.append(there)
        elif c.kind == "pair":
            asking.about("line.code", c.on)
        elif c.kind == "clash":
            answers |= _clash(asking, policy, c)
    answers |= asking.answers()
    sheet = Sheet(view.with_columns(a.numbers for a in asking.asked.values()), answers)
    _add_other_lines(sheet, policy, columns, readers, asking)
    return sheet


def _add_other_lines(
    sheet: Sheet, policy: Policy, columns: list[PolicyColumn], readers: dict[str, list[Rule]], asking: "_Asking"
) -> None:
    """Adds the columns that need other lines, worked out for the rows on which some rule is open without them."""
    wanted = [c for c in columns if c.kind in ("pair", "near")]
    if not wanted:
        return
    height = sheet.view.height
    every = pl.int_range(height, dtype=pl.UInt32, eager=True)
    open_ = sheet.open_rows([r for c in wanted for r in readers[c.name]])
    by_among: dict[str, list[Question]] = {}
    made: list[pl.DataFrame] = []
    for kind, table, of in dict.fromkeys((c.kind, c.table, c.of) for c in wanted):
        mine = [c for c in wanted if (c.kind, c.table, c.of) == (kind, table, of)]
        asked = every.is_in(pl.concat([open_[r.code] for c in mine for r in readers[c.name]]).unique().implode())
        question = Question(table, of, [c.field for c in mine], asked)
        if kind == "pair":
            by_among.setdefault(of, []).append(question)
        else:
            held = f"in:{table}[]:line.code@line.date"
            made.append(near_columns(sheet.view, question, sheet.frame(None, [held]).collect()[held]))
    own = asking.about("line.code", "line.date")
    for among, questions in by_among.items():
        rows = pl.DataFrame(q.asked.alias(q.table) for q in questions).select(pl.any_horizontal(pl.all())).to_series()
        meetings = Meetings(sheet.view, policy, among, own.numbers, own.asks, rows.arg_true())
        made.append(meetings.columns(questions))
    sheet.view = sheet.view.hstack([s for frame in made for s in frame.get_columns()])


def _with_site_groups(view: pl.DataFrame, asking: _Asking) -> pl.DataFrame:
    """The view with the site group of each plan, which is itself an answer about the words of its site."""
    words = PolicyColumn(SITE_GROUP, "value", "sites", "site_group", "plan.site", "line.date")
    asking.add("plan.site", view["plan.site"].str.to_lowercase())
    asked = asking.about(words.of, words.on)
    asked.tables["table", "sites"] = [words]
    answers = asking.answers()
    made = view.with_columns(asked.numbers).select(e.alias(n) for n, e in answers.items())
    asking.add(SITE_GROUP, made[SITE_GROUP])
    return view.with_columns(made.get_columns())
