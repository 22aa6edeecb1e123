"""The facts of the course form, each declared once, and the tables they fill: one row per course, plan, fraction, procedure …

Read by `ingest/course_form` (a file), filled by `courses` (what other sources assert), joined by `views`. The form itself is
described in `interfaces.md`, "Course"; its keys stand here in the order people are shown.
"""

from beamclaim.model.tables.declaration import KEY, PLACE, Table, TableColumn
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
    CourseFact,
    FormList,
    one_of,
    some_of,
)
from beamclaim.model.value_sets import (
    BLOCKS,
    DECISIONS,
    FRACTION_STATUSES,
    GUIDANCE,
    LEVELS,
    MACHINE_KINDS,
    MODALITIES,
    MOTION_PROOFS,
    MOTIONS,
    OFF_CAMPUS,
    PAYER_LINES,
    PROCEDURE_KINDS,
    SETTINGS,
    STAY_KINDS,
    TECHNIQUES,
)

# fmt: off
COURSE_FACTS = (
    CourseFact("course.id", LABEL, "the clinic's name of the course", key="course"),
    CourseFact("course.patient", LABEL, "medical record number", key="patient.id", asks="records", is_identifying=True),
    CourseFact("course.birth_date", DATE, "birth date of the patient", key="patient.birth_date", asks="records", is_identifying=True),
    CourseFact("course.sex", SEX, "sex of the patient: M, F, U", key="patient.sex", asks="records"),
    CourseFact("course.payer", LABEL, "payer id", key="payer.id", asks="biller"),
    CourseFact("course.payer_name", PLAIN, "payer name", key="payer.name", asks="biller"),
    CourseFact("course.payer_line", one_of(PAYER_LINES), "line of business of the payer", key="payer.line", asks="biller"),
    CourseFact("course.setting", one_of(SETTINGS), "billing setting", asks="biller"),
    CourseFact("course.mac", LABEL, "jurisdiction of the Medicare contractor", asks="biller"),
    CourseFact("course.locality_contractor", LABEL, "contractor of the Medicare locality", key="locality.contractor", asks="biller"),
    CourseFact("course.locality", LABEL, "Medicare locality of the place of service", key="locality.locality", asks="biller"),
    CourseFact("course.qualifying_apm", BOOLEAN, "the group is a qualifying participant of an advanced payment model", asks="biller"),
    CourseFact("course.off_campus", one_of(OFF_CAMPUS), "hospital department off campus", asks="biller"),
    CourseFact("course.self_pay", BOOLEAN, "the patient has no coverage, or does not use it", asks="biller"),
    CourseFact("course.first_session_on", DATE, "day the first session is scheduled", asks="front desk"),
    CourseFact("course.scheduled_on", DATE, "day the course was scheduled", asks="front desk"),
    CourseFact("course.estimate_requested_on", DATE, "day an estimate was asked for", asks="front desk"),
    CourseFact("course.diagnoses", DIAGNOSES, "ICD-10-CM codes in order, without a dot", asks="coder"),
    CourseFact("course.ended_on", DATE, "day the course ended; null unknown", asks="physician"),
    CourseFact("course.records_complete", BOOLEAN, "every fraction that was delivered is listed; null unknown", asks="records"),
    CourseFact("course.documents_complete", BOOLEAN, "every document there is is listed; null unknown", asks="records"),
)

