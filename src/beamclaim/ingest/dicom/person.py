"""Patient module of a DICOM object (PS3.3 C.7.1.1) → who it says its patient is: id with issuer, other ids, birth date, sex, name.

What cannot be read says nothing here; the readers of plans and records say what is wrong with it.
"""

from collections.abc import Iterator

from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PATIENT
from beamclaim.model.persona import PatientNumber, Persona, numbered, universal

_NAME, _BIRTH_DATE, _SEX = 0x00100010, 0x00100030, 0x00100040
_ISSUER, _QUALIFIERS, _UNIVERSAL, _UNIVERSAL_TYPE = 0x00100021, 0x00100024, 0x00400032, 0x00400033
_OTHER_IDS, _OTHER_IDS_SEQUENCE, _NUMBER_TYPE = 0x00101000, 0x00101002, 0x00100022


def persona_text(top: DicomItem, written: str | None) -> str | None:
    """The text of the persona of an object whose Patient ID reads so; null without one."""
    number = _number(top, written)
    if number is None:
        return None
    born, sex = top.raw(_BIRTH_DATE), top.raw(_SEX)
    family, given = _name(top)
    digits = born.decode("latin-1").replace(".", "")
    persona = Persona.of(
        [number],
        birth_date=f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdecimal() else None,
        sex=sex.decode() if sex in (b"M", b"F", b"O") else None,
        family=family,
        given=given,
    )
    return persona.with_others(_others(top)).text


def _number(item: DicomItem, written: str | None) -> PatientNumber | None:
    if not written or not written.strip():
        return None
    names = [item.quiet_text(_ISSUER)]
    for qualifiers in item.items(_QUALIFIERS) if item.has(_QUALIFIERS) else ():
        names.append(universal(qualifiers.quiet_text(_UNIVERSAL), qualifiers.quiet_text(_UNIVERSAL_TYPE)))
    return numbered(written, issuer=names)


def _others(top: DicomItem) -> Iterator[PatientNumber]:
    for written in (top.quiet_text(_OTHER_IDS) or "").split("\\"):
        if (number := _number_alone(written)) is not None:
            yield number
    for item in top.items(_OTHER_IDS_SEQUENCE) if top.has(_OTHER_IDS_SEQUENCE) else ():
        number = _number(item, item.quiet_text(PATIENT))
        if number is not None and item.raw(_NUMBER_TYPE) in (b"", b"TEXT"):
            yield number


def _number_alone(written: str) -> PatientNumber | None:
    return numbered(written) if written.strip() else None


def _name(top: DicomItem) -> tuple[str, str]:
    """Family and given name of the first group of components (PS3.5 6.2.1)."""
    parts = (top.quiet_text(_NAME) or "").partition("=")[0].split("^")
    return parts[0], parts[1] if len(parts) > 1 else ""
