"""Worked examples: what the tables say, on both sides of the days on which it changes."""

from datetime import date as D
from datetime import timedelta
from random import Random

import polars as pl
import pytest

from beamclaim.policy import PolicyAnswers
from beamclaim.policy.payers import UNLISTED

from .conftest import Ask

LAST, FIRST = D(2025, 12, 31), D(2026, 1, 1)


def test_every_table_loads(policy: PolicyAnswers) -> None:
    for name in policy.names:
        table = policy.table(name)
        assert table.frame.height or table.declared.by_hand, name
        assert table.doc
        assert table.frame["row.id"].to_list() == list(range(table.frame.height))
    assert policy.table("parameters").frame.height


@pytest.mark.parametrize("code", ["77385", "77386", "77014", "77401", *(f"G60{n:02d}" for n in range(1, 18))])
def test_these_codes_end_with_2025(policy: PolicyAnswers, ask: Ask, code: str) -> None:
    assert policy.in_table("radonc.codes", ask("code", (code, LAST), (code, FIRST))).to_list() == [True, False]


@pytest.mark.parametrize("code", ["77436", "77437", "77438", "77439"])
def test_these_codes_begin_with_2026(policy: PolicyAnswers, ask: Ask, code: str) -> None:
    assert policy.in_table("radonc.codes", ask("code", (code, LAST), (code, FIRST))).to_list() == [False, True]


def test_a_code_without_a_start_day_is_certain_from_the_day_it_was_seen(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("G0562", D(2026, 3, 23)), ("G0562", D(2026, 3, 24)), ("77418", D(2025, 7, 7)))
    assert policy.in_table("radonc.codes", asked).to_list() == [None, True, None]


