"""Charges: FT1 of DFT^P03 and P11 (chapter 6.5.1). What a person or a rule captured: a claim to test, no proof of delivery."""

from collections.abc import Sequence
from decimal import Decimal

from beamclaim.ingest.hl7v2 import diagnosis, values
from beamclaim.ingest.hl7v2.cases import BAD_NUMBER, CURRENCY
from beamclaim.ingest.hl7v2.mapping import Address
from beamclaim.ingest.hl7v2.saying import About, Saying, Where, where
from beamclaim.ingest.hl7v2.tokens import Segment
from beamclaim.ingest.values import shape

_KINDS = {"CG": "charge", "CD": "credit", "CR": "credit", "PY": "payment", "AJ": "adjustment", "CO": "copayment"}
"""Transaction types of table 0017, and CR as senders write it."""

_BILLED = ("charge", "credit")


def read_ft1(saying: Saying, ft1: Segment, following: Sequence[Segment], diagnoses: Sequence[Segment]) -> str:
    """One charge or credit; `following` are the segments up to the next FT1, `diagnoses` the DG1 that are its own."""
    about = saying.about("charge", saying.key(ft1))
    kind = _kind(saying, ft1, about)
    about.say("charge", where(ft1, 2, 1))
    _date(saying, ft1, about)
    about.say("posted_on", where(ft1, 5, 1), values.day_text)
    _amount(saying, ft1, about)
    about.say("department", where(ft1, 13, 1))
    about.say("order", where(ft1, 23, 1))
    if kind not in _BILLED:
        return about.key  # a payment or adjustment has no code that was done
    _code(saying, ft1, following, about)
    _units(saying, ft1, about, is_credit=kind == "credit")
    if diagnoses and not diagnosis.is_coded(saying, ft1, 19):
        diagnosis.read_dg1(saying, about, diagnoses)
    else:
        diagnosis.read_field(saying, about, ft1, 19)
    diagnosis.read_person(saying, about, "performed_by", where(ft1, 20, 1))
    diagnosis.read_person(saying, about, "ordered_by", where(ft1, 21, 1))
    for name, address in (("plan", saying.sender.plan), ("fraction", saying.sender.fraction)):
        place = address and mapped(address, ft1, following)
        if place:
            about.say(name, place, reason=saying.sender.reason)
    return about.key


def mapped(address: Address, segment: Segment, following: Sequence[Segment]) -> Where | None:
    """The place an address names: in the segment itself, or in the first of its name behind it."""
    own = (
        segment if segment.name == address.segment else next((s for s in following if s.name == address.segment), None)
    )
    return where(own, address.field, address.component, address.subcomponent) if own is not None else None


def _kind(saying: Saying, ft1: Segment, about: About) -> str | None:
    """charge or credit; a charge of a quantity below zero is a credit."""
    place = where(ft1, 6, 1)
    word = saying.text(place)
    if word is None:
        about.state("kind", None, Where(ft1, ft1.part, ft1.path()), "FT1-6 is empty", "biller")
        return None
    kind = _KINDS.get(word.upper())
    if kind == "charge" and ft1.at(10).raw.lstrip().startswith(b"-"):
        about.state("kind", "credit", where(ft1, 10), "a quantity below zero")
        return "credit"
    reason = None if kind else "FT1-6 is none of CG, CD, CR, PY, AJ, CO"
    about.state("kind", kind, place, reason, "biller")
    return kind


def _date(saying: Saying, ft1: Segment, about: About) -> None:
    """The date of service: FT1-4, a day or (from 2.5) a range; never FT1-5, the day of posting."""
    first, last = where(ft1, 4, 1), where(ft1, 4, 2)
    if last.part.raw:
        days = saying.read(first, values.day), saying.read(last, values.day)
        if None in days or days[0] != days[1]:
            about.state("date", None, where(ft1, 4), "the transaction runs over several days", "biller")
            return
    about.say("date", first, values.day_text, who="biller")


def _amount(saying: Saying, ft1: Segment, about: About) -> None:
    """The extended amount, FT1-11: dollars alone."""
    money, currency = where(ft1, 11, 1, 1), where(ft1, 11, 1, 2)
    unit = saying.text(currency)
    if unit is not None and unit.upper() != "USD":
        saying.fault(CURRENCY, currency, "USD", shape(unit))
        about.state("amount", None, money, "an amount in another currency than USD", "biller")
    else:
        about.say("amount", money, values.amount, who="biller")


def _units(saying: Saying, ft1: Segment, about: About, *, is_credit: bool) -> None:
    """The quantity of FT1-10, below zero for a credit, so that a sum is the net."""
    place = where(ft1, 10)
    count = saying.read(place, values.quantity)
    if count is None:
        if place.part.raw:
            about.state("units", None, place, "the quantity is no number", "biller")
        return
    if not count:
        saying.fault(BAD_NUMBER, place, "a quantity other than zero", "zero")
        about.state("units", None, place, "a quantity of zero", "biller")
        return
    net = -abs(count) if is_credit else count
    about.state("units", values.written(Decimal(net)), place, "a credit: below zero" if is_credit else None)


def _code(saying: Saying, ft1: Segment, following: Sequence[Segment], about: About) -> None:
    """The procedure code and its modifiers, and the charge-master number they came from."""
    master, sender = where(ft1, 7, 1), saying.sender
    number = saying.text(master)
    about.say("charge_master", master)
    if number is not None and number in sender.charges:
        known = sender.charges[number]
        about.state("code", known.code, master, sender.reason)
        if known.modifiers:
            about.state("modifiers", ";".join(known.modifiers), master, sender.reason)
            return
    else:
        place, reason = _code_place(saying, ft1, following)
        if place is not None:
            about.say("code", place, values.code, reason, "biller")
        elif reason is not None:
            at = master if master.part.raw else where(ft1, 25, 1)
            about.state("code", None, at, reason, "biller")
    own = sender.modifiers and mapped(sender.modifiers, ft1, following)
    segment, field = (own.segment, sender.modifiers.field) if own and sender.modifiers else (ft1, 26)
    diagnosis.read_modifiers(saying, about, segment, field)


def _code_place(saying: Saying, ft1: Segment, following: Sequence[Segment]) -> tuple[Where | None, str | None]:
    """Where the code stands and why there, or None and why it is unknown; None twice where there is nothing at all."""
    if saying.sender.code is not None:
        place = mapped(saying.sender.code, ft1, following)
        return (place, saying.sender.reason) if place and place.part.raw else (None, f"empty {saying.sender.reason}")
    for field in (25, 7):
        place = where(ft1, field, 1)
        if not place.part.raw:
            continue
        system = values.system(saying.text(where(ft1, field, 3)) or "")
        if system in values.PROCEDURE_SYSTEMS:
            return place, f"FT1-{field}, coded as {system}"
        if field == 25 and not system:
            return place, "FT1-25, no coding system named"
        if field == 25:
            return None, "FT1-25 is coded in a system that is neither CPT nor HCPCS"
        return None, "FT1-7 holds a charge-master number, not CPT unless the site says so"
    return None, None
