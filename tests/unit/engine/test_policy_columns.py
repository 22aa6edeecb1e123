"""Policy answers beside a view: one per distinct question, three-valued over unknown days, settings, payers and contractors."""

from datetime import date
from typing import Any

from service_lines import LINES, POLICY, service_lines

from beamclaim.engine.policy_columns import answer_columns
from beamclaim.expressions.leaves import PolicyRead
from beamclaim.policy.payers import UNLISTED
from beamclaim.rules import all_in, clash, code_in, code_known, no, param, value
from beamclaim.rules.declaration import rule


def answers(read: PolicyRead, *rows: dict[str, Any], also: str = "") -> list[Any]:
    """What one answer says of each row; `also`: another column of it (``row`` or ``open``)."""

    def test_policy_columns() -> dict[str, Any]:
        return {"fires": no(), "shown": read}

    asked = rule("UNT199", title="", view="lines", applies=no(), at="line.code", message="", to_do="")(
        test_policy_columns
    )
    name = getattr(read, also) if also else read.name
    return answer_columns(LINES, service_lines(*rows), POLICY, [asked]).select(None, [name]).collect()[name].to_list()


def test_a_table_holds_a_code_on_the_days_of_its_row() -> None:
    rows = [{"line.code": code} for code in ("77407", "77385", "99213")]
    assert answers(code_in("radonc.delivery"), *rows) == [True, False, False]
    before = [{**row, "line.date": date(2025, 3, 3)} for row in rows]
    assert answers(code_in("radonc.delivery"), *before) == [True, True, False]


def test_a_condition_asks_for_the_word_in_the_cell() -> None:
    rows = [{"line.code": code} for code in ("77402", "77412")]
    assert answers(code_in("radonc.delivery", level="3"), *rows) == [False, True]
    assert answers(value("radonc.delivery", "level"), *rows) == ["1", "3"]


def test_a_code_or_a_day_that_is_unknown_leaves_the_answer_unknown_and_open() -> None:
    rows: list[dict[str, Any]] = [{"line.code": None}, {"line.date": None}, {}]
    assert answers(code_in("radonc.delivery"), *rows) == [None, None, True]
    assert answers(code_in("radonc.delivery"), *rows, also="open") == [True, True, False]


BUNDLED: dict[str, Any] = {"line.code": "77290"}


def test_an_unknown_setting_is_unknown_where_its_rows_say_different_things() -> None:
    rows = [BUNDLED | {"claim.setting": s} for s in ("hospital_outpatient", "freestanding", None)]
    assert answers(value("imrt.plan_bundle", "days_after"), *rows)[2] is None
    assert answers(code_in("imrt.plan_bundle"), *rows) == [True, True, None]
    assert answers(code_in("imrt.plan_bundle"), *rows, also="open") == [False, False, True]


def test_another_payer_line_is_not_answered_by_the_rows_of_one() -> None:
    rows = [BUNDLED | {"claim.payer_line": line} for line in ("medicare_ffs", "commercial", None)]
    assert answers(code_in("imrt.plan_bundle"), *rows) == [True, None, None]


def test_an_unknown_contractor_is_unknown_where_contractors_differ() -> None:
    rows = [{"line.code": "77407", "claim.mac": mac} for mac in ("J6", "JJ", "J15", None)]
    assert answers(code_in("dx.lists"), *rows) == [False, True, False, None]
    alike = [{"line.code": "77387", "claim.mac": mac} for mac in ("J6", "JJ", None)]
    assert answers(code_in("dx.lists"), *alike) == [False, False, False]


def test_a_row_of_a_payer_answers_for_that_payer_alone() -> None:
    payers = ("unitedhealthcare", UNLISTED, None)
    rows = [{"claim.payer_line": "commercial", "claim.payer_asked": payer} for payer in payers]
    assert answers(value("payer.course_limits", "limit", of="line.target"), *rows) == [45, None, None]


def test_a_circumstance_no_row_and_no_coverage_looks_at_may_be_unknown() -> None:
    nothing = {"claim.setting": None, "claim.payer_line": None, "claim.payer_asked": None, "claim.mac": None}
    assert answers(code_in("radonc.delivery"), nothing) == [True]


def test_the_row_that_answers_is_named() -> None:
    (row,) = answers(value("radonc.delivery", "level"), {"line.code": "77412"}, also="row")
    assert POLICY.table("radonc.delivery").frame["code"][row] == "77412"


def test_of_a_list_any_code_is_enough_and_all_in_wants_each() -> None:
    rows = [{"line.modifiers": m} for m in ("59", "76;59", "76", "", None)]
    assert answers(code_in("modifier.distinct", of="line.modifiers"), *rows) == [True, True, False, False, None]
    early = [{"line.modifiers": m, "line.date": date(2025, 3, 3)} for m in ("59;76", "59;ZZ", "", None)]
    assert answers(all_in("modifiers"), *early) == [True, False, True, None]


def test_two_codes_of_a_list_clash_in_either_order() -> None:
    one, other = POLICY.table("modifier_conflicts").frame.select("column1", "column2").row(0)
    rows = [{"line.modifiers": m} for m in (f"{one};{other}", f"{other};{one}", one, "", None)]
    assert answers(clash("modifier_conflicts"), *rows) == [True, True, False, False, None]


def test_a_code_is_known_on_whatever_day() -> None:
    rows = [{"line.code": code} for code in ("77385", "99213", None)]
    assert answers(code_known("radonc.delivery"), *rows) == [True, False, None]


def test_a_parameter_is_that_of_the_day_and_unknown_without_one() -> None:
    gap = param("radonc.course.longest_gap_days")
    assert answers(gap, {}, {"line.date": None}) == [60, None]


def test_rows_that_ask_the_same_share_one_question() -> None:
    many = [{"line.code": code} for code in ("77407", "77412") * 700]
    assert answers(code_in("radonc.delivery", level="3"), *many) == [False, True] * 700
