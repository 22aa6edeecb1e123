"""Procedure and ServiceRequest of radiotherapy → courses, phases, plans, fractions; prescribed, planned, treated."""

import re
from datetime import timedelta

from beamclaim.ingest.fhir.beam import Manner, manner
from beamclaim.ingest.fhir.datatypes import Moment, look_up, moment
from beamclaim.ingest.fhir.dose import doses
from beamclaim.ingest.fhir.element import FhirElement, short
from beamclaim.ingest.fhir.place import sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder

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
    meta = resource.element.one("meta")
    for canonical in meta.items("profile", "a text") if meta else []:
        name = short(canonical.written.partition("|")[0], nested=False)
        if name in profiles:
            return profiles[name]
    return None


def level(resource: Resource) -> str | None:
    """Course, phase, plan or fraction, by its code, else by its profile; null: no radiotherapy that is known here."""
    code = look_up("level", resource.element.one("code"))
    coded = code.meaning.word if code and code.meaning else None
    declared = profile(resource, PROFILES)
    if code and coded and declared and coded != declared:
        code.element.fault("element", expected=f"the code of its profile, a {declared}", found=f"the code of a {coded}")
    return coded or declared


def aspect(resource: Resource) -> str | None:
    """Treated, or prescribed or planned by the request's intent; null: a proposal, an option, a directive."""
    if resource.type == "Procedure":
        return "treated"
    intent = resource.element.text("intent")
    return _ASPECT.get(intent.written) if intent else None


def subject(resource: Resource) -> str | None:
    """The subject of a radiotherapy resource; null when it is none."""
    kind = level(resource)
    if kind is None or resource.type not in {"Procedure", "ServiceRequest"}:
        return None
    return {"prescribed": "prescription", None: "order"}.get(aspect(resource), kind)


def treatment(recorder: ResourceRecorder) -> None:
    """Asserts everything a radiotherapy procedure or request says."""
    element = recorder.element
    recorder.belongs("subject")
    status = recorder.status()
    if recorder.withdrawn(element.text("status"), status):
        return
    code = look_up("level", element.one("code"))
    recorder.add(
        "level",
        level(recorder.resource),
        at=code.element if code else element,
        reason=None if code else "by its profile",
    )
    aspect_word = aspect(recorder.resource)
    if aspect_word:
        intent = element.text("intent")
        recorder.add("aspect", aspect_word, at=intent or element)
    _names(recorder)
    links = {
        name: recorder.refer_all(member, name) for member, name in (("partOf", "part_of"), ("basedOn", "based_on"))
    }
    recorder.refer_all("replaces", "predecessor")
    recorder.refer_all("reasonReference", "reason_reference")
    how = manner(recorder)
    doses(recorder)
    for concept in element.items("reasonCode"):
        recorder.diagnoses(concept)
    sites(recorder, "bodySite")
    _counts(recorder)
    _reasons(recorder, status)
    record = _dicom(recorder)
    if recorder.resource.type == "ServiceRequest":
        recorder.date("authoredOn", "authored_on")
        recorder.refer(element.one("requester"), "requested_by")
        return
    began, ended = _performed(recorder, status)
    if level(recorder.resource) == "fraction":
        plans = [
            t.key
            for name in ("part_of", "based_on")
            for t in links[name]
            if recorder.directory.kinds.get(t.key) == "plan"
        ]
        _deliver(recorder, how, began, ended, plan=plans[0] if plans else None, record=record, status=status)


def _names(recorder: ResourceRecorder) -> None:
    """The name people use and the UID systems use."""
    for identifier in recorder.element.items("identifier"):
        use, value = identifier.text("use"), identifier.text("value")
        if value is None or use is None:
            continue
        if use.written == "usual":
            recorder.add("label", value.written, at=value)
        elif use.written == "official" and (uid := _UID.fullmatch(value.written)):
            recorder.add("uid", uid[1], at=value)


def _counts(recorder: ResourceRecorder) -> None:
    element = recorder.element
    for extension, name in (
        ("sessions", "sessions_delivered"),
        ("fractions-delivered", "fractions_delivered"),
        ("fractions-planned", "fractions_planned"),
        ("fractions-prescribed", "fractions_planned"),
        ("fraction-number-in-phase", "fraction_in_phase"),
    ):
        count = element.extension(extension)
        if count is not None:
            recorder.number(count.choice("value", "UnsignedInt", "PositiveInt", "Integer"), name)
    again = element.extension("course-involves-reirradiation")
    recorder.yes(again.truth("valueBoolean") if again else None, "prior_radiation")


