"""Views: the documented frames rules are asked of. Joins happen here, once; rules never join.

``lines``         one row per service line that was seen, history included
``claims``        one row per claim
``diagnoses``     one row per diagnosis of a claim
``interchanges``  one row per X12 envelope
``faults``        one row per fault a reader wrote
"""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from beamclaim.model.book import Book
from beamclaim.model.claimbook import Given, describe
from beamclaim.model.coursebook import beside
from beamclaim.model.neoplasm import target


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column a rule may read: what it says, and which column's bytes show it (empty: counted, not written)."""

    name: str
    doc: str
    shown_by: str = ""


# fmt: off
_CLAIM_COLUMNS = (
    ViewColumn("claim.number", "patient control number", "claim.number"),
    ViewColumn("claim.form", "837P or 837I", ""),
    ViewColumn("claim.is_x12", "it came as an 837, with a total and an envelope of its own", ""),
    ViewColumn("claim.charge", "total the claim states; null in a claims table", "claim.charge"),
    ViewColumn("claim.line_charges", "sum of the charges of its lines", ""),
    ViewColumn("claim.setting", "hospital_outpatient, freestanding, professional", ""),
    ViewColumn("claim.payer", "payer id", "claim.payer"),
    ViewColumn("claim.payer_line", "medicare_ffs, medicare_advantage, medicaid, commercial, tricare, workers_comp", "claim.filing_code"),
    ViewColumn("claim.payer_sequence", "P, S, T", ""),
    ViewColumn("claim.mac", "jurisdiction of the Medicare contractor", ""),
    ViewColumn("claim.frequency", "1 original, 7 replacement, 8 void, 2 3 4 interim", "claim.frequency"),
    ViewColumn("claim.bill_type", "three digits", "claim.bill_type"),
    ViewColumn("claim.submitted_on", "day the claim was made, where it says so", ""),
    ViewColumn("claim.made_on", "day the claim was made; today where it does not say", ""),
    ViewColumn("claim.first_service", "earliest day of service on it", ""),
    ViewColumn("claim.last_service", "latest day of service on it", ""),
    ViewColumn("claim.target", "first neoplasm listed, a metastasis before its primary", ""),
    ViewColumn("claim.diagnosis_count", "diagnoses in claim order", ""),
    ViewColumn("claim.sex", "patient's sex", ""),
    ViewColumn("claim.birth_date", "patient's birth date", ""),
    ViewColumn("claim.is_first_submission", "an original claim (frequency 1) to the first payer", ""),
    ViewColumn("claim.is_superseded", "replaced or voided by a claim that was seen", ""),
    ViewColumn("claim.same_number", "other claims of this batch that carry its number and are not the same services again", ""),
    ViewColumn("patient.key", "the patient", ""),
    ViewColumn("seen.order", "history first, then by the day the claim was made", ""),
    ViewColumn("today", "the day the question is asked", ""),
)

