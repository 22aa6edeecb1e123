"""Other lines of the day and of the patient: the partner of a pair, the nearest line of a kind."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from service_lines import LINES, POLICY, service_lines

from beamclaim.engine.policy_columns import answer_columns
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


def said(kind: str, table: str, field: str, *rows: dict[str, Any], among: str = "provider") -> list[Any]:
    """What the other lines say of each line."""
    read = pair(table, field, among=among) if kind == "pair" else near(table, field)

    def test_neighbors() -> dict[str, Any]:
        return {"fires": no(), "shown": read}

    asked = rule("UNT199", title="", view="lines", applies=yes(), at="line.code", message="", to_do="")(test_neighbors)
    name = read.name
    return answer_columns(LINES, service_lines(*rows), POLICY, [asked]).select(None, [name]).collect()[name].to_list()


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
