"""The view ``lines``: one row per service line that was seen, history included."""

from collections.abc import Collection

import polars as pl

from beamclaim.views.claims import CIRCUMSTANCES, CLAIM_COLUMNS
from beamclaim.views.claims import SUBJECT as CLAIM_SUBJECT
from beamclaim.views.claims import VIEW as CLAIMS
from beamclaim.views.course_match import with_course_columns
from beamclaim.views.episode import BEGINS, KEY, care_columns
from beamclaim.views.neoplasm import neoplasms, target
from beamclaim.views.sessions import days_of_patients
from beamclaim.views.site_group import SITE_GROUP, with_site_group
from beamclaim.views.view import Frames, Neighborhood, View, ViewColumn, by_name

# fmt: off
LINE_COLUMNS = (
    ViewColumn("line.key", "the line", ""),
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
)
# fmt: on
#: Place of service codes of a hospital: off-campus outpatient, inpatient, on-campus outpatient.
_FACILITY = ("19", "21", "22")
FROM_CLAIM = (
    "claim.key", "claim.number", "claim.form", "claim.charge", "claim.line_charges", "claim.setting", "claim.payer",
    "claim.payer_line", "claim.payer_sequence", "claim.mac", "claim.frequency", "claim.bill_type", "claim.submitted_on",
    "claim.made_on", "claim.first_service", "claim.last_service", "claim.target", "claim.diagnosis_count", "claim.sex",
    "claim.birth_date", "claim.is_first_submission", "claim.is_superseded", "claim.is_copy", "claim.same_number",
    "claim.diagnoses", "claim.neoplasms", "claim.billing_npi", "patient.key", "seen.order", "today", "is_history",
    "claim.start", "claim.loop_end", "claim.is_x12", "claim.bills_stay",
)  # fmt: skip


def _build(frames: Frames, columns: Collection[str]) -> pl.DataFrame:
    claims = frames.of(CLAIMS, FROM_CLAIM)
    lines = frames.tables["lines"].join(claims.select(FROM_CLAIM), on="claim.key", how="left")
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
    lines = (
        _pointed(lines)
        .pipe(with_course_columns, frames.tables, days_of_patients(frames))
        .sort("seen.order", "line.date", "claim.number", "line.number", "line.key")
    )
    if {KEY, BEGINS} & set(columns):
        lines = care_columns(lines, frames.policy)
    if SITE_GROUP in columns:
        lines = with_site_group(lines, frames.policy)
    return lines


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


VIEW = View(
    "lines",
    row="one row per service line that was seen, history included",
    asked_of="patients",
    build=_build,
    columns=by_name(LINE_COLUMNS, CLAIM_COLUMNS),
    subject=(
        *CLAIM_SUBJECT, "line.key", "line.number", "line.date", "line.code", "line.charge", "line.modifiers", "line.units",
        "course.id",
    ),
    question={"claim": "claim.number", "line": "line.number"},
    circumstances=CIRCUMSTANCES,
    groups={
        "provider": ("patient.key", "line.date", "line.provider", "line.component"),
        "patient": ("patient.key", "line.date"),
    },
    neighbors=Neighborhood(
        key="line.key",
        patient="patient.key",
        claim="claim.key",
        code="line.code",
        day="line.date",
        counts="line.counts",
        modifiers="line.modifiers",
        component="line.component",
        nearest=("patient.key", "claim.billing_npi", "line.target"),
    ),
    superseded="claim.is_superseded",
)  # fmt: skip
