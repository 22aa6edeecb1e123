"""Assertions and deliveries of all files → the same with patients and names that other files hold, and faults for what none has.

References of FHIR: whose a resource is, who signed or pays.
An export often has a file for each type of resource, so that a procedure and its patient stand apart.
A name that means two things in two files (`Patient/1` of two servers) is left as it is.
"""

import re

import polars as pl

from beamclaim.model.tables.evidence import Assertion, Fault
from beamclaim.model.value_sets import SIGNED_PRESCRIPTION

BETWEEN = ("reference", "resource")
"""Subjects that only say what refers to what; nothing of a course."""

_SIGNERS = ("approved_by", "signed_by")


def resolved(assertions: pl.DataFrame, deliveries: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, list[Fault]]:
    """Statements and deliveries with the patients and names that other files have, and faults for what none has."""
    refers = assertions.filter(subject == "reference")
    if refers.is_empty():
        return assertions.filter(~subject.is_in(BETWEEN)), deliveries, []
    resources = assertions.filter((source == "fhir") & (subject != "reference")).select(key).unique()
    faults = _faults(refers.join(resources, on="assertion.key", how="anti"))
    people = _meaning(assertions.filter((subject == "patient") & (name == "id")), pl.col("assertion.patient"))
    patient_names = (
        refers.join(people, on="assertion.key")
        .select(
            "file",
            pl.col("assertion.key").str.strip_prefix("Patient/").alias("stands for"),
            "means",
        )
        .unique()
    )
    names = _meaning(assertions.filter((subject == "resource") & (name == "name")), value)
    assertions = _placed(_of(assertions.filter(~subject.is_in(BETWEEN)), "assertion", patient_names))
    assertions = _named(assertions, "assertion.value", names, where=name.is_in((*_SIGNERS, "payer")))
    assertions = assertions.filter(~((name == "payer") & value.fill_null("").str.starts_with("Organization/")))
    machine = pl.col("delivery.machine")
    deliveries = _named(_of(deliveries, "delivery", patient_names), "delivery.machine", names)
    is_name = machine.str.starts_with("Device/") & (pl.col("delivery.source") == "fhir")
    return assertions, deliveries.with_columns(pl.when(~is_name).then(machine)), faults


subject, name, value, key, source = (
    pl.col(f"assertion.{part}") for part in ("subject", "name", "value", "key", "source")
)


def _meaning(asserted: pl.DataFrame, meaning: pl.Expr) -> pl.DataFrame:
    """What each key means, where all files agree."""
    meanings = asserted.group_by("assertion.key").agg(meaning.unique().alias("means"))
    return meanings.filter(pl.col("means").list.len() == 1).with_columns(pl.col("means").list.first())


def _named(rows: pl.DataFrame, column: str, names: pl.DataFrame, where: pl.Expr | bool = True) -> pl.DataFrame:
    """The rows with the name of what a column refers to, where one is known."""
    name_or_key = pl.when(where).then(pl.coalesce("means", column)).otherwise(column).alias(column)
    sets = rows.join(names, left_on=column, right_on="assertion.key", how="left", maintain_order="left")
    return sets.with_columns(name_or_key).drop("means")


def _placed(assertions: pl.DataFrame) -> pl.DataFrame:
    """Signatures (Provenance) with the patient and the subject of what they sign, where that is in another file."""
    patient = pl.col("assertion.patient")
    is_loose = patient.is_null() & name.is_in(("signed_by", "signed_on", *_SIGNERS, "approved_on"))
    loose = assertions.filter(is_loose)
    owners = assertions.filter(patient.is_not_null() & (source == "fhir")).join(loose, on="assertion.key", how="semi")
    owners = owners.filter(subject != "document").group_by("assertion.key").agg(patient.unique(), subject.unique())
    owners = owners.filter((patient.list.len() == 1) & (subject.list.len() == 1)).with_columns(
        patient.list.first(), subject.list.first()
    )
    if owners.is_empty():
        return assertions
    signed = loose.drop("assertion.patient", "assertion.subject").join(owners, on="assertion.key")
    signed = signed.select(assertions.columns)
    documents = [row for asserted in signed.iter_rows() for row in _signature(Assertion(*asserted))]
    left = assertions.join(
        owners.select(key).with_columns(owned=True), on="assertion.key", how="left", maintain_order="left"
    )
    kept = left.filter(~(is_loose & pl.col("owned").fill_null(False))).drop("owned")
    return pl.concat([kept, signed, pl.DataFrame(documents, schema=assertions.schema, orient="row")])


def _signature(asserted: Assertion) -> list[Assertion]:
    """A prescription that is signed is a document: what a signature of it says."""
    if asserted.subject != "prescription":
        return []
    document = asserted._replace(subject="document")
    match asserted.name:
        case "approved_on":
            return [document._replace(name="date")]
        case "approved_by":
            item = document._replace(name="item", value=SIGNED_PRESCRIPTION, reason="a prescription with a signature")
            return [item, document._replace(name="signed_by"), document._replace(name="reference", value=asserted.key)]
    return []


def _of(rows: pl.DataFrame, table: str, patient_names: pl.DataFrame) -> pl.DataFrame:
    """The rows with the patient's own number where the file has only the name of the resource."""
    patient = f"{table}.patient"
    return (
        rows.join(
            patient_names,
            left_on=["file", patient],
            right_on=["file", "stands for"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.coalesce("means", patient).alias(patient))
        .drop("means")
    )


def _faults(refers: pl.DataFrame) -> list[Fault]:
    """One fault for a file, a member and a type of target."""
    alike: dict[tuple[int, str, str], list[tuple[int, int, int | None, str, int]]] = {}
    columns = ("file", "start", "end", "segment", "assertion.path", "assertion.key", "assertion.reason")
    for file, start, end, segment, path, target, reason in refers.select(columns).iter_rows():
        many = int(re.match("[0-9]+", reason or "1")[0])  # type: ignore[index]
        kind = target.partition("/")[0]
        alike.setdefault((file, re.sub(r"\[[0-9]+\]", "", path), kind), []).append((start, end, segment, path, many))
    faults = []
    for (file, _, kind), references in alike.items():
        start, end, segment, path, _ = min(references)
        many = sum(each[-1] for each in references)
        asserted = f"no {kind} of that name ({many} such reference{'s' * (many > 1)})"
        faults.append(Fault(file, start, end, segment, "reference", path, "a resource of one of the files", asserted))
    return faults
