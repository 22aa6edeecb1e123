"""Policy rows, facts and gaps in plain words; what no sentence was written for is still said."""

from datetime import date
from typing import Any

import pytest

from beamclaim.findings.finding import Fact, Finding, Fix, PolicyFact
from beamclaim.outputs.report.wording import facts, label, missing, remedy, rests_on, sources, sources_of
from beamclaim.policy import PolicyTable, load_policy


def row(name: str, cells: dict[str, str], **other: Any) -> PolicyFact:
    held = tuple(cells.items())
    whole = {
        "first_day": None,
        "last_day": None,
        "source": "S-1",
        "cells": held,
        "scope": "us/any",
        "confidence": "high",
    }
    return PolicyFact(name, ", ".join(f"{k} {v}" for k, v in held), **{**whole, **other})


def finding(rule: str, message: str, given: tuple[Fact, ...] = (), policy: tuple[PolicyFact, ...] = ()) -> Finding:
    return Finding(
        "id", rule, "name", "title", "error", "denial", message, "C-1", 1, None, None, None, None, None, None, given,
        policy, Fix("review", "do it", "coder"), "cause",
    )  # fmt: skip


def test_a_code_says_when_it_was_in_force_and_what_followed() -> None:
    days = {"first_day": date(2015, 1, 1), "last_day": date(2025, 12, 31)}
    said = rests_on(
        row("radonc.codes", {"code": "77386", "category": "delivery", "successor": "77407 or 77412"}, **days)
    )
    assert said == "77386: in force 2015-01-01 to 2025-12-31, followed by 77407 or 77412"


def test_who_it_holds_for_and_how_sure_it_is_stand_behind_where_they_matter() -> None:
    cells = {"column1": "77412", "column2": "77402", "indicator": "1"}
    said = rests_on(row("ncci", cells, scope="us/medicare/hospital_outpatient", confidence="medium"))
    assert said == (
        "77412 with 77402: together only with a modifier that opens the pair (Medicare hospital outpatient, medium confidence)"
    )
    assert rests_on(row("mue", {"code": "77334", "limit": "10"})) == "77334: at most 10 a day and provider"


def test_a_row_without_source_is_marked_preview() -> None:
    said = rests_on(
        row("parameters", {"parameter": "radonc.course.longest_gap_days", "value": "60"}, source="", confidence="low")
    )
    assert said == "longest gap days (course): 60 (low confidence, no source: preview)"


def test_an_unknown_table_is_said_as_it_is() -> None:
    assert (
        rests_on(row("clinic.own_rules", {"code": "77427", "note": "weekly"}))
        == "clinic.own rules: code 77427, note weekly"
    )


TABLES = [load_policy().table(name) for name in load_policy().names]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_row_of_our_tables_has_a_sentence(table: PolicyTable) -> None:
    for held in table.frame.head(300).iter_rows(named=True):
        cells = {
            k: ("yes" if v else "no") if isinstance(v, bool) else str(v)
            for k, v in held.items()
            if k in (*table.key, *table.value, "code_from", "code_to", "priority") and v not in (None, "")
        }
        said = rests_on(row(table.name, cells))
        assert said and "None" not in said and "  " not in said and not said.endswith((":", ": ", ";"))


def test_sources_stand_once_and_their_places_behind_them() -> None:
    found = sources(
        [row("a", {}, source="A;B", at="page 2"), row("b", {}, source="B;C"), row("c", {}, source="", at="a habit")]
    )
    assert found == "A, B, C (page 2)"


def test_facts_are_labelled_none_is_said_and_twins_are_told_once() -> None:
    given = (
        Fact("line.code", "77427"), Fact("line.date", "2026-02-03"), Fact("line.units", "2"),
        Fact("line.modifiers", ""), Fact("claim.setting", "hospital_outpatient"), Fact("line.target", "C61"),
        Fact("target", "C61"),
    )  # fmt: skip
    assert facts(finding("UNT103", "2 units of 77427", given)) == [
        ("date of service", "2026-02-03"),
        ("units", "2"), ("modifiers", "none"), ("setting", "hospital outpatient"), ("neoplasm treated", "C61"),
    ]  # fmt: skip


def test_a_missing_fact_says_what_it_means_and_a_table_that_it_was_not_verified() -> None:
    assert missing("course.has_ended").startswith("course has ended: ")
    assert missing("policy.mue") == "a verified row in the table mue: most units of a code a day and provider"
    assert missing("policy.own_table") == "a verified row in the table own_table"
    assert label("another line of the patient") == "another line of the patient"


def test_how_a_missing_fact_is_given() -> None:
    assert remedy("day.sessions") == "give the course (--course)"
    assert remedy("earlier claims of the course") == "give the earlier claims (--history)"
    assert remedy("policy.ncci").startswith("import the CMS file") and remedy("policy.filing_limits").startswith(
        "write"
    )
    assert remedy("line.provider") == ""


def test_where_no_row_decided_the_sources_of_the_rule_stand() -> None:
    assert sources_of(finding("DXN102", "C5041 is a category")).startswith("ICD10CM-2021-01, ")
    assert sources_of(finding("DXN102", "C5041 is a category", policy=(row("a", {}, source="A"),))) == "A"
