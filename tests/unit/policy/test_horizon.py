"""The last day a table speaks for, and what is known after it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from beamclaim.errors import PolicyError
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.policy.declarations.lives import CODE_SET, DIAGNOSES, FEE_SCHEDULE, PAGES, STANDING

from .conftest import Ask, policy_of

D = date
Write = Callable[[str, str], Path]


def answer(
    policy: PolicyAnswers, ask: Ask, table: str, keys: str, *row: object, **whom: str | None
) -> tuple[bool, bool]:
    """Whether a row answers, and whether the table was verified for the ask."""
    answered = policy.resolve(table, ask(keys, row, **whom)).row(0, named=True)
    return answered["row.id"] is not None, bool(answered["covered"])


@pytest.mark.parametrize(
    ("life", "day", "last", "release"),
    [
        (CODE_SET, D(2026, 1, 1), D(2026, 12, 31), "the 2026 release of"),
        (FEE_SCHEDULE, D(2026, 12, 31), D(2026, 12, 31), "the October 2026 release of"),
        (FEE_SCHEDULE, D(2027, 1, 2), D(2027, 3, 31), "the January 2027 release of"),
        (DIAGNOSES, D(2026, 4, 1), D(2026, 9, 30), "the April 2026 release of"),
        (DIAGNOSES, D(2026, 10, 1), D(2027, 3, 31), "the October 2026 release of"),
        (DIAGNOSES, D(2027, 3, 31), D(2027, 3, 31), "the October 2026 release of"),
        (PAGES, D(2026, 11, 23), None, "the pages they rest on, read again"),
        (STANDING, D(2026, 11, 23), None, ""),
    ],
)
def test_a_release_speaks_for_its_own_stretch(life: object, day: date, last: date | None, release: str) -> None:
    assert life.last_day(day) == last  # type: ignore[attr-defined]
    assert life.release_of(day).startswith(release)  # type: ignore[attr-defined]


def test_a_code_in_force_is_not_known_after_the_year_that_was_read(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "radonc.codes", "code", "77407", D(2026, 12, 31)) == (True, True)
    assert answer(policy, ask, "radonc.codes", "code", "77407", D(2027, 1, 1)) == (False, False)


def test_a_code_that_had_ended_stays_ended(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "radonc.codes", "code", "77386", D(2027, 1, 11)) == (False, True)
    assert answer(policy, ask, "radonc.codes", "code", "G6015", D(2027, 1, 11)) == (False, True)
    assert answer(policy, ask, "radonc.delivery", "code", "77386", D(2027, 1, 11)) == (False, True)


def test_a_hcpcs_code_lives_to_the_quarter_that_was_read(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "radonc.codes", "code", "G0339", D(2026, 6, 30)) == (True, True)
    assert answer(policy, ask, "radonc.codes", "code", "G0339", D(2026, 7, 1)) == (False, False)


def test_a_code_a_table_never_held_stays_outside_it(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "radonc.delivery", "code", "99213", D(2027, 1, 11)) == (False, True)


def test_of_pairs_nothing_is_known_after_the_last_day(policy: PolicyAnswers, ask: Ask) -> None:
    never_a_pair = ("77407", "77300")
    assert answer(policy, ask, "guidance.inside_delivery", "column1 column2", *never_a_pair, D(2026, 12, 31)) == (
        False,
        True,
    )
    assert answer(policy, ask, "guidance.inside_delivery", "column1 column2", *never_a_pair, D(2027, 1, 1)) == (
        False,
        False,
    )


def test_a_statute_needs_no_yearly_edition(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "filing_limits", "", D(2027, 1, 11)) == (True, True)


def test_what_stands_on_diagnoses_ends_with_their_release(policy: PolicyAnswers, ask: Ask) -> None:
    assert answer(policy, ask, "dx.groups", "code", "C3411", D(2026, 9, 30)) == (True, True)
    assert answer(policy, ask, "dx.groups", "code", "C3411", D(2026, 10, 1)) == (False, False)


def test_who_verifies_a_table_against_the_next_release_moves_its_last_day(folder: Write, ask: Ask) -> None:
    path = folder("coverage.yaml", "radonc.delivery: {first_day: 2027-01-01, release: 2027-01-01, by: our coder}\n")
    own = policy_of(path)
    assert answer(own, ask, "radonc.delivery", "code", "77407", D(2027, 12, 31)) == (True, True)
    assert answer(own, ask, "radonc.delivery", "code", "77407", D(2028, 1, 1)) == (False, False)
    assert answer(own, ask, "radonc.codes", "code", "77407", D(2027, 1, 1)) == (False, False)


def test_a_row_that_begins_after_its_table_ends_is_refused(folder: Write) -> None:
    path = folder(
        "edits/imrt.plan_set.csv",
        "code,first_day,last_day,source,at,confidence,observed_on\n77307,2027-01-01,,,our own,low,\n",
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    assert str(refused.value) == (
        "imrt.plan_set.csv line 2: the row begins on 2027-01-01, after 2026-12-31, the last day imrt.plan_set speaks for, so that "
        "it would never answer. Say what the table was verified against: in its coverage, release: 2027-01-01, or a last_day."
    )


def test_a_stretch_that_begins_after_its_release_is_refused(folder: Write) -> None:
    path = folder("coverage.yaml", "radonc.delivery: {first_day: 2027-01-01, verified_on: 2026-12-01}\n")
    with pytest.raises(
        PolicyError, match="verified from 2027-01-01, after 2026-12-31, the last day of what it was verified"
    ):
        load_policy(path)