def test_a_code_no_file_holds_is_not_known(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77418", D(2025, 7, 7)), ("77316", D(2025, 7, 8)), ("77418", D(2026, 10, 1)))
    assert policy.in_table("radonc.known", asked).to_list() == [False, True, None]
    assert policy.in_table("radonc.range", ask("code", ("77418", LAST), ("99213", LAST))).to_list() == [True, False]


def test_delivery_codes_change_their_meaning_overnight(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77412", LAST), ("77412", FIRST), ("77386", LAST), ("G6015", LAST), ("77427", FIRST))
    found = policy.resolve("radonc.delivery", asked.with_columns(pl.lit(None, pl.String).alias("setting")))
    assert found["level"].to_list() == ["complex", "3", "complex", "no_compensator", None]
    assert found["is_imrt"].to_list() == [False, None, True, True, None]
    assert found["includes_guidance"].to_list() == [None, True, True, False, None]
    assert found["equivalent"].to_list()[2:4] == ["imrt", "imrt"]
    assert found["covered"].to_list() == [True] * 5


def test_fee_schedule_indicators_of_the_year(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77386", LAST), ("77387", LAST), ("77387", FIRST), ("77417", LAST), ("77417", FIRST),
                ("77427", FIRST), ("77386", D(2024, 12, 31)), setting="freestanding")  # fmt: skip
    found = policy.resolve("mpfs.indicators", asked)
    assert found["status"].to_list() == ["I", "I", "A", "A", "B", "A", None]
    assert found["pctc"].to_list() == ["3", None, "1", "3", "9", "2", None]
    assert found["status_tc"][2] == "B"
    assert found["covered"].to_list() == [True] * 6 + [False]


def test_hospital_status_and_payment_class(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77386", LAST), ("77412", LAST), ("77412", FIRST), ("77387", FIRST), ("77412", D(2026, 7, 1)))
    found = policy.resolve("opps.status", asked)
    assert found["status_indicator"].to_list() == ["S", "S", "S", "N", None]
    assert found["apc"].to_list() == ["05623", "05622", "05623", None, None]
    assert found["covered"].to_list() == [True] * 4 + [False]


def test_codes_that_may_not_be_billed_in_a_setting(policy: PolicyAnswers, ask: Ask) -> None:
    day = D(2025, 4, 7)
    office = policy.resolve("setting.not_payable", ask("code", ("77386", day), ("G6015", day), setting="freestanding"))
    assert office["instead"].to_list() == ["G6015", None]
    assert office["row.cap"][0] == "error"
    hospital = policy.resolve("setting.not_payable", ask("code", ("G6015", day), ("77427", day), ("77386", day)))
    assert hospital["unless_modifier"].to_list() == ["PN", None, None]
    assert hospital["unless_bill_type"].to_list() == [None, "85", None]
    assert hospital["with_modifier"].to_list() == [None, None, "PN"]
    assert hospital["row.cap"][2] == "info"
    elsewhere = ask("code", ("77386", day), setting="freestanding", payer_line="commercial")
    assert policy.in_table("setting.not_payable", elsewhere).to_list() == [None]


def test_the_daily_maximum_answers_for_its_quarter_only(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "code",
        ("77407", D(2026, 9, 30)),
        ("77407", D(2026, 10, 1)),
        ("77336", D(2026, 12, 31)),
        ("77336", D(2027, 1, 1)),
    )
    found = policy.resolve("mue", asked)
    assert found["limit"].to_list() == [None, 2, 1, None]
    assert found["mai"].to_list() == [None, "3", "2", None]
    assert found["covered"].to_list() == [False, True, True, False]
    assert found["row.cap"][1] == "error"
    office = policy.resolve("mue", ask("code", ("77407", D(2026, 10, 1)), setting="professional"))
    assert office["row.cap"].to_list() == ["warning"]  # one derivative of that table was read


def test_procedure_pairs_of_october(policy: PolicyAnswers, ask: Ask) -> None:
    day = D(2026, 10, 6)
    pairs = "77301 77290, 77338 77334, 77307 77300, 77301 77300, 77301 77334, 77412 77427, 77263 77412"
    asked = ask("column1 column2", *((*pair.split(), day) for pair in pairs.split(", ")))
    found = policy.resolve("ncci", asked)
    assert found["indicator"].to_list() == ["0", "1", "0", None, None, None, None]
    assert found["covered"].to_list() == [True] * 6 + [False]
    assert found["row.cap"].to_list()[:3] == ["error"] * 3


def test_procedure_pairs_of_other_days_and_settings(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "column1 column2", ("77386", "77387", LAST), ("77386", "77387", FIRST), ("77301", "77290", D(2026, 7, 1))
    )
    found = policy.resolve("ncci", asked)
    assert found["indicator"].to_list() == ["0", None, None]
    assert found["covered"].to_list() == [True, True, False]
    office = ask("column1 column2", ("77301", "77290", LAST), setting="professional")
    assert policy.in_table("ncci", office).to_list() == [None]
    assert policy.in_table("ncci", office.with_columns(pl.lit(None, pl.String).alias("setting"))).to_list() == [None]


def test_imrt_class_by_treated_site(policy: PolicyAnswers, ask: Ask) -> None:
    codes = ["C61", "C50912", "D0512", "C7951", "C4A9", "C7A1", "C7B1", "D075", "C7981", "Z510"]
    found = policy.resolve("imrt.class_by_diagnosis", ask("code", *((c, LAST) for c in codes), ("C61", FIRST)))
    expected = ["simple"] * 3 + ["complex"] * 4 + ["review"] * 2 + [None] * 2
    assert found["class"].to_list() == expected
    assert found["covered"].to_list() == [True] * 10 + [False]
    sites = policy.resolve("sites", ask("site", ("left breast", LAST), ("base of tongue", LAST), ("left lesion", LAST)))
    assert sites["site_group"].to_list() == ["breast", "head_neck", None]
    groups = policy.resolve(
        "imrt.class_by_site", ask("site_group", ("breast", LAST), ("spine", LAST), ("breast", FIRST))
    )
    assert groups["class"].to_list() == ["simple", "complex", None]


def test_services_inside_imrt_planning(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77290", D(2025, 5, 1)), ("77014", LAST), ("77014", FIRST), ("77300", LAST), ("77334", LAST))
    found = policy.resolve("imrt.plan_bundle", asked)
    assert found["days_before"].to_list() == [14, 14, None, None, None]
    assert found["same_claim"].to_list() == [True, True, None, None, None]
    verifying = policy.resolve("imrt.verification", ask("code", ("77280", LAST), ("77290", LAST), ("77334", LAST)))
    assert verifying["row.cap"].to_list() == ["error", "info", None]
    office = policy.resolve("imrt.plan_bundle", ask("code", ("77290", LAST), setting="professional"))
    assert (office["row.cap"][0], office["same_claim"][0]) == ("warning", None)
    north_carolina = ask("code", ("77290", D(2026, 11, 23)), payer_line="commercial", payer="bcbs-north-carolina")
    assert policy.resolve("imrt.plan_bundle", north_carolina)["days_after"].to_list() == [30]


def test_guidance_inside_delivery(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("column1 column2", ("77386", "77014", LAST), ("77386", "G6017", LAST), ("77407", "77387", FIRST),
                ("77407", "77387", LAST), ("G6015", "G6002", LAST))  # fmt: skip
    found = policy.resolve("guidance.inside_delivery", asked)
    assert found["component"].to_list() == ["TC", "all", "TC", None, None]
    assert found["covered"].to_list() == [True, True, True, False, True]


def test_modifiers(policy: PolicyAnswers, ask: Ask) -> None:
    day = D(2026, 10, 8)
    asked = ask("modifier", ("59", day), ("XE", day), ("76", day), ("LT", day))
    assert policy.in_table("modifier.opens_pair", asked).to_list() == [True, True, False, True]
    assert policy.in_table("modifier.distinct", asked).to_list() == [True, True, False, False]
    assert policy.resolve("modifier.repeat", asked)["same_physician"].to_list() == [None, None, True, None]
    assert policy.in_table("modifiers", ask("modifier", ("26", LAST), ("QQ9", LAST), ("26", day))).to_list() == [
        True,
        False,
        None,
    ]
    clashes = ask(
        "column1 column2", ("PN", "PO", day), ("PO", "PN", day), ("TC", "26", day), ("XS", "59", day), ("76", "PO", day)
    )
    assert policy.in_table("modifier_conflicts", clashes).to_list() == [True, True, True, True, False]


def test_limits_of_a_course_and_of_filing(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "code per",
        ("77301", "plan", LAST),
        ("77373", "course", LAST),
        ("77427", "5_fractions", LAST),
        ("77301", "week", LAST),
    )
    assert policy.resolve("course_limits", asked)["limit"].to_list() == [1, 5, 1, None]
    assert policy.resolve("filing_limits", ask("", (LAST,)))["counts_from"].to_list() == ["claim.last_day"]
    office = policy.resolve("filing_limits", ask("", (LAST,), setting="freestanding"))
    assert office.select("calendar_years", "counts_from", "row.cap").row(0) == (1, "line.date", "error")
    anthem = policy.resolve("filing_limits", ask("", (LAST,), payer_line="commercial", payer="anthem"))
    assert anthem.select("days", "row.cap").row(0) == (90, "warning")


def test_parameters(policy: PolicyAnswers, ask: Ask) -> None:
    days = ask("", (LAST,))
    for name, value in {
        "radonc.management.fractions_per_unit": 5, "radonc.management.smallest_final_week": 3,
        "radonc.session.gap_hours": 6, "radonc.session.same_visit_minutes": 60, "filing.near_days": 30,
    }.items():  # fmt: skip
        assert policy.param(name, days)["value"].to_list() == [value], name
    assert policy.param("filing.near_days", days)["row.cap"].to_list() == ["info"]
    elements = [
        policy.param("radonc.motion.elements_asked", ask("", (FIRST,), payer_line="commercial", payer=payer))["value"][
            0
        ]
        for payer in (UNLISTED, "aetna", None)
    ]
    assert elements == [1, 5, None]


def test_what_is_forgotten_is_worked_out_again(policy: PolicyAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from beamclaim.policy import answers

    asks = [(code, day, "hospital_outpatient", None, "medicare_ffs", None) for code in ("77386", "77412", "77427")
            for day in (FIRST, LAST)]  # fmt: skip
    pairs = [(code, day) for code in ("C61", "C50911", "C5091") for day in (FIRST, LAST)]
    told, valid = policy.answers([("radonc.codes", asks), ("radonc.range", asks)]), policy.diagnosis_answers(pairs)
    monkeypatch.setattr(answers, "_REMEMBERED", 1)
    with ThreadPoolExecutor(4) as pool:
        again = [pool.submit(policy.answers, [("radonc.codes", asks), ("radonc.range", asks)]) for _ in range(40)]
        known = [pool.submit(policy.diagnosis_answers, pairs) for _ in range(40)]
    assert all(one.result() == told for one in again)
    assert all(one.result() == valid for one in known)


def test_every_day_of_an_era_has_the_answers_of_its_first(policy: PolicyAnswers) -> None:
    random = Random(7)
    for name in policy.names:
        table = policy.table(name)
        eras = policy.eras([name])
        keys = table.frame.select(("code_from",) if table.is_range else table.key).unique(maintain_order=True)
        keys = keys.sample(min(12, keys.height), seed=7) if table.key else pl.DataFrame({"_": [None]})
        # Days beside the edges as well as any others.
        edges = [day for column in ("first_day", "last_day") for day in table.frame[column].drop_nulls().to_list()]
        days = [random.choice(edges) + timedelta(random.choice((-1, 0, 1))) for _ in range(6 if edges else 0)]
        days += [D(2014, 1, 1) + timedelta(random.randrange(4_800)) for _ in range(8)]
        asks = keys.rename({"code_from": table.key[0]} if table.is_range else {}).join(
            pl.DataFrame({"day": [d for d in days if d.year < 9999]}), how="cross"
        )
        who = {"setting": "freestanding", "payer_line": "medicare_ffs"}
        for told in (who, dict.fromkeys(who)):
            asked = asks.with_columns(pl.lit(v, pl.String).alias(k) for k, v in told.items())
            eras_asked = asked.with_columns(eras.column(asked["day"]))
            assert policy.resolve(name, asked).equals(policy.resolve(name, eras_asked)), name
