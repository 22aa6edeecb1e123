"""Deliveries from RT Beams and RT Ion Beams Treatment Records (PS3.3 C.8.8.17, C.8.8.21, C.8.8.26).

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
from datetime import date, datetime, timedelta
from typing import NamedTuple

from beamclaim.ingest.dicom.entry import Entry, Source
from beamclaim.model.tables.evidence import Delivery

BEAMS, ION_BEAMS = 0x30080020, 0x30080021

_SOP_INSTANCE = 0x00080018
_TIMEZONE = 0x00080201
_OFFSET = re.compile(rb"[+-][0-9]{4}")
_PLANS = 0x300C0002
_BEAM_HOLDS = 0x300C0125
_SESSION = 0x300A0700
_CONTROL_POINTS, _ION_CONTROL_POINTS, _HOW_MANY = 0x30080040, 0x30080041, 0x300A0110
_DAY, _TIME = 0x30080250, 0x30080251
_SPECIFIED, _DELIVERED = 0x30080042, 0x30080044
_POINT_DAY, _POINT_TIME = 0x30080024, 0x30080025
_VERIFICATION_IMAGES = 0x300C0040
_STAND_IN = "the beam does not say its delivered primary meterset"


def words(*names: str) -> dict[bytes, str]:
    """Defined terms of the standard and the words of the tables for them."""
    return {name.encode(): name.lower() for name in names}


SEXES = {b"M": "M", b"F": "F", b"O": "O"}
TERMINATIONS = words("NORMAL", "OPERATOR", "MACHINE", "UNKNOWN")
_UNITS = {b"MU": "MU", b"MINUTE": "MINUTE"}
_KINDS = words("TREATMENT", "CONTINUATION", "SETUP", "OPEN_PORTFILM", "TRMT_PORTFILM")
_VERIFICATIONS = words("VERIFIED", "VERIFIED_OVR", "NOT_VERIFIED")
_RADIATIONS = words("PHOTON", "ELECTRON", "NEUTRON", "PROTON", "ION")


class Meterset(NamedTuple):
    """What a beam was to give and gave, and the unit of both."""

    specified: float | None
    delivered: float | None
    unit: str | None


def read_record(source: Source) -> None:
    """Adds the deliveries of a treatment record to the evidence of its source."""
    top = source.top
    sequence, source.kind = (BEAMS, "dicom_record") if BEAMS in top.elements else (ION_BEAMS, "dicom_ion_record")
    record = top.uid(_SOP_INSTANCE)
    if record is None and not top.raw(_SOP_INSTANCE):
        top.fault(_SOP_INSTANCE, "the UID of the record", "none", "missing")
    timezone = top.raw(_TIMEZONE)
    if _OFFSET.fullmatch(timezone):
        source.state(top, _TIMEZONE, timezone.decode(), subject="session", key=record or "", name="timezone_offset")
    elif timezone:
        top.fault(_TIMEZONE, "an offset from UTC as +HHMM or -HHMM", f"{len(timezone)} characters")
    machine = top.first(0x300A0206)
    shared = Delivery(
        *source.place(0, 0),
        segment=None,
        source=source.kind,
        path="",
        record=record or "",
        patient=source.patient,
        birth_date=top.day(0x00100030),
        sex=top.word(0x00100040, SEXES),
        plan=plan_of(top),
        frame=top.uid(0x00200052),
        group=top.whole(0x300C0022),
        fractions_planned=top.whole(0x300A0078),
        day=top.day(_DAY),
        started_at=moment(top, _DAY, _TIME),
        unit=top.word(0x300A00B3, _UNITS),
        machine=machine.text(0x300A00B2) if machine else None,
        operator=top.text(0x00081070),
        session=top.uid(_SESSION),
        held=_held(top),
    )
    beams = [beam for beam in top.items(sequence) if beam.elements]
    if not beams:
        top.fault(sequence, "at least one beam", "none", "missing")
    for beam in beams:
        source.evidence.deliveries.append(_delivery(source, beam, shared))


def plan_of(top: Entry) -> str | None:
    """The plan an object refers to: the one item of its Referenced RT Plan Sequence; two are no answer."""
    plans = list(top.items(_PLANS))
    if len(plans) > 1:
        top.fault(_PLANS, "one plan", f"{len(plans)} plans", "count")
        return None
    return plans[0].uid(0x00081155) if plans else None


def moment(entry: Entry, day: int, time: int, fallback: date | None = None) -> datetime | None:
    """A day and a time of an entry together; null when either is missing and no other day stands in."""
    on, at = entry.day(day) or fallback, entry.time(time)
    return datetime.combine(on, at) if on and at else None


def _delivery(source: Source, beam: Entry, shared: Delivery) -> Delivery:
    points = _CONTROL_POINTS if _CONTROL_POINTS in beam.elements else _ION_CONTROL_POINTS
    start, end, count = beam.ends(points)
    said = beam.whole(_HOW_MANY)
    if said is not None and said != count:
        beam.fault(points, f"{said} control points, as the beam says", f"{count}", "count")
    began = moment(start, _POINT_DAY, _POINT_TIME, shared.day) if start else None
    ended = moment(end, _POINT_DAY, _POINT_TIME, shared.day) if end else None
    if began and ended and ended < began:
        beam.fault(points, "a last control point not before the first", "an earlier time")
        ended = None
    if began and shared.day and abs(began.date() - shared.day) > timedelta(days=1):
        beam.fault(points, "control points on the day of treatment or the next", "another day")
    meterset, stand_in = _meterset(beam, start, end, shared.unit)
    if stand_in:
        source.state(beam, 0, stand_in, subject="session", key=shared.record, name="delivered_from", reason=_STAND_IN)
    images = sum(1 for _ in beam.items(_VERIFICATION_IMAGES))
    if images:
        source.state(
            beam,
            _VERIFICATION_IMAGES,
            str(images),
            subject="session",
            key=shared.record,
            name="verification_images",
        )
    file, first, past = source.place(beam.region.start, beam.region.end)
    held = _held(beam)
    return shared._replace(
        file=file,
        start=first,
        end=past,
        path=beam.holder[:-1],
        beam=beam.whole(0x300C0006),
        beam_name=beam.text(0x300A00C2),
        fraction=beam.whole(0x30080022),
        day=shared.day or (began and began.date()),
        started_at=began or shared.started_at,
        ended_at=ended,
        kind=beam.word(0x300A00CE, _KINDS),
        termination=beam.word(0x3008002A, TERMINATIONS),
        verification=beam.word(0x3008002C, _VERIFICATIONS),
        specified=meterset.specified,
        delivered=meterset.delivered,
        unit=meterset.unit,
        modality=beam.word(0x300A00C6, _RADIATIONS),
        session=shared.session or beam.uid(_SESSION),
        table_x=start.number(0x300A012A) if start else None,
        table_y=start.number(0x300A0128) if start else None,
        table_z=start.number(0x300A0129) if start else None,
        held=shared.held if held is None else held,
    )


def _meterset(beam: Entry, start: Entry | None, end: Entry | None, unit: str | None) -> tuple[Meterset, str | None]:
    """What the beam was to give and gave, and what that is taken from when it does not say its primary meterset."""
    specified, delivered = beam.number(0x30080032), beam.number(0x30080036)
    if delivered is not None:
        return Meterset(specified, _given(beam, 0x30080036, delivered), unit), None
    if start and end:
        before, after = start.number(_DELIVERED), end.number(_DELIVERED)
        if before is not None and after is not None:
            if specified is None:
                first, last = start.number(_SPECIFIED), end.number(_SPECIFIED)
                specified = None if first is None or last is None else round(last - first, 6)
            return Meterset(specified, _given(end, _DELIVERED, round(after - before, 6)), unit), "control_points"
    secondary = beam.number(0x30080037)
    if secondary is not None:
        # The standard gives no unit for the secondary meterset.
        return Meterset(beam.number(0x30080033), _given(beam, 0x30080037, secondary), None), "secondary_meterset"
    seconds, planned = beam.number(0x3008003B), beam.number(0x3008003A)
    if seconds is not None:
        minutes = _given(beam, 0x3008003B, round(seconds / 60, 6))
        return Meterset(None if planned is None else round(planned / 60, 6), minutes, "MINUTE"), "treatment_time"
    return Meterset(specified, None, unit), None


def _given(entry: Entry, tag: int, amount: float) -> float | None:
    if amount < 0:
        entry.fault(tag, "a meterset that does not fall", "a negative one")
        return None
    return amount


def _held(entry: Entry) -> bool | None:
    """Whether beam holds are there; null when the record has no such sequence."""
    if _BEAM_HOLDS not in entry.elements:
        return None
    return entry.first(_BEAM_HOLDS) is not None