LINES_VIEW = (
    ViewColumn("line.number", "number in the file", ""),
    ViewColumn("line.date", "first day of service", "line.date"),
    ViewColumn("line.date_to", "last day of service", "line.date"),
    ViewColumn("line.code", "procedure code", "line.code"),
    ViewColumn("line.modifiers", "modifiers in order, joined with `;`", "line.modifiers"),
    ViewColumn("line.component_modifier", "26, TC, or empty", "line.modifiers"),
    ViewColumn("line.in_facility", "place of service 19, 21 or 22: a hospital", "line.place_of_service"),
    ViewColumn("line.has_modifiers", "it carries any", "line.modifiers"),
    ViewColumn("line.modifier_twice", "one modifier stands twice", "line.modifiers"),
    ViewColumn("line.units", "units", "line.units"),
    ViewColumn("line.charge", "charge", "line.charge"),
    ViewColumn("line.place_of_service", "place of service", "line.place_of_service"),
    ViewColumn("line.revenue_code", "revenue code", "line.revenue_code"),
    ViewColumn("line.pointers", "diagnosis pointers", "line.pointers"),
    ViewColumn("line.highest_pointer", "the highest pointer; 0 where it points to all", "line.pointers"),
    ViewColumn("line.target", "first neoplasm the line points to", ""),
    ViewColumn("line.component", "technical, professional or global", ""),
    ViewColumn("line.provider", "who bills it: billing NPI on an 837I, rendering NPI on an 837P", ""),
    ViewColumn("line.counts", "not replaced, voided, or a copy to a later payer: counts in every total", ""),
    ViewColumn("course.key", "the course it belongs to", ""),
    ViewColumn("course.sessions_delivered", "sessions delivered up to the day the claim was made; null while the record is not complete", ""),
    ViewColumn("course.sessions_whole", "the same without sessions that ended early", ""),
    ViewColumn("course.has_ended", "the course is over", ""),
    ViewColumn("day.sessions", "sessions of the patient delivered that day", ""),
    ViewColumn("day.isocenters", "isocentres treated that day, as each fraction states; null where one does not", ""),
    ViewColumn("day.modality", "photon, electron, mixed, proton … of the day, by fraction or plan", ""),
    ViewColumn("day.technique", "technique of the plans delivered that day, where they share one", ""),
    ViewColumn("day.motion_managed", "motion was actively managed while the beam was on, and the record shows by what", ""),
    ViewColumn("day.gap_hours", "hours between the closest two fractions of the day that are no single visit", ""),
    ViewColumn("day.physicians", "physicians responsible that day", ""),
    ViewColumn("day.partial_delivery", "a fraction of the day ended early", ""),
    ViewColumn("course.fractions_planned", "fractions planned over all plans of the course", ""),
    ViewColumn("course.records_complete", "the record of delivery is complete", ""),
    ViewColumn("course.first_session", "first day with a delivered fraction", ""),
    ViewColumn("course.last_session", "last day with a delivered fraction", ""),
    ViewColumn("course.plans", "plans of the course", ""),
    ViewColumn("course.imrt_plans", "IMRT plans made, by its procedures; null where none is listed", ""),
    ViewColumn("course.was_irradiated", "earlier irradiation is listed; null where none is", ""),
    ViewColumn("plan.approved_on", "day that plan was approved", ""),
    ViewColumn("plan.site", "site of the plan delivered that day", ""),
    ViewColumn("plan.site_group", "the site group policy table `sites` gives those words", ""),
    ViewColumn("plan.compensator", "that plan used physical compensators", ""),
    *_CLAIM_COLUMNS,
)  # fmt: skip

CLAIMS_VIEW = _CLAIM_COLUMNS
DIAGNOSES_VIEW = (
    ViewColumn("diagnosis.code", "ICD-10-CM code without the dot", "diagnosis.code"),
    ViewColumn("diagnosis.position", "place in claim order", ""),
    ViewColumn("diagnosis.qualifier", "ABK, ABF …", ""),
    *_CLAIM_COLUMNS,
)
INTERCHANGES_VIEW = (
    ViewColumn("interchange.control", "ISA13", ""),
    ViewColumn("interchange.sender", "ISA06", ""),
    ViewColumn("interchange.seen_before", "same sender and control number, or the same bytes, already read", ""),
)
FAULTS_VIEW = (
    ViewColumn("fault.kind", "kind", ""),
    ViewColumn("fault.path", "element", ""),
    ViewColumn("fault.expected", "what was expected", ""),
    ViewColumn("fault.found", "what was found, as a class", ""),
    ViewColumn("fault.repair", "bytes that put it right", ""),
)

# fmt: on
#: Built from the waivers of a run and its findings (`findings.waiver`), not from a book.
WAIVERS_VIEW = (
    ViewColumn("waiver.number", "its place in the file of waivers, from 1"),
    ViewColumn("waiver.rule", "the code, family or name of the rules it waives"),
    ViewColumn("waiver.until", "last day it holds"),
    ViewColumn("waiver.findings", "findings it waives on the day of asking"),
    ViewColumn("waiver.was_asked", "its rules were asked, and the claim it names is in this run"),
    ViewColumn("today", "the day the question is asked"),
)

VIEWS: dict[str, dict[str, ViewColumn]] = {
    name: {c.name: c for c in columns}
    for name, columns in (
        ("lines", LINES_VIEW),
        ("claims", CLAIMS_VIEW),
        ("diagnoses", DIAGNOSES_VIEW),
        ("interchanges", INTERCHANGES_VIEW),
        ("faults", FAULTS_VIEW),
        ("waivers", WAIVERS_VIEW),
    )
}  # fmt: skip


