"""Unknown stays unknown: settings, payers, days nobody knew of, and diagnosis releases nobody read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date as D
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.policy import PolicyAnswers, PolicyTable
from beamclaim.policy.payers import UNLISTED
from beamclaim.policy.resolve import ASKED, Resolver

from .conftest import Ask, policy_of

Folder = Callable[[str, str], Path]
DAY = D(2026, 10, 6)


def test_an_unknown_setting_is_no_answer_where_it_decides(policy: PolicyAnswers, ask: Ask) -> None:
    office_only = ask("code", ("77386", D(2025, 4, 7)), setting=None)
    found = policy.resolve("setting.not_payable", office_only)
    assert found.select("reason", "row.id", "covered").row(0) == (None, None, None)
    every_setting = policy.resolve("mue", ask("code", ("77407", DAY), setting=None))
    assert every_setting.select("limit", "covered").row(0) == (2, True)
    assert every_setting["row.cap"][0] == "warning"  # the weakest of the rows that agree


def test_an_unknown_payer_line_is_no_answer_where_it_decides(policy: PolicyAnswers, ask: Ask) -> None:
    assert policy.resolve("mue", ask("code", ("77407", DAY), payer_line=None)).row(0) == (None, None, None, None, None)
    assert policy.in_table("radonc.delivery", ask("code", ("77407", DAY), payer_line=None, setting=None)).to_list() == [
        True
    ]


def test_an_unknown_key_or_day_is_unknown(policy: PolicyAnswers, ask: Ask) -> None:
    assert policy.in_table("radonc.delivery", ask("code", (None, DAY), ("77407", None))).to_list() == [None, None]
    assert policy.in_table("ncci", ask("column1 column2", ("77301", None, DAY))).to_list() == [None]


def test_no_asks_have_no_answers(policy: PolicyAnswers, ask: Ask) -> None:
    for name in ("mue", "filing_limits", "imrt.class_by_diagnosis"):
        table = policy.table(name)
        empty = ask(" ".join(table.key), *[("", DAY)][:0])
        assert policy.resolve(name, empty).columns == [*table.value, "row.id", "row.cap", "covered"]


def test_asking_without_a_key_column_is_refused(policy: PolicyAnswers) -> None:
    with pytest.raises(Exception, match="mue is asked without 'code'"):
        policy.resolve("mue", pl.DataFrame({"day": [DAY]}))


OWN = """column1,column2,component,reason,scope,setting,first_day,last_day,source,at,confidence,observed_on
A1,A2,all,general,us,any,2020-01-01,,OWN,,high,
A1,A2,all,general freestanding,us,freestanding,2020-01-01,,OWN,,high,
A1,A2,all,commercial,us/commercial,any,2020-01-01,,OWN,,high,
A1,A2,all,medicare,us/medicare,any,2020-01-01,,OWN,,high,
A1,A2,all,contractor,us/medicare/je,any,2020-01-01,,OWN,,high,
"""
PAYER = """A1,A2,all,payer,payer/unitedhealthcare,any,2020-01-01,,OWN,,high,
A1,A2,all,payer line,payer/unitedhealthcare/commercial,any,2020-01-01,,OWN,,high,
"""
SOURCE = "OWN: {title: own, publisher: clinic, published: 2020-06-01}\n"


@pytest.fixture
def scoped(folder: Folder) -> PolicyAnswers:
    folder("sources/own.yaml", SOURCE)
    rows = OWN.splitlines(keepends=True)
    return policy_of(folder("edits/cpt.pairs.csv", rows[0] + PAYER + "".join(rows[1:])))


@pytest.mark.parametrize(
    ("circumstances", "reason"),
    [
        ({"payer_line": "tricare"}, "general"),
        ({"payer_line": "tricare", "setting": "freestanding"}, "general freestanding"),
        ({"payer_line": "commercial", "payer": UNLISTED}, "commercial"),
        ({"payer_line": "commercial", "payer": "NOT-IN-THE-TABLE"}, "commercial"),
        ({"payer_line": "medicare_ffs", "mac": "J15"}, "medicare"),
        ({"payer_line": "medicare_ffs", "mac": "JE"}, "contractor"),
        ({"payer_line": "medicare_ffs", "mac": None}, None),
        ({"payer_line": "medicare_advantage", "payer": "unitedhealthcare"}, "payer"),
        ({"payer_line": "commercial", "payer": "unitedhealthcare"}, "payer line"),
        ({"payer_line": "medicare_ffs", "payer": None, "mac": "J15"}, "medicare"),
        ({"payer_line": None, "payer": "unitedhealthcare"}, None),
        ({"payer_line": "commercial", "payer": None}, None),
        ({"payer_line": "tricare", "setting": None}, None),
    ],
)
def test_the_most_special_scope_wins(
    scoped: PolicyAnswers, ask: Ask, circumstances: dict[str, str], reason: str | None
) -> None:
    given = {"payer": UNLISTED, **circumstances}
    assert scoped.resolve("cpt.pairs", ask("column1 column2", ("A1", "A2", D(2021, 1, 1)), **given))[
        "reason"
    ].to_list() == [reason]


def test_a_payers_row_that_stands_after_the_countrys_outranks_it(
    folder: Folder, ask: Ask, policy: PolicyAnswers
) -> None:
    ours = policy.table("cpt.pairs").frame.row(0, named=True)
    key = (ours["column1"], ours["column2"])
    folder("sources/own.yaml", SOURCE)
    row = f"{key[0]},{key[1]},all,payer,payer/unitedhealthcare,any,2020-01-01,,OWN,,high,\n"
    # A clinic's rows stand after ours, whatever their scope.
    both = policy_of(folder("edits/cpt.pairs.csv", OWN.splitlines(keepends=True)[0] + row))
    asked = ask("column1 column2", (*key, D(2026, 3, 2)), payer_line="commercial", payer="unitedhealthcare")
    assert both.resolve("cpt.pairs", asked)["reason"].to_list() == ["payer"]
    other = ask("column1 column2", (*key, D(2026, 3, 2)), payer_line="commercial", payer=UNLISTED)
    assert both.resolve("cpt.pairs", other)["reason"].to_list() == [ours["reason"]]


def test_rows_nobody_could_know_are_hidden(folder: Folder, ask: Ask) -> None:
    folder("sources/own.yaml", SOURCE + "UNDATED: {title: own, publisher: clinic, published: '2020'}\n")
    head = OWN.splitlines()[0] + "\n"
    rows = (
        "B1,B2,all,published later,us,any,2020-01-01,,OWN,,high,\n"
        "B1,B3,all,undated source,us,any,2020-01-01,,UNDATED,,high,\n"
        "B1,B4,all,seen later,us,any,2020-01-01,,UNDATED,,high,2020-07-01\n"
    )
    own = folder("edits/cpt.pairs.csv", head + rows)
    asked = ask("column1 column2", *(("B1", f"B{n}", D(2020, 3, 1)) for n in (2, 3, 4)))

    def known(as_of: D) -> list[bool]:
        return policy_of(own, as_of=as_of).resolve("cpt.pairs", asked)["row.id"].is_not_null().to_list()

    assert known(D(2019, 12, 31)) == [False, False, False]
    assert known(D(2020, 5, 31)) == [False, True, False]
    assert known(D(2020, 6, 1)) == [True, True, False]
    assert known(D(2020, 7, 1)) == [True, True, True]


def test_coverage_is_hidden_with_its_source(ask: Ask) -> None:
    before, after = (policy_of(as_of=day) for day in (D(2026, 9, 30), D(2026, 10, 1)))
    asked = ask("code", ("77407", DAY))
    assert before.resolve("mue", asked)["covered"].to_list() == [False]
    assert after.resolve("mue", asked)["limit"].to_list() == [2]


def test_two_medium_sources_of_one_voice_stay_a_warning(folder: Folder, ask: Ask) -> None:
    folder(
        "sources/own.yaml",
        "P1: {title: a, publisher: one}\nP2: {title: b, publisher: one}\nP3: {title: c, publisher: two}\n",
    )
    head = OWN.splitlines()[0] + "\n"
    rows = [("C2", "P1;P2", "medium"), ("C3", "P1;P3", "medium"), ("C4", "P1", "high"), ("C5", "P1;P3", "low")]
    text = "".join(f"C1,{c},all,,us,any,2020-01-01,,{s},,{grade},\n" for c, s, grade in rows)
    own = policy_of(folder("edits/cpt.pairs.csv", head + text))
    found = own.resolve("cpt.pairs", ask("column1 column2", *(("C1", c, DAY) for c, _, _ in rows)))
    assert found["row.cap"].to_list() == ["warning", "error", "error", "info"]


def test_the_digest_changes_with_any_table_and_not_with_line_endings(folder: Folder) -> None:
    shipped = policy_of().tables.digest
    folder("sources/own.yaml", SOURCE)
    own = folder("edits/cpt.pairs.csv", OWN)
    with_own = policy_of(own).tables.digest
    (own / "edits/cpt.pairs.csv").write_bytes(OWN.replace("\n", "\r\n").encode())
    assert policy_of(own).tables.digest == with_own != shipped
    assert len(shipped) == 64


@pytest.mark.parametrize(
    ("code", "day", "status", "sources"),
    [
        ("C34.1", D(2026, 1, 14), "category", 2),
        ("C34.12", D(2026, 1, 14), "valid", 2),
        ("C3412", D(2026, 5, 1), "valid", 1),
        ("C50.A1", D(2025, 9, 30), "absent", 1),
        ("C50.A1", D(2025, 10, 1), None, 0),
        ("C50.A1", D(2026, 4, 1), "valid", 1),
        ("C81.9A", D(2021, 9, 30), "absent", 1),
        ("C81.9A", D(2023, 1, 1), None, 0),
        ("C61", D(2026, 9, 30), "valid", 1),
        ("C61", D(2026, 10, 1), None, 0),
        ("C61", D(2020, 12, 31), None, 0),
        ("Q99.999", D(2026, 5, 1), "absent", 1),
        ("", D(2026, 5, 1), None, 0),
    ],
)
def test_diagnosis_codes_by_release(policy: PolicyAnswers, code: str, day: D, status: str | None, sources: int) -> None:
    found = policy.diagnosis_validity(pl.DataFrame({"code": [code], "day": [day]})).row(0, named=True)
    assert found["status"] == status
    assert len((found["source"] or "").split(";")) - (found["source"] is None) == sources
    assert (found["row.cap"] == "error") is (status is not None)


def test_the_release_that_would_tell_is_named(policy: PolicyAnswers) -> None:
    asked = pl.DataFrame({"code": ["C61", "C50A1", "C61"], "day": [D(2026, 10, 20), D(2025, 12, 1), D(2020, 6, 1)]})
    named = ["ICD-10-CM October 2026", "ICD-10-CM October 2025", "ICD-10-CM April 2020"]
    assert policy.diagnosis_validity(asked)["missing_release"].to_list() == named


def test_a_release_not_yet_out_says_nothing() -> None:
    asked = pl.DataFrame({"code": ["C61"], "day": [D(2026, 1, 14)]})
    assert policy_of(as_of=D(2026, 1, 20)).diagnosis_validity(asked)["status"].to_list() == [None]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_hiding_a_circumstance_never_changes_an_answer_but_to_unknown(
    policy: PolicyAnswers, data: st.DataObject
) -> None:
    table, code = data.draw(
        st.sampled_from([("mue", "77407"), ("setting.not_payable", "77386"), ("imrt.plan_bundle", "77290")])
    )
    told = {
        "setting": data.draw(st.sampled_from(["hospital_outpatient", "freestanding", "professional"])),
        **data.draw(st.sampled_from([
            {"payer_line": "medicare_ffs", "payer": "original-medicare"}, {"payer_line": "commercial", "payer": "bcbs-north-carolina"},
            {"payer_line": "commercial", "payer": UNLISTED}, {"payer_line": "medicaid", "payer": UNLISTED},
        ])),
    }  # fmt: skip
    day = data.draw(st.dates(D(2025, 1, 1), D(2026, 12, 31)))
    hidden = {**told, data.draw(st.sampled_from(sorted(told))): None}
    asks = pl.DataFrame(
        [{"code": code, "day": day, **c} for c in (told, hidden)], schema_overrides=dict.fromkeys(told, pl.String)
    )
    full, less = policy.resolve(table, asks).drop("row.id", "row.cap").rows()
    assert all(b is None or a == b for a, b in zip(full, less, strict=True))


def test_the_codes_of_2026_were_not_known_in_2024_and_those_of_2015_were(ask: Ask) -> None:
    then = policy_of(as_of=D(2024, 6, 1))
    asked = ask("code", ("77386", D(2024, 6, 1)), ("77371", D(2024, 6, 1)), ("77437", D(2026, 2, 1)))
    assert then.resolve("radonc.delivery", asked)["row.id"].is_not_null().to_list() == [True, True, False]
    assert then.in_table("radonc.planning_imrt", ask("code", ("77301", D(2024, 6, 1)))).to_list() == [True]


def test_a_parameter_nobody_could_know_yet_is_unknown_and_not_a_mistake() -> None:
    early = policy_of(as_of=D(2026, 6, 30))
    ask = pl.DataFrame({"day": [D(2026, 6, 1)], "payer": ["bcbs-north-carolina"], "payer_line": ["commercial"]})
    assert early.param("radonc.course.window_days", ask)["value"].to_list() == [None]


def test_an_unknown_setting_stays_open_in_a_table_without_rows_that_was_verified_for_one(policy: PolicyAnswers) -> None:
    rates = policy.table("opps.rates")  # verified for hospitals alone
    empty = PolicyTable(rates.declared, rates.frame.clear())
    rows = [
        ("opps.rates", "05623", D(2026, 1, 1), setting, None, "medicare_ffs", "J15")
        for setting in ("hospital_outpatient", "freestanding", None)
    ]
    asked = pl.DataFrame(rows, schema=ASKED, orient="row")
    everywhere = {"opps.rates": [replace(e, listed=False) for e in policy.tables.coverage["opps.rates"]]}
    assert Resolver.of([empty], everywhere).answers(asked)["covered"].to_list() == [True, False, None]
