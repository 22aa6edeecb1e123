"""Verdicts of rules, book by book → findings that explain themselves.

A proof is built from the rule and never written by its author: the plain columns the rule read are facts with their places, the
policy columns are rows with dates and sources, the rest are answers. Each step is a column of all rows that fire; nothing here
goes row by row but the digest of an id. Called by `app/check.py`; begin with `prove`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from beamclaim.engine.day_rows import EVERY_DAY, SAID
from beamclaim.engine.subjects import CHARGES, KEYS, NUMBERS
from beamclaim.engine.verdicts import Verdicts
from beamclaim.expressions.leaves import Neighbor
from beamclaim.findings.finding import NAMED_LINES
from beamclaim.findings.identity import cause, ids, in_order, with_numbered_twins
from beamclaim.findings.policy_rows import PolicyRows
from beamclaim.findings.schema import CHARGED, DETAIL, FACT_PLACE, NAMED, SPINE, Findings, Part
from beamclaim.findings.texts import as_text, filled, listings, numbers_in_words
from beamclaim.model.value_sets import SEVERITIES
from beamclaim.policy import PolicyAnswers
from beamclaim.rules.declaration import LINES, Rule
from beamclaim.views.registry import views

#: Where a column's value stands on each of some rows: a frame of file, start, end, path, segment (`ingest.excerpts.PLACE`).
Find = Callable[[pl.DataFrame, str], pl.DataFrame]

_STEERING = frozenset(
    {"answer:fires", "answer:grade", "answer:risk", "answer:to_do", "answer:rests_on", "answer:missing"}
)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of some rows: names, values (null: not of that row), and places where some byte says them."""

    names: list[str]
    values: list[pl.Series]
    places: list[pl.DataFrame | None]

    def add(self, name: str, values: pl.Series, place: pl.DataFrame | None) -> None:
        """One more fact, unless no row has it."""
        if values.null_count() < len(values):
            self.names.append(name)
            self.values.append(as_text(values))
            self.places.append(place)


class Proofs:
    """The findings of a run as they come, book by book and rule by rule."""

    def __init__(self, policy: PolicyAnswers, files: Sequence[str]) -> None:
        self.policy_rows = PolicyRows(policy)
        self._files = tuple(files)
        self._numbers: dict[tuple[object, ...], int] = {}
        self._parts: list[tuple[Part, list[pl.DataFrame]]] = []
        self._spines: list[pl.DataFrame] = []
        self._charged: list[pl.DataFrame] = []
        self._named: list[pl.DataFrame] = []

    def add(self, verdicts: Verdicts, lines: pl.DataFrame, find: Find) -> None:
        """The rows of one rule that fire; `lines` (line.key, claim.key, line.charge) tells the charges behind a claim."""
        rule, fires = verdicts.rule, verdicts.fires
        if fires.is_empty():
            return
        names, proven = prove(rule, fires, self.policy_rows, find)
        of_part = [n for n in proven.columns if n in DETAIL or n.startswith(("fact:", "policy:"))]
        key = (rule.code, *names, *of_part)
        if key not in self._numbers:
            self._numbers[key] = len(self._parts)
            is_preview = rule.status == "preview"
            empty = proven.select(of_part).clear()
            self._parts.append((Part(rule.code, rule.name, rule.title, rule.who, is_preview, tuple(names), empty), []))
        number = self._numbers[key]
        frames = self._parts[number][1]
        first = sum(frame.height for frame in frames)
        frames.append(proven.select(of_part))
        spine = proven.with_columns(
            pl.lit(number).alias("part"),
            pl.int_range(first, first + pl.len()).alias("row"),
            pl.lit(rule.code).alias("rule"),
        )
        self._spines.append(spine.select(pl.col(n).cast(t) for n, t in SPINE.items()))
        self._charged += _charges(spine, lines)
        self._named += _lines_named(spine, fires)

    def findings(self, earlier: pl.DataFrame | None = None) -> Findings:
        """Those added since it was last asked, and those of an `earlier` spine, in the order of the run.

        Findings that look alike in every fact have ids of their own.
        """
        parts = [
            Part(p.rule, p.name, p.title, p.who, p.is_preview, p.facts, pl.concat(frames, rechunk=True))
            for p, frames in self._parts
        ]
        spines = [*([] if earlier is None else [earlier]), *self._spines]
        spine = with_numbered_twins(in_order(pl.concat(spines))) if spines else None
        self._spines = []
        charged = (
            pl.concat(self._charged).unique("line.key", keep="first", maintain_order=True) if self._charged else None
        )
        named = pl.concat(self._named) if self._named else None
        return Findings(spine, parts, files=self._files, policy_rows=self.policy_rows.all, charged=charged, named=named)


