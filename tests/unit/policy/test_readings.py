"""Rows read from pages: sure on the day they were read, at a lower grade a year before and after, unknown earlier."""

from datetime import date

import pytest

from beamclaim.policy import PolicyAnswers

from .conftest import Ask

D = date


def limit(policy: PolicyAnswers, ask: Ask, day: date, payer: str) -> tuple[int | None, str | None, bool | None]:
    """Days to file, the grade they carry, and whether the table was verified."""
    answered = policy.resolve(
        "filing_limits", ask("", (day,), setting="professional", payer_line="commercial", payer=payer)
    )
    row = answered.row(0, named=True)
    return row["days"], row["row.cap"], row["covered"]


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (D(2025, 11, 22), (None, None, None)),
        (D(2025, 11, 23), (120, "info", False)),
        (D(2026, 11, 22), (120, "info", False)),
        (D(2026, 11, 23), (120, "warning", False)),
        (D(2027, 11, 23), (120, "warning", False)),
        (D(2027, 11, 24), (120, "info", False)),
    ],
)
def test_a_limit_of_a_page_that_was_read_in_november_2026(
    policy: PolicyAnswers, ask: Ask, day: date, answer: tuple[int | None, str | None, bool | None]
) -> None:
    assert limit(policy, ask, day, "aetna") == answer


def test_a_page_published_earlier_can_have_been_true_since_then(policy: PolicyAnswers, ask: Ask) -> None:
    assert limit(policy, ask, D(2025, 7, 1), "unitedhealthcare") == (90, "warning", False)
    assert limit(policy, ask, D(2026, 6, 29), "unitedhealthcare")[0] == 90


def test_what_ended_before_its_page_was_read_answers_no_day_after_its_end(policy: PolicyAnswers, ask: Ask) -> None:
    tennessee = {"payer": "bcbs-tennessee", "payer_line": "commercial"}
    asked = ask("code", ("77385", D(2025, 12, 31)), ("77385", D(2026, 1, 1)), **tennessee)
    assert policy.resolve("dx.lists", asked)["list"].to_list() == ["BCBST-BL", None]


def test_a_statute_is_as_sure_ten_years_on(policy: PolicyAnswers, ask: Ask) -> None:
    answered = policy.resolve("filing_limits", ask("", (D(2036, 1, 1),))).row(0, named=True)
    assert (answered["calendar_years"], answered["row.cap"]) == (1, "error")


def test_the_row_of_lower_grade_says_when_its_page_was_read(policy: PolicyAnswers, ask: Ask) -> None:
    asks = ask("", (D(2026, 2, 2),), setting="professional", payer_line="commercial", payer="aetna")
    row = policy.table("filing_limits").frame.row(policy.resolve("filing_limits", asks)["row.id"][0], named=True)
    assert row["at"].endswith("read on 2026-11-23; since when it holds is not known")
    assert row["row.weak"]
    assert policy.table("filing_limits").stated["row.weak"].sum() == 0


def test_where_the_general_row_says_the_same_the_answer_is_sure(
    policy: PolicyAnswers, ask: Ask, folder: object
) -> None:
    path = folder(  # type: ignore[operator]
        "payers/filing_limits.csv",
        "calendar_years,days,days_out_of_network,counts_from,scope,setting,first_day,last_day,source,at,confidence,observed_on\n"
        ",120,,line.date,payer/aetna/commercial,any,,,,our contract,low,2026-11-30\n"
        ",120,,line.date,us/commercial,any,2020-01-01,,,our own,low,\n",
    )
    from .conftest import policy_of

    own = policy_of(path)
    asks = ask("", (D(2026, 2, 2),), setting="professional", payer_line="commercial", payer="aetna")
    row = own.table("filing_limits").frame.row(own.resolve("filing_limits", asks)["row.id"][0], named=True)
    assert (row["scope"], row["row.weak"]) == ("us/commercial", False)
