"""What a question is missing: the facts and tables whose absence leaves a verdict open, by the names a person can act on."""

from typing import Any

import pytest

from beamclaim.expressions.node import Expression
from beamclaim.findings.questions import missing
from beamclaim.rules import code_in, col, near, no, none, pair, param, text, value, yes
from beamclaim.rules.declaration import Rule, rule

DELIVERY = code_in("radonc.delivery")
LIMIT = value("mue", "limit")


def question(fires: Expression, *, view: str = "lines", **form: Any) -> Rule:
    def test_missing() -> dict[str, Expression]:
        return {"fires": fires}

    return rule("UNT199", title="", view=view, applies=no(), at="line.code", message="", to_do="", **form)(test_missing)


def test_a_fact_that_is_not_there_is_named() -> None:
    asked = question(col("line.units") > col("line.charge"))
    assert missing(asked, {"line.units": True, "line.charge": None}) == ("line.charge",)


def test_a_fact_that_follows_from_another_is_asked_for_by_the_other() -> None:
    asked = question(none(col("line.component_modifier")) | col("line.in_facility"))
    assert missing(asked, {"line.component_modifier": None, "line.in_facility": None}) == (
        "line.modifiers",
        "line.place_of_service",
    )


def test_a_table_that_does_not_answer_is_named() -> None:
    asked = question(DELIVERY)
    row = {DELIVERY.name: None, DELIVERY.open: False, "line.code": True, "line.date": True}
    assert missing(asked, row) == ("policy.radonc.delivery",)


@pytest.mark.parametrize("absent", ["line.code", "line.date"])
def test_an_answer_without_its_question_asks_for_the_question(absent: str) -> None:
    row = {DELIVERY.name: None, DELIVERY.open: True, "line.code": True, "line.date": True, absent: None}
    assert missing(question(DELIVERY), row) == (absent,)


@pytest.mark.parametrize("absent", ["claim.payer_line", "claim.payer_key"])
def test_an_answer_that_hangs_on_a_circumstance_asks_for_it(absent: str) -> None:
    known = {"line.setting": True, "claim.payer_line": True, "claim.payer_asked": True, "claim.payer_key": True}
    row = {DELIVERY.name: None, DELIVERY.open: True, "line.code": True, "line.date": True, **known, absent: None}
    assert missing(question(DELIVERY), row) == (absent.removesuffix("_key"),)


@pytest.mark.parametrize("absent", ["claim.setting", "line.revenue_code", "claim.bill_type"])
def test_a_circumstance_that_follows_from_others_asks_for_the_one_that_is_absent(absent: str) -> None:
    known = {"claim.setting": True, "line.revenue_code": True, "claim.bill_type": True, "line.setting": None}
    row = {DELIVERY.name: None, DELIVERY.open: True, "line.code": True, "line.date": True, **known, absent: None}
    assert missing(question(DELIVERY), row) == (absent.removesuffix("_key"),)


def test_of_a_payer_nobody_knows_the_payer_is_asked_not_the_table() -> None:
    """What one payer asks is its own: a row of another would not answer."""
    required = code_in("authorization.required")
    known = {"line.setting": True, "claim.payer_line": True, "claim.payer_asked": True}
    row = {"line.code": True, "line.date": True, required.name: None, required.open: False, **known}
    assert missing(question(required), row | {"claim.payer_key": None}) == ("claim.payer",)
    assert missing(question(required), row | {"claim.payer_key": True}) == ("policy.authorization.required",)


def test_what_is_optional_is_never_asked_for() -> None:
    asked = question(
        DELIVERY & (col("line.units") > LIMIT), optional=("line.units", LIMIT, DELIVERY), needs=("the day",)
    )
    row = {"line.units": None, LIMIT.name: None, DELIVERY.name: None}
    assert missing(asked, row) == ("the day",)


def test_a_cell_is_missing_only_where_the_rule_does_not_say_what_it_needs() -> None:
    row = {LIMIT.name: None, LIMIT.open: False, "line.code": True, "line.date": True}
    assert missing(question(LIMIT > 1), row) == ("policy.mue",)
    assert missing(question(LIMIT > 1, needs=("the day of each unit",)), row) == ("the day of each unit",)


def test_a_parameter_that_is_not_known_is_named_as_policy() -> None:
    gap = param("radonc.course.longest_gap_days")
    row = {gap.name: None, gap.open: False, "line.date": True}
    assert missing(question(gap > 1), row) == ("policy.radonc.course.longest_gap_days",)


def test_of_a_pair_only_whether_it_exists_asks_for_its_table() -> None:
    exists, indicator = pair("ncci", "exists"), pair("ncci", "indicator")
    asked = question(exists & (indicator == text("no")))
    assert missing(asked, {exists.name: None, indicator.name: None}) == ("policy.ncci",)


def test_where_nothing_of_its_own_is_missing_another_line_is() -> None:
    seen = near("radonc.delivery", "ahead")
    assert missing(question(seen), {seen.name: None}) == ("another line of the patient",)
    assert missing(question(yes()), {}) == ("another line of the patient",)


def test_the_rule_itself_may_say_what_it_is_missing() -> None:
    assert missing(question(col("line.units") > 1), {"line.units": None, "answer:missing": "plan.technique"}) == (
        "plan.technique",
    )


def test_each_is_named_once_facts_before_tables() -> None:
    asked = question(DELIVERY & code_in("radonc.delivery", level="3") & (col("line.units") > 1))
    level = code_in("radonc.delivery", level="3")
    row = {DELIVERY.name: None, level.name: None, DELIVERY.open: False, "line.units": None, "line.code": True}
    assert missing(asked, row) == ("line.units", "policy.radonc.delivery")


def test_of_a_row_without_its_day_nothing_else_is_asked() -> None:
    asked = question((col("line.units") > 1) & (col("course.has_ended")))
    assert missing(asked, {"line.date": None, "line.units": True, "course.has_ended": None}) == ("line.date",)
    assert missing(asked, {"line.date": None, "answer:missing": "plan.technique"}) == ("line.date",)


def test_a_pair_among_lines_of_nobody_asks_who_bills_them() -> None:
    exists = pair("ncci", "exists")
    row = {exists.name: None, "line.date": True, "line.provider": None, "line.component": True}
    assert missing(question(exists), row) == ("line.provider",)
    nobody = row | {"line.component": None, "line.setting": True}
    assert missing(question(exists), nobody) == ("line.provider", "line.modifiers")


def test_who_bills_what_part_hangs_on_the_setting_or_on_what_decides_it() -> None:
    exists = pair("ncci", "exists")
    row = {exists.name: None, "line.date": True, "line.provider": None, "line.component": None, "line.setting": None}
    assert missing(question(exists), row | {"claim.setting": None}) == ("claim.setting",)
    of_hospital = {"claim.setting": True, "line.revenue_code": None, "claim.bill_type": None}
    assert missing(question(exists), row | of_hospital) == ("line.revenue_code",)
