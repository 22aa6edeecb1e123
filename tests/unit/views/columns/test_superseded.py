"""Which claims are the same services again: against the rule said claim by claim, and with many replacements of one patient."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.views.columns.superseded import with_superseded_and_copies

DAY = date(2026, 2, 10)
TYPES: dict[str, Any] = {
    "patient.key": pl.UInt64, "claim.key": pl.UInt64, "claim.number": pl.String, "claim.form": pl.String,
    "claim.frequency": pl.String, "claim.original_claim": pl.String, "claim.made_on": pl.Date, "is_history": pl.Boolean,
    "claim.billing_npi": pl.String, "claim.payer": pl.String, "claim.payer_sequence": pl.String, "claim.line_charges": pl.Int64,
    "claim.first_service": pl.Date, "claim.last_service": pl.Date, "claim.diagnoses": pl.String,
}  # fmt: skip
CLAIM = st.fixed_dictionaries(
    {
        "patient.key": st.integers(1, 2),
        "claim.number": st.sampled_from(["A", "B", "", None]),
        "claim.frequency": st.sampled_from(["1", "7", "8", "3", None]),
        "claim.original_claim": st.sampled_from(["A", "B", "unseen", "", None]),
        "claim.made_on": st.integers(0, 2).map(lambda days: DAY + timedelta(days=days)),
        "is_history": st.booleans(),
        "claim.diagnoses": st.sampled_from(["C61", "C20"]),
    }
)


def frame(claims: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [{**dict.fromkeys(TYPES), "claim.key": key, **claim} for key, claim in enumerate(claims)]
    content = pl.struct("claim.line_charges", "claim.first_service", "claim.last_service", "claim.diagnoses")
    return pl.DataFrame(rows, schema=TYPES).with_columns(content.hash(seed=0).alias("content"))


def one_by_one(rows: list[dict[str, Any]]) -> set[int]:
    """The rule as it is said: each replacement or void beside each claim of its patient."""

    def order(row: dict[str, Any]) -> tuple[bool, date]:
        return (not row["is_history"], row["claim.made_on"])

    def comes_after(by: dict[str, Any], claim: dict[str, Any]) -> bool:
        if by is claim or by["patient.key"] != claim["patient.key"]:
            return False
        if order(claim) > order(by) or claim["claim.made_on"] > by["claim.made_on"]:
            return False
        if order(claim) < order(by) or claim["claim.frequency"] != by["claim.frequency"]:
            return True
        return bool((claim["content"], claim["claim.key"]) < (by["content"], by["claim.key"]))

    gone = {row["claim.key"] for row in rows if row["claim.frequency"] == "8"}
    for by in (row for row in rows if row["claim.frequency"] in ("7", "8")):
        earlier = [row for row in rows if row["claim.number"] is not None and comes_after(by, row)]
        named = [row for row in earlier if row["claim.number"] == by["claim.original_claim"]]
        gone |= {row["claim.key"] for row in named or [r for r in earlier if r["claim.number"] == by["claim.number"]]}
    # Of those that name one claim the last made stands.
    for by in (row for row in rows if row["claim.frequency"] in ("7", "8") and row["claim.original_claim"]):
        alike = [
            row
            for row in rows
            if row["claim.frequency"] in ("7", "8")
            and (row["patient.key"], row["claim.original_claim"]) == (by["patient.key"], by["claim.original_claim"])
        ]
        last = max(alike, key=lambda r: (*order(r), r["claim.frequency"] == "8", r["content"], r["claim.key"]))
        gone |= {by["claim.key"]} - {last["claim.key"]}
    return gone


def replaced(by: dict[str, Any], **claim: Any) -> list[bool]:
    """Whether each of a claim and its replacement, which names the payer's number, may be superseded."""
    usual = {"patient.key": 1, "claim.billing_npi": "1", "claim.payer": "P", "is_history": False, "claim.made_on": DAY}
    usual |= {"claim.first_service": DAY, "claim.last_service": DAY + timedelta(days=4)}
    rows = [
        usual | {"claim.number": "A", "claim.frequency": "1"} | claim,
        usual | {"claim.number": "R", "claim.frequency": "7", "claim.original_claim": "2026290771345"} | by,
    ]
    return with_superseded_and_copies(frame(rows))["claim.may_be_superseded"].to_list()


def test_a_replacement_by_the_payers_number_may_replace_a_claim_of_its_patient_biller_payer_and_days() -> None:
    assert replaced({}) == [True, False]
    assert replaced({"claim.billing_npi": None}) == [True, False]
    for other in (
        {"patient.key": 2}, {"claim.billing_npi": "2"}, {"claim.payer": "Q"}, {"claim.made_on": DAY - timedelta(days=1)},
        {"claim.first_service": DAY + timedelta(days=5), "claim.last_service": DAY + timedelta(days=9)},
        {"claim.original_claim": "A"}, {"claim.number": "A"}, {"claim.frequency": "1"},
    ):  # fmt: skip
        assert replaced(other) == [False, False], other


@settings(deadline=None)
@given(st.lists(CLAIM, max_size=12))
def test_replaced_and_voided_claims_are_those_the_rule_says_one_by_one(claims: list[dict[str, Any]]) -> None:
    world = frame(claims)
    marked = with_superseded_and_copies(world).filter("claim.is_superseded")["claim.key"]
    assert set(marked) == one_by_one(world.to_dicts())


def test_many_replacements_under_one_number_are_no_more_work_each() -> None:
    claims = [
        {
            "patient.key": 1, "claim.number": "0", "claim.original_claim": "0", "claim.frequency": "7", "is_history": False,
            "claim.made_on": DAY + timedelta(days=n % 30), "claim.diagnoses": f"C{n}",
        }
        for n in range(40_000)
    ]  # fmt: skip
    # Side by side these are 1.6 billion pairs, which no memory holds.
    standing = with_superseded_and_copies(frame(claims)).filter(~pl.col("claim.is_superseded"))
    assert standing.height == 1
    lost = [
        claim
        | {
            "claim.number": str(n),
            "claim.original_claim": f"P{n}",
            "claim.first_service": DAY,
            "claim.last_service": DAY,
        }
        for n, claim in enumerate(claims)
    ]
    assert with_superseded_and_copies(frame(lost))["claim.may_be_superseded"].sum() >= 30_000
    assert standing["claim.made_on"].item() == DAY + timedelta(days=29)


def test_a_copy_to_a_later_payer_is_known_by_its_number_form_and_biller() -> None:
    claims = [
        {"patient.key": 1, "claim.number": "A", "claim.form": "837P", "claim.billing_npi": "1", "claim.payer_sequence": sequence}
        | {"claim.made_on": DAY, "is_history": False}
        for sequence in ("S", "P", "T")
    ]  # fmt: skip
    assert with_superseded_and_copies(frame(claims))["claim.is_copy"].to_list() == [True, False, True]
