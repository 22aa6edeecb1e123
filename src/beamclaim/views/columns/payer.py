"""Whose a claim is: the payer of the policy tables, its line of business and its Medicare contractor, by all a claim says.

A batch has few payers: each distinct combination of id, name, form, SBR09, line and day is asked once (`policy/payers.py`).
What nobody knows is null, and `app/payers.py` lists it.
"""

import polars as pl

from beamclaim.model.tables.claims import CLAIMS
from beamclaim.model.value_sets import FORM_OF_SETTING, PAYER_LINES
from beamclaim.policy.payers import ClaimPayer, PayerDirectory, PayerWords
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.view import Frames

PAYER = ColumnGroup()
#: What a claim says of its payer: the column asked, and the type.
WORDS = {
    "payer_id": pl.String, "name": pl.String, "form": pl.String, "filing_code": pl.String, "payer_line": pl.String,
    "is_federal": pl.Boolean, "day": pl.Date,
}  # fmt: skip
#: The member number of the federal program of the Blues.
FEDERAL_MEMBER = r"^R\d{8}$"
#: The words a claim says stand beside it under names nobody else has, while it is joined.
_SAID = {name: f"_said.{name}" for name in WORDS}


def payer_words(claims: pl.DataFrame, assumptions: Assumptions) -> pl.DataFrame:
    """Claims → what each says of its payer (`WORDS`), in their order; `day` is the day the claim was made, where it says so."""
    by_setting = pl.coalesce("claim.setting", pl.lit(assumptions.setting, dtype=pl.String))
    by_setting = by_setting.replace_strict(FORM_OF_SETTING, default=None, return_dtype=pl.String)
    columns = {
        "payer_id": pl.col("claim.payer").str.strip_chars().str.to_uppercase(),
        "name": pl.col("claim.payer_name").str.strip_chars(),
        "form": pl.coalesce("claim.form", by_setting),
        "filing_code": pl.col("claim.filing_code"),
        "payer_line": pl.col("claim.payer_line"),
        "is_federal": pl.col("claim.member").str.contains(FEDERAL_MEMBER).fill_null(False),
        "day": pl.coalesce("claim.submitted_on", pl.lit(assumptions.as_of)),
    }
    return claims.select(expression.cast(WORDS[name]).alias(name) for name, expression in columns.items())


def answers_of(words: pl.DataFrame, directory: PayerDirectory, assumptions: Assumptions) -> list[ClaimPayer]:
    """Rows of `WORDS` → whose each is."""
    named = words.iter_rows(named=True)
    return [directory.of(PayerWords(**said, assumed_line=assumptions.payer_line)) for said in named]


@PAYER.columns(
    ViewColumn(
        "claim.payer_key",
        pl.String,
        "the payer as policy names it; null where id and name do not say which",
        cell="claim.payer",
        given_as="claim.payer",
    ),
    ViewColumn(
        "claim.payer_asked",
        pl.String,
        "the same, with a word for a payer that is named and unknown",
        given_as="claim.payer",
        is_fact=False,
        follows_from=("claim.payer_key",),
    ),
    ViewColumn("claim.payer_line", pl.String, ", ".join(PAYER_LINES), cell="claim.filing_code"),
    ViewColumn("claim.mac", pl.String, "jurisdiction of the Medicare contractor"),
    reads=(
        "claim.payer", "claim.payer_name", "claim.form", "claim.setting", "claim.filing_code", "claim.payer_line", "claim.member",
        "claim.submitted_on", "claim.mac",
    ),
)  # fmt: skip
def with_payer(claims: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The line and contractor are what the claim says where its payer can have them, else what id, name and SBR09 say.

    The run's contractor goes before the one of a payer id; Railroad Medicare has no jurisdiction.
    """
    directory, assumptions = frames.policy.payers, frames.assumptions
    words = payer_words(claims, assumptions)
    if not directory.has_dated_names:
        # Few ids hang on the day; without it there are fewer questions.
        words = words.with_columns(
            pl.when(pl.col("payer_id").is_in(sorted(directory.dated_ids))).then("day").alias("day")
        )
    distinct = words.unique(maintain_order=True)
    answers = answers_of(distinct, directory, assumptions)
    answered = distinct.rename(_SAID).with_columns(
        pl.Series("claim.payer_key", [a.payer for a in answers], dtype=pl.String),
        pl.Series("claim.payer_asked", [a.asked for a in answers], dtype=pl.String),
        pl.Series("_line", [a.line for a in answers], dtype=pl.String),
        pl.Series("_mac", [a.mac for a in answers], dtype=pl.String),
        pl.Series("_has_mac", [a.has_mac for a in answers], dtype=pl.Boolean),
    )
    of_run = pl.when("_has_mac").then(pl.lit(assumptions.mac, dtype=CLAIMS.schema["claim.mac"]))
    joined = claims.hstack(words.rename(_SAID)).join(
        answered, on=[*_SAID.values()], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.with_columns(
        pl.col("_line").alias("claim.payer_line"), pl.coalesce("claim.mac", of_run, "_mac").alias("claim.mac")
    ).drop(*_SAID.values(), "_line", "_mac", "_has_mac")
