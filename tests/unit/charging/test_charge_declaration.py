"""A charge that cannot be right is refused where it is written; every charge there is names what is there."""

import pytest

from beamclaim.charging import adjustment, charge, col, no, one_of, step, yes
from beamclaim.charging.registry import adjustments, charges
from beamclaim.errors import RuleError
from beamclaim.policy import load_policy
from beamclaim.views.registry import views

TABLES = load_policy()


def test_a_step_has_one_kind_of_condition_and_names_its_grounds() -> None:
    with pytest.raises(RuleError, match="give one of all_of=, any_of= and where="):
        step("level_1", where=yes(), all_of={"photons": yes()})
    with pytest.raises(RuleError, match="every ground has a name"):
        step("level_1", all_of={"": yes()})
    with pytest.raises(RuleError, match="waits for 'visit', which is no ground of it"):
        step("level_1", all_of={"photons": yes()}, waits=("visit",))


def test_what_decides_nothing_may_not_decide() -> None:
    with pytest.raises(RuleError, match=r"session\.fields decides nothing, and step 'level_1' reads it for 'many'"):

        @charge("delivery", view="sessions", day="session.day", applies=yes(), silent=("session.fields",))
        def level():  # type: ignore[no-untyped-def]
            return step("level_1", all_of={"many": col("session.fields") > 1})


def test_a_family_and_an_effect_there_is_not_are_refused() -> None:
    with pytest.raises(RuleError, match="family 'deliveries' is not one of delivery"):

        @charge("deliveries", view="sessions", day="session.day", applies=yes())
        def level():  # type: ignore[no-untyped-def]
            return step("level_1", where=yes())

    with pytest.raises(RuleError, match="'removes' is not one of drops, refuses, holds, adds"):

        @adjustment(applies=yes())
        def stay():  # type: ignore[no-untyped-def]
            return {"removes": no()}


def test_a_ladder_joins_its_grounds_as_it_says() -> None:
    either = step("level_1", any_of={"a": one_of(col("x"), "a"), "b": one_of(col("x"), "b")})
    assert either.is_any
    assert set(either.grounds) == {"a", "b"}
    assert not step("level_1", all_of={"a": yes()}).is_any


@pytest.mark.parametrize("declared", charges(), ids=lambda c: c.by)
def test_every_charge_names_what_is_there(declared) -> None:  # type: ignore[no-untyped-def]
    codes = set(TABLES.table("charging.codes").frame["charge"])
    words = set(TABLES.table("charging.words").frame["ground"])
    assert {s.word for s in declared.steps} <= codes
    assert {name for s in declared.steps for name in s.grounds} <= words
    assert declared.day in views()[declared.view].columns
    assert declared.cites


def test_no_row_of_codes_and_words_is_idle() -> None:
    words = {s.word for c in charges() for s in c.steps}
    grounds = {name for c in charges() for s in c.steps for name in s.grounds} | {a.name for a in adjustments()}
    assert set(TABLES.table("charging.codes").frame["charge"]) == words
    assert set(TABLES.table("charging.words").frame["ground"]) - grounds == set()
