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

from beamclaim.model.tables.frames import Tables
from beamclaim.views.claims import Assumptions, describe
from beamclaim.views.course_match import beside
from beamclaim.views.neoplasm import neoplasms, target


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
    ViewColumn("claim.bills_stay", "the hospital's or nursing facility's own claim for a stay, by its bill type", ""),
    ViewColumn("claim.frequency", "1 original, 7 replacement, 8 void, 2 3 4 interim", "claim.frequency"),
    ViewColumn("claim.bill_type", "three digits", "claim.bill_type"),
    ViewColumn("claim.submitted_on", "day the claim was made, where it says so", ""),
    ViewColumn("claim.made_on", "day the claim was made; today where it does not say", ""),
    ViewColumn("claim.first_service", "earliest day of service on it", ""),
    ViewColumn("claim.last_service", "latest day of service on it", ""),
    ViewColumn("claim.target", "first neoplasm listed, a metastasis before its primary", ""),
    ViewColumn("claim.neoplasms", "the neoplasms it lists, joined with `;`", "claim.diagnoses"),
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
    ViewColumn("line.diagnoses", "the diagnoses the line points to, joined with `;`: on an 837I all of the claim", "line.pointers"),
    ViewColumn("line.neoplasms", "the neoplasms among them", ""),
    ViewColumn("line.component", "technical, professional or global", ""),
    ViewColumn("line.provider", "who bills it: billing NPI on an 837I, rendering NPI on an 837P", ""),
    ViewColumn("claim.billing_npi", "who bills it, hospital or group", ""),
    ViewColumn("line.counts", "not replaced, voided, or a copy to a later payer: counts in every total", ""),
    ViewColumn("care.key", "the course it belongs to; where none was given, radiation lines of one target, close in time", ""),
    ViewColumn("care.begins", "planning or simulation is seen before the first delivery, or the course brings its records; null where not", ""),
    ViewColumn("course.key", "the course it belongs to", ""),
    ViewColumn("course.sessions_delivered", "sessions delivered up to the day the claim was made; null while the record is not complete", ""),
    ViewColumn("course.sessions_whole", "the same without sessions that ended early", ""),
    ViewColumn("course.session_number", "sessions delivered up to and on the day of the line; null while the record is not complete", ""),
    ViewColumn("course.is_stereotactic", "all its plans are stereotactic", ""),
    ViewColumn("course.approved_on", "day by which all its plans were approved", ""),
    ViewColumn("course.has_ended", "the course is over", ""),
    ViewColumn("day.sessions", "sessions of the patient delivered that day", ""),
    ViewColumn("day.sessions_partial", "those of them that ended early", ""),
    ViewColumn("day.stay", "stay of the patient that holds the day: inpatient, snf_part_a; null where none is listed", ""),
    ViewColumn("day.inside_stay", "the day is neither the first nor the last of that stay", ""),
    ViewColumn("day.isocenters", "isocentres of each session that day, as each fraction states; null where one does not, or they differ", ""),
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
    ViewColumn("line.authorization", "authorization number of the line or its claim", "line.authorization"),
    ViewColumn("authorization.codes", "codes authorized under that number, joined with `;`; null where none was given", ""),
    ViewColumn("authorization.code", "the line's code where it is one of them, else their only one", ""),
    ViewColumn("authorization.units", "units authorized of that code", ""),
    ViewColumn("authorization.first_day", "first day authorized of that code", ""),
    ViewColumn("authorization.last_day", "last day authorized of that code", ""),
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
    ViewColumn("diagnosis.is_listed", "principal or other: it has a place in claim order", ""),
    ViewColumn("claim.diagnoses", "all diagnoses in claim order, joined with `;`", "claim.diagnoses"),
    ViewColumn("claim.codes", "procedure codes of its lines, each once, joined with `;`", ""),
    ViewColumn("claim.modifiers", "modifiers of its lines, each once, joined with `;`", ""),
    ViewColumn("claim.condition_codes", "condition codes joined with `;`; a claims table cannot say that there is none", "claim.condition_codes"),
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


def claim_numbers(claims: pl.DataFrame) -> pl.DataFrame:
    """What the whole batch must know of every claim, in numbers only: texts would keep the bytes of their file in memory.

    claim.key, number (null where there is none), patient.key, sequence, is_original, is_history.
    """
    number = pl.col("claim.number")
    return claims.select(
        # A sum is a column of its own; the key alone would keep the reader's arrays of the whole chunk.
        pl.col("claim.key") + 0,
        pl.when(number != "").then(number.hash(seed=0x4265616D)).alias("number"),
        "patient.key",
        pl.col("claim.payer_sequence").fill_null("P").hash(seed=0).alias("sequence"),
        # A replacement, a void, an interim bill and a copy to the next payer keep the number they belong to.
        (pl.col("claim.frequency").is_null() | (pl.col("claim.frequency") == "1")).alias("is_original"),
        "is_history",
    )


