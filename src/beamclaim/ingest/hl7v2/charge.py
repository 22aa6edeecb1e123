"""FT1 of DFT^P03 and P11 (chapter 6.5.1) → charges: what a person or a rule captured, a claim to test, no proof of delivery."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from beamclaim.ingest.hl7v2 import datatypes, diagnosis
from beamclaim.ingest.hl7v2.cases import BAD_NUMBER, CURRENCY
from beamclaim.ingest.hl7v2.mapping import Address
from beamclaim.ingest.hl7v2.message_recorder import FieldPlace, MessageRecorder, MessageSubject, place_of
from beamclaim.ingest.hl7v2.tokens import Segment
from beamclaim.ingest.values import Unfit, shape

_KINDS = {"CG": "charge", "CD": "credit", "CR": "credit", "PY": "payment", "AJ": "adjustment", "CO": "copayment"}
"""Transaction types of table 0017, and CR as senders write it."""

_WITH_HOUR = len("YYYYMMDDHH")
_ZONE = re.compile(rb"[+-][0-9]{4}\Z")
_BILLED = ("charge", "credit")

_NO_CODE = {
    25: "FT1-25 is coded in a system that is neither CPT nor HCPCS",
    7: "FT1-7 holds a charge-master number, not CPT unless the site says so",
}
"""Field → why it gives no code where it is filled and not coded in CPT or HCPCS."""


def read_ft1(
    recorder: MessageRecorder, ft1: Segment, following: Sequence[Segment], diagnoses: Sequence[Segment]
) -> str:
    """One charge or credit; `following` are the segments up to the next FT1, `diagnoses` the DG1 that are its own."""
    subject = recorder.subject("charge", recorder.key(ft1))
    kind = _kind(recorder, ft1, subject)
    subject.take("charge", place_of(ft1, 2, 1))
    _date(recorder, ft1, subject)
    subject.take("posted_on", place_of(ft1, 5, 1), datatypes.day_text)
    _amount(recorder, ft1, subject)
    subject.take("department", place_of(ft1, 13, 1))
    subject.take("order", place_of(ft1, 23, 1))
    if kind not in (*_BILLED, None):
        return subject.key  # a payment or adjustment has no code that was done
    if recorder.sender.reversals.same_id is not None:
        at = FieldPlace(ft1, ft1.part, ft1.path())
        subject.add("same_id", recorder.sender.reversals.same_id, at=at, reason=recorder.sender.reason)
    _code(recorder, ft1, following, subject)
    _units(recorder, ft1, subject, is_credit=kind == "credit")
    if diagnoses and not diagnosis.is_coded(recorder, ft1, 19):
        diagnosis.read_dg1(recorder, subject, diagnoses)
    else:
        diagnosis.read_field(recorder, subject, ft1, 19)
    diagnosis.read_person(recorder, subject, "performed_by", place_of(ft1, 20, 1))
    diagnosis.read_person(recorder, subject, "ordered_by", place_of(ft1, 21, 1))
    for name, address in (("plan", recorder.sender.plan), ("fraction", recorder.sender.fraction)):
        place = address and mapped(address, ft1, following)
        if place:
            subject.take(name, place, reason=recorder.sender.reason)
    return subject.key


def mapped(address: Address, segment: Segment, following: Sequence[Segment]) -> FieldPlace | None:
    """The place an address names: in the segment itself, or in the first of its name behind it."""
    own = (
        segment if segment.name == address.segment else next((s for s in following if s.name == address.segment), None)
    )
    return place_of(own, address.field, address.component, address.subcomponent) if own is not None else None


def _kind(recorder: MessageRecorder, ft1: Segment, subject: MessageSubject) -> str | None:
    """charge or credit; a charge of a quantity below zero is a credit, one of an amount below zero as the mapping says."""
    place, rules = place_of(ft1, 6, 1), recorder.sender.reversals
    word = recorder.text(place)
    if word is None:
        subject.add(
            "kind", None, at=FieldPlace(ft1, ft1.part, ft1.path()), reason="FT1-6 is empty", settled_by="biller"
        )
        return None
    kind, reason = _KINDS.get(word.upper()), None
    if word in rules.types:
        kind, reason = "credit", recorder.sender.reason
    elif kind is None:
        reason = "FT1-6 is none of CG, CD, CR, PY, AJ, CO; name it under `reversals` of the sender's mapping if it is a credit"
    elif kind == "charge" and ft1.at(10).raw.lstrip().startswith(b"-"):
        kind, place, reason = "credit", place_of(ft1, 10), "a quantity below zero"
    elif kind == "charge" and ft1.at(11).raw.lstrip().startswith(b"-"):
        place = place_of(ft1, 11)
        kind = rules.below_zero
        reason = (
            recorder.sender.reason if kind else "a charge of an amount below zero: does it take back another charge?"
        )
    subject.add("kind", kind, at=place, reason=reason, settled_by="biller")
    return kind


def _date(recorder: MessageRecorder, ft1: Segment, subject: MessageSubject) -> None:
    """The date of service: FT1-4, a day or (from 2.5) a range; never FT1-5, the day of posting."""
    first, last = place_of(ft1, 4, 1), place_of(ft1, 4, 2)
    if last.part.raw:
        days = recorder.read(first, datatypes.day), recorder.read(last, datatypes.day)
        if None in days or days[0] != days[1]:
            subject.add(
                "date", None, at=place_of(ft1, 4), reason="the transaction runs over several days", settled_by="biller"
            )
            return
    service = recorder.read(first, datatypes.day)
    sent = _sent_on(recorder, first)
    if service is None:
        at, why = (first, "no day") if first.part.raw else (FieldPlace(ft1, ft1.part, ft1.path()), "empty")
        subject.add("date", None, at=at, reason=f"FT1-4, the date of service, is {why}", settled_by="biller")
    elif sent is not None and service > sent:
        reason = f"FT1-4 is {service}, later than its message of {sent}: was it charged before the service?"
        subject.add("date", None, at=first, reason=reason, settled_by="biller")
    else:
        subject.add("date", service.isoformat(), at=first)
        if len(first.part.raw.strip()) >= _WITH_HOUR:
            subject.take("served_at", first, datatypes.moment)


def _sent_on(recorder: MessageRecorder, service: FieldPlace) -> date | None:
    """The day of the message (MSH-7); null where it is none, or of another zone than the service."""
    sent = recorder.message.segments[0].at(7, 1).raw
    zones = [zone.group() for written in (sent, service.part.raw) if (zone := _ZONE.search(written))]
    if len(set(zones)) > 1:
        return None
    try:
        return datatypes.day(sent.decode("latin-1").strip())
    except Unfit:
        return None


def _amount(recorder: MessageRecorder, ft1: Segment, subject: MessageSubject) -> None:
    """The extended amount, FT1-11: dollars alone."""
    money, currency = place_of(ft1, 11, 1, 1), place_of(ft1, 11, 1, 2)
    unit = recorder.text(currency)
    if unit is not None and unit.upper() != "USD":
        recorder.reject(CURRENCY, currency, expected="USD", found=shape(unit))
        subject.add("amount", None, at=money, reason="an amount in another currency than USD", settled_by="biller")
    else:
        subject.take("amount", money, datatypes.amount, settled_by="biller")


def _units(recorder: MessageRecorder, ft1: Segment, subject: MessageSubject, *, is_credit: bool) -> None:
    """The quantity of FT1-10, below zero for a credit, so that a sum is the net."""
    place = place_of(ft1, 10)
    count = recorder.read(place, datatypes.quantity)
    if count is None:
        if place.part.raw:
            subject.add("units", None, at=place, reason="the quantity is no number", settled_by="biller")
        return
    if not count:
        recorder.reject(BAD_NUMBER, place, expected="a quantity other than zero", found="zero")
        subject.add("units", None, at=place, reason="a quantity of zero", settled_by="biller")
        return
    net = -abs(count) if is_credit else count
    subject.add(
        "units", datatypes.written(Decimal(net)), at=place, reason="a credit: below zero" if is_credit else None
    )


def _code(recorder: MessageRecorder, ft1: Segment, following: Sequence[Segment], subject: MessageSubject) -> None:
    """The procedure code and its modifiers, and the charge-master number they came from."""
    master, sender = place_of(ft1, 7, 1), recorder.sender
    number, place = recorder.text(master), None
    subject.take("charge_master", master)
    if number is not None and number in sender.charges:
        known = sender.charges[number]
        subject.add("code", known.code, at=master, reason=sender.reason)
        if known.modifiers:
            subject.add("modifiers", ";".join(known.modifiers), at=master, reason=sender.reason)
            return
    else:
        place, reason = _code_place(recorder, ft1, following)
        if place is not None:
            subject.take("code", place, datatypes.code, reason=reason, settled_by="biller")
        elif reason is not None:
            at = master if master.part.raw else place_of(ft1, 25, 1)
            subject.add("code", None, at=at, reason=reason, settled_by="biller")
    own = sender.modifiers and mapped(sender.modifiers, ft1, following)
    segment, field = (own.segment, sender.modifiers.field) if own and sender.modifiers else (ft1, 26)
    if own is None and place is not None and place.segment.name == "PR1" and not ft1.at(26).raw:
        segment, field = place.segment, 16
    diagnosis.read_modifiers(recorder, subject, segment, field)


def _code_place(
    recorder: MessageRecorder, ft1: Segment, following: Sequence[Segment]
) -> tuple[FieldPlace | None, str | None]:
    """Where the code stands and why there, or None and why it is unknown; None twice where there is nothing at all."""
    if recorder.sender.code is not None:
        place = mapped(recorder.sender.code, ft1, following)
        return (
            (place, recorder.sender.reason) if place and place.part.raw else (None, f"empty {recorder.sender.reason}")
        )
    unknown = None
    for field in (25, 7):
        place = place_of(ft1, field, 1)
        if not place.part.raw:
            continue
        system = datatypes.system(recorder.text(place_of(ft1, field, 3)) or "")
        if system in datatypes.PROCEDURE_SYSTEMS:
            return place, f"FT1-{field}, coded as {system}"
        if field == 25 and not system:
            return place, "FT1-25, no coding system named"
        unknown = unknown or _NO_CODE[field]
    places = _procedures(recorder, following)
    charges = recorder.message.named("FT1")
    if places and len(charges) > 1 and all(pr1.number > charges[-1].number for pr1 in recorder.message.named("PR1")):
        return None, "all PR1 stand behind the last of several charges, and do not say whose code theirs is"
    if len({place.part.raw for place in places}) == 1:
        return places[0], "PR1-3 behind the charge, which itself has no CPT or HCPCS code"
    if places:
        return None, "the PR1 behind the charge name several codes, and FT1-25 none of CPT or HCPCS"
    return None, unknown and f"{unknown}; name it under `charges` or `code` of the sender's mapping"


def _procedures(recorder: MessageRecorder, following: Sequence[Segment]) -> list[FieldPlace]:
    """Where the PR1 of a charge's own group name CPT or HCPCS codes; one that takes its procedure back (PR1-20) does not."""
    coded = [
        place_of(pr1, 3, 1)
        for pr1 in following
        if pr1.name == "PR1"
        and datatypes.system(recorder.text(place_of(pr1, 3, 3)) or "") in datatypes.PROCEDURE_SYSTEMS
        and (recorder.text(place_of(pr1, 20, 1)) or "").upper() != "D"
    ]
    return [place for place in coded if place.part.raw]
