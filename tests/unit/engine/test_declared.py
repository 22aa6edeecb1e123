"""What only views and tables can show to be wrong is refused before a claim is looked at, with the nearest there is."""

from datetime import date
from pathlib import Path

import pytest

from beamclaim.engine.declared import check_rules
from beamclaim.errors import RuleError
from beamclaim.expressions.node import Expression
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.rules import carries, code_in, col, days, near, one_of, pair, param, registry, text, value
from beamclaim.rules.declaration import rule
from beamclaim.views.registry import views

POLICY = PolicyAnswers(load_policy())
HERE = Path(__file__).name


def refusal(fires: Expression, *, view: str = "lines", at: str = "line.code", message: str = "") -> str:
    def test_declared() -> dict[str, Expression]:
        return {"fires": fires}

    made = rule("UNT199", title="", view=view, applies=fires, at=at, message=message, to_do="")(test_declared)
    with pytest.raises(RuleError) as raised:
        check_rules([made], POLICY)
    place, _, why = str(raised.value).partition(": ")
    assert place.startswith(f"UNT199 ({HERE}")
    return why


@pytest.mark.parametrize(
    ("fires", "why"),
    [
        (col("line.unit") > 1, "column 'line.unit' is not in the view 'lines'. Did you mean line.units"),
        (code_in("radonc.deliveries"), "there is no policy table 'radonc.deliveries'. Did you mean radonc.delivery"),
        (value("mue", "limits") > 1, "table mue has no column 'limits'. Did you mean limit"),
        (code_in("radonc.delivery", levels="top"), "table radonc.delivery has no column 'levels'. Did you mean level"),
        (pair("ncci", "indicators") == text("no"), "table ncci has no column 'indicators'. Did you mean indicator"),
        (near("radonc.weekly", "seen"), "there is no policy table 'radonc.weekly'"),
        (param("radonc.course.longest_gap_day") > 1,
         "there is no policy parameter 'radonc.course.longest_gap_day'. Did you mean radonc.course.longest_gap_days"),
        (value("icd10cm", "state", of="line.target") == text("absent"), "icd10cm says no 'state'. Did you mean status"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_the_nearest_there_is(fires: Expression, why: str) -> None:
    assert refusal(fires).startswith(why)


@pytest.mark.parametrize(
    ("fires", "why"),
    [
        (one_of(col("day.technique"), "vmatt"), "day.technique is never 'vmatt'. Did you mean vmat?"),
        (col("claim.form") == text("837D"), "claim.form is never '837D'"),
        (text("outpatient") != col("claim.setting"), "claim.setting is never 'outpatient'. Did you mean hospital_outpatient"),
        (code_in("radonc.delivery", technique="beam"), "no row of radonc.delivery holds technique 'beam'; its words are "),
    ],
)  # fmt: skip
def test_a_word_outside_the_list_of_its_column_is_refused(fires: Expression, why: str) -> None:
    assert refusal(fires).startswith(why)


@pytest.mark.parametrize(
    ("fires", "why"),
    [
        (value("radonc.delivery", "is_imrt") == text("true"), "the answer of radonc.delivery is a yes or no, where == takes a word"),
        (value("delivery.rank", "rank") & col("line.counts"), "the answer of delivery.rank is a number, where & takes a yes or no"),
        (col("line.code") > col("line.units"), "line.code is a word, where > takes a number"),
        (days(col("line.code"), col("line.date")) > 1, "line.code is a word, where days() takes a day"),
        (col("line.date") + 1 > 1, "line.date is a day, where + takes a number; write days(start, end) or later(day, days_on=…)"),
        (carries(col("line.code"), of="line.target"), "line.target is a word, where carries() takes a list of codes"),
        (value("mue", "mai") > value("mue", "limit"), "the answer of mue is a word, where > takes a number"),
    ],
)  # fmt: skip
def test_a_cell_of_another_type_is_refused(fires: Expression, why: str) -> None:
    assert refusal(fires).startswith(why)


def test_a_column_of_the_message_and_the_place_of_a_finding_are_looked_up_too() -> None:
    fires = col("line.counts")
    why = "column 'line.cod' is not in the view 'lines'. Did you mean line.code"
    assert refusal(fires, message="{line.cod}").startswith(why)
    assert refusal(fires, at="line.cod").startswith("column 'line.cod' is not in the view 'lines'")
    assert refusal(fires, view="sheets").startswith("view 'sheets' is not one of charges, claim")


def test_every_rule_names_what_is_there() -> None:
    check_rules(registry.rules(), POLICY)


def test_rows_nobody_could_know_on_a_day_refuse_no_rule() -> None:
    check_rules(registry.rules(), PolicyAnswers(load_policy(as_of=date(2020, 1, 1))))


def test_a_column_of_joined_codes_is_declared_as_a_list() -> None:
    columns = {column for view in views().values() for column in view.columns.values()}
    assert {c.name for c in columns if "joined with `;`" in c.doc and not c.is_list} == set()
    assert {"claim.setting", "claim.form", "day.technique", "fault.kind"} <= {c.name for c in columns if c.words}
