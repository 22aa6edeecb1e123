"""Tables that speak of one code speak of the same days, and no two hold one pair of codes the other way round."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from beamclaim.policy import PolicyTables, load_policy
from beamclaim.policy.declarations import DECLARED
from beamclaim.policy.verify import OppositePair, opposite_pairs

#: Tables whose rows hold as long as the code does: what it means, and what its meaning sets.
OF_A_CODE = (
    "radonc.delivery", "radonc.guidance", "radonc.weekly_management", "radonc.weekly_physics", "radonc.short_management",
    "radonc.planning_imrt", "delivery.planned_by", "planning.kinds", "technical", "stereotactic", "course.during",
    "dx.encounter_asked",
)  # fmt: skip
#: Days of a rule of its own, younger than the code: the first guideline of ICD-10-CM.
YOUNGER = {"dx.encounter_asked": date(2015, 10, 1)}
#: A code that got parts later than it began: the fee schedule of 2025 calls it not valid, with none.
LATER = {("technical", "77387")}


@pytest.fixture(scope="module")
def tables() -> PolicyTables:
    return load_policy()


@pytest.mark.parametrize("name", OF_A_CODE)
def test_a_table_begins_and_ends_with_its_codes(tables: PolicyTables, name: str) -> None:
    life = tables.table("radonc.codes").stated.group_by("code").agg(
        pl.col("first_day").min().alias("begun"), (pl.col("first_day").is_null()).any().alias("open"),
        pl.when(pl.col("last_day").is_null().any()).then(None).otherwise(pl.col("last_day").max()).alias("ended"),
    )  # fmt: skip
    own = (
        tables.table(name)
        .stated.group_by("code")
        .agg(
            pl.col("first_day").min(),
            pl.when(pl.col("last_day").is_null().any())
            .then(None)
            .otherwise(pl.col("last_day").max())
            .alias("last_day"),
        )
    )
    both = own.join(life, on="code")
    begins = pl.max_horizontal("begun", pl.lit(YOUNGER.get(name, date.min)))
    late = both.filter(~pl.col("open") & (pl.col("first_day") > begins))
    assert {(name, code) for code in late["code"]} <= LATER, f"{name} begins after the code does: {late.rows()}"
    longer = both.filter(pl.col("ended").is_not_null() & pl.col("last_day").ne_missing(pl.col("ended")))
    assert longer["code"].to_list() == [], f"{name} does not end with the code: {longer.rows()}"


def test_a_delivery_that_includes_guidance_holds_it_in_the_table_of_guidance(tables: PolicyTables) -> None:
    includes = tables.table("radonc.delivery").stated.filter("includes_guidance")["code"].unique()
    held = tables.table("guidance.inside_delivery").stated["column1"].unique()
    assert sorted(set(includes) - set(held)) == []


def test_no_two_tables_hold_one_pair_the_other_way_round(tables: PolicyTables) -> None:
    assert opposite_pairs(tables) == []


def test_a_pair_held_the_other_way_round_is_named(tmp_path: Path) -> None:
    path = tmp_path / "edits/cpt.pairs.csv"
    path.parent.mkdir()
    header = "column1,column2,component,reason,scope,setting,first_day,last_day,source,at,confidence,observed_on"
    path.write_text(f"{header}\n77386,77371,all,,us,any,2020-01-01,2020-12-31,,our own,low,\n", encoding="utf-8")
    assert opposite_pairs(load_policy(tmp_path)) == [OppositePair("77386", "77371", "cpt.pairs", "ncci")]


def test_every_table_says_how_long_it_lives() -> None:
    assert [d.name for d in DECLARED if d.lives.is_cut and not d.lives.release] == []
