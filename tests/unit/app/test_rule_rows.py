"""Each rule's page names what it asks, and shows rows that are in the tables."""

from datetime import date

import pytest

from beamclaim.app import rule_page
from beamclaim.app.rule_rows import MOST, RowsAsked, rows_asked
from beamclaim.engine.policy_answers import DIAGNOSIS_VALIDITY
from beamclaim.policy import PolicyTables, load_policy
from beamclaim.policy.listing import row_cells
from beamclaim.rules import registry
from beamclaim.rules.declaration import Rule

TODAY = date(2026, 11, 23)
RULES = registry.rules()


@pytest.fixture(scope="module")
def policy() -> PolicyTables:
    return load_policy()


def asked_names(rule: Rule) -> list[str]:
    return list(dict.fromkeys(c.table for c in rule.policy_reads))


def of(code: str, policy: PolicyTables) -> dict[str, RowsAsked]:
    (rule,) = registry.find(code)
    return {one.table: one for one in rows_asked(rule, policy, TODAY)}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_page_names_every_table_its_rule_reads(rule: Rule, policy: PolicyTables) -> None:
    names = asked_names(rule)
    assert [one.table for one in rows_asked(rule, policy, TODAY)] == names
    page = rule_page.page(rule, policy, TODAY)
    assert ("## The rows it rests on" in page) == bool(names)
    for name in names:
        assert f"### `{name}`\n" in page
    assert [one["table"] for one in rule_page.record_with_rows(rule, policy, TODAY)["rows"]] == names


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_a_row_shown_is_a_row_of_the_table(rule: Rule, policy: PolicyTables) -> None:
    for one in rows_asked(rule, policy, TODAY):
        if one.table == DIAGNOSIS_VALIDITY:
            assert {row["release"] for row in one.rows} == set(policy.diagnoses.releases["release"])
            continue
        name = one.table if one.table in policy.names else "parameters"
        table = policy.table(name)
        held = {tuple(row.values()) for row in row_cells(table, table.frame)}
        assert {tuple(row.values()) for row in one.rows} <= held
        assert one.rows, f"{rule.code} asks {one.table}, which shows no row"


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_what_is_left_out_is_said_with_the_command_that_lists_it(rule: Rule, policy: PolicyTables) -> None:
    for one in rows_asked(rule, policy, TODAY):
        assert len(one.rows) <= MOST
        assert bool(one.part) == bool(one.command) == (len(one.rows) < one.many)


def test_every_source_shown_has_its_title(policy: PolicyTables) -> None:
    for rule in RULES:
        record = rule_page.record_with_rows(rule, policy, TODAY)
        cited = {s for one in record["rows"] for row in one["rows"] for s in row["source"].split(";") if s}
        assert cited <= set(record["sources"])
        page = rule_page.page(rule, policy, TODAY)
        for id_ in cited:
            assert f"- {id_}: {policy.sources[id_].title}" in page


def test_only_rows_that_can_answer_are_shown(policy: PolicyTables) -> None:
    # COD103 asks of IMRT delivery of 2015 with guidance inside, and of nothing else in the table.
    assert {row["code"] for row in of("COD103", policy)["radonc.delivery"].rows} == {"77385", "77386"}


def test_a_long_table_shows_radiation_oncology_rows_of_the_day(policy: PolicyTables) -> None:
    pairs = of("BND101", policy)["ncci"]
    assert pairs.many == policy.table("ncci").frame.height > MOST
    assert "of radiation-oncology codes in force on 2026-11-23" in pairs.part
    assert pairs.command == "beamclaim policy list ncci"
    for row in pairs.rows:
        assert row["column1"][:2] in ("77", "G0", "03") and (row["first_day"] or "") <= TODAY.isoformat()
        assert (row["last_day"] or "9") >= TODAY.isoformat()


def test_a_row_without_a_source_says_so(policy: PolicyTables) -> None:
    (rule,) = registry.find("SEQ104")
    page = rule_page.page(rule, policy, TODAY)
    section = page.split("### `radonc.course.longest_gap_days`")[1].split("###")[0]
    assert "Days between delivery lines" in section
    assert "| all | value 60 | everyone | 2015-01-01 to now | none: preview | low |" in section
