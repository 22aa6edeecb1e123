"""Coverage, ClaimResponse, Claim, ChargeItem → assertions of payers, authorizations and charges."""

from beamclaim.ingest import values
from beamclaim.ingest.fhir.datatypes import Moment, codings, decimal, moment, plain
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.resource import Resource
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder
from beamclaim.ingest.values import Unfit, shape

_CHARGED = ("billable", "billed")
_NO_CHARGE = {"planned": "planned", "not-billable": "not billable", "aborted": "dropped"}
"""Status of a ChargeItem (FHIR R4, ChargeItemStatus) → why it is no charge that was made."""


def coverage(recorder: ResourceRecorder) -> None:
    """Asserts a coverage: who pays, from when to when, its type as coded; which line of payer that is stays open."""
    element = recorder.element
    recorder.belongs("beneficiary")
    if recorder.withdrawn(element.text("status"), recorder.status()):
        return
    recorder.coding(element.one("type"), "type")
    recorder.period(element.one("period"))
    for payor in element.items("payor"):
        target = recorder.refer(payor, "payer_reference")
        name = recorder.directory.names.get(target.key) if target else None
        display = payor.text("display")
        if target and name:
            recorder.add("payer", name, at=target.element, reason="the name of the organization it refers to")
        elif display is not None:
            recorder.add("payer", display.written, at=display, reason="as displayed")
        elif target and not target.is_here:
            recorder.add("payer", target.key, at=target.element, reason="a reference")


def answers(resource: Resource) -> str | None:
    """What a ClaimResponse is: an authorization, or null, the payment of a claim, which is no evidence of a course."""
    use = resource.element.text("use")
    is_payment = use is not None and use.written == "claim" and not resource.element.has("preAuthRef")
    return None if is_payment else "authorization"


def answer(recorder: ResourceRecorder) -> None:
    """Asserts a payer's answer (ClaimResponse, CoverageEligibilityResponse): authorization number, its days, its codes."""
    element = recorder.element
    recorder.belongs("patient")
    if recorder.withdrawn(element.text("status"), recorder.status()):
        return
    use, outcome = element.text("use"), element.text("outcome")
    recorder.words(use, "use")
    recorder.words(outcome, "outcome")
    recorder.refer(element.one("request"), "request")
    recorder.words(element.text("preAuthRef"), "number")
    recorder.period(element.one("preAuthPeriod"))
    for at, item in enumerate(element.items("addItem")):
        own = recorder.about("authorization", f"{recorder.key}/addItem[{at}]")
        own.add("part_of", recorder.key, at=item)
        _item(own, item)


def claim(recorder: ResourceRecorder) -> None:
    """Asserts a Claim: its items as charges, or, of a request for authorization, as what is asked; and the numbers it uses."""
    element = recorder.element
    recorder.belongs("patient")
    status = recorder.status()
    if recorder.withdrawn(element.text("status"), status):
        return
    use = element.text("use")
    recorder.words(use, "use")
    for at, insurance in enumerate(element.items("insurance")):
        for number in insurance.items("preAuthRef", "a text"):
            recorder.about("authorization", f"{recorder.key}/insurance[{at}]").add("number", number.written, at=number)
    is_charge = use is not None and use.written == "claim" and status == "active"
    for at, item in enumerate(element.items("item")):
        own = recorder.about("charge" if is_charge else "order", f"{recorder.key}/item[{at}]")
        own.add("part_of", recorder.key, at=item)
        _item(own, item)


def charge_item(recorder: ResourceRecorder) -> None:
    """Asserts a charge. The day it was entered is not the day of service: it only shows one that is still to come."""
    element = recorder.element
    recorder.belongs("subject")
    status = recorder.status()
    if recorder.withdrawn(element.text("status"), status):
        return
    _kind(recorder, status)
    recorder.add("charge", recorder.key, at=element)
    _code(recorder, element.one("code"))
    _units(recorder, element.one("quantity"))
    period = element.one("occurrencePeriod")
    if not _runs_over_days(recorder, period):
        when = moment(element.get("occurrenceDateTime") or (period.get("start") if period else None))
        _date(recorder, when, moment(element.get("enteredDate")))
    recorder.refer_all("service", "service")


