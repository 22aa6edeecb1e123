"""Objects that are mentioned and not read further: images of the day, brachytherapy records, second-generation objects.

Subject `session`, key the object's SOP Instance UID.

| name | value |
|---|---|
| `image` | modality of an image or a registration: CT, RTIMAGE, REG …; a hint of image guidance, never its proof |
| `image_at` | its day, with its time where one is said |
| `frame_of_reference`, `dicom_plan`, `fraction`, `machine` | what the image refers to |
| `brachytherapy` | day of a brachytherapy record, null when it says none: never a delivery of external beams |
| `unsupported_generation` | what the object is; its content is not read |
"""

from beamclaim.ingest.dicom.entry import Source
from beamclaim.ingest.dicom.record import plan_of

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

_DAYS = ((0x00080022, 0x00080032), (0x00080023, 0x00080033), (0x00080021, 0x00080031), (0x00080020, 0x00080030))


def read_image(source: Source) -> None:
    """Adds when an image was taken and what it refers to."""
    source.kind = "dicom_image"
    top = source.top
    key = top.uid(0x00080018) or ""
    source.state(top, 0x00080060, top.raw(0x00080060).decode("ascii"), subject="session", key=key, name="image")
    for day_tag, time_tag in _DAYS:
        day = top.day(day_tag)
        if day:
            time = top.time(time_tag)
            moment = f"{day}T{time.isoformat()}" if time else day.isoformat()
            source.state(top, day_tag, moment, subject="session", key=key, name="image_at")
            break
    fraction = top.whole(0x30020029)
    for tag, name, value in (
        (0x00200052, "frame_of_reference", top.uid(0x00200052)),
        (0x300C0002, "dicom_plan", plan_of(top)),
        (0x30020029, "fraction", None if fraction is None else str(fraction)),
        (0x30020020, "machine", top.text(0x30020020)),
    ):
        if value:
            source.state(top, tag, value, subject="session", key=key, name=name)


def read_brachy(source: Source) -> None:
    """Adds that a brachytherapy record is there, so that nobody misses it among the deliveries."""
    source.kind = "dicom_brachy_record"
    top = source.top
    day = top.day(0x30080250)
    source.state(
        top,
        0x30080250,
        day.isoformat() if day else None,
        subject="session",
        key=top.uid(0x00080018) or "",
        name="brachytherapy",
        reason="a brachytherapy treatment record; out of scope for external-beam delivery",
        who="physicist",
    )


def read_second_generation(source: Source, what: str) -> None:
    """Adds that a second-generation object is there and not read."""
    source.kind = "dicom_second_generation"
    top = source.top
    source.state(
        top,
        0x00080016,
        what,
        subject="session",
        key=top.uid(0x00080018) or "",
        name="unsupported_generation",
        reason="a second-generation radiotherapy object; its content is not read",
        who="physicist",
    )
    top.fault(0x00080016, "a first-generation radiotherapy object", "a second-generation one", "not_read")
