"""A row that fires becomes a finding that explains itself; what is easily lost on the way is held here, one test each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from beamclaim.engine.verdicts import Verdicts
from beamclaim.findings.finding import Finding
from beamclaim.findings.proof import Proofs
from beamclaim.findings.schema import Findings
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import code_in, col, pair, registry, stated, text, yes
from beamclaim.rules.declaration import Rule

PLACE = {"file": pl.UInt32, "start": pl.Int64, "end": pl.Int64, "path": pl.String, "segment": pl.UInt32}
FILES = ("a.837", "b.837")
SUBJECT = {
    "claim.key": 7, "claim.number": "C1", "line.key": 70, "line.number": 1, "line.date": date(2026, 2, 3), "line.code": "77412",
    "line.charge": Decimal("10.00"), "claim.charge": Decimal("30.00"), "claim.line_charges": Decimal("40.00"),
    "patient.key": 5, "claim.payer": "M1", "claim.payer_line": "commercial", "claim.setting": "freestanding", "course.id": None,
    "claim.first_service": date(2026, 2, 1),
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "claim.key": pl.UInt64, "line.key": pl.UInt64, "line.number": pl.UInt32, "patient.key": pl.UInt64, "course.id": pl.String,
    "line.charge": pl.Decimal(18, 2), "claim.charge": pl.Decimal(18, 2), "claim.line_charges": pl.Decimal(38, 2),
    "line.units": pl.Decimal(15, 3), "line.code": pl.String, "diagnosis.code": pl.String,
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> PolicyAnswers:
    return PolicyAnswers(load_policy())


def rule(answers: Mapping[str, Any] | None = None, *, reads: Any = None, **parts: Any) -> Rule:
    """A rule of lines that reads what is given and answers what is given."""
    (base,) = registry.find("COD101")
    applies = yes() if reads is None else reads
    usual = {"message": "{line.code} on {line.date}", "to_do": "mend it", "rests_on": (), "at": "line.code"}
    return replace(base, applies=applies, answers={"fires": yes(), **(answers or {})}, **{**usual, **parts})


def fires(*rows: Mapping[str, Any]) -> pl.DataFrame:
    whole = [{**SUBJECT, **row} for row in rows]
    return pl.DataFrame(whole, schema_overrides={n: t for n, t in SCHEMA.items() if n in whole[0]})


def everywhere(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Every column of a row stands in the first file, at a byte of its own."""
    starts = [100 * n + len(column) for n in range(rows.height)]
    frame = pl.DataFrame({"file": 0, "start": starts, "end": [s + 5 for s in starts], "path": column, "segment": 9})
    return frame.select(pl.col(n).cast(t) for n, t in PLACE.items())


def nowhere(rows: pl.DataFrame, _: str) -> pl.DataFrame:
    return pl.DataFrame({n: pl.Series([None] * rows.height, dtype=t) for n, t in PLACE.items()})


LINES = pl.DataFrame(
    {"claim.key": [7, 7], "line.key": [70, 71], "line.charge": [Decimal("10.00"), Decimal("30.00")]},
    schema_overrides={n: SCHEMA[n] for n in ("claim.key", "line.key", "line.charge")},
)


def findings(policy: PolicyAnswers, asked: Rule, rows: pl.DataFrame, find: Any = everywhere) -> Findings:
    proofs = Proofs(policy, FILES)
    proofs.add(Verdicts(asked, rows, pl.DataFrame()), LINES, find)
    return proofs.findings()


def one(policy: PolicyAnswers, asked: Rule, row: Mapping[str, Any], find: Any = everywhere) -> Finding:
    (found,) = findings(policy, asked, fires(row), find)
    return found


def test_the_texts_are_filled_with_answers_before_columns(policy: PolicyAnswers) -> None:
    asked = rule({"who": text("x")}, message="{line.code}: {who}, {line.units}, {nothing}", to_do="see {line.date}")
    found = one(policy, asked, {"answer:who": "the payer", "line.units": Decimal("2.500")})
    assert (found.message, found.fix.text) == ("77412: the payer, 2.5, unknown", "see 2026-02-03")


def test_a_claim_charge_of_nothing_gives_way_to_the_sum_of_its_lines(policy: PolicyAnswers) -> None:
    claim = {"line.number": None, "line.key": None, "line.charge": None}
    assert one(policy, rule(), claim).charge == Decimal("30.00")
    nothing = one(policy, rule(), {**claim, "claim.charge": Decimal("0.00")})
    assert nothing.charge == Decimal("40.00")
    assert nothing.charged_lines == ((70, Decimal("10.00")), (71, Decimal("30.00")))


def test_an_empty_code_gives_way_to_the_diagnosis(policy: PolicyAnswers) -> None:
    assert one(policy, rule(), {"line.code": "", "diagnosis.code": "C61"}).code == "C61"
    assert one(policy, rule(), {"line.code": "", "diagnosis.code": None}).code is None