def _kind(recorder: ResourceRecorder, status: str | None) -> None:
    """Whether a ChargeItem is one that was made: one planned, dropped or not billable is none, one below zero is asked."""
    element = recorder.element.text("status")
    price = recorder.element.one("priceOverride")
    amount = price.number("value") if price else None
    number = decimal(amount)
    if element is not None and status in _NO_CHARGE:
        recorder.add("kind", _NO_CHARGE[status], at=element, reason=f"a ChargeItem that is {status}")
    elif element is not None and status not in _CHARGED:
        reason = f"a ChargeItem of status {shape(status or '')}: is it charged?"
        recorder.add("kind", None, at=element, reason=reason, settled_by="biller")
    elif amount is not None and number is not None and number < 0:
        reason = "a charge of an amount below zero: does it take back another charge?"
        recorder.add("kind", None, at=amount, reason=reason, settled_by="biller")


def _date(recorder: ResourceRecorder, when: Moment | None, entered: Moment | None) -> None:
    """Asserts the day of service; one that is not given, or later than the charge itself, is an unknown day."""
    if when is None:
        reason = "no day of service is given"
        recorder.add("date", None, at=recorder.element, reason=reason, settled_by="biller")
    elif when.day and entered and entered.day and when.day > entered.day:
        reason = (
            f"the service is of {when.day}, later than its charge of {entered.day}: was it charged before the service?"
        )
        recorder.add("date", None, at=when.element, reason=reason, settled_by="biller")
    else:
        recorder.day(when, "date")


def _runs_over_days(recorder: ResourceRecorder, period: FhirElement | None) -> bool:
    """Whether a service has a period that is not one day; asserts that its day is unknown then."""
    if period is None:
        return False
    first, last = moment(period.get("start")), moment(period.get("end"))
    days = {when.day for when in (first, last) if when is not None}
    if last is None or (len(days) == 1 and None not in days):
        # A beginning alone is the day it was given.
        return False
    reason = "the service runs over several days, and which of them is charged is not said"
    recorder.add("date", None, at=period, reason=reason, settled_by="biller")
    return True


def _item(recorder: ResourceRecorder, item: FhirElement) -> None:
    if recorder.kind == "charge":
        recorder.add("charge", recorder.key, at=item)
    _code(recorder, item.one("productOrService"))
    modifiers = [code for concept in item.items("modifier") for code in codings(concept)]
    for modifier in modifiers:
        try:
            recorder.add("modifiers", values.modifier(modifier.element.written), at=modifier.element)
        except Unfit as unfit:
            modifier.element.fault("element", expected=unfit.expected, found=unfit.found)
    _units(recorder, item.one("quantity"))
    period = item.one("servicedPeriod")
    if _runs_over_days(recorder, period):
        return
    when = moment(item.get("servicedDate") or (period.get("start") if period else None))
    if recorder.kind == "charge":
        _date(recorder, when, moment(recorder.element.get("created")))
    else:
        recorder.day(when, "date")


def _code(recorder: ResourceRecorder, concept: FhirElement | None) -> None:
    """Asserts the CPT or HCPCS codes of a concept; codes of a charge master need the site's own table."""
    codes = codings(concept)
    known = [code for code in codes if code.system == "procedure"]
    for code in known:
        try:
            recorder.add("code", values.code(code.element.written), at=code.element)
        except Unfit as unfit:
            code.element.fault("element", expected=unfit.expected, found=unfit.found)
    if codes and not known:
        recorder.add("code", None, at=codes[0].element, reason="not coded in CPT or HCPCS", settled_by="biller")


def _units(recorder: ResourceRecorder, quantity: FhirElement | None) -> None:
    value = quantity.number("value") if quantity else None
    number = decimal(value)
    if value is not None and number is not None:
        recorder.add("units", plain(number), at=value)
