"""Radiotherapy procedures and requests: courses, phases, plans, fractions; prescribed, planned, treated."""

import re
from datetime import timedelta

from beamclaim.ingest.fhir.beam import Manner, manner
from beamclaim.ingest.fhir.dose import doses
from beamclaim.ingest.fhir.part import Part, short
from beamclaim.ingest.fhir.place import sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import Moment, look_up, moment

PROFILES = {
    "course-summary": "course",
    "treated-phase": "phase",
    "treated-plan": "plan",
    "treated-fraction": "fraction",
    "course-prescription": "course",
    "phase-prescription": "phase",
    "plan-prescription": "plan",
    "planned-course": "course",
    "planned-phase": "phase",
    "treatment-plan": "plan",
}
"""Profile of CodeX RT or mCODE → level."""

_ASPECT = {"order": "prescribed", "original-order": "prescribed", "filler-order": "planned", "plan": "planned"}
_ENDED = frozenset({"completed", "stopped", "not-done"})
_UID = re.compile(r"(?:urn:oid:)?([0-9][0-9.]{0,63})")
_PLAN_CLASSES = ("1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8")
_RECORD_CLASSES = ("1.2.840.10008.5.1.4.1.1.481.4", "1.2.840.10008.5.1.4.1.1.481.9")


def profile(resource: Resource, profiles: dict[str, str]) -> str | None:
    """What the resource is by the first of its profiles that is known."""
    meta = resource.part.one("meta")
    for canonical in meta.items("profile", "a text") if meta else []:
        name = short(canonical.written.partition("|")[0], nested=False)
        if name in profiles:
            return profiles[name]
    return None


def level(resource: Resource) -> str | None:
    """Course, phase, plan or fraction, by its code, else by its profile; null: no radiotherapy that is known here."""
    code = look_up("level", resource.part.one("code"))
    coded = code.meaning.word if code and code.meaning else None
    declared = profile(resource, PROFILES)
    if code and coded and declared and coded != declared:
        code.part.fault("element", f"the code of its profile, a {declared}", f"the code of a {coded}")
    return coded or declared


def aspect(resource: Resource) -> str | None:
    """Treated, or prescribed or planned by the request's intent; null: a proposal, an option, a directive."""
    if resource.type == "Procedure":
        return "treated"
    intent = resource.part.text("intent")
    return _ASPECT.get(intent.written) if intent else None


def subject(resource: Resource) -> str | None:
    """The subject of a radiotherapy resource; null when it is none."""
    found = level(resource)
    if found is None or resource.type not in {"Procedure", "ServiceRequest"}:
        return None
    return {"prescribed": "prescription", None: "order"}.get(aspect(resource), found)


def treatment(telling: Telling) -> None:
    """States everything a radiotherapy procedure or request says."""
    part = telling.part
    telling.belongs("subject")
    status = telling.status()
    if telling.withdrawn(part.text("status"), status):
        return
    code = look_up("level", part.one("code"))
    telling.say(code.part if code else part, "level", level(telling.resource), None if code else "by its profile")
    told = aspect(telling.resource)
    if told:
        intent = part.text("intent")
        telling.say(intent or part, "aspect", told)
    _names(telling)
    links = {name: telling.refer_all(member, name) for member, name in (("partOf", "part_of"), ("basedOn", "based_on"))}
    telling.refer_all("replaces", "predecessor")
    telling.refer_all("reasonReference", "reason_reference")
    how = manner(telling)
    doses(telling)
    for concept in part.items("reasonCode"):
        telling.diagnoses(concept)
    sites(telling, "bodySite")
    _counts(telling)
    _reasons(telling, status)
    record = _dicom(telling)
    if telling.resource.type == "ServiceRequest":
        telling.date("authoredOn", "authored_on")
        telling.refer(part.one("requester"), "requested_by")
        return
    began, ended = _performed(telling, status)
    if level(telling.resource) == "fraction":
        plans = [
            t.key
            for name in ("part_of", "based_on")
            for t in links[name]
            if telling.directory.kinds.get(t.key) == "plan"
        ]
        _deliver(telling, how, began, ended, plan=plans[0] if plans else None, record=record, status=status)


def _names(telling: Telling) -> None:
    """The name people use and the UID systems use."""
    for identifier in telling.part.items("identifier"):
        use, value = identifier.text("use"), identifier.text("value")
        if value is None or use is None:
            continue
        if use.written == "usual":
            telling.say(value, "label", value.written)
        elif use.written == "official" and (uid := _UID.fullmatch(value.written)):
            telling.say(value, "uid", uid[1])


def _counts(telling: Telling) -> None:
    part = telling.part
    for extension, name in (
        ("sessions", "sessions_delivered"),
        ("fractions-delivered", "fractions_delivered"),
        ("fractions-planned", "fractions_planned"),
        ("fractions-prescribed", "fractions_planned"),
        ("fraction-number-in-phase", "fraction_in_phase"),
    ):
        found = part.extension(extension)
        if found is not None:
            telling.number(found.choice("value", "UnsignedInt", "PositiveInt", "Integer"), name)
    again = part.extension("course-involves-reirradiation")
    telling.yes(again.truth("valueBoolean") if again else None, "prior_radiation")