def prove(rule: Rule, fires: pl.DataFrame, policy_rows: PolicyRows, find: Find) -> tuple[list[str], pl.DataFrame]:
    """The rows of one rule that fire → the names of its facts, and a row each of `SPINE` (without its numbers), `DETAIL`, facts
    and policy rows.
    """
    where = find(fires, rule.at)
    facts = _facts(rule, fires, find)
    worded = _in_words(fires)
    policy, caps = policy_rows.behind(rule, fires)
    severity = severities(rule, fires, caps)
    to_do = _to_do(rule, worded)
    repair = _column(fires, "fault.repair") if rule.repair == "safe" else _nothing(fires, pl.String)
    repair = repair.zip_with(where["start"].is_not_null(), _nothing(fires, pl.String))
    line = _column(fires, "line.number").cast(pl.UInt32)
    subject = pl.DataFrame({
        "claim": _column(fires, "claim.number").cast(pl.String),
        "line": line,
        "patient": _column(fires, "patient.key").cast(pl.UInt64),
        "path": where["path"],
    })  # fmt: skip
    # Faults of one element have one cause; those of another element have another.
    element = _column(fires, "fault.path").cast(pl.String).fill_null("").str.extract(r"([^ ]*)$")
    common = pl.DataFrame([
        severity.cast(pl.String).alias("severity"), to_do.alias("to_do"), element.alias("element"),
        *(numbers.alias(f"policy:{k}") for k, numbers in enumerate(policy)),
    ])  # fmt: skip
    grade = (
        pl.when(pl.col("repair").is_not_null())
        .then(pl.lit("safe"))
        .when(pl.col("severity") == "info")
        .then(pl.lit("advice"))
        .otherwise(pl.lit("review"))
    )
    risk = _column(fires, "answer:risk")
    line_charge = _money(fires, "line.charge" if CHARGES not in fires.columns else CHARGES)
    claim_charge = _money(fires, "claim.charge")
    claim_charge = claim_charge.zip_with(claim_charge.fill_null(0) != 0, _money(fires, "claim.line_charges"))
    code = _column(fires, "line.code")
    frame = pl.DataFrame({
        "file": where["file"], "start": where["start"], "end": where["end"], "segment": where["segment"],
        "claim": subject["claim"], "line": line, "lines": _line_count(fires, line), "course": _column(fires, "course.id").cast(pl.String),
        "fraction": _nothing(fires, pl.UInt32), "claim.key": _column(fires, "claim.key").cast(pl.UInt64),
        "line.key": _column(fires, "line.key").cast(pl.UInt64),
        "date": _column(fires, "line.date").cast(pl.Date),
        "first_service": _column(fires, "claim.first_service").cast(pl.Date),
        "code": code.cast(pl.String).zip_with(code.fill_null("") != "", _column(fires, "diagnosis.code").cast(pl.String)),
        "charge": line_charge.zip_with(line.is_not_null(), claim_charge),
        "severity": severity,
        "risk": risk.zip_with(risk.fill_null("") != "", pl.Series([rule.risk]).new_from_index(0, fires.height)),
        "id": ids(rule.code, subject, facts.values, facts.names),
        "cause": _causes(rule, common, policy_rows),
        "payer": _column(fires, "claim.payer"), "payer_line": _column(fires, "claim.payer_line"),
        "setting": _column(fires, "claim.setting"),
        "path": where["path"], "message": filled(rule.message, worded), "to_do": to_do, "repair": repair,
    }).with_columns(
        grade.alias("grade"),
        pl.coalesce("date", "first_service").alias("date"),
        pl.when(pl.col("line").is_not_null()).then("line.key").alias("line.key"),
    ).drop("first_service")  # fmt: skip
    return facts.names, frame.hstack(_details(fires, facts, policy, find, rule))


