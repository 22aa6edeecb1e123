"""The facts of the course form, each declared once, and the tables they fill: one row per course, plan, fraction, procedure …

Read by `ingest/course_form` (a file), filled by `courses` (what other sources assert), joined by `views`. The form itself is
described in `interfaces.md`, "Course"; its keys stand here in the order people are shown.
"""

from beamclaim.model.tables.declaration import KEY, PLACE, Column, Table
from beamclaim.model.tables.fact import (
    BOOLEAN,
    COUNT,
    DATE,
    DIAGNOSES,
    LABEL,
    MODIFIERS,
    MOMENT,
    NPI,
    PLAIN,
    PROCEDURE_CODE,
    QUANTITY,
    SEX,
    SHARE,
    SIGNATURE,
    UNIT_COUNT,
    Fact,
    FormList,
    one_of,
    some_of,
)
from beamclaim.model.value_sets import (
    BLOCKS,
    FRACTION_STATUSES,
    GUIDANCE,
    LEVELS,
    MACHINE_KINDS,
    MODALITIES,
    MOTION_PROOFS,
    MOTIONS,
    PAYER_LINES,
    PROCEDURE_KINDS,
    SETTINGS,
    STAY_KINDS,
    TECHNIQUES,
)

# fmt: off
COURSE_FACTS = (
    Fact("course.id", LABEL, "the clinic's name of the course", key="course"),
    Fact("course.patient", LABEL, "medical record number", key="patient.id", asks="records", is_identifying=True),
    Fact("course.birth_date", DATE, "birth date of the patient", key="patient.birth_date", asks="records", is_identifying=True),
    Fact("course.sex", SEX, "sex of the patient: M, F, U", key="patient.sex", asks="records"),
    Fact("course.payer", LABEL, "payer id", key="payer.id", asks="biller"),
    Fact("course.payer_name", PLAIN, "payer name", key="payer.name", asks="biller", is_kept=False),
    Fact("course.payer_line", one_of(PAYER_LINES), "line of business of the payer", key="payer.line", asks="biller"),
    Fact("course.setting", one_of(SETTINGS), "billing setting", asks="biller"),
    Fact("course.diagnoses", DIAGNOSES, "ICD-10-CM codes in order, without a dot", asks="coder"),
    Fact("course.ended_on", DATE, "day the course ended; null unknown", asks="physician"),
    Fact("course.records_complete", BOOLEAN, "every fraction that was delivered is listed; null unknown", asks="records"),
    Fact("course.documents_complete", BOOLEAN, "every document there is is listed; null unknown", asks="records"),
)

PLAN_LIST = FormList("plans", "treatment plan of a course", (
    Fact("plan.id", LABEL, "the clinic's name of the plan, one in its course", key="plan"),
    Fact("plan.site", PLAIN, "treated site in plain words", label="treated site", asks="physician", is_expected=True),
    Fact("plan.modality", one_of(MODALITIES), "what it treats with", asks="physicist", is_expected=True),
    Fact("plan.technique", one_of(TECHNIQUES, or_unknown=True), "how it is delivered", asks="physicist", is_expected=True),
    Fact("plan.compensator", BOOLEAN, "physical compensators were used", label="compensators", asks="dosimetrist"),
    Fact("plan.isocenters", COUNT, "isocenters of a fraction", asks="physicist", is_expected=True),
    Fact("plan.motion_management", one_of(MOTIONS, or_unknown=True), "how motion is to be managed", asks="physicist"),
    Fact("plan.motion_evidence", some_of(MOTION_PROOFS), "what the record shows of it", asks="physicist"),
    Fact("plan.fractions_planned", COUNT, "fractions prescribed", asks="physician", is_expected=True),
    Fact("plan.dose_gy", QUANTITY, "dose prescribed, Gy", asks="physician", is_expected=True),
    Fact("plan.approved_by", PLAIN, "who approved it", asks="physician"),
    Fact("plan.approved_on", DATE, "day it was approved", asks="physician"),
    Fact("plan.energy_mv", QUANTITY, "photon energy, MV", asks="dosimetrist"),
    Fact("plan.fields", COUNT, "treatment beams of a fraction", asks="dosimetrist"),
    Fact("plan.areas", COUNT, "treatment areas", asks="physician"),
    Fact("plan.blocks", one_of(BLOCKS), "blocks in the beams", asks="dosimetrist"),
    Fact("plan.proton_level", one_of(LEVELS), "level of proton delivery", asks="physician"),
    Fact("plan.machine_kind", one_of(MACHINE_KINDS), "kind of machine", asks="physicist"),
))

FRACTION_LIST = FormList("fractions", "fraction of a plan, delivered or not", (
    Fact("fraction.number", COUNT, "number of the fraction in its plan", key="fraction"),
    Fact("fraction.plan", LABEL, "the plan it was delivered by", asks="physicist"),
    Fact("fraction.started_at", MOMENT, "start, local to the clinic; null where only a day is known or nothing is", asks="physicist"),
    Fact("fraction.status", one_of(FRACTION_STATUSES), "what became of it", asks="records"),
    Fact("fraction.delivered_fraction", SHARE, "share delivered of a partial one", asks="physicist"),
    Fact("fraction.reason", PLAIN, "why it is not complete", asks="records"),
    Fact("fraction.isocenters", COUNT, "isocenters it adds to its visit", asks="physicist"),
    Fact("fraction.motion_management", one_of(MOTIONS, or_unknown=True), "how motion was managed", asks="physicist"),
    Fact("fraction.motion_evidence", some_of(MOTION_PROOFS), "what the record shows of it", asks="physicist"),
    Fact("fraction.modality", one_of(MODALITIES), "what it was treated with", asks="physicist"),
    Fact("fraction.guidance", some_of(GUIDANCE), "images it was guided by", asks="physicist"),
    Fact("fraction.machine", LABEL, "treatment machine", asks="records"),
    Fact("fraction.session", LABEL, "same value, same visit; null not said", asks="physician"),
    Fact("fraction.physician", NPI, "NPI of who was responsible", asks="records"),
))

