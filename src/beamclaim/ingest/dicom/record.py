"""RT Beams and RT Ion Beams Treatment Records (PS3.3 C.8.8.17, C.8.8.21, C.8.8.26) → deliveries.

One row per item of the Treatment Session (Ion) Beam Sequence: a record may hold one beam or a whole
session. Beside its rows a record states, of the `session`, with its own SOP Instance UID as the key:

| name | value |
|---|---|
| `timezone_offset` | Timezone Offset From UTC, `-0500`; the times of the rows stay as written |
| `verification_images` | how many images a beam refers to as verifying it |
| `delivered_from` | `control_points`, `secondary_meterset` or `treatment_time`: where a beam's row has its meterset from |

The last is stated when a beam does not say the primary meterset it delivered.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_INSTANCE, DicomObject
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.value_sets import SECONDARY_UNIT

_TIMES_AGREE = timedelta(hours=18)
"""Treatment Time is that of the fraction's begin, control points those of its beams: further apart they contradict each other."""

BEAMS, ION_BEAMS = 0x30080020, 0x30080021

_TIMEZONE = 0x00080201
_OFFSET = re.compile(rb"[+-][0-9]{4}")
PLANS = 0x300C0002
_BEAM_HOLDS = 0x300C0125
_SESSION = 0x300A0700
_CONTROL_POINTS, _ION_CONTROL_POINTS, _HOW_MANY = 0x30080040, 0x30080041, 0x300A0110
_TYPE = 0x300A00CE
_DAY, _TIME = 0x30080250, 0x30080251
_SPECIFIED, _DELIVERED = 0x30080042, 0x30080044
_POINT_DAY, _POINT_TIME = 0x30080024, 0x30080025
_VERIFICATION_IMAGES = 0x300C0040
DAMAGED = "the file is cut or broken"
_STAND_IN = "the beam does not say its delivered primary meterset"


def words(*names: str) -> dict[bytes, str]:
    """Defined terms of the standard and the words of the tables for them."""
    return {name.encode(): name.lower() for name in names}


SEXES = {b"M": "M", b"F": "F", b"O": "O"}
TERMINATIONS = words("NORMAL", "OPERATOR", "MACHINE", "UNKNOWN")
UNITS = {b"MU": "MU", b"MINUTE": "MINUTE", b"NP": "NP"}
"""Monitor units, minutes, and number of particles (ion records)."""
KINDS = words("TREATMENT", "CONTINUATION", "SETUP", "OPEN_PORTFILM", "TRMT_PORTFILM", "VERIFICATION")
VERIFICATIONS = words("VERIFIED", "VERIFIED_OVR", "NOT_VERIFIED")
RADIATIONS = words("PHOTON", "ELECTRON", "NEUTRON", "PROTON", "ION")


class Meterset(NamedTuple):
    """What a beam was to give and gave, and the unit of both."""

    specified: float | None
    delivered: float | None
    unit: str | None


def read_record(record: DicomObject) -> None:
    """Adds the deliveries of a treatment record to its rows."""
    top, recorder = record.top, record.recorder
    sequence, recorder.source = (BEAMS, "dicom_record") if top.has(BEAMS) else (ION_BEAMS, "dicom_ion_record")
    uid = top.uid(SOP_INSTANCE)
    record.subject = Subject("session", uid or "")
    if uid is None and not top.raw(SOP_INSTANCE):
        top.fault(SOP_INSTANCE, expected="the UID of the record", found="none", kind="missing")
    timezone = top.raw(_TIMEZONE)
    if _OFFSET.fullmatch(timezone):
        record.add("timezone_offset", timezone.decode(), at=top.at(_TIMEZONE))
    elif timezone:
        top.fault(_TIMEZONE, expected="an offset from UTC as +HHMM or -HHMM", found=f"{len(timezone)} characters")
    machine = top.first(0x300A0206)
    shared = Delivery(
        file=recorder.file,
        start=0,
        end=0,
        segment=None,
        source=recorder.source,
        path="",
        record=uid or "",
        patient=recorder.patient,
        birth_date=top.day(0x00100030),
        sex=top.word(0x00100040, SEXES),
        plan=plan_of(top),
        frame=top.uid(0x00200052),
        group=top.whole(0x300C0022),
        fractions_planned=top.whole(0x300A0078),
        day=top.day(_DAY),
        started_at=_treated_at(top),
        unit=top.word(0x300A00B3, UNITS),
        machine=machine.text(0x300A00B2) if machine else None,
        operator=top.text(0x00081070),
        session=top.uid(_SESSION),
        held=_has_holds(top),
    )
    beams = [beam for beam in top.items(sequence) if beam.elements]
    if not beams:
        top.fault(sequence, expected="at least one beam", found="none", kind="missing")
    rows = [_delivery(record, beam, shared) for beam in beams]
    if not record.is_damaged and max(top.elements) <= sequence:
        # Day, unit, machine and plan follow the beams: a file that ends here was cut between two elements.
        top.fault(PLANS, expected="the elements that follow the beams", found="the end of the file", kind="missing")
        record.is_damaged = True
    doubt = DAMAGED if record.is_damaged else None
    recorder.evidence.deliveries += [row._replace(doubt=doubt) for row in rows] if doubt else rows


def plan_of(top: DicomItem) -> str | None:
    """The plan an object refers to: the one item of its Referenced RT Plan Sequence; two are no answer."""
    plans = list(top.items(PLANS))
    if len(plans) > 1:
        top.fault(PLANS, expected="one plan", found=f"{len(plans)} plans", kind="count")
        return None
    return plans[0].uid(0x00081155) if plans else None