def _reasons(recorder: ResourceRecorder, status: str | None) -> None:
    """Why it ended early, or why it was changed."""
    element = recorder.element
    for table, name, concept in (
        ("termination", "termination", element.one("statusReason")),
        *(
            ("revision", "revision_reason", e.one("valueCodeableConcept"))
            for e in element.extensions("reason-for-revision-or-adaptation")
        ),
    ):
        code = look_up(table, concept)
        if code is not None:
            word = code.meaning.word if code.meaning else None
            recorder.add(
                name,
                word,
                at=code.element,
                reason=None if word else f"{code.printable} is none that is read",
                settled_by="physician",
            )
    if status == "stopped" and not element.has("statusReason"):
        where = element.text("status")
        recorder.add(
            "termination", None, at=where or element, reason="stopped, and no reason is given", settled_by="physician"
        )


def _dicom(recorder: ResourceRecorder) -> str | None:
    """Asserts the DICOM object it refers to → the UID of a treatment record."""
    record = None
    for extension in recorder.element.extensions("dicom-reference", "dicom-record", "dicom-plan"):
        identifier = extension.extension("instanceUid")
        value = identifier.choice("value", "Id", "Oid", "Uri", "String") if identifier else None
        uid = _UID.fullmatch(value.written) if value and value.node.kind == "a text" else None
        if value is None or uid is None:
            extension.fault(
                "element", expected="the UID of a DICOM object", found="none" if value is None else "another text"
            )
            continue
        kind = extension.extension("sopClass")
        coding = kind.one("valueCoding") if kind else None
        code = coding.text("code") if coding else None
        sop = code.written.removeprefix("urn:oid:") if code else None
        if sop in _RECORD_CLASSES:
            record = uid[1]
        name = "dicom_plan" if sop in _PLAN_CLASSES else "dicom_record" if sop in _RECORD_CLASSES else "dicom_object"
        recorder.add(name, uid[1], at=value, reason=None if sop else "its SOP class is not said")
    return record


def _performed(recorder: ResourceRecorder, status: str | None) -> tuple[Moment | None, Moment | None]:
    """Asserts when it began and, once it is over, when it ended."""
    element = recorder.element
    period = element.one("performedPeriod")
    began = moment(period.get("start")) if period else moment(element.get("performedDateTime"))
    ended = moment(period.get("end")) if period else None
    recorder.day(began, "started_on")
    is_over = status in _ENDED or recorder.kind == "fraction"
    recorder.day(ended, "ended_on" if is_over else "treated_until")
    if began is None and status not in {"not-done", "preparation"}:
        element.fault("date", expected="when it was performed", found="none")
    return began, ended


def _deliver(
    recorder: ResourceRecorder,
    how: Manner,
    began: Moment | None,
    ended: Moment | None,
    *,
    plan: str | None,
    record: str | None,
    status: str | None,
) -> None:
    """Adds the row of a fraction; the day it began is its day, and an end on another day is left out."""
    element = recorder.element
    number = element.extension("fraction-number-in-plan")
    fraction = recorder.number(
        number.choice("value", "PositiveInt", "UnsignedInt", "Integer") if number else None, "fraction"
    )
    session = recorder.refer(element.one("encounter"), "session")
    end = ended.at if ended and began and ended.day == began.day else None
    if began and ended and began.day and ended.day and ended.day != began.day:
        over = "before its beginning" if ended.day < began.day else "on another day"
        ended.element.fault(
            "date", expected="the end of a fraction on the day it began", found=f"an end {over}: its beginning counts"
        )
    elif end and began and began.at and end - began.at < timedelta(0) and ended:
        ended.element.fault("date", expected="an end after the beginning", found="an end before it")
        end = None
    reason = look_up("termination", element.one("statusReason"))
    recorder.deliver(
        record=record or recorder.key,
        patient=recorder.patient,
        birth_date=recorder.person.birth_date if recorder.person else None,
        sex=recorder.person.sex if recorder.person else None,
        plan=plan,
        fraction=fraction,
        day=began.day if began else None,
        started_at=began.at if began else None,
        ended_at=end,
        termination=reason.meaning.word if reason and reason.meaning else None,
        status=status,
        modality=how.modality,
        machine=_machine(recorder),
        operator=_performer(recorder),
        session=session.key if session else None,
        motion=how.motion,
        guidance=";".join(dict.fromkeys(how.guidance)) or None,
    )


def _machine(recorder: ResourceRecorder) -> str | None:
    """The device used, by the name the file has for it; one that is in no file is known by its key (`Device/id`)."""
    machine = None
    for used in recorder.element.items("usedReference"):
        target = recorder.refer(used, "machine_reference")
        if target and target.key.startswith("Device/"):
            machine = machine or recorder.directory.names.get(target.key) or (None if target.is_here else target.key)
    return machine


def _performer(recorder: ResourceRecorder) -> str | None:
    actor_element: FhirElement | None = None
    for performer in recorder.element.items("performer"):
        actor = performer.one("actor")
        target = recorder.refer(actor, "performed_by")
        actor_element = actor_element or (target.element if target else None)
    return actor_element.written if actor_element else None