PROCEDURE_LIST = FormList("procedures", "what was done beside delivery", (
    Fact("procedure.kind", one_of(PROCEDURE_KINDS), "what was done"),
    Fact("procedure.level", one_of(LEVELS), "level of a planning, a simulation or a device", asks="physician"),
    Fact("procedure.date", DATE, "day it was done", asks="records"),
    Fact("procedure.plan", LABEL, "the plan it belongs to", asks="dosimetrist"),
    Fact("procedure.count", COUNT, "how many; 1 when absent", absent=1),
    Fact("procedure.signed_by", SIGNATURE, "who signed; `\"\"` seen and unsigned, null unknown", asks="records"),
    Fact("procedure.requested", BOOLEAN, "a physician asked for it", asks="physician"),
    Fact("procedure.reported", BOOLEAN, "there is a report of it", asks="physicist"),
    Fact("procedure.reason", PLAIN, "why it was done", asks="physician"),
    Fact("procedure.distinct", PLAIN, "why it is apart from another service of the day", asks="physician"),
), needs=("kind",))

DOCUMENT_LIST = FormList("documents", "document in the record of a course", (
    Fact("document.item", PLAIN, "key of the documentation items (policy table `documents`)"),
    Fact("document.date", DATE, "its day", asks="records"),
    Fact("document.signed_by", SIGNATURE, "who signed; `\"\"` seen and unsigned, null unknown", asks="records"),
    Fact("document.reference", LABEL, "where the clinic keeps it", asks="records"),
), needs=("item",))

AUTHORIZATION_LIST = FormList("authorizations", "authorization of a payer for a course", (
    Fact("authorization.number", LABEL, "the payer's number"),
    Fact("authorization.code", PROCEDURE_CODE, "procedure code it holds for", asks="biller"),
    Fact("authorization.units", UNIT_COUNT, "units it holds for", asks="biller"),
    Fact("authorization.first_day", DATE, "first day it holds", asks="biller"),
    Fact("authorization.last_day", DATE, "last day it holds", asks="biller"),
), needs=("number",))

CHARGE_LIST = FormList("charges", "charge captured for a course, before a claim", (
    Fact("charge.id", LABEL, "its number in the source", key="charge"),
    Fact("charge.date", DATE, "day of service", asks="biller"),
    Fact("charge.code", PROCEDURE_CODE, "procedure code", asks="coder"),
    Fact("charge.modifiers", MODIFIERS, "modifiers in order", asks="coder"),
    Fact("charge.units", UNIT_COUNT, "units", asks="biller"),
), needs=("code",))

STAY_LIST = FormList("stays", "inpatient or Part A nursing-facility stay", (
    Fact("stay.kind", one_of(STAY_KINDS), "where the patient stayed"),
    Fact("stay.first_day", DATE, "first day", asks="records"),
    Fact("stay.last_day", DATE, "last day", asks="records"),
), needs=("kind",))

PRIOR_RADIATION_LIST = FormList("prior_radiation", "earlier irradiation of the patient", (
    Fact("prior.site", PLAIN, "irradiated site in plain words", asks="physician"),
    Fact("prior.ended_on", DATE, "day it ended", asks="physician"),
))
# fmt: on

FORM_LISTS: dict[str, FormList] = {
    form_list.name: form_list
    for form_list in (
        PRIOR_RADIATION_LIST, AUTHORIZATION_LIST, PLAN_LIST, FRACTION_LIST, PROCEDURE_LIST, DOCUMENT_LIST, CHARGE_LIST, STAY_LIST,
    )
}  # fmt: skip
"""The lists of a course by their key, which is the name of their table too."""

FACTS: dict[str, Fact] = {
    fact.name: fact for facts in (COURSE_FACTS, *(each.facts for each in FORM_LISTS.values())) for fact in facts
}
"""Every fact of the form by its name."""

_OWN = (Column("course.key", KEY, "the course"), *PLACE)

COURSES = Table("courses", "course of treatment", (*_OWN, *(c for fact in COURSE_FACTS for c in fact.columns)))
PLANS = PLAN_LIST.table(*_OWN)
FRACTIONS = FRACTION_LIST.table(*_OWN)
PROCEDURES = PROCEDURE_LIST.table(*_OWN)
DOCUMENTS = DOCUMENT_LIST.table(*_OWN)
AUTHORIZATIONS = AUTHORIZATION_LIST.table(*_OWN)
CHARGES = CHARGE_LIST.table(*_OWN)
STAYS = STAY_LIST.table(*_OWN)
PRIOR_RADIATION = PRIOR_RADIATION_LIST.table(*_OWN)