def test_line_zero_counts_as_no_line_in_an_id(policy: PolicyAnswers) -> None:
    zero, none, first = (one(policy, rule(), {"line.number": n}) for n in (0, None, 1))
    assert zero.line == 0
    assert zero.id == none.id != first.id


def test_a_fact_that_is_false_or_empty_is_a_fact_and_null_is_none(policy: PolicyAnswers) -> None:
    reads = (col("line.modifiers") == text("")) & col("line.has_modifiers") & (col("line.units") > col("line.charge"))
    found = one(policy, rule(reads=reads), {"line.modifiers": "", "line.has_modifiers": False, "line.units": None})
    assert [(f.name, f.value) for f in found.facts] == [
        ("line.modifiers", ""), ("line.has_modifiers", "no"), ("line.charge", "10.00"),
    ]  # fmt: skip


PAIRS = ("pair:ncci/provider", "pair:cpt.pairs/provider")


def partners(*codes: str | None, **more: Any) -> dict[str, Any]:
    """What a row says of its partners: their codes, their lines (numbered from 200)."""
    out: dict[str, Any] = {}
    for n, (root, code) in enumerate(zip(PAIRS, codes, strict=True)):
        out |= {f"{root}:partner": 200 + n if code else None, f"{root}:partner_code": code, f"{root}:has_partner": True}
    return {**out, **more}


