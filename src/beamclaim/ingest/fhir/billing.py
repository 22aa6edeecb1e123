"""Coverage, authorization and charges."""

from beamclaim.ingest import values
from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import codings, decimal, moment, plain
from beamclaim.ingest.values import Unfit


def coverage(telling: Telling) -> None:
    """States a coverage: who pays, from when to when, its type as coded; which line of payer that is stays open."""
    part = telling.part
    telling.belongs("beneficiary")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    telling.coding(part.one("type"), "type")
    telling.period(part.one("period"))
    for payor in part.items("payor"):
        target = telling.refer(payor, "payer_reference")
        name = telling.directory.names.get(target.key) if target else None
        shown = payor.text("display")
        if target and name:
            telling.say(target.part, "payer", name, "the name of the organization it refers to")
        elif shown is not None:
            telling.say(shown, "payer", shown.written, "as displayed")
        elif target and not target.is_here:
            telling.say(target.part, "payer", target.key, "a reference")


def answers(resource: Resource) -> str | None:
    """What a ClaimResponse is: an authorization, or null, the payment of a claim, which is no evidence of a course."""
    use = resource.part.text("use")
    is_payment = use is not None and use.written == "claim" and not resource.part.has("preAuthRef")
    return None if is_payment else "authorization"


def answer(telling: Telling) -> None:
    """States a payer's answer (ClaimResponse, CoverageEligibilityResponse): authorization number, its days, its codes."""
    part = telling.part
    telling.belongs("patient")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    use, outcome = part.text("use"), part.text("outcome")
    telling.words(use, "use")
    telling.words(outcome, "outcome")
    telling.refer(part.one("request"), "request")
    telling.words(part.text("preAuthRef"), "number")
    telling.period(part.one("preAuthPeriod"))
    for at, item in enumerate(part.items("addItem")):
        own = telling.about("authorization", f"{telling.key}/addItem[{at}]")
        own.say(item, "part_of", telling.key)
        _item(own, item)


def claim(telling: Telling) -> None:
    """States a Claim: its items as charges, or, of a request for authorization, as what is asked; and the numbers it uses."""
    part = telling.part
    telling.belongs("patient")
    status = telling.status()
    if telling.withdrawn(part.text("status"), status):
        return
    use = part.text("use")
    telling.words(use, "use")
    for at, insurance in enumerate(part.items("insurance")):
        for number in insurance.items("preAuthRef", "a text"):
            telling.about("authorization", f"{telling.key}/insurance[{at}]").say(number, "number", number.written)
    is_charge = use is not None and use.written == "claim" and status == "active"
    for at, item in enumerate(part.items("item")):
        own = telling.about("charge" if is_charge else "order", f"{telling.key}/item[{at}]")
        own.say(item, "part_of", telling.key)
        _item(own, item)


def charge_item(telling: Telling) -> None:
    """States a charge; the day it was entered is not the day of service and is not read."""
    part = telling.part
    telling.belongs("subject")
    if telling.withdrawn(part.text("status"), telling.status()):
        return
    telling.say(part, "charge", telling.key)
    _code(telling, part.one("code"))
    _units(telling, part.one("quantity"))
    period = part.one("occurrencePeriod")
    telling.day(moment(part.get("occurrenceDateTime") or (period.get("start") if period else None)), "date")
    telling.refer_all("service", "service")


def _item(telling: Telling, item: Part) -> None:
    if telling.subject == "charge":
        telling.say(item, "charge", telling.key)
    _code(telling, item.one("productOrService"))
    modifiers = [code for concept in item.items("modifier") for code in codings(concept)]
    for modifier in modifiers:
        try:
            telling.say(modifier.part, "modifiers", values.modifier(modifier.part.written))
        except Unfit as unfit:
            modifier.part.fault("element", unfit.expected, unfit.found)
    _units(telling, item.one("quantity"))
    period = item.one("servicedPeriod")
    telling.day(moment(item.get("servicedDate") or (period.get("start") if period else None)), "date")


def _code(telling: Telling, concept: Part | None) -> None:
    """States the CPT or HCPCS codes of a concept; codes of a charge master need the site's own table."""
    found = codings(concept)
    known = [code for code in found if code.system == "procedure"]
    for code in known:
        try:
            telling.say(code.part, "code", values.code(code.part.written))
        except Unfit as unfit:
            code.part.fault("element", unfit.expected, unfit.found)
    if found and not known:
        telling.say(found[0].part, "code", None, "not coded in CPT or HCPCS", "biller")


def _units(telling: Telling, quantity: Part | None) -> None:
    value = quantity.number("value") if quantity else None
    number = decimal(value)
    if value is not None and number is not None:
        telling.say(value, "units", plain(number))
