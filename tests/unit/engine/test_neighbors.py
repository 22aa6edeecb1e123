"""Other lines of the day and of the patient: the partner of a pair, the nearest line of a kind."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from service_lines import LINES, POLICY, service_lines

from beamclaim.engine.openers import opens_pair
from beamclaim.engine.policy_columns import answer_columns
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import near, no, pair, yes
from beamclaim.rules.declaration import rule

DAY = date(2026, 3, 2)
#: A pair of the hospital editor, never together; and one a modifier opens.
PAIRS = POLICY.table("ncci").frame.filter(
    pl.col("column1").str.starts_with("77") & pl.col("column2").str.starts_with("77"),
    pl.col("first_day").is_null() | (pl.col("first_day") <= DAY),
    pl.col("last_day") >= DAY,
)
NEVER, OPENED = (PAIRS.filter(pl.col("indicator") == i).select("column1", "column2").row(0) for i in ("0", "1"))


def said(
    kind: str, table: str, field: str, *rows: dict[str, Any], among: str = "provider", policy: PolicyAnswers = POLICY
) -> list[Any]:
    """What the other lines say of each line; `partner`, which no rule reads, comes with the partner's code."""
    word = "partner_code" if field == "partner" else field
    read = pair(table, word, among=among) if kind == "pair" else near(table, word)

    def test_neighbors() -> dict[str, Any]:
        return {"fires": no(), "shown": read}

    asked = rule("UNT199", title="", view="lines", applies=yes(), at="line.code", message="", to_do="")(test_neighbors)
    name = f"{read.beginning}{field}"
    return answer_columns(LINES, service_lines(*rows), policy, [asked]).select(None, [name]).collect()[name].to_list()


def test_the_second_code_of_a_pair_meets_its_partner_and_the_first_leads() -> None:
    first, second = NEVER
    rows: list[dict[str, Any]] = [{"line.code": first}, {"line.code": second}]
    assert said("pair", "ncci", "has_partner", *rows) == [True, True]
    assert said("pair", "ncci", "exists", *rows) == [False, True]
    assert said("pair", "ncci", "indicator", *rows) == [None, "0"]
    assert said("pair", "ncci", "partner_code", *rows) == [None, first]
    assert said("pair", "ncci", "leads", *rows) == [True, False]


def test_a_line_alone_has_no_partner() -> None:
    rows: list[dict[str, Any]] = [{"line.code": NEVER[1]}, {"line.code": NEVER[0], "line.date": date(2026, 3, 3)}]
    assert said("pair", "ncci", "has_partner", *rows) == [False, False]
    assert said("pair", "ncci", "exists", *rows) == [None, None]


@pytest.mark.parametrize("column", ["line.provider", "line.component"])
def test_an_unknown_provider_or_component_may_hide_a_partner(column: str) -> None:
    hidden: list[dict[str, Any]] = [{"line.code": NEVER[0]}, {"line.code": NEVER[1], column: None}]
    assert said("pair", "ncci", "has_partner", *hidden) == [False, None]
    assert said("pair", "ncci", "has_partner", *hidden, among="patient") == [True, True]
    assert said("pair", "ncci", "has_partner", {"line.code": NEVER[1], column: None}) == [False]


def test_a_line_that_counts_nowhere_is_nobodys_partner() -> None:
    rows: list[dict[str, Any]] = [{"line.code": NEVER[0], "line.counts": False}, {"line.code": NEVER[1]}]
    assert said("pair", "ncci", "has_partner", *rows) == [False, False]


@pytest.mark.parametrize(
    ("modifiers", "opened"), [(("", ""), False), (("59", ""), True), (("", "59"), True), ((None, ""), None)]
)
def test_a_modifier_on_either_line_opens_a_pair(modifiers: tuple[str | None, str], opened: bool | None) -> None:
    rows = [{"line.code": code, "line.modifiers": m} for code, m in zip(OPENED, modifiers, strict=True)]
    assert said("pair", "ncci", "opened", *rows)[1] is opened


def three(*modifiers: str | None) -> list[dict[str, Any]]:
    """Two lines of the first code of a pair and one of the second, with these modifiers."""
    first, second = OPENED
    return [{"line.code": c, "line.modifiers": m} for c, m in zip((first, first, second), modifiers, strict=True)]


@pytest.mark.parametrize(
    ("modifiers", "closed"),
    [
        (("59", "", ""), True),
        (("", "59", ""), True),
        (("59", "59", ""), False),
        (("", "", "59"), False),
        (("59", None, ""), None),
        (("", None, ""), True),
    ],
)
def test_no_line_opens_a_pair_for_another_of_its_code(modifiers: tuple[str | None, ...], closed: bool | None) -> None:
    assert said("pair", "ncci", "closed", *three(*modifiers))[2] is closed


def test_the_partner_named_is_the_line_that_closes_the_pair_wherever_it_stands() -> None:
    for modifiers in (("59", ""), ("", "59")):
        assert said("pair", "ncci", "partner", *three(*modifiers, ""))[2] == modifiers.index("")


def test_of_two_lines_that_close_a_pair_the_same_is_named_in_any_order() -> None:
    for modifiers in (("GA", "PO"), ("PO", "GA")):
        assert said("pair", "ncci", "partner", *three(*modifiers, ""))[2] == modifiers.index("GA")