def same_numbers(claims: pl.DataFrame) -> pl.DataFrame:
    """claim.key → how many other claims of the batch carry the number without being the same services again.

    Asked over the whole batch, before it is cut into patients. `claims` needs claim.key, claim.number,
    patient.key, claim.frequency, claim.payer_sequence, claim.form, is_history.
    """
    batch = claims.filter(~pl.col("is_history"))
    # A replacement, a void, an interim bill and a copy to the next payer keep the number they belong to.
    original = pl.col("claim.frequency").is_in(["1"]) | pl.col("claim.frequency").is_null()
    alike = pl.struct("patient.key", "claim.frequency", "claim.payer_sequence")
    return (
        batch.filter(pl.col("claim.number") != "")
        .with_columns(
            pl.len().over("claim.number").alias("all"),
            pl.col("patient.key").n_unique().over("claim.number").alias("patients"),
            original.sum().over("claim.number", "patient.key", "claim.payer_sequence").alias("originals"),
            alike.n_unique().over("claim.number").alias("kinds"),
        )
        .with_columns(
            pl.when(pl.col("patients") > 1)
            .then(pl.col("all") - 1)
            .when(original & (pl.col("originals") > 1))
            .then(pl.col("originals") - 1)
            .otherwise(0)
            .cast(pl.Int64)
            .alias("claim.same_number")
        )
        .select("claim.key", "claim.same_number")
    )


def claims_view(book: Book, given: Given, numbers: pl.DataFrame | None = None) -> pl.DataFrame:
    """The claims of the book; `numbers` is `same_numbers` of the whole batch where the book is one bucket of it."""
    claims = describe(book, given)
    if numbers is None:
        numbers = same_numbers(claims)
    first = pl.col("claim.frequency").is_in(["1"]) & (
        pl.col("claim.payer_sequence").is_null() | (pl.col("claim.payer_sequence") == "P")
    )
    return (
        claims.join(numbers, on="claim.key", how="left")
        .with_columns(
            pl.col("claim.same_number").fill_null(0),
            first.alias("claim.is_first_submission"),
            pl.lit(given.as_of).alias("today"),
            pl.col("claim.version").is_not_null().alias("claim.is_x12"),
            pl.col("start").alias("claim.start"),
            pl.col("loop_end").alias("claim.loop_end"),
        )
    )  # fmt: skip


#: Place of service codes of a hospital: off-campus outpatient, inpatient, on-campus outpatient.
_FACILITY = ("19", "21", "22")
_FROM_CLAIM = (
    "claim.key", "claim.number", "claim.form", "claim.charge", "claim.line_charges", "claim.setting", "claim.payer",
    "claim.payer_line", "claim.payer_sequence", "claim.mac", "claim.frequency", "claim.bill_type", "claim.submitted_on",
    "claim.made_on", "claim.first_service", "claim.last_service", "claim.target", "claim.diagnosis_count", "claim.sex",
    "claim.birth_date", "claim.is_first_submission", "claim.is_superseded", "claim.is_copy", "claim.same_number",
    "claim.diagnoses", "claim.billing_npi", "patient.key", "seen.order", "today", "is_history",
    "claim.start", "claim.loop_end", "claim.is_x12",
)  # fmt: skip


def lines_view(book: Book, claims: pl.DataFrame, apart: timedelta) -> pl.DataFrame:
    """One row per line of the book; `apart`: interval from which sessions of a day are distinct without more evidence."""
    lines = book["lines"].join(claims.select(_FROM_CLAIM), on="claim.key", how="left")
    hospital = pl.col("claim.form") == "837I"
    modifiers = pl.col("line.modifiers")
    has26 = modifiers.str.contains(r"(?:^|;)26(?:;|$)")
    hastc = modifiers.str.contains(r"(?:^|;)TC(?:;|$)")
    rendering = (
        pl.when(pl.col("line.rendering_npi") == "")
        .then(pl.col("claim.billing_npi"))
        .otherwise(pl.col("line.rendering_npi"))
    )
    many = modifiers.str.contains(";")
    lines = lines.with_columns(
        (modifiers != "").alias("line.has_modifiers"),
        pl.when(has26).then(pl.lit("26")).when(hastc).then(pl.lit("TC")).when(modifiers.is_not_null()).then(pl.lit("")).alias("line.component_modifier"),
        pl.coalesce(pl.col("line.place_of_service").is_in(_FACILITY), pl.col("claim.setting") == "professional").alias("line.in_facility"),
        pl.when(many)
        .then(modifiers.str.split(";").list.n_unique() < modifiers.str.split(";").list.len())
        .when(modifiers.is_not_null())
        .then(pl.lit(False))
        .alias("line.modifier_twice"),
        pl.when(hospital)
        .then(pl.lit("technical"))
        .when(pl.col("claim.setting") == "professional")
        .then(pl.lit("professional"))
        .when(has26)
        .then(pl.lit("professional"))
        .when(hastc)
        .then(pl.lit("technical"))
        .when(modifiers.is_not_null() & pl.col("claim.setting").is_not_null())
        .then(pl.lit("global"))
        .alias("line.component"),
        pl.when(hospital).then(pl.col("claim.billing_npi")).when(pl.col("claim.form") == "837P").then(rendering).replace("", None).alias("line.provider"),
        (~(pl.col("claim.is_superseded") | pl.col("claim.is_copy"))).alias("line.counts"),
    )  # fmt: skip
    # The order of the rows is the order windows run in: by day, history first, then by claim and line.
    return (
        _pointed(lines)
        .pipe(beside, book, apart)
        .sort("seen.order", "line.date", "claim.number", "line.number", "line.key")
    )


