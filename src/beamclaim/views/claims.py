"""What every claim of a book is: whose, in which setting, for which payer line, and whether it counts.

`interfaces.md`, "What joins what": the patient, the setting, the payer line, and which claims are the
same services again (replaced, voided, copied to another payer).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import FORM_OF_SETTING
from beamclaim.views.neoplasm import neoplasms, target
from beamclaim.views.superseded import with_superseded_and_copies

_FILING = {
    "MA": "medicare_ffs", "MB": "medicare_ffs", "16": "medicare_advantage", "MC": "medicaid", "CH": "tricare",
    "WC": "workers_comp", "BL": "commercial", "CI": "commercial", "HM": "commercial", "12": "commercial",
    "13": "commercial", "14": "commercial", "15": "commercial",
}  # fmt: skip
_HOSPITAL_BILLS = ("13", "85")
_PLACES = {"11": "freestanding", "19": "professional", "21": "professional", "22": "professional"}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the person who asks adds to the claims: the day, and what the claims may not say."""

    as_of: date
    setting: str | None = None
    payer_line: str | None = None
    mac: str | None = None


def patient_key(patient: str, *, member: str, birth: str, sex: str, first: str, alone: str) -> pl.Expr:
    """Medical record number, else member id with birth date, sex and first name, else the row alone."""
    number = pl.when(pl.col(patient) != "").then(pl.concat_str(pl.lit("number:"), pl.col(patient)))
    person = pl.when(pl.col(member) != "").then(
        pl.concat_str(
            pl.lit("member:"), pl.col(member), pl.lit("|"), pl.col(birth).cast(pl.String), pl.lit("|"), pl.col(sex),
            pl.lit("|"), pl.col(first).str.to_uppercase(),
        )
    )  # fmt: skip
    # Without any identity a claim is a patient of its own: unknown patients never meet.
    single = pl.concat_str(pl.lit("alone:"), pl.col(alone).cast(pl.String))
    return pl.coalesce(number, person, single).hash(seed=0x4265616D)


def describe(book: Tables, given: Assumptions) -> pl.DataFrame:
    """The claims table with what follows from it.

    Adds ``patient.key``, ``is_history``, ``claim.setting``, ``claim.payer_line``, ``claim.form`` (filled where
    the setting says it), ``claim.component``, ``claim.made_on``, ``claim.first_service``, ``claim.last_service``, ``claim.line_charges``,
    ``claim.codes``, ``claim.modifiers``, ``claim.target``, ``claim.neoplasms``, ``claim.diagnosis_count``, ``seen.order``,
    ``claim.is_superseded``, ``claim.is_copy``.
    """
    files = book["files"].select("file", pl.col("file.is_history").alias("is_history"))
    lines = book["lines"]
    unknown_charge = pl.col("line.charge").is_null().any()
    sums = lines.group_by("claim.key").agg(
        pl.col("line.date").min().alias("claim.first_service"),
        pl.col("line.date_to").max().alias("claim.last_service"),
        pl.when(~unknown_charge).then(pl.col("line.charge").sum()).alias("claim.line_charges"),
        _together("line.code").alias("claim.codes"),
        _together("line.modifiers").alias("claim.modifiers"),
    )
    claims = book["claims"].join(files, on="file", how="left").join(sums, on="claim.key", how="left")
    setting = pl.coalesce(
        pl.col("claim.setting"),
        pl.when(pl.col("claim.form") == "837I")
        .then(
            pl.when(pl.col("claim.bill_type").str.slice(0, 2).is_in(_HOSPITAL_BILLS)).then(
                pl.lit("hospital_outpatient")
            )
        )
        # A claims table that does not say its setting does not say its form either: its place of service proves nothing.
        .when(pl.col("claim.form") == "837P")
        .then(pl.col("claim.place_of_service").replace_strict(_PLACES, default=None, return_dtype=pl.String)),
        pl.lit(given.setting, dtype=pl.String),
    )
    payer_line = pl.coalesce(
        pl.col("claim.payer_line"),
        pl.col("claim.filing_code").replace_strict(_FILING, default=None, return_dtype=pl.String),
        pl.lit(given.payer_line, dtype=pl.String),
    )
    claims = (
        claims.with_columns(
            setting.alias("claim.setting"),
            payer_line.alias("claim.payer_line"),
            pl.coalesce("claim.mac", pl.lit(given.mac, dtype=pl.String)).alias("claim.mac"),
            patient_key(
                "claim.patient",
                member="claim.member",
                birth="claim.birth_date",
                sex="claim.sex",
                first="claim.first_name",
                alone="claim.key",
            ).alias("patient.key"),
            pl.col("is_history").fill_null(False),
            pl.coalesce("claim.submitted_on", pl.lit(given.as_of)).alias("claim.made_on"),
            pl.col("claim.diagnoses").str.split(";").alias("_codes"),
        )
        .with_columns(
            pl.coalesce(
                "claim.form",
                pl.col("claim.setting").replace_strict(FORM_OF_SETTING, default=None, return_dtype=pl.String),
            ).alias("claim.form"),
            target(pl.col("_codes")).alias("claim.target"),
            neoplasms(pl.col("claim.diagnoses")).alias("claim.neoplasms"),
            pl.when(pl.col("claim.diagnoses") == "")
            .then(0)
            .otherwise(pl.col("_codes").list.len())
            .alias("claim.diagnosis_count"),
            # What was seen earlier: history first, then the day the claim was made.
            pl.concat_str(
                pl.when("is_history").then(pl.lit("0")).otherwise(pl.lit("1")), pl.col("claim.made_on").cast(pl.String)
            ).alias("seen.order"),
        )
        .drop("_codes")
    )
    return with_superseded_and_copies(claims)


def _together(column: str) -> pl.Expr:
    """What the lines of a claim say together, each once, joined with `;`; null where one of them is unknown."""
    words = pl.col(column).filter(pl.col(column) != "").unique().sort().str.join(";")
    return pl.when(~pl.col(column).is_null().any()).then(words)