def of_partners(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Partners stand in the second file, at the byte that is their key."""
    if not column.startswith("pair:"):
        return everywhere(rows, column)
    frame = pl.DataFrame({"file": 1, "start": rows[column], "end": rows[column], "path": "SV101-2", "segment": 4})
    return frame.select(pl.col(n).cast(t) for n, t in PLACE.items())


TWO_PAIRS = pair("ncci", "has_partner") & pair("cpt.pairs", "has_partner")


def test_of_two_partners_of_one_code_the_later_is_shown(policy: PolicyAnswers) -> None:
    found = one(policy, rule(reads=TWO_PAIRS), partners("77334", "77334"), of_partners)
    (partner,) = [f for f in found.facts if f.name == "partner"]
    assert partner.where is not None
    assert (partner.value, partner.where.start) == ("77334", 201)


def test_without_an_answer_the_first_partner_is_named_last(policy: PolicyAnswers) -> None:
    asked = rule({"partner": text("x"), "why": text("x")}, reads=TWO_PAIRS)
    row = partners("77334", "77336", **{"answer:partner": "77336", "answer:why": "a table"})
    names = [(f.name, f.value, f.where and f.where.start) for f in one(policy, asked, row, of_partners).facts]
    assert names == [("partner", "77336", 201), ("why", "a table", None)]
    row["answer:partner"] = None
    assert [(f.name, f.value) for f in one(policy, asked, row, of_partners).facts] == [
        ("why", "a table"),
        ("partner", "77334"),
    ]


def test_a_partner_in_another_file_keeps_its_file_and_segment(policy: PolicyAnswers) -> None:
    found = one(policy, rule(reads=TWO_PAIRS), partners("77334", None), of_partners)
    (partner,) = [f for f in found.facts if f.name == "partner"]
    assert found.where is not None and partner.where is not None
    assert (found.where.file, found.where.segment) == ("a.837", 9)
    assert (partner.where.file, partner.where.segment) == ("b.837", 4)


def test_a_finding_without_a_place_comes_first_and_has_no_repair(policy: PolicyAnswers) -> None:
    proofs = Proofs(policy, FILES)
    repaired = rule(repair="safe")
    proofs.add(Verdicts(repaired, fires({"fault.repair": "00"}), pl.DataFrame()), LINES, everywhere)
    proofs.add(Verdicts(repaired, fires({"fault.repair": "00"}), pl.DataFrame()), LINES, nowhere)
    first, second = proofs.findings()
    assert (first.where, first.fix.grade, first.fix.edit) == (None, "review", None)
    assert (second.fix.grade, second.fix.edit and second.fix.edit.replacement) == ("safe", "00")


def test_a_preview_is_never_more_than_a_note(policy: PolicyAnswers) -> None:
    found = one(policy, rule(status="preview"), {"answer:grade": "error"})
    assert (found.severity, found.fix.grade, found.preview) == ("info", "advice", True)


def test_the_row_s_own_grade_and_risk_count_where_it_says_them(policy: PolicyAnswers) -> None:
    rows = fires({"answer:grade": "warning", "answer:risk": "advice"}, {"answer:grade": None, "answer:risk": ""})
    graded, usual = findings(policy, rule({"grade": text("x"), "risk": text("x")}), rows)
    assert (graded.severity, graded.risk) == ("warning", "advice")
    assert (usual.severity, usual.risk) == ("error", rule().risk)


def test_twins_get_ids_of_their_own_and_keep_their_cause(policy: PolicyAnswers) -> None:
    found = findings(policy, rule(), fires({}, {}, {}))
    first, second, third = found
    assert [second.id, third.id] == [f"{first.id}-2", f"{first.id}-3"]
    assert first.cause == second.cause == third.cause


def test_the_order_of_the_rows_never_shows(policy: PolicyAnswers) -> None:
    rows = fires({"claim.number": "B"}, {"claim.number": "A", "line.number": 2}, {"claim.number": "A"})

    def at_one_byte(given: pl.DataFrame, column: str) -> pl.DataFrame:
        return everywhere(given, column).with_columns(
            pl.lit(3, dtype=pl.Int64).alias("start"), pl.lit(8, dtype=pl.Int64).alias("end")
        )

    ordered = findings(policy, rule(), rows, at_one_byte)
    assert [(f.claim, f.line) for f in ordered] == [("A", 1), ("A", 2), ("B", 1)]
    assert list(ordered) == list(findings(policy, rule(), rows.reverse(), at_one_byte))


def rows_of(policy: PolicyAnswers, table: str, code: str) -> pl.Series:
    frame = policy.table(table).frame
    return frame.filter(pl.col(policy.table(table).key[0]) == code)["row.id"]


ROW = "row:radonc.delivery:line.code@line.date"


def test_a_policy_row_reached_twice_is_told_once(policy: PolicyAnswers) -> None:
    at = int(rows_of(policy, "radonc.delivery", "77412")[0])
    asked = rule(reads=code_in("radonc.delivery") & code_in("radonc.delivery", era="2026"))
    (told,) = one(policy, asked, {ROW: at}).policy
    assert (told.name, dict(told.cells)["code"]) == ("radonc.delivery", "77412")
    assert not one(policy, asked, {ROW: None}).policy


def test_a_rule_with_two_grounds_says_for_each_row_on_which_it_rests(policy: PolicyAnswers) -> None:
    at = int(rows_of(policy, "radonc.delivery", "77412")[0])
    asked = rule({"rests_on": text("x")}, reads=code_in("radonc.delivery"), rests_on=("radonc.delivery",))
    rows = fires(*({ROW: at, "answer:rests_on": ground} for ground in ("radonc.delivery;mue", "mue", "", None)))
    assert [len(f.policy) for f in findings(policy, asked, rows)] == [1, 0, 1, 1]


def test_faults_of_one_element_have_one_cause(policy: PolicyAnswers) -> None:
    found = findings(
        policy,
        rule(),
        fires({"fault.path": "2400/1 SV102"}, {"fault.path": "2400/2 SV102"}, {"fault.path": "2400/1 SV104"}),
    )
    causes = [f.cause for f in found]
    assert causes[0] == causes[1] != causes[2]


def test_findings_as_one_table_say_what_the_objects_say(policy: PolicyAnswers) -> None:
    at = int(rows_of(policy, "radonc.delivery", "77412")[0])
    found = findings(
        policy,
        rule(reads=code_in("radonc.delivery") & (col("line.units") > col("line.charge"))),
        fires({ROW: at, "line.units": None}, {ROW: None, "line.units": Decimal(2)}),
    )
    table = found.frame.to_dicts()
    for row, finding in zip(table, found, strict=True):
        assert (row["id"], row["message"], row["severity"]) == (finding.id, finding.message, finding.severity)
        assert [(f["name"], f["value"], f["start"]) for f in row["facts"]] == [
            (f.name, f.value, f.where and f.where.start) for f in finding.facts
        ]
        assert [(p["table"], p["value"]) for p in row["policy"]] == [(p.name, p.value) for p in finding.policy]
    assert Findings().frame.columns == found.frame.columns


def test_a_finding_about_several_lines_names_them_and_their_money(policy: PolicyAnswers) -> None:
    several = {
        "line.code": "77407", "line.number": 2, "line.key": 72,
        "said:line.code": ["77407", "77412"], "about:numbers": [2, 3, 4, 9], "about:keys": [72, 73, 74, 79],
        "about:charges": [Decimal("10.00"), Decimal("20.00"), None, Decimal("5.00")],
    }  # fmt: skip
    rows = fires(several).with_columns(
        pl.col("about:keys").cast(pl.List(pl.UInt64)), pl.col("about:charges").cast(pl.List(pl.Decimal(18, 2)))
    )
    about = rule(reads=stated(col("line.code")), message="{line.code} ({lines})", about=("claim.key",))
    proofs = Proofs(policy, FILES)
    proofs.add(Verdicts(about, rows, rows.clear()), pl.DataFrame(), everywhere)
    findings = proofs.findings()
    (finding,) = findings
    assert finding.message == "77407 and 77412 (lines 2 to 4 and 9)"
    assert (finding.line, finding.lines, finding.charge) == (2, (2, 3, 4, 9), Decimal("35.00"))
    assert finding.charged_lines == ((72, Decimal("10.00")), (73, Decimal("20.00")), (79, Decimal("5.00")))
    assert [f.value for f in finding.facts if f.name == "line.code"] == ["77407"]
    assert findings.spine["lines"].to_list() == [4]