PLAN_LIST = FormList("plans", "treatment plan of a course", (
    CourseFact("plan.id", LABEL, "the clinic's name of the plan, one in its course", key="plan"),
    CourseFact("plan.site", PLAIN, "treated site in plain words", label="treated site", asks="physician", is_expected=True),
    CourseFact("plan.modality", one_of(MODALITIES), "what it treats with", asks="physicist", is_expected=True),
    CourseFact("plan.technique", one_of(TECHNIQUES, or_unknown=True), "how it is delivered", asks="physicist", is_expected=True),
    CourseFact("plan.compensator", BOOLEAN, "physical compensators were used", label="compensators", asks="dosimetrist"),
    CourseFact("plan.isocenters", COUNT, "isocenters of a fraction", asks="physicist", is_expected=True),
    CourseFact("plan.motion_management", one_of(MOTIONS, or_unknown=True), "how motion is to be managed", asks="physicist"),
    CourseFact("plan.motion_evidence", some_of(MOTION_PROOFS), "what the record shows of it", asks="physicist"),
    CourseFact("plan.fractions_planned", COUNT, "fractions prescribed", asks="physician", is_expected=True),
    CourseFact("plan.dose_gy", QUANTITY, "dose prescribed, Gy", asks="physician", is_expected=True),
    CourseFact("plan.approved_by", PLAIN, "who approved it", asks="physician"),
    CourseFact("plan.approved_on", DATE, "day it was approved", asks="physician"),
    CourseFact("plan.energy_mv", QUANTITY, "photon energy, MV", asks="dosimetrist"),
    CourseFact("plan.fields", COUNT, "treatment beams of a fraction", asks="dosimetrist"),
    CourseFact("plan.areas", COUNT, "treatment areas", asks="physician"),
    CourseFact("plan.blocks", one_of(BLOCKS), "blocks in the beams", asks="dosimetrist"),
    CourseFact("plan.proton_level", one_of(LEVELS), "level of proton delivery", asks="physician"),
    CourseFact("plan.counted_with", LABEL, "the plan with whose fractions its own are numbered and planned in one row", asks="physician"),
    CourseFact("plan.machine_kind", one_of(MACHINE_KINDS), "kind of machine", asks="physicist"),
    CourseFact("plan.isocenter_group", LABEL, "plans with the same value share their isocenters", asks="physicist"),
    CourseFact("plan.adapted_from", LABEL, "the plan it changes, continues or replaces", asks="dosimetrist"),
    CourseFact("plan.new_data", BOOLEAN, "made on a planning scan of its own", asks="dosimetrist"),
    CourseFact("plan.on_table", BOOLEAN, "changed while the patient lay on the table", asks="physicist"),
))

FRACTION_LIST = FormList("fractions", "fraction of a plan, delivered or not", (
    CourseFact("fraction.number", COUNT, "number of the fraction in its plan", key="fraction"),
    CourseFact("fraction.plan", LABEL, "the plan it was delivered by", asks="physicist"),
    CourseFact("fraction.started_at", MOMENT, "start, local to the clinic; null where only a day is known or nothing is", asks="physicist"),
    CourseFact("fraction.status", one_of(FRACTION_STATUSES), "what became of it", asks="records"),
    CourseFact("fraction.delivered_fraction", SHARE, "share delivered of a partial one", asks="physicist"),
    CourseFact("fraction.reason", PLAIN, "why it is not complete", asks="records"),
    CourseFact("fraction.isocenters", COUNT, "isocenters it adds to its visit", asks="physicist"),
    CourseFact("fraction.isocenter_group", LABEL, "fractions with the same value share their isocenters", asks="physicist"),
    CourseFact("fraction.motion_management", one_of(MOTIONS, or_unknown=True), "how motion was managed", asks="physicist"),
    CourseFact("fraction.motion_evidence", some_of(MOTION_PROOFS), "what the record shows of it", asks="physicist"),
    CourseFact("fraction.modality", one_of(MODALITIES), "what it was treated with", asks="physicist"),
    CourseFact("fraction.guidance", some_of(GUIDANCE), "images it was guided by", asks="physicist"),
    CourseFact("fraction.machine", LABEL, "treatment machine", asks="records"),
    CourseFact("fraction.session", LABEL, "same value, same visit; null not said", asks="physician"),
    CourseFact("fraction.physician", NPI, "NPI of who was responsible", asks="records"),
))

PROCEDURE_LIST = FormList("procedures", "what was done beside delivery", (
    CourseFact("procedure.kind", one_of(PROCEDURE_KINDS), "what was done"),
    CourseFact("procedure.level", one_of(LEVELS), "level of a planning, a simulation or a device", asks="physician"),
    CourseFact("procedure.date", DATE, "day it was done", asks="records"),
    CourseFact("procedure.plan", LABEL, "the plan it belongs to", asks="dosimetrist"),
    CourseFact("procedure.count", COUNT, "how many; 1 when absent", absent=1),
    CourseFact("procedure.signed_by", SIGNATURE, "who signed; `\"\"` seen and unsigned, null unknown", asks="records"),
    CourseFact("procedure.requested", BOOLEAN, "a physician asked for it", asks="physician"),
    CourseFact("procedure.reported", BOOLEAN, "there is a report of it", asks="physicist"),
    CourseFact("procedure.ordered_by", SIGNATURE, "who ordered it; `\"\"` seen and unsigned, null unknown", asks="physician"),
    CourseFact("procedure.ordered_on", DATE, "day of that order", asks="physician"),
    CourseFact("procedure.reason", PLAIN, "why it was done", asks="physician"),
    CourseFact("procedure.distinct", PLAIN, "why it is apart from another service of the day", asks="physician"),
), needs=("kind",))

