"""Worked examples of the tables for the remaining rules, on both sides of their days."""

from datetime import date as D

import polars as pl
import pytest

from beamclaim.charging.registry import adjustments, charges
from beamclaim.errors import PolicyError
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.payers import UNLISTED
from beamclaim.rules.registry import rules

from .conftest import Ask, policy_of

LAST, FIRST = D(2025, 12, 31), D(2026, 1, 1)
UHC = {"payer": "unitedhealthcare", "payer_line": "commercial"}


def test_what_rules_cite_is_described_and_counts_as_cited(policy: PolicyAnswers) -> None:
    questions = (rules(), charges(), adjustments())
    cites = {id_ for each in questions for question in each for id_ in question.cites}
    assert cites - set(policy.sources) == set()
    assert policy.tables.uncited(also=cites) == []
    assert {"N145", "N118", "N196"} <= set(policy.sources)


def test_a_source_only_a_rule_cites_is_not_idle(
    policy: PolicyAnswers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("own")
    (folder / "sources").mkdir()
    (folder / "sources/own.yaml").write_text("A-1: {title: t, publisher: p}\n")
    own = policy_of(folder)
    assert [w for w in own.tables.uncited() if "A-1" in w] != []
    assert [w for w in own.tables.uncited(also={"A-1"}) if "A-1" in w] == []


def test_levels_have_an_order_from_2026(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77402", FIRST), ("77407", FIRST), ("77412", FIRST), ("77412", LAST))
    assert policy.resolve("delivery.rank", asked)["rank"].to_list() == [1, 2, 3, None]
    plans = ask(
        "technique", ("2d", FIRST), ("vmat", FIRST), ("total_skin_electron", FIRST), ("sbrt", FIRST), ("vmat", LAST)
    )
    found = policy.resolve("delivery.level_by_technique", plans)
    assert found["code"].to_list() == ["77402", "77407", "77412", None, None]
    assert found["covered"].to_list() == [True, True, True, False, False]


def test_two_codes_for_one_service_end_with_2025(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "column1 column2", ("77385", "G6015", LAST), ("77412", "G6012", LAST), ("77387", "G6002", LAST),
        ("77385", "G6012", LAST), ("77385", "G6015", FIRST),
    )  # fmt: skip
    assert policy.in_table("imrt.equivalents", asked).to_list() == [True, True, True, False, False]


def test_parts_of_a_service(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77386", LAST), ("77407", FIRST), ("77301", FIRST), ("77427", FIRST), ("77386", FIRST))
    found = policy.resolve("technical", asked)
    assert found["part"].to_list() == ["technical", "technical", "split", None, None]
    assert found["covered"].to_list() == [True] * 5


def test_units_per_plan_and_course_are_the_rows_of_one_table(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77301", FIRST), ("77338", FIRST), ("77263", FIRST))
    assert policy.resolve("limits.plan", asked)["limit"].to_list() == [1, 1, None]
    assert policy.resolve("limits.course", asked)["limit"].to_list() == [None, None, 1]
    assert policy.resolve("limits.plan", asked)["covered"].to_list() == [True] * 3
    carolina = ask("code", ("77338", D(2026, 11, 24)), payer="bcbs-north-carolina", payer_line="commercial")
    assert policy.resolve("limits.sixty_days", carolina)["limit"].to_list() == [3]
    whole = policy.table("course_limits").frame
    for name, per in (
        ("limits.plan", "plan"),
        ("limits.course", "course"),
        ("limits.sixty_days", "60_day_course"),
        ("limits.superficial", "60_day_superficial_course"),
        ("limits.field", "field"),
    ):
        assert policy.table(name).frame["code"].to_list() == whole.filter(pl.col("per") == per)["code"].to_list()


def test_stereotactic_courses_and_their_management(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77373", FIRST), ("77371", FIRST), ("77372", FIRST), ("77412", FIRST))
    assert policy.resolve("stereotactic", asked)["sessions"].to_list() == [5, 1, 1, None]
    managed = ask("code", ("77435", FIRST), ("77432", FIRST), ("77427", FIRST))
    found = policy.resolve("management.exclusive", managed)["excludes"].to_list()
    assert ["77427" in (x or "") for x in found] == [True, True, False]


def test_united_wants_26_on_guidance_from_march_2026(policy: PolicyAnswers, ask: Ask) -> None:
    days = (LAST, D(2026, 2, 28), D(2026, 3, 1))
    asked = ask("code", *(("77387", day) for day in days), setting="professional", **UHC)
    assert policy.resolve("guidance.modifier", asked)["professional"].to_list() == [None, "either", "required"]
    medicare = ask("code", ("77387", D(2026, 3, 1)), setting="professional")
    assert policy.resolve("guidance.modifier", medicare)["professional"].to_list() == ["either"]
    other = ask("code", ("77387", D(2026, 3, 1)), payer=UNLISTED, payer_line="commercial")
    assert policy.in_table("guidance.modifier", other).to_list() == [None]
    unsaid = ask("code", ("77387", D(2026, 3, 1)), payer=None, payer_line="commercial")
    assert policy.in_table("guidance.modifier", unsaid).to_list() == [None]


def test_authorizations_are_asked_by_payer_code_and_day(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code", ("77407", LAST), ("77407", FIRST), ("77427", FIRST), **UHC)
    assert policy.in_table("authorization.required", asked).to_list() == [None, True, False]
    assert policy.resolve("authorization.required", asked)["row.cap"].to_list()[1] == "error"
    assert policy.in_table("authorization.required", ask("code", ("77407", FIRST), mac="J15")).to_list() == [False]
    carried = policy.resolve("authorization.carry_over", ask("code", ("77386", FIRST), ("77386", LAST), **UHC))
    assert carried["carries_to"].to_list() == ["77402;77407;77412", None]
    assert carried["started_before"].to_list() == [FIRST, None]


def test_fractions_a_payer_takes_for_a_site(policy: PolicyAnswers, ask: Ask) -> None:
    day = D(2025, 6, 1)
    asked = ask("code", ("C7951", day), ("C7951", D(2025, 5, 31)), ("C61", day), ("C3411", day), ("C50911", day), **UHC)
    found = policy.resolve("payer.course_limits", asked)
    assert found["limit"].to_list() == [10, None, 45, 35, None]
    assert found["usual"].to_list() == [10, None, 28, None, None]
    assert policy.resolve("payer.course_limits", ask("code", ("C7951", day), mac="J6"))["limit"].to_list() == [None]


@pytest.mark.parametrize(
    ("code", "behavior", "site"),
    [
        ("C61", "malignant", "prostate"), ("C4A31", "malignant", "skin"), ("C7A1", "malignant", None),
        ("C7B1", "secondary", None), ("C7951", "secondary", "bone"), ("C773", "secondary", "lymph_nodes"),
        ("D0512", "in_situ", "breast"), ("D320", "benign", "brain"), ("D3A00", "benign", None),
        ("D4811", "uncertain", None), ("D496", "unspecified", None), ("Z510", "encounter", None),
        ("Z923", "prior_radiation", None), ("Z8546", "history", None), ("I10", None, None),
    ],
)  # fmt: skip
def test_a_diagnosis_has_its_narrowest_group(
    policy: PolicyAnswers, ask: Ask, code: str, behavior: str | None, site: str | None
) -> None:
    found = policy.resolve("dx.groups", ask("code", (code, LAST)))
    assert found.select("behavior", "site_group", "covered").row(0) == (behavior, site, True)


def test_every_malignant_code_of_the_release_has_a_group(policy: PolicyAnswers) -> None:
    codes = policy.diagnoses.codes.filter(
        (pl.col("2026-04") == "v") & (pl.col("code").str.slice(0, 3).is_between(pl.lit("C00"), pl.lit("D49")))
    ).select("code", day=pl.lit(LAST))
    found = policy.resolve("dx.groups", codes)
    assert codes.height > 1500
    assert found["behavior"].null_count() == 0


def test_benign_and_uncertain_ask_for_a_reason_and_in_situ_does_not(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "code", *((c, LAST) for c in ("D320", "D0512", "C61", "D4811", "D496", "L910", "Q282", "C4A0", "D3A01"))
    )
    kinds = policy.resolve("dx.benign", asked)["kind"].to_list()
    assert kinds == ["benign", None, None, "uncertain", "unspecified", "not_neoplasm", "not_neoplasm", None, "benign"]
    assert policy.in_table("dx.benign", asked).to_list()[1] is False


def test_a_closed_list_is_asked_only_where_one_was_read(policy: PolicyAnswers, ask: Ask) -> None:
    aetna = {"payer": "aetna", "payer_line": "commercial"}
    plan = policy.resolve("dx.lists", ask("code", ("77301", LAST), ("77301", FIRST), ("77407", FIRST), **aetna))
    assert plan["list"].to_list() == [None, "AET-CPB0590", "AET-CPB0590"]
    assert plan["only_imrt"].to_list() == [None, False, True]
    sides = ask("code", *((c, FIRST) for c in ("C50911", "C50912", "C61", "C20", "C50A1", "C50A2", "I10")), **aetna)
    found = policy.resolve("dx.covered", sides)["necessity"].to_list()
    closed, open_ = "not_covered", "conditional"
    assert found == [closed, open_, open_, closed, closed, open_, None]
    assert policy.resolve("dx.covered", ask("code", ("C50911", LAST), **aetna))["necessity"].to_list() == [None]
    nobody = ask("code", ("77301", FIRST), payer=UNLISTED, payer_line="commercial")
    assert policy.in_table("dx.lists", nobody).to_list() == [None]


def test_a_medicare_list_depends_on_the_contractor_and_ends(policy: PolicyAnswers, ask: Ask) -> None:
    def lists(day: D, mac: str | None) -> tuple[object, ...]:
        return policy.resolve("dx.lists", ask("code", ("77301", day), mac=mac)).select("list", "read", "covered").row(0)

    assert lists(D(2024, 12, 19), "JH") == ("A56725", False, True)
    assert lists(D(2024, 12, 20), "JH") == (None, None, True)
    assert lists(D(2026, 2, 3), "JJ") == ("A59350", False, True)
    assert lists(D(2026, 2, 3), None) == (None, None, None)
    in_force = policy.in_table(
        "lcd", ask("document", ("L36711", D(2024, 12, 19)), ("L36711", D(2024, 12, 20)), mac="JL")
    )
    assert in_force.to_list() == [True, False]


def test_order_of_the_encounter_code(policy: PolicyAnswers, ask: Ask) -> None:
    lines = ask("code", ("77407", FIRST), ("77386", LAST), ("77301", LAST), ("77772", LAST), ("77427", LAST))
    asked = policy.resolve("dx.encounter_asked", lines)["encounter"].to_list()
    assert asked == ["Z510", "Z510", None, None, None]
    assert policy.resolve("dx.encounter", ask("code", ("Z510", LAST)))["place"].to_list() == ["first"]


def test_codes_of_a_treated_site(policy: PolicyAnswers, ask: Ask) -> None:
    found = policy.resolve("dx.secondary_site", ask("site_group", ("spine", LAST), ("prostate", LAST), ("moon", LAST)))
    assert "C7951" in found["secondary"][0].split(";")
    assert "C61" in found["primary"][1].split(";")
    assert found["covered"].to_list() == [True, True, False]
    groups = set(policy.table("sites").frame["site_group"].to_list())
    assert groups <= set(policy.table("dx.secondary_site").frame["site_group"].to_list())
    told = policy.table("dx.groups").frame.filter(pl.col("site_group").is_not_null())
    sites = {r["site_group"]: r for r in policy.table("dx.secondary_site").frame.rows(named=True)}
    for row in told.rows(named=True):
        side = sites[row["site_group"]]["secondary" if row["behavior"] == "secondary" else "primary"]
        assert any(row["code_to"].startswith(p) for p in side.split(";")), row["code_from"]


def test_diagnoses_of_one_sex(policy: PolicyAnswers, ask: Ask) -> None:
    codes = ("C61", "C541", "C50911", "C50421", "D0512", "D074", "C796", "C20")
    found = policy.resolve("dx.sex", ask("code", *((c, LAST) for c in codes)))
    assert found["sex"].to_list() == ["M", "F", "F", "M", None, "M", "F", None]
    lifted = policy.param("diagnosis.sex.modifier", ask("", (LAST,)))
    assert lifted.select("value", "row.cap").row(0) == ("KX", "warning")


def test_ages_of_the_hospital_editor(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask(
        "code", ("C9150", LAST), ("C58", D(2019, 9, 30)), ("C58", D(2019, 10, 1)), ("C61", LAST), ("C58", D(2026, 7, 1))
    )
    found = policy.resolve("dx.age", asked)
    assert found.select("lowest", "highest").rows() == [(15, 124), (12, 55), (9, 64), (None, None), (None, None)]
    assert found["covered"].to_list() == [True, True, True, True, False]


def test_rates_of_codes_places_and_classes(policy: PolicyAnswers, ask: Ask) -> None:
    asked = ask("code modifier", ("77014", "global", LAST), ("77014", "26", LAST), ("77407", "global", FIRST))
    found = policy.resolve("mpfs.rates", asked)
    assert [str(x) for x in found["work"]] == ["0.8500", "0.8500", "0.0000"]
    assert [str(x) for x in found["conversion_factor"]] == ["32.3465", "32.3465", "33.4009"]
    classes = ask("apc", ("05623", LAST), ("05623", FIRST), ("05621", FIRST), ("05623", D(2026, 7, 1)))
    paid = policy.resolve("opps.rates", classes)["payment"].to_list()
    assert [None if x is None else str(x) for x in paid] == ["578.4700", "564.5100", "104.2400", None]
    place = policy.resolve("mpfs.gpci", ask("contractor locality", ("01182", "18", LAST), ("01182", "18", FIRST)))
    assert [None if x is None else str(x) for x in place["work"]] == ["1.0420", None]
    named = policy.resolve("mpfs.localities", ask("contractor locality", ("13202", "01", LAST)))
    assert named.select("area", "counties").row(0) == ("MANHATTAN", "NEW YORK")


def test_denial_codes_and_appeals(policy: PolicyAnswers, ask: Ask) -> None:
    denied = policy.resolve("carc", ask("code", ("197", FIRST), ("9999", FIRST)))
    assert "authorization" in denied["meaning"][0]
    assert denied["covered"].to_list() == [True, False]
    remarks = policy.resolve("rarc", ask("code", ("N115", FIRST), ("M1", FIRST)))
    assert remarks["meaning"].is_null().to_list() == [False, True]
    levels = ask("track level", ("standard", "3", LAST), ("standard", "3", FIRST))
    found = policy.resolve("appeals", levels)
    assert found["days"].to_list() == [60, 60]
    assert [str(x) for x in found["amount"]] == ["190.0000", "200.0000"]


def test_codes_of_the_claim_form_are_read_by_their_day(policy: PolicyAnswers) -> None:
    lines = policy.by_key("claim.filing_codes", "payer_line", on=FIRST)
    assert (lines["MB"], lines["16"], lines["CI"]) == ("medicare_ffs", "medicare_advantage", "commercial")
    assert "ZZ" not in lines
    stays = policy.by_key("claim.bill_types", "is_stay", on=FIRST)
    assert {bill for bill, is_stay in stays.items() if is_stay} == {"11", "12", "18", "21", "22"}
    settings = policy.by_key("claim.bill_types", "claim_setting", on=FIRST)
    assert settings == {"13": "hospital_outpatient", "85": "hospital_outpatient"}
    # 19, the off-campus department, began with 2016.
    assert "19" not in policy.by_key("claim.places", "is_hospital", on=D(2015, 12, 31))
    assert policy.by_key("claim.places", "is_hospital", on=D(2016, 1, 1))["19"] is True


def test_a_lookup_by_key_says_what_an_ask_says(policy: PolicyAnswers) -> None:
    for name, field in (
        ("claim.filing_codes", "payer_line"), ("claim.places", "is_hospital"), ("course.motion", "is_active"),
        ("sites", "site_group"), ("modifier.repeat", "same_physician"),
    ):  # fmt: skip
        table = policy.table(name)
        for day in (D(2014, 12, 31), D(2015, 6, 1), FIRST):
            keys = table.frame.select(pl.col(table.key).unique()).with_columns(pl.lit(day).alias("day"))
            answered = keys.with_columns(policy.resolve(name, keys)[field]).drop_nulls(field)
            assert policy.by_key(name, field, on=day) == dict(answered.select(*table.key, field).iter_rows())


def test_a_table_that_differs_by_payer_is_not_looked_up_by_key(policy: PolicyAnswers) -> None:
    with pytest.raises(PolicyError, match=r"guidance\.modifier is no table of one key that holds for everyone"):
        policy.by_key("guidance.modifier", "professional", on=FIRST)
