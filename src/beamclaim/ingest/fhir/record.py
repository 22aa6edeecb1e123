"""The record around the treatment → assertions of volumes, visits, stays, other procedures and orders, documents, consents, signatures."""

from beamclaim.ingest.fhir.datatypes import look_up, moment
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.place import site, sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder
from beamclaim.ingest.fhir.treatment import profile

_UID_SYSTEM = "urn:dicom:uid"
_CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"


def volume(recorder: ResourceRecorder) -> None:
    """Asserts a target volume: its name, its DICOM UID, its kind and where it lies."""
    element = recorder.element
    recorder.belongs("patient")
    for identifier in element.items("identifier"):
        use, value, system = (identifier.text(name) for name in ("use", "value", "system"))
        if value and use and use.written == "usual":
            recorder.add("label", value.written, at=value)
        elif value and system and system.written == _UID_SYSTEM:
            recorder.add("uid", value.written.removeprefix("urn:oid:"), at=value)
    kind = look_up("volume", element.one("morphology"))
    if kind is not None:
        word = kind.meaning.word if kind.meaning else None
        recorder.add(
            "volume_kind",
            word,
            at=kind.element,
            reason=None if word else f"{kind.printable} is none that is read",
            settled_by="dosimetrist",
        )
    location = element.one("location")
    if location is not None:
        site(recorder, location, [*element.items("locationQualifier")])


def visit(resource: Resource) -> str | None:
    """What an Encounter is: a treatment session, an inpatient stay, or null: neither."""
    service = look_up("category", resource.element.one("serviceType"))
    if (service and service.meaning) or profile(resource, {"treatment-session": "session"}):
        return "session"
    kind = resource.element.get("class")
    if kind is not None and kind.node.kind != "an object":
        kind.fault("release", expected="one Coding, as FHIR R4 has it", found=kind.node.kind)
        return None
    stay = look_up("stay", kind)
    return "stay" if stay and stay.meaning else None


def encounter(recorder: ResourceRecorder) -> None:
    """Asserts a treatment session with its number, UID and times, or an inpatient stay with its days."""
    element = recorder.element
    recorder.belongs("subject")
    if recorder.withdrawn(element.text("status"), recorder.status()):
        return
    period = element.one("period")
    if recorder.kind == "stay":
        stay = look_up("stay", element.get("class"))
        if stay is not None and stay.meaning:
            recorder.add("kind", stay.meaning.word, at=stay.element)
        recorder.period(period)
        return
    number = element.extension("session-number")
    recorder.number(
        number.choice("value", "PositiveInt", "UnsignedInt", "Integer") if number else None, "session_number"
    )
    for identifier in element.items("identifier"):
        value, system = identifier.text("value"), identifier.text("system")
        if value and system and system.written == _UID_SYSTEM:
            recorder.add("uid", value.written.removeprefix("urn:oid:"), at=value, reason="Treatment Session UID")
    recorder.refer_all("basedOn", "based_on")
    began, ended = (moment(period.get(member)) if period else None for member in ("start", "end"))
    for when, name in ((began, "started_at"), (ended, "ended_at")):
        if when is not None:
            recorder.add(name, when.text, at=when.element, reason=when.reason, settled_by="records")
    if began and ended and began.day and ended.day and began.day != ended.day:
        ended.element.fault("date", expected="the end of a session on the day it began", found="an end on another day")


def other(recorder: ResourceRecorder) -> None:
    """Asserts a procedure or an order that is no radiotherapy of this guide: its codes as written, its day, its status."""
    element = recorder.element
    recorder.belongs("subject")
    if recorder.withdrawn(element.text("status"), recorder.status()):
        return
    recorder.coding(element.one("code"), "code")
    for concept in element.items("reasonCode"):
        recorder.diagnoses(concept)
    recorder.refer_all("basedOn", "based_on")
    sites(recorder, "bodySite")
    when = element.get("performedDateTime")
    period = element.one("performedPeriod") or element.one("occurrencePeriod") if recorder.kind == "procedure" else None
    recorder.day(moment(when or (period.get("start") if period else None)), "date")
    if recorder.kind == "order":
        recorder.date("authoredOn", "authored_on")
        recorder.refer(element.one("requester"), "requested_by")


