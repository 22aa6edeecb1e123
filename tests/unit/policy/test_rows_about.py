"""The rows of a table that are about some codes, by key and by range."""

import polars as pl

from beamclaim.policy import PolicyAnswers


def test_a_range_is_one_row_for_each_code_it_holds(policy: PolicyAnswers) -> None:
    rows = policy.table("dx.principal").rows_about(pl.Series(["Z170", "B951", "B951", "C61", None]))
    assert sorted(rows.select("code", "code_from", "flag").rows()) == [
        ("B951", "B950", "supplementary"),
        ("Z170", "Z1619", "supplementary"),
    ]


def test_a_table_of_single_codes_gives_the_rows_of_each(policy: PolicyAnswers) -> None:
    rows = policy.table("radonc.delivery").rows_about(pl.Series(["77386", "99213", None]))
    assert set(rows["code"]) == {"77386"}
