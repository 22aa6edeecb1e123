"""All evidence of a run → observations on patients whose evidence may be that of another id too.

Patients are told apart by their id alone.
Nothing is joined across ids: two people under one course would be worse than one person under two.
"""

import polars as pl

from beamclaim.courses.course_record import Observation

_ALIKE = Observation(
    "patient_id_alike",
    "another patient id of these files differs only in case, blanks, signs or leading zeros; "
    "if it is the same person, give both one id",
)
_SHARED = Observation(
    "plan_of_several", "files of another patient id name the same plan; if it is the same person, give both one id"
)


def owners(assertions: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Which patient has, or is treated by, which plan: columns patient and plan."""
    planned = assertions.filter(pl.col("assertion.subject") == "plan")
    return pl.concat(
        [
            planned.select(patient="assertion.patient", plan="assertion.key"),
            deliveries.select(patient="delivery.patient", plan="delivery.plan"),
        ]
    ).unique()


def doubtful(assertions: pl.DataFrame, deliveries: pl.DataFrame) -> dict[str, list[Observation]]:
    """Notes for the patients whose evidence may be that of another id too, by patient."""
    own = owners(assertions, deliveries).drop_nulls()
    # The names of resources of a record are of one system alone (`Procedure/1`); UIDs are of the whole world.
    own = own.filter(~pl.col("plan").str.contains("/", literal=True))
    shared = own.filter(pl.col("patient").n_unique().over("plan") > 1)
    ids = pl.concat([assertions["assertion.patient"], deliveries["delivery.patient"].rename("assertion.patient")])
    people = ids.drop_nulls().unique().to_frame("patient")
    plain = pl.col("patient").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "").str.strip_chars_start("0")
    alike = people.with_columns(plain.alias("plain")).filter((pl.col("plain") != "") & (pl.len().over("plain") > 1))
    out: dict[str, list[Observation]] = {}
    for note, patients in ((_ALIKE, alike), (_SHARED, shared)):
        for patient in patients["patient"].unique(maintain_order=True):
            out.setdefault(patient, []).append(note)
    return out