def same_numbers(numbers: pl.DataFrame) -> pl.DataFrame:
    """claim.key → how many other claims of the batch carry the number without being the same services again.

    Asked over the whole batch (`claim_numbers` of all its claims), before it is cut into patients.
    """
    batch = numbers.filter(~pl.col("is_history") & pl.col("number").is_not_null())
    originals = pl.col("is_original").sum().over("number", "patient.key", "sequence")
    others = (
        pl.when(pl.col("patient.key").n_unique().over("number") > 1)
        .then(pl.len().over("number") - 1)
        .when(pl.col("is_original") & (originals > 1))
        .then(originals - 1)
        .otherwise(0)
    )
    return batch.select("claim.key", others.cast(pl.Int64).alias("claim.same_number"))


#: Bill types of an inpatient stay and of a nursing-facility stay.
_STAY_BILLS = ("11", "12", "18", "21", "22")


def claims_view(book: Tables, given: Assumptions, numbers: pl.DataFrame | None = None) -> pl.DataFrame:
    """The claims of the book; `numbers` is `same_numbers` of the whole batch where the book is one bucket of it."""
    claims = describe(book, given)
    if numbers is None:
        numbers = same_numbers(claim_numbers(claims))
    first = pl.col("claim.frequency").is_in(["1"]) & (
        pl.col("claim.payer_sequence").is_null() | (pl.col("claim.payer_sequence") == "P")
    )
    return (
        claims.join(numbers, on="claim.key", how="left")
        .with_columns(
            pl.col("claim.same_number").fill_null(0),
            first.alias("claim.is_first_submission"),
            pl.lit(given.as_of).alias("today"),
            pl.when(pl.col("claim.bill_type").is_not_null())
            .then(pl.col("claim.bill_type").str.slice(0, 2).is_in(_STAY_BILLS))
            .when(pl.col("claim.setting").is_not_null())
            .then(pl.lit(False))
            .alias("claim.bills_stay"),
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
    "claim.diagnoses", "claim.neoplasms", "claim.billing_npi", "patient.key", "seen.order", "today", "is_history",
    "claim.start", "claim.loop_end", "claim.is_x12", "claim.bills_stay",
)  # fmt: skip


def lines_view(book: Tables, claims: pl.DataFrame, apart: timedelta) -> pl.DataFrame:
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
    """Adds the highest pointer, the diagnoses a line points to, and the neoplasms and the target among them.

    All are worked out once per distinct (pointers, diagnoses), of which a batch has few.
    """
    # The lines of an 837I have no pointers: its diagnoses are those of all its lines.
    every = (pl.col("claim.form") == "837I").fill_null(False) | (pl.col("line.pointers") == "")
    lines = lines.with_columns(every.alias("_every"))
    about = ["line.pointers", "claim.diagnoses", "_every"]
    distinct = lines.select(about).unique()
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
        pl.when(pl.col("line.pointers") == "").then(target(pl.col("_codes"))).otherwise(target(pl.col("_code"))).alias("line.target"),
        pl.when(pl.col("_every")).then("claim.diagnoses").when(pl.col("_codes").is_not_null()).then(pl.col("_code").list.join(";"))
        .alias("line.diagnoses"),
    ).drop("_row", "_numbers", "_codes", "_code")  # fmt: skip
    distinct = distinct.with_columns(neoplasms(pl.col("line.diagnoses")).alias("line.neoplasms"))
    return lines.join(distinct, on=about, how="left", nulls_equal=True).drop("_every")


def diagnoses_view(book: Tables, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per diagnosis in claim order, admitting and cause codes included."""
    more = ("claim.codes", "claim.modifiers", "claim.condition_codes")
    return (
        book["diagnoses"]
        .join(claims.select(*_FROM_CLAIM, *more), on="claim.key", how="left", maintain_order="left")
        .with_columns(pl.col("diagnosis.position").is_not_null().alias("diagnosis.is_listed"))
    )


def interchanges_view(book: Tables) -> pl.DataFrame:
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


def faults_view(book: Tables, claims: pl.DataFrame) -> pl.DataFrame:
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