@pytest.mark.parametrize(
    ("code", "modifier", "opens"),
    [
        ("77334", "59", True), ("77334", "25", False), ("77334", "57;76", False), ("77334", "57;59", True), ("99213", "25", True),
        ("36415", "25", None), ("77407", "RT", None), ("77334", "RT", True), ("77407", "RT;XS", True),
        ("77407", None, None), ("77407", "76", False),
    ],
)  # fmt: skip
def test_a_modifier_opens_a_pair_on_a_code_it_may_stand_on(code: str, modifier: str | None, opens: bool | None) -> None:
    schema = {"code": pl.String, "day": pl.Date, "modifiers": pl.String}
    lines = pl.DataFrame([(code, DAY, modifier), ("77407", DAY, "")], schema=schema, orient="row")
    assert opens_pair(lines, POLICY).to_list() == [opens, False]


#: A pair of the hospital table, which holds it in this order, at most as a warning.
BOTH_WAYS = ("77371", "77386")


@pytest.mark.parametrize(("confidence", "bundled"), [("high", BOTH_WAYS[0]), ("medium", BOTH_WAYS[1])])
def test_of_two_tables_that_hold_a_pair_in_opposite_order_the_surer_decides(
    tmp_path: Path, confidence: str, bundled: str
) -> None:
    folder = tmp_path / "edits"
    folder.mkdir()
    first, second = BOTH_WAYS
    row = f"{second},{first},all,,us/medicare,any,2015-01-01,2025-12-31,CPT2015-CHANGES,,{confidence},"
    (folder / "cpt.pairs.csv").write_text(f"{','.join(POLICY.table('cpt.pairs').declared.columns)}\n{row}\n")
    policy = PolicyAnswers(load_policy(tmp_path))
    rows: list[dict[str, Any]] = [{"line.code": code, "line.date": date(2025, 12, 30)} for code in BOTH_WAYS]
    for table in ("ncci", "cpt.pairs"):
        exists = dict(zip(BOTH_WAYS, said("pair", table, "exists", *rows, policy=policy), strict=True))
        # One pair is told one way, whichever table is asked.
        assert not exists[(set(BOTH_WAYS) - {bundled}).pop()], (table, exists)
    assert any(
        said("pair", table, "exists", *rows, policy=policy)[BOTH_WAYS.index(bundled)] for table in ("ncci", "cpt.pairs")
    )


def test_a_table_that_does_not_answer_leaves_the_pair_unknown() -> None:
    rows: list[dict[str, Any]] = [{"line.code": c, "claim.payer_line": "commercial"} for c in NEVER]
    assert said("pair", "ncci", "exists", *rows) == [None, None]


def test_the_strongest_pair_is_the_one_no_modifier_opens() -> None:
    second = NEVER[1]
    weaker = PAIRS.filter(pl.col("indicator") == "1", pl.col("column2") == second)["column1"].to_list()
    rows: list[dict[str, Any]] = [{"line.code": code} for code in (weaker[0], NEVER[0], second)]
    assert said("pair", "ncci", "indicator", *rows)[2] == "0"


def delivered(*days: date | None, **columns: Any) -> list[dict[str, Any]]:
    """A planning line of 2 March, and deliveries on these days."""
    return [{"line.code": "77301"}, *({"line.code": "77407", "line.date": day, **columns} for day in days)]


def test_the_nearest_line_is_ahead_and_behind_in_days() -> None:
    rows = delivered(date(2026, 2, 20), date(2026, 3, 12), date(2026, 4, 1))
    assert said("near", "radonc.delivery", "days_until", *rows)[0] == 10
    assert said("near", "radonc.delivery", "days_since", *rows)[0] == 10
    assert said("near", "radonc.delivery", "ahead", *rows)[0] is True
    assert said("near", "radonc.delivery", "behind", *rows)[0] is True


def test_a_line_of_the_same_day_is_ahead_and_behind() -> None:
    rows = delivered(DAY)
    assert (
        said("near", "radonc.delivery", "days_until", *rows)[0]
        == said("near", "radonc.delivery", "days_since", *rows)[0]
        == 0
    )


def test_without_such_a_line_nothing_is_near() -> None:
    for field in ("seen", "ahead", "behind", "unlike", "on_claim"):
        assert said("near", "radonc.delivery", field, {"line.code": "77301"}) == [False], field


def test_a_line_of_another_target_is_seen_and_not_near() -> None:
    rows = delivered(date(2026, 3, 12), **{"line.target": "C7951", "claim.key": 2})
    fields = ("seen", "ahead", "unlike", "on_claim")
    assert [said("near", "radonc.delivery", f, *rows)[0] for f in fields] == [True, False, True, False]


@pytest.mark.parametrize("column", ["line.target", "claim.billing_npi", "line.date"])
def test_of_a_line_without_target_biller_or_day_nobody_can_tell_what_is_near(column: str) -> None:
    planning, delivery = delivered(date(2026, 3, 12))
    rows = [planning | {column: None}, delivery]
    assert [said("near", "radonc.delivery", f, *rows)[0] for f in ("seen", "ahead", "unlike")] == [True, None, None]


def test_a_line_of_an_unknown_day_or_one_that_does_not_count_is_no_neighbor() -> None:
    assert said("near", "radonc.delivery", "seen", *delivered(None))[0] is False
    assert said("near", "radonc.delivery", "seen", *delivered(DAY, **{"line.counts": False}))[0] is False
