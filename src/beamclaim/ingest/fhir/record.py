"""The record around the treatment: volumes, visits, stays, other procedures and orders, documents, consents, signatures."""

from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.place import site, sites
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.treatment import profile
from beamclaim.ingest.fhir.value import look_up, moment

_UID_SYSTEM = "urn:dicom:uid"
_CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"


def volume(telling: Telling) -> None:
    """States a target volume: its name, its DICOM UID, its kind and where it lies."""
    part = telling.part
    telling.belongs("patient")
    for identifier in part.items("identifier"):
        use, value, system = (identifier.text(name) for name in ("use", "value", "system"))
        if value and use and use.written == "usual":
            telling.say(value, "label", value.written)
        elif value and system and system.written == _UID_SYSTEM:
            telling.say(value, "uid", value.written.removeprefix("urn:oid:"))
    kind = look_up("volume", part.one("morphology"))
    if kind is not None:
        word = kind.meaning.word if kind.meaning else None
        telling.say(
            kind.part,
            "volume_kind",
            word,
            None if word else f"{kind.shown} is none that is read",
            None if word else "dosimetrist",
        )
    location = part.one("location")
    if location is not None:
        site(telling, location, [*part.items("locationQualifier")])


def visit(resource: Resource) -> str | None:
    """What an Encounter is: a treatment session, an inpatient stay, or null: neither."""
    service = look_up("category", resource.part.one("serviceType"))
    if (service and service.meaning) or profile(resource, {"treatment-session": "session"}):
        return "session"
    kind = resource.part.get("class")
    if kind is not None and kind.node.kind != "an object":
        kind.fault("release", "one Coding, as FHIR R4 has it", kind.node.kind)
        return None
    found = look_up("stay", kind)
    return "stay" if found and found.meaning else None


def encounter(telling: Telling) -> None:
    """States a treatment session with its number, UID and times, or an inpatient stay with its days."""
    part = telling.part
    telling.belongs("subject")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    period = part.one("period")
    if telling.subject == "stay":
        found = look_up("stay", part.get("class"))
        if found is not None and found.meaning:
            telling.say(found.part, "kind", found.meaning.word)
        telling.period(period)
        return
    number = part.extension("session-number")
    telling.number(
        number.choice("value", "PositiveInt", "UnsignedInt", "Integer") if number else None, "session_number"
    )
    for identifier in part.items("identifier"):
        value, system = identifier.text("value"), identifier.text("system")
        if value and system and system.written == _UID_SYSTEM:
            telling.say(value, "uid", value.written.removeprefix("urn:oid:"), "Treatment Session UID")
    telling.refer_all("basedOn", "based_on")
    began, ended = (moment(period.get(member)) if period else None for member in ("start", "end"))
    for when, name in ((began, "started_at"), (ended, "ended_at")):
        if when is not None:
            telling.say(when.part, name, when.text, when.reason, None if when.text else "records")
    if began and ended and began.day and ended.day and began.day != ended.day:
        ended.part.fault("date", "the end of a session on the day it began", "an end on another day")


def other(telling: Telling) -> None:
    """States a procedure or an order that is no radiotherapy of this guide: its codes as written, its day, its status."""
    part = telling.part
    telling.belongs("subject")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    telling.coding(part.one("code"), "code")
    for concept in part.items("reasonCode"):
        telling.diagnoses(concept)
    telling.refer_all("basedOn", "based_on")
    sites(telling, "bodySite")
    when = part.get("performedDateTime")
    period = part.one("performedPeriod") or part.one("occurrencePeriod") if telling.subject == "procedure" else None
    telling.day(moment(when or (period.get("start") if period else None)), "date")
    if telling.subject == "order":
        telling.date("authoredOn", "authored_on")
        telling.refer(part.one("requester"), "requested_by")


def document(telling: Telling) -> None:
    """States a DocumentReference or DiagnosticReport: what kind, when, by whom; its content is not opened."""
    part = telling.part
    telling.belongs("subject")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    ready = part.text("docStatus")
    if telling.withdrawn(ready, ready.written if ready else None):
        return
    telling.words(ready, "document_status")
    concept = part.one("type") or part.one("code")
    telling.coding(concept, "type")
    telling.say(concept or part, "item", None, "no document type is certain to be an item of the list", "records")
    when = moment(part.get("date") or part.get("effectiveDateTime") or part.get("issued"))
    telling.day(when, "date")
    telling.say(part, "reference", telling.key)
    telling.signer(part.one("authenticator"), "signed_by")
    for member, name in (("author", "author"), ("performer", "performed_by"), ("resultsInterpreter", "interpreted_by")):
        telling.refer_all(member, name)
    telling.refer_all("basedOn", "based_on")


def consent(telling: Telling) -> None:
    """States a consent; only one whose scope is treatment and that is active is the item `informed_consent`."""
    part = telling.part
    telling.belongs("patient")
    status = telling.status()
    if telling.withdrawn(part.text("status"), status):
        return
    scope = part.one("scope")
    is_treatment = False
    for coding in scope.items("coding") if scope else []:
        system, code = coding.text("system"), coding.text("code")
        if code is not None:
            telling.say(code, "scope", code.written)
            is_treatment |= code.written == "treatment" and system is not None and system.written == _CONSENT_SCOPE
    if is_treatment and status == "active":
        telling.say(scope or part, "item", "informed_consent", "an active consent whose scope is treatment")
    else:
        telling.say(scope or part, "item", None, "not an active consent to treatment", "records")
    telling.date("dateTime", "date")
    telling.say(part, "reference", telling.key)
    telling.refer_all("performer", "agreed_by")
    for verification in part.items("verification"):
        telling.yes(verification.truth("verified"), "verified")


def provenance(telling: Telling) -> None:
    """States who signed what and when; a signed prescription is also the item `signed_prescription`.

    Only a signature of this resource counts; an agent alone has not signed.
    """
    part = telling.part
    signatures = part.items("signature")
    targets = [t for t in (telling.directory.resolve(r, telling.resource) for r in part.items("target")) if t]
    for target in targets:
        kind = telling.directory.kinds.get(target.key) or "procedure"
        for signature in signatures:
            signed = telling.about(kind, target.key)
            signed.patient = telling.directory.owners.get(target.key)
            is_order = target.key.startswith("ServiceRequest/")
            _signed(signed, signature, ("approved_by", "approved_on") if is_order else ("signed_by", "signed_on"))
            if kind == "prescription":
                paper = telling.about("document", target.key)
                paper.patient = signed.patient
                paper.say(signature, "item", "signed_prescription", "a prescription with a signature")
                paper.say(signature, "reference", target.key)
                _signed(paper, signature, ("signed_by", "date"))
    if not signatures:
        part.fault("not_read", "a signature", "none: who made it is not who signed it")


def _signed(telling: Telling, signature: Part, names: tuple[str, str]) -> None:
    """States who signed and on which day."""
    telling.signer(signature.one("who"), names[0])
    telling.day(moment(signature.get("when")), names[1])
