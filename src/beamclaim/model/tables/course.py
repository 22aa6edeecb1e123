"""Courses of treatment as the course form tells them."""

import polars as pl

from beamclaim.model.tables.declaration import DAY, KEY, PLACE, TEXT, UNITS, Column, Table

# fmt: off
COURSES = Table(
    "courses",
    "course of treatment",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("course.id", TEXT, "`course`"),
        Column("course.patient", TEXT, "patient.id", True),
        Column("course.birth_date", DAY, "", True),
        Column("course.sex", TEXT, ""),
        Column("course.payer", TEXT, "payer.id"),
        Column("course.payer_line", TEXT, "payer.line"),
        Column("course.setting", TEXT, "billing setting"),
        Column("course.diagnoses", TEXT, "ICD-10-CM joined with `;`, no dot"),
        Column("course.ended_on", DAY, "`ended_on`; null unknown"),
        Column("course.records_complete", pl.Boolean, "null unknown"),
        Column("course.documents_complete", pl.Boolean, "null unknown"),
    ),
)

PLANS = Table(
    "plans",
    "treatment plan of a course",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("plan.id", TEXT, "`plan`"),
        Column("plan.site", TEXT, "plain words"),
        Column("plan.modality", TEXT, "photon, electron, mixed, proton, neutron, kilovoltage"),
        Column("plan.technique", TEXT, "as in the course form"),
        Column("plan.compensator", pl.Boolean, ""),
        Column("plan.isocenters", pl.UInt16, ""),
        Column("plan.motion_management", TEXT, ""),
        Column("plan.motion_evidence", TEXT, "joined with `;`; `\"\"` none shown; null unknown"),
        Column("plan.fractions_planned", pl.UInt16, ""),
        Column("plan.dose_gy", pl.Decimal(9, 3), ""),
        Column("plan.approved_by", TEXT, ""),
        Column("plan.approved_on", DAY, ""),
        Column("plan.energy_mv", pl.Decimal(9, 3), ""),
        Column("plan.fields", pl.UInt16, ""),
        Column("plan.areas", pl.UInt16, ""),
        Column("plan.blocks", TEXT, ""),
        Column("plan.proton_level", TEXT, ""),
        Column("plan.machine_kind", TEXT, ""),
    ),
)

FRACTIONS = Table(
    "fractions",
    "fraction of a plan, delivered or not",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("fraction.number", pl.UInt16, "`fraction`"),
        Column("fraction.plan", TEXT, "`plan`"),
        Column("fraction.day", DAY, "day of `started_at`"),
        Column("fraction.started_at", pl.Datetime("us"), "local to the clinic; null where only a day is known or nothing is"),
        Column("fraction.status", TEXT, "complete, partial, interrupted_resumed, not_delivered"),
        Column("fraction.delivered_fraction", pl.Decimal(5, 4), "share delivered of a partial one"),
        Column("fraction.reason", TEXT, ""),
        Column("fraction.isocenters", pl.UInt16, ""),
        Column("fraction.motion_management", TEXT, ""),
        Column("fraction.motion_evidence", TEXT, "joined with `;`; null unknown"),
        Column("fraction.modality", TEXT, ""),
        Column("fraction.guidance", TEXT, "joined with `;`; `\"\"` none; null unknown"),
        Column("fraction.machine", TEXT, ""),
        Column("fraction.session", TEXT, "`session`: same value, same visit; null not said"),
        Column("fraction.physician", TEXT, "NPI"),
    ),
)

PROCEDURES = Table(
    "procedures",
    "what was done beside delivery",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("procedure.kind", TEXT, "as in the course form"),
        Column("procedure.level", TEXT, ""),
        Column("procedure.date", DAY, ""),
        Column("procedure.plan", TEXT, ""),
        Column("procedure.count", pl.UInt16, "1 when absent"),
        Column("procedure.signed_by", TEXT, "`\"\"` seen and unsigned (null in the file); null unknown (absent)"),
        Column("procedure.requested", pl.Boolean, ""),
        Column("procedure.reported", pl.Boolean, ""),
        Column("procedure.reason", TEXT, ""),
        Column("procedure.distinct", TEXT, "why it is apart from another service of the day"),
    ),
)

DOCUMENTS = Table(
    "documents",
    "document in the record of a course",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("document.item", TEXT, "key of the documentation items"),
        Column("document.date", DAY, ""),
        Column("document.signed_by", TEXT, "`\"\"` seen and unsigned; null unknown"),
        Column("document.reference", TEXT, ""),
    ),
)

AUTHORIZATIONS = Table(
    "authorizations",
    "authorization of a payer for a course",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("authorization.number", TEXT, ""),
        Column("authorization.code", TEXT, ""),
        Column("authorization.units", UNITS, ""),
        Column("authorization.first_day", DAY, ""),
        Column("authorization.last_day", DAY, ""),
    ),
)

CHARGES = Table(
    "charges",
    "charge captured for a course, before a claim",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("charge.id", TEXT, ""),
        Column("charge.date", DAY, ""),
        Column("charge.code", TEXT, ""),
        Column("charge.modifiers", TEXT, "joined with `;`"),
        Column("charge.units", UNITS, ""),
    ),
)

STAYS = Table(
    "stays",
    "inpatient or Part A nursing-facility stay",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("stay.kind", TEXT, "inpatient, snf_part_a"),
        Column("stay.first_day", DAY, ""),
        Column("stay.last_day", DAY, ""),
    ),
)

PRIOR_RADIATION = Table(
    "prior_radiation",
    "earlier irradiation of the patient",
    (
        Column("course.key", KEY, "the course"),
        *PLACE,
        Column("prior.site", TEXT, ""),
        Column("prior.ended_on", DAY, ""),
    ),
)
# fmt: on