def _reasons(telling: Telling, status: str | None) -> None:
    """Why it ended early, or why it was changed."""
    part = telling.part
    for table, name, concept in (
        ("termination", "termination", part.one("statusReason")),
        *(
            ("revision", "revision_reason", e.one("valueCodeableConcept"))
            for e in part.extensions("reason-for-revision-or-adaptation")
        ),
    ):
        code = look_up(table, concept)
        if code is not None:
            word = code.meaning.word if code.meaning else None
            telling.say(
                code.part,
                name,
                word,
                None if word else f"{code.shown} is none that is read",
                None if word else "physician",
            )
    if status == "stopped" and not part.has("statusReason"):
        where = part.text("status")
        telling.say(where or part, "termination", None, "stopped, and no reason is given", "physician")


def _dicom(telling: Telling) -> str | None:
    """States the DICOM object it refers to → the UID of a treatment record."""
    record = None
    for extension in telling.part.extensions("dicom-reference", "dicom-record", "dicom-plan"):
        given = extension.extension("instanceUid")
        value = given.choice("value", "Id", "Oid", "Uri", "String") if given else None
        uid = _UID.fullmatch(value.written) if value and value.node.kind == "a text" else None
        if value is None or uid is None:
            extension.fault("element", "the UID of a DICOM object", "none" if value is None else "another text")
            continue
        kind = extension.extension("sopClass")
        coding = kind.one("valueCoding") if kind else None
        code = coding.text("code") if coding else None
        sop = code.written.removeprefix("urn:oid:") if code else None
        if sop in _RECORD_CLASSES:
            record = uid[1]
        name = "dicom_plan" if sop in _PLAN_CLASSES else "dicom_record" if sop in _RECORD_CLASSES else "dicom_object"
        telling.say(value, name, uid[1], None if sop else "its SOP class is not said")
    return record


def _performed(telling: Telling, status: str | None) -> tuple[Moment | None, Moment | None]:
    """States when it began and, once it is over, when it ended."""
    part = telling.part
    period = part.one("performedPeriod")
    began = moment(period.get("start")) if period else moment(part.get("performedDateTime"))
    ended = moment(period.get("end")) if period else None
    telling.day(began, "started_on")
    is_over = status in _ENDED or telling.subject == "fraction"
    telling.day(ended, "ended_on" if is_over else "treated_until")
    if began is None and status not in {"not-done", "preparation"}:
        part.fault("date", "when it was performed", "none")
    return began, ended


def _deliver(
    telling: Telling,
    how: Manner,
    began: Moment | None,
    ended: Moment | None,
    *,
    plan: str | None,
    record: str | None,
    status: str | None,
) -> None:
    """Adds the row of a fraction; the day it began is its day, and an end on another day is left out."""
    part = telling.part
    number = part.extension("fraction-number-in-plan")
    fraction = telling.number(
        number.choice("value", "PositiveInt", "UnsignedInt", "Integer") if number else None, "fraction"
    )
    session = telling.refer(part.one("encounter"), "session")
    end = ended.at if ended and began and ended.day == began.day else None
    if began and ended and began.day and ended.day and ended.day != began.day:
        over = "before its beginning" if ended.day < began.day else "on another day"
        ended.part.fault("date", "the end of a fraction on the day it began", f"an end {over}: its beginning counts")
    elif end and began and began.at and end - began.at < timedelta(0) and ended:
        ended.part.fault("date", "an end after the beginning", "an end before it")
        end = None
    reason = look_up("termination", part.one("statusReason"))
    telling.deliver(
        record=record or telling.key,
        patient=telling.patient,
        birth_date=telling.person.birth_date if telling.person else None,
        sex=telling.person.sex if telling.person else None,
        plan=plan,
        fraction=fraction,
        day=began.day if began else None,
        started_at=began.at if began else None,
        ended_at=end,
        termination=reason.meaning.word if reason and reason.meaning else None,
        status=status,
        modality=how.modality,
        machine=_machine(telling),
        operator=_performer(telling),
        session=session.key if session else None,
        motion=how.motion,
        guidance=";".join(dict.fromkeys(how.guidance)) or None,
    )


def _machine(telling: Telling) -> str | None:
    """The device used, by the name the file has for it; one that is in no file is known by its key (`Device/id`)."""
    found = None
    for used in telling.part.items("usedReference"):
        target = telling.refer(used, "machine_reference")
        if target and target.key.startswith("Device/"):
            found = found or telling.directory.names.get(target.key) or (None if target.is_here else target.key)
    return found


def _performer(telling: Telling) -> str | None:
    found: Part | None = None
    for performer in telling.part.items("performer"):
        actor = performer.one("actor")
        target = telling.refer(actor, "performed_by")
        found = found or (target.part if target else None)
    return found.written if found else None
