"""Objects that are not read further → that they are there: images of the day, brachytherapy records, second-generation objects.

Subject `session`, key the object's SOP Instance UID.

| name | value |
|---|---|
| `image` | modality of an image or a registration: CT, RTIMAGE, REG …; a hint of image guidance, never its proof |
| `image_at` | its day, with its time where one is said |
| `frame_of_reference`, `dicom_plan`, `fraction`, `machine` | what the image refers to |
| `brachytherapy` | day of a brachytherapy record, null when it says none: never a delivery of external beams |
| `unsupported_generation` | what the object is; its content is not read |
"""

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import SOP_CLASS, SOP_INSTANCE, DicomObject
from beamclaim.ingest.dicom.record import PLANS, plan_of

BRACHY_CLASS = "1.2.840.10008.5.1.4.1.1.481.6"
BRACHY_SETUPS = 0x30080110

SECOND_GENERATION = {
    f"1.2.840.10008.5.1.4.1.1.481.{number}": name
    for number, name in {
        10: "physician intent",
        11: "segment annotation",
        12: "radiation set",
        13: "C-arm radiation",
        14: "tomotherapeutic radiation",
        15: "robotic-arm radiation",
        16: "radiation record set",
        17: "radiation salvage record",
        18: "tomotherapeutic radiation record",
        19: "C-arm radiation record",
        20: "robotic-arm radiation record",
    }.items()
}
"""SOP classes of second-generation radiotherapy objects (PS3.4 B.5)."""

IMAGES = frozenset((b"CT", b"MR", b"PT", b"US", b"CR", b"DX", b"XA", b"RF", b"RTIMAGE", b"REG"))
"""Modalities of images, and of the registrations that use them."""

_MODALITY, _FRAME, _FRACTION, _MACHINE, _TREATED_ON = 0x00080060, 0x00200052, 0x30020029, 0x30020020, 0x30080250
_DAYS = ((0x00080022, 0x00080032), (0x00080023, 0x00080033), (0x00080021, 0x00080031), (0x00080020, 0x00080030))


def read_image(image: DicomObject) -> None:
    """Adds when an image was taken and what it refers to."""
    top = _begin(image, "dicom_image")
    image.add("image", top.raw(_MODALITY).decode("ascii"), at=top.at(_MODALITY))
    for day_tag, time_tag in _DAYS:
        day = top.day(day_tag)
        if day:
            time = top.time(time_tag)
            moment = f"{day}T{time.isoformat()}" if time else day.isoformat()
            image.add("image_at", moment, at=top.at(day_tag))
            break
    fraction = top.whole(_FRACTION)
    for tag, name, value in (
        (_FRAME, "frame_of_reference", top.uid(_FRAME)),
        (PLANS, "dicom_plan", plan_of(top)),
        (_FRACTION, "fraction", None if fraction is None else str(fraction)),
        (_MACHINE, "machine", top.text(_MACHINE)),
    ):
        if value:
            image.add(name, value, at=top.at(tag))


def read_brachy(record: DicomObject) -> None:
    """Adds that a brachytherapy record is there, so that nobody misses it among the deliveries."""
    top = _begin(record, "dicom_brachy_record")
    day = top.day(_TREATED_ON)
    at = top.at(_TREATED_ON) if top.has(_TREATED_ON) else top.place
    reason = "a brachytherapy treatment record; out of scope for external-beam delivery"
    record.add("brachytherapy", day.isoformat() if day else None, at=at, reason=reason, settled_by="physicist")


def read_second_generation(object: DicomObject, what: str) -> None:
    """Adds that a second-generation object is there and not read."""
    top = _begin(object, "dicom_second_generation")
    reason = "a second-generation radiotherapy object; its content is not read"
    object.add("unsupported_generation", what, at=top.at(SOP_CLASS), reason=reason)
    expected = "a first-generation radiotherapy object"
    top.fault(SOP_CLASS, expected=expected, found="a second-generation one", kind="not_read")


def _begin(object: DicomObject, source: str) -> DicomItem:
    """The dataset of an object of this kind, whose session is named by its own UID."""
    object.recorder.source = source
    object.subject = Subject("session", object.top.uid(SOP_INSTANCE) or "")
    return object.top