def _pointed(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds the highest pointer and the target among the diagnoses a line points to.

    Both are worked out once per distinct (pointers, diagnoses), of which a batch has few.
    """
    distinct = lines.select("line.pointers", "claim.diagnoses").unique()
    codes = pl.col("claim.diagnoses").str.split(";")
    numbers = pl.col("line.pointers").str.split(";").list.eval(pl.element().cast(pl.Int64, strict=False))
    distinct = distinct.with_columns(
        pl.when(pl.col("line.pointers") == "").then(0).otherwise(numbers.list.max()).alias("line.highest_pointer"),
        numbers.alias("_numbers"),
        codes.alias("_codes"),
    )
    chosen = (
        distinct.with_row_index("_row")
        .filter(pl.col("line.pointers") != "")
        .explode("_numbers")
        .with_columns(pl.col("_codes").list.get(pl.col("_numbers") - 1, null_on_oob=True).alias("_code"))
        .group_by("_row", maintain_order=True)
        .agg(pl.col("_code").drop_nulls())
    )
    distinct = distinct.with_row_index("_row").join(chosen, on="_row", how="left")
    distinct = distinct.with_columns(
        pl.when(pl.col("line.pointers") == "").then(target(pl.col("_codes"))).otherwise(target(pl.col("_code"))).alias("line.target")
    ).drop("_row", "_numbers", "_codes", "_code")  # fmt: skip
    return lines.join(distinct, on=["line.pointers", "claim.diagnoses"], how="left", nulls_equal=True)


def diagnoses_view(book: Book, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per diagnosis in claim order, admitting and cause codes included."""
    return book["diagnoses"].join(claims.select(_FROM_CLAIM), on="claim.key", how="left")


def interchanges_view(book: Book) -> pl.DataFrame:
    """The envelopes of the whole batch, in the order of their bytes so that file order never matters."""
    files = book["files"].select("file", "file.path", pl.col("file.is_history").alias("is_history"))
    rows = (
        book["interchanges"]
        .join(files, on="file", how="left")
        .sort("is_history", "interchange.sha256", "file.path", "start", descending=[True, False, False, False])
    )
    number = pl.int_range(pl.len()).over("interchange.sender", "interchange.control")
    bytes_again = pl.int_range(pl.len()).over("interchange.sha256")
    # An interchange without a sender or a number has no name to be seen again under.
    named = pl.col("interchange.sender").is_not_null() & pl.col("interchange.control").is_not_null()
    return rows.with_columns(((bytes_again > 0) | pl.when(named).then(number > 0)).alias("interchange.seen_before"))  # fmt: skip


def faults_view(book: Book, claims: pl.DataFrame) -> pl.DataFrame:
    """What the readers could not accept, with the claim it stands in."""
    files = book["files"].select("file", pl.col("file.is_history").alias("is_history"))
    named = claims.select("claim.key", "claim.number", "claim.form", "claim.loop_end", "claim.start")
    numbers = book["lines"].select("line.key", "line.number", "line.date", "line.code", "line.charge")
    return (
        book["faults"]
        .join(files, on="file", how="left")
        .join(named, on="claim.key", how="left")
        .join(numbers, on="line.key", how="left")
    )