def document(recorder: ResourceRecorder) -> None:
    """Asserts a DocumentReference or DiagnosticReport: what kind, when, by whom; its content is not opened."""
    element = recorder.element
    recorder.belongs("subject")
    if recorder.withdrawn(element.text("status"), recorder.status()):
        return
    ready = element.text("docStatus")
    if recorder.withdrawn(ready, ready.written if ready else None):
        return
    recorder.words(ready, "document_status")
    concept = element.one("type") or element.one("code")
    recorder.coding(concept, "type")
    recorder.add(
        "item",
        None,
        at=concept or element,
        reason="no document type is certain to be an item of the list",
        settled_by="records",
    )
    when = moment(element.get("date") or element.get("effectiveDateTime") or element.get("issued"))
    recorder.day(when, "date")
    recorder.add("reference", recorder.key, at=element)
    recorder.signer(element.one("authenticator"), "signed_by")
    for member, name in (("author", "author"), ("performer", "performed_by"), ("resultsInterpreter", "interpreted_by")):
        recorder.refer_all(member, name)
    recorder.refer_all("basedOn", "based_on")


def consent(recorder: ResourceRecorder) -> None:
    """Asserts a consent; only one whose scope is treatment and that is active is the item `informed_consent`."""
    element = recorder.element
    recorder.belongs("patient")
    status = recorder.status()
    if recorder.withdrawn(element.text("status"), status):
        return
    scope = element.one("scope")
    is_treatment = False
    for coding in scope.items("coding") if scope else []:
        system, code = coding.text("system"), coding.text("code")
        if code is not None:
            recorder.add("scope", code.written, at=code)
            is_treatment |= code.written == "treatment" and system is not None and system.written == _CONSENT_SCOPE
    if is_treatment and status == "active":
        recorder.add(
            "item", "informed_consent", at=scope or element, reason="an active consent whose scope is treatment"
        )
    else:
        recorder.add(
            "item", None, at=scope or element, reason="not an active consent to treatment", settled_by="records"
        )
    recorder.date("dateTime", "date")
    recorder.add("reference", recorder.key, at=element)
    recorder.refer_all("performer", "agreed_by")
    for verification in element.items("verification"):
        recorder.yes(verification.truth("verified"), "verified")


def provenance(recorder: ResourceRecorder) -> None:
    """Asserts who signed what and when; a signed prescription is also the item `signed_prescription`.

    Only a signature of this resource counts; an agent alone has not signed.
    """
    element = recorder.element
    signatures = element.items("signature")
    targets = [t for t in (recorder.directory.resolve(r, recorder.resource) for r in element.items("target")) if t]
    for target in targets:
        kind = recorder.directory.kinds.get(target.key) or "procedure"
        for signature in signatures:
            signed = recorder.about(kind, target.key)
            signed.patient = recorder.directory.owners.get(target.key)
            is_order = target.key.startswith("ServiceRequest/")
            _signed(signed, signature, ("approved_by", "approved_on") if is_order else ("signed_by", "signed_on"))
            if kind == "prescription":
                paper = recorder.about("document", target.key)
                paper.patient = signed.patient
                paper.add("item", "signed_prescription", at=signature, reason="a prescription with a signature")
                paper.add("reference", target.key, at=signature)
                _signed(paper, signature, ("signed_by", "date"))
    if not signatures:
        element.fault("not_read", expected="a signature", found="none: who made it is not who signed it")


def _signed(recorder: ResourceRecorder, signature: FhirElement, names: tuple[str, str]) -> None:
    """Asserts who signed and on which day."""
    recorder.signer(signature.one("who"), names[0])
    recorder.day(moment(signature.get("when")), names[1])
