"""FHIR's own data types: dates of any precision, quantities, coded concepts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from beamclaim.ingest import values
from beamclaim.ingest.fhir.codes import SYSTEMS, TABLES, Meaning
from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.values import Unfit

_MOMENT = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]{1,12}))?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_UTC = {"Z", "+00:00", "-00:00"}
LARGEST_DOSE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as far as it is written: null day or time where it is not (source: FHIR R4 datatypes, dateTime)."""

    part: Part
    day: date | None
    at: datetime | None
    reason: str | None

    @property
    def text(self) -> str | None:
        """ISO time, else ISO day, else nothing."""
        return self.at.isoformat() if self.at else self.day.isoformat() if self.day else None


def moment(part: Part | None) -> Moment | None:
    """A date or dateTime → local wall time as written; a year or month alone has no day; UTC has no local time."""
    if part is None:
        return None
    if part.node.kind != "a text":
        part.fault("element", "a date", part.node.kind)
        return None
    found = _MOMENT.fullmatch(part.written)
    if not found:
        part.fault(
            "date", "a date as YYYY, YYYY-MM, YYYY-MM-DD or with a time and its offset", values.shape(part.written)
        )
        return Moment(part, None, None, "not written as FHIR writes dates")
    year, month, day, time, fraction, zone = found.groups()
    if day is None:
        what = "a year" if month is None else "a month"
        part.fault("date", "a day", f"{what} alone")
        return Moment(part, None, None, f"{what} alone is written: the day is unknown")
    try:
        on = date.fromisoformat(f"{year}-{month}-{day}")
        at = datetime.fromisoformat(f"{on}T{time}" + (f".{fraction}" if fraction else "")) if time else None
    except ValueError:
        part.fault("date", "a day and time of the calendar", "one that does not exist")
        return Moment(part, None, None, "a day or time that does not exist")
    if at is None:
        return Moment(part, on, None, None)
    if zone in _UTC:
        return _utc(part, on, at)
    said = "no offset is written" if zone is None else f"offset {zone}"
    return Moment(part, on, at, f"wall time as written, {said}")


def _utc(part: Part, on: date, at: datetime) -> Moment:
    """UTC is nobody's clinic: before noon it may be the evening before in the United States, so the day is open."""
    part.fault("time_zone", "the local time of the clinic with its offset", "a time in UTC")
    if at.hour < 12:
        return Moment(part, None, None, "a time in UTC before noon: the local day is that one or the one before")
    return Moment(part, on, None, "a time in UTC: the local time is unknown")


def count(part: Part | None) -> int | None:
    """A whole number from 0, of at most nine digits."""
    if part is None:
        return None
    if part.node.kind != "a number" or not _WHOLE.fullmatch(part.written):
        found = values.shape(part.written) if part.node.kind in {"a number", "a text"} else part.node.kind
        part.fault("element", "a whole number from 0", found)
        return None
    return int(part.written)


def decimal(part: Part | None) -> Decimal | None:
    """A number within reason: 1e999 or 5,000 digits are a fault."""
    if part is None:
        return None
    if part.node.kind != "a number" or not _DECIMAL.fullmatch(part.written):
        part.fault(
            "element",
            "a number of at most 12 digits",
            "another one" if part.node.kind == "a number" else part.node.kind,
        )
        return None
    return Decimal(part.written)


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity: its number, its unit (null: none is written) and why it may not be used."""

    part: Part
    number: Decimal
    unit: str | None
    reason: str | None = None


def quantity(part: Part | None) -> Measure | None:
    """A Quantity → number and unit: the UCUM code, else the unit as words."""
    if part is None:
        return None
    written = part.number("value")
    number = decimal(written)
    if written is None or number is None:
        return None
    unit = part.text("code") or part.text("unit")
    reason = "a comparison, not a value" if part.has("comparator") else None
    return Measure(written, number, unit.written if unit else None, reason)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def grays(measure: Measure) -> tuple[str | None, str]:
    """A dose in Gy → (value, reason); null when its unit is not said, it is a comparison or no possible dose."""
    if measure.reason:
        return None, measure.reason
    if measure.unit is None:
        measure.part.fault("unit", "cGy or Gy", "none")
        return None, "no unit is written"
    if measure.unit not in {"cGy", "Gy"}:
        measure.part.fault("unit", "cGy or Gy", values.shape(measure.unit))
        return None, "the unit is neither cGy nor Gy"
    if not 0 <= measure.number <= LARGEST_DOSE:
        measure.part.fault("element", "a dose", "a number under 0" if measure.number < 0 else "a number too large")
        return None, "no dose can be this number"
    if measure.unit == "Gy":
        return plain(measure.number), "Gy as written"
    return plain(measure.number / 100), "cGy as written, divided by 100"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code found in a concept: the part of its code, its system's short name, what it means (null: not in our table)."""

    part: Part
    system: str | None
    meaning: Meaning | None = None
    uri: str | None = None

    @property
    def shown(self) -> str:
        """The code fit for a reason: itself when it is digits or short capitals, never free text."""
        written = self.part.written
        return f"code {written}" if re.fullmatch(r"[0-9]{5,18}|[A-Z]{2,6}", written) else "a code"


def codings(concept: Part | None) -> list[Coded]:
    """The codes of a CodeableConcept (or of one Coding), each with its system."""
    if concept is None:
        return []
    found = []
    for coding in concept.items("coding") if concept.has("coding") else [concept]:
        system, code = coding.text("system"), coding.text("code")
        if code is not None:
            uri = system.written if system else None
            found.append(Coded(code, SYSTEMS.get(uri or ""), None, uri))
    return found


def look_up(table: str, concept: Part | None) -> Coded | None:
    """The first code of a concept that the table knows; else its first code, without meaning; null when it has none."""
    found = codings(concept)
    for code in found:
        meaning = TABLES[table].get((code.system or "", code.part.written))
        if meaning:
            return Coded(code.part, code.system, meaning, code.uri)
    return found[0] if found else None


def diagnosis(code: Coded) -> str | None:
    """An ICD-10-CM code without its dot, or nothing (and a fault) when it is not one."""
    try:
        return values.diagnosis(code.part.written)
    except Unfit as unfit:
        code.part.fault("element", unfit.expected, unfit.found)
        return None