def _in_words(fires: pl.DataFrame) -> pl.DataFrame:
    """The rows as their message says them: of a finding over several days or lines all the days, numbers and values it is true of."""
    for said in [name for name in fires.columns if name.startswith(SAID)]:
        name = said.removeprefix(SAID)
        values = listings(fires[said]) if isinstance(fires.schema[said], pl.List) else fires[said]
        fires = fires.with_columns(values.zip_with(values.is_not_null(), as_text(fires[name])).alias(name))
    if NUMBERS not in fires.columns:
        return fires
    texts = [f"{'lines' if len(row) > 1 else 'line'} {numbers_in_words(row)}" for row in fires[NUMBERS]]
    return fires.with_columns(pl.Series(LINES, texts, dtype=pl.String))


def _facts(rule: Rule, fires: pl.DataFrame, find: Find) -> _Facts:
    """What the rule read that is known, then its answers, then the partner of a pair where no answer names it."""
    columns = views()[rule.view].columns
    out = _Facts([], [], [])
    answered = {c.name for c in rule.policy_reads}
    for name in rule.reads:
        if name in answered or not columns[name].is_fact or name not in fires.columns:
            continue
        cell = columns[name].cell
        out.add(name, fires[name], find(fires, cell) if cell and fires[name].null_count() < fires.height else None)
    if EVERY_DAY in fires.columns:
        out.add("line.days", fires[EVERY_DAY], None)
    if NUMBERS in fires.columns:
        several = pl.when(pl.col(NUMBERS).list.len() > 1).then(pl.col(NUMBERS).cast(pl.List(pl.String)).list.join(";"))
        out.add(NAMED_LINES, fires.select(several).to_series(), None)
    pairs = [c.beginning for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"]
    partners = [beginning for beginning in dict.fromkeys(pairs) if f"{beginning}partner_code" in fires.columns]
    for name in fires.columns:
        if name == "answer:partner" and partners:
            out.add("partner", fires[name], _partner_place(fires, partners, as_text(fires[name]), find))
        elif name.startswith("answer:") and name not in _STEERING:
            out.add(name.removeprefix("answer:"), fires[name], None)
    if partners:
        first = fires.select(
            pl.coalesce(f"{beginning}partner_code" for beginning in partners).alias("partner")
        ).to_series()
        if "answer:partner" in fires.columns:
            first = first.zip_with(fires["answer:partner"].is_null(), first.clear().extend_constant(None, len(first)))
        if first.null_count() < len(first):
            out.add("partner", first, _partner_place(fires, partners, as_text(first), find))
    return out


def _partner_place(fires: pl.DataFrame, pairs: Sequence[str], codes: pl.Series, find: Find) -> pl.DataFrame:
    """Where the code of a partner stands: of two partners of one code the later."""
    frame = fires.select(*(f"{beginning}{field}" for beginning in pairs for field in ("partner", "partner_code")))
    key = pl.lit(None, dtype=pl.UInt64)
    for beginning in pairs:
        key = pl.when(pl.col(f"{beginning}partner_code") == pl.col("code")).then(f"{beginning}partner").otherwise(key)
    keys = frame.with_columns(codes.alias("code")).select(key.alias("pair:partner"))
    return find(keys, "pair:partner")


def _line_count(fires: pl.DataFrame, line: pl.Series) -> pl.Series:
    """How many lines each finding names."""
    if NUMBERS in fires.columns:
        return fires[NUMBERS].list.len().cast(pl.UInt32)
    return line.is_not_null().cast(pl.UInt32)


def severities(rule: Rule, fires: pl.DataFrame, caps: pl.Series) -> pl.Series:
    """The weakest of what the row's own grade and the policy rows behind it allow; a preview never more than a note."""
    number = {name: n for n, name in enumerate(SEVERITIES)}
    if rule.status == "preview":
        return pl.Series(["info"], dtype=pl.Enum(SEVERITIES)).new_from_index(0, fires.height)
    graded = _column(fires, "answer:grade").cast(pl.String).replace("", None).fill_null(rule.severity)
    grade = graded.replace_strict(number, return_dtype=pl.UInt8)
    weakest = pl.DataFrame([grade.alias("grade"), caps.alias("cap")]).max_horizontal()
    return pl.Series(SEVERITIES, dtype=pl.Enum(SEVERITIES)).gather(weakest.cast(pl.UInt32))


def _to_do(rule: Rule, fires: pl.DataFrame) -> pl.Series:
    """What to do, from the row's own words or the rule's, a template filled at a time."""
    if "answer:to_do" not in fires.columns:
        return filled(rule.to_do, fires)
    templates = fires["answer:to_do"].replace("", None).fill_null(rule.to_do)
    out = filled(rule.to_do, fires)
    for template in templates.unique():
        out = filled(template, fires).zip_with(templates == template, out)
    return out


def _causes(rule: Rule, common: pl.DataFrame, rows: PolicyRows) -> pl.Series:
    """What one fix settles together: rows that have severity, thing to do, element and policy rows in `common`."""
    distinct = common.unique()
    causes = []
    for severity, to_do, element, *numbers in distinct.iter_rows():
        policy = [rows.all[number] for number in numbers if number is not None]
        causes.append(cause(rule.code, [severity, to_do, element, *(f"{p.name}{p.value}{p.source}" for p in policy)]))
    named = distinct.with_columns(pl.Series("cause", causes, dtype=pl.String))
    return common.join(named, on=common.columns, how="left", nulls_equal=True, maintain_order="left")["cause"]


def _details(fires: pl.DataFrame, facts: _Facts, policy: Sequence[pl.Series], find: Find, rule: Rule) -> pl.DataFrame:
    """The columns of a part that are of this rule alone, and the file and segment most of its facts stand in."""
    own = [
        find(fires, rule.at),
        *(p for n, p in zip(facts.names, facts.places, strict=True) if p is not None and n != "partner"),
    ]
    out = [
        pl.DataFrame([place[n].alias(str(k)) for k, place in enumerate(own)]).select(pl.coalesce(pl.all()).alias(f"row.{n}")).to_series()
        for n in ("file", "segment")
    ]  # fmt: skip
    for k, (name, values, place) in enumerate(zip(facts.names, facts.values, facts.places, strict=True)):
        out.append(values.alias(f"fact:{k}"))
        if place is not None:
            # A partner may stand in another file.
            endings = [e for e in FACT_PLACE if name == "partner" or e not in (".file", ".segment")]
            out += [place[e.removeprefix(".")].cast(FACT_PLACE[e]).alias(f"fact:{k}{e}") for e in endings]
    return pl.DataFrame([*out, *(numbers.alias(f"policy:{k}") for k, numbers in enumerate(policy))])


def _charges(spine: pl.DataFrame, lines: pl.DataFrame) -> list[pl.DataFrame]:
    """The lines of claims whose findings name no line, and what they charge."""
    claims = spine.filter(pl.col("line").is_null())["claim.key"].drop_nulls().unique()
    if claims.is_empty() or "claim.key" not in lines.columns:
        return []
    charged = lines.filter(pl.col("claim.key").is_in(claims.implode()), pl.col("line.charge").is_not_null())
    return [charged.select("claim.key", "line.key", pl.col("line.charge").alias("charge")).cast(CHARGED)]


def _lines_named(spine: pl.DataFrame, fires: pl.DataFrame) -> list[pl.DataFrame]:
    """The lines of findings that name several, and what they charge."""
    if KEYS not in fires.columns:
        return []
    lines = spine.select("part", "row").hstack(
        fires.select(pl.col(KEYS).alias("line.key"), pl.col(CHARGES).alias("charge"))
    )
    return [lines.explode("line.key", "charge").cast(NAMED)]


def _nothing(rows: pl.DataFrame, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, rows.height)


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of the rows; all null where they have none of that name."""
    return rows[name] if name in rows.columns else _nothing(rows, pl.String)


def _money(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of amounts, of lists their sums; null where none is known."""
    amounts = _column(rows, name)
    if isinstance(amounts.dtype, pl.List):
        known = amounts.list.drop_nulls()
        amounts = known.list.sum().zip_with(known.list.len() > 0, _nothing(rows, SPINE["charge"]))
    return amounts.cast(SPINE["charge"])