DOCUMENT_LIST = FormList("documents", "document in the record of a course", (
    CourseFact("document.item", PLAIN, "key of the documentation items (policy table `documents`)"),
    CourseFact("document.date", DATE, "its day", asks="records"),
    CourseFact("document.signed_by", SIGNATURE, "who signed; `\"\"` seen and unsigned, null unknown", asks="records"),
    CourseFact("document.reference", LABEL, "where the clinic keeps it", asks="records"),
), needs=("item",))

AUTHORIZATION_LIST = FormList("authorizations", "authorization of a payer for a course", (
    CourseFact("authorization.number", LABEL, "the payer's number"),
    CourseFact("authorization.code", PROCEDURE_CODE, "procedure code it holds for", asks="biller"),
    CourseFact("authorization.units", UNIT_COUNT, "units it holds for", asks="biller"),
    CourseFact("authorization.first_day", DATE, "first day it holds", asks="biller"),
    CourseFact("authorization.last_day", DATE, "last day it holds", asks="biller"),
    CourseFact("authorization.requested_code", PROCEDURE_CODE, "procedure code asked for", asks="biller"),
    CourseFact("authorization.requested_on", DATE, "day it was asked for", asks="biller"),
    CourseFact("authorization.urgent", BOOLEAN, "it was asked for as urgent", asks="biller"),
    CourseFact("authorization.decided_on", DATE, "day the payer decided", asks="biller"),
    CourseFact("authorization.decision", one_of(DECISIONS), "what the payer decided", asks="biller"),
), needs=("number",))

CHARGE_LIST = FormList("charges", "charge captured for a course, before a claim", (
    CourseFact("charge.id", LABEL, "its number in the source", key="charge"),
    CourseFact("charge.date", DATE, "day of service", asks="biller"),
    CourseFact("charge.code", PROCEDURE_CODE, "procedure code", asks="coder"),
    CourseFact("charge.modifiers", MODIFIERS, "modifiers in order", asks="coder"),
    CourseFact("charge.units", UNIT_COUNT, "units", asks="biller"),
), needs=("code",))

STAY_LIST = FormList("stays", "inpatient or Part A nursing-facility stay", (
    CourseFact("stay.kind", one_of(STAY_KINDS), "where the patient stayed"),
    CourseFact("stay.first_day", DATE, "first day", asks="records"),
    CourseFact("stay.last_day", DATE, "last day", asks="records"),
), needs=("kind",))

PRIOR_RADIATION_LIST = FormList("prior_radiation", "earlier irradiation of the patient", (
    CourseFact("prior.site", PLAIN, "irradiated site in plain words", asks="physician"),
    CourseFact("prior.ended_on", DATE, "day it ended", asks="physician"),
))
# fmt: on

FORM_LISTS: dict[str, FormList] = {
    form_list.name: form_list
    for form_list in (
        PRIOR_RADIATION_LIST, AUTHORIZATION_LIST, PLAN_LIST, FRACTION_LIST, PROCEDURE_LIST, DOCUMENT_LIST, CHARGE_LIST, STAY_LIST,
    )
}  # fmt: skip
"""The lists of a course by their key, which is the name of their table too."""

FACTS: dict[str, CourseFact] = {
    fact.name: fact for facts in (COURSE_FACTS, *(each.facts for each in FORM_LISTS.values())) for fact in facts
}
"""Every fact of the form by its name."""

_OWN = (TableColumn("course.key", KEY, "the course"), *PLACE)

COURSES = Table("courses", "course of treatment", (*_OWN, *(c for fact in COURSE_FACTS for c in fact.columns)))
PLANS = PLAN_LIST.table(*_OWN)
FRACTIONS = FRACTION_LIST.table(*_OWN)
PROCEDURES = PROCEDURE_LIST.table(*_OWN)
DOCUMENTS = DOCUMENT_LIST.table(*_OWN)
AUTHORIZATIONS = AUTHORIZATION_LIST.table(*_OWN)
CHARGES = CHARGE_LIST.table(*_OWN)
STAYS = STAY_LIST.table(*_OWN)
PRIOR_RADIATION = PRIOR_RADIATION_LIST.table(*_OWN)