def moment(item: DicomItem, day: int, time: int, fallback: date | None = None) -> datetime | None:
    """A day and a time of an item together; null when either is missing and no other day stands in."""
    on, at = item.day(day) or fallback, item.time(time)
    return datetime.combine(on, at) if on and at else None


def _delivery(record: DicomObject, beam: DicomItem, shared: Delivery) -> Delivery:
    points = _CONTROL_POINTS if beam.has(_CONTROL_POINTS) else _ION_CONTROL_POINTS
    start, end, count = beam.ends(points)
    expected = beam.whole(_HOW_MANY)
    if expected is not None and expected != count:
        beam.fault(points, expected=f"{expected} control points, as the beam says", found=f"{count}", kind="count")
    began = moment(start, _POINT_DAY, _POINT_TIME, shared.day) if start else None
    ended = moment(end, _POINT_DAY, _POINT_TIME, shared.day) if end else None
    if {at.time() for at in (began, ended) if at} == {time.min}:
        began = ended = None  # noughts at every control point say no time
    if began and ended and ended < began:
        beam.fault(points, expected="a last control point not before the first", found="an earlier time")
        ended = None
    said = shared.started_at or (shared.day and datetime.combine(shared.day, time(12)))
    if is_contradicted := bool(began and said and abs(began - said) > _TIMES_AGREE):
        beam.fault(points, expected="control points within 18 hours of the treatment's time", found="another day")
        began = ended = None
    meterset, stand_in = _meterset(beam, start, end, shared.unit)
    if stand_in:
        record.add("delivered_from", stand_in, at=beam.place, reason=_STAND_IN)
    images = sum(1 for _ in beam.items(_VERIFICATION_IMAGES))
    if images:
        record.add("verification_images", str(images), at=beam.at(_VERIFICATION_IMAGES))
    at, has_holds = beam.place, _has_holds(beam)
    return shared._replace(
        start=at.start,
        end=at.end,
        path=at.path,
        beam=beam.whole(0x300C0006),
        beam_name=beam.text(0x300A00C2),
        fraction=beam.whole(0x30080022),
        day=None if is_contradicted else shared.day or (began and began.date()),
        started_at=None if is_contradicted else began or shared.started_at,
        ended_at=ended,
        kind=_kind(beam),
        termination=beam.word(0x3008002A, TERMINATIONS),
        verification=beam.word(0x3008002C, VERIFICATIONS),
        specified=meterset.specified,
        delivered=meterset.delivered,
        unit=meterset.unit,
        modality=beam.word(0x300A00C6, RADIATIONS),
        session=shared.session or beam.uid(_SESSION),
        table_x=start.number(0x300A012A) if start else None,
        table_y=start.number(0x300A0128) if start else None,
        table_z=start.number(0x300A0129) if start else None,
        held=shared.held if has_holds is None else has_holds,
    )


def _treated_at(top: DicomItem) -> datetime | None:
    """Treatment Date and Time; null for noughts, which say no time."""
    at = moment(top, _DAY, _TIME)
    return at if at is not None and at.time() != time.min else None


def _kind(beam: DicomItem) -> str | None:
    """What the beam was for. Empty is *not said*; no element at all, or a word of nobody's, is never *treatment*."""
    if not beam.has(_TYPE):
        beam.need(_TYPE, "a Treatment Delivery Type, even an empty one")
        return "other"
    kind = beam.word(_TYPE, KINDS)
    return "other" if kind is None and beam.raw(_TYPE) else kind


def _meterset(
    beam: DicomItem, start: DicomItem | None, end: DicomItem | None, unit: str | None
) -> tuple[Meterset, str | None]:
    """What the beam was to give and gave, and what that is taken from when it does not say its primary meterset."""
    specified, delivered = beam.number(0x30080032), beam.number(0x30080036)
    if delivered is not None:
        return Meterset(specified, _not_falling(beam, 0x30080036, delivered), unit), None
    if start and end:
        before, after = start.number(_DELIVERED), end.number(_DELIVERED)
        if before is not None and after is not None:
            if specified is None:
                first, last = start.number(_SPECIFIED), end.number(_SPECIFIED)
                specified = None if first is None or last is None else round(last - first, 6)
            return Meterset(specified, _not_falling(end, _DELIVERED, round(after - before, 6)), unit), "control_points"
    secondary = beam.number(0x30080037)
    if secondary is not None:
        amount = _not_falling(beam, 0x30080037, secondary)
        return Meterset(beam.number(0x30080033), amount, SECONDARY_UNIT), "secondary_meterset"
    seconds, planned = beam.number(0x3008003B), beam.number(0x3008003A)
    if seconds is not None:
        minutes = _not_falling(beam, 0x3008003B, round(seconds / 60, 6))
        return Meterset(None if planned is None else round(planned / 60, 6), minutes, "MINUTE"), "treatment_time"
    return Meterset(specified, None, unit), None


def _not_falling(item: DicomItem, tag: int, amount: float) -> float | None:
    if amount < 0:
        item.fault(tag, expected="a meterset that does not fall", found="a negative one")
        return None
    return amount


def _has_holds(item: DicomItem) -> bool | None:
    """Whether beam holds are there; null when the record has no such sequence."""
    if not item.has(_BEAM_HOLDS):
        return None
    return item.first(_BEAM_HOLDS) is not None
