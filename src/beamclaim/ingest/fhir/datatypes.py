"""Elements → values of FHIR's own data types: dates of any precision, quantities, coded concepts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from beamclaim.ingest import values
from beamclaim.ingest.fhir.codes import SYSTEMS, TABLES, Meaning
from beamclaim.ingest.fhir.element import FhirElement
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

    element: FhirElement
    day: date | None
    at: datetime | None
    reason: str | None

    @property
    def text(self) -> str | None:
        """ISO time, else ISO day, else nothing."""
        return self.at.isoformat() if self.at else self.day.isoformat() if self.day else None


def moment(element: FhirElement | None) -> Moment | None:
    """A date or dateTime → local wall time as written; a year or month alone has no day; UTC has no local time."""
    if element is None:
        return None
    if element.node.kind != "a text":
        element.fault("element", expected="a date", found=element.node.kind)
        return None
    match = _MOMENT.fullmatch(element.written)
    if not match:
        element.fault(
            "date",
            expected="a date as YYYY, YYYY-MM, YYYY-MM-DD or with a time and its offset",
            found=values.shape(element.written),
        )
        return Moment(element, None, None, "not written as FHIR writes dates")
    year, month, day, time, fraction, zone = match.groups()
    if day is None:
        what = "a year" if month is None else "a month"
        element.fault("date", expected="a day", found=f"{what} alone")
        return Moment(element, None, None, f"{what} alone is written: the day is unknown")
    try:
        on = date.fromisoformat(f"{year}-{month}-{day}")
        at = datetime.fromisoformat(f"{on}T{time}" + (f".{fraction}" if fraction else "")) if time else None
    except ValueError:
        element.fault("date", expected="a day and time of the calendar", found="one that does not exist")
        return Moment(element, None, None, "a day or time that does not exist")
    if at is None:
        return Moment(element, on, None, None)
    if zone in _UTC:
        return _utc(element, on, at)
    offset = "no offset is written" if zone is None else f"offset {zone}"
    return Moment(element, on, at, f"wall time as written, {offset}")


def _utc(element: FhirElement, on: date, at: datetime) -> Moment:
    """UTC is nobody's clinic: before noon it may be the evening before in the United States, so the day is open."""
    element.fault("time_zone", expected="the local time of the clinic with its offset", found="a time in UTC")
    if at.hour < 12:
        return Moment(element, None, None, "a time in UTC before noon: the local day is that one or the one before")
    return Moment(element, on, None, "a time in UTC: the local time is unknown")


def count(element: FhirElement | None) -> int | None:
    """A whole number from 0, of at most nine digits."""
    if element is None:
        return None
    if element.node.kind != "a number" or not _WHOLE.fullmatch(element.written):
        found = values.shape(element.written) if element.node.kind in {"a number", "a text"} else element.node.kind
        element.fault("element", expected="a whole number from 0", found=found)
        return None
    return int(element.written)


def decimal(element: FhirElement | None) -> Decimal | None:
    """A number within reason: 1e999 or 5,000 digits are a fault."""
    if element is None:
        return None
    if element.node.kind != "a number" or not _DECIMAL.fullmatch(element.written):
        element.fault(
            "element",
            expected="a number of at most 12 digits",
            found="another one" if element.node.kind == "a number" else element.node.kind,
        )
        return None
    return Decimal(element.written)


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity: its number, its unit (null: none is written) and why it may not be used."""

    element: FhirElement
    number: Decimal
    unit: str | None
    reason: str | None = None


def quantity(element: FhirElement | None) -> Measure | None:
    """A Quantity → number and unit: the UCUM code, else the unit as words."""
    if element is None:
        return None
    written = element.number("value")
    number = decimal(written)
    if written is None or number is None:
        return None
    unit = element.text("code") or element.text("unit")
    reason = "a comparison, not a value" if element.has("comparator") else None
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
        measure.element.fault("unit", expected="cGy or Gy", found="none")
        return None, "no unit is written"
    if measure.unit not in {"cGy", "Gy"}:
        measure.element.fault("unit", expected="cGy or Gy", found=values.shape(measure.unit))
        return None, "the unit is neither cGy nor Gy"
    if not 0 <= measure.number <= LARGEST_DOSE:
        measure.element.fault(
            "element", expected="a dose", found="a number under 0" if measure.number < 0 else "a number too large"
        )
        return None, "no dose can be this number"
    if measure.unit == "Gy":
        return plain(measure.number), "Gy as written"
    return plain(measure.number / 100), "cGy as written, divided by 100"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code found in a concept: the part of its code, its system's short name, what it means (null: not in our table)."""

    element: FhirElement
    system: str | None
    meaning: Meaning | None = None
    uri: str | None = None

    @property
    def printable(self) -> str:
        """The code fit for a reason: itself when it is digits or short capitals, never free text."""
        written = self.element.written
        return f"code {written}" if re.fullmatch(r"[0-9]{5,18}|[A-Z]{2,6}", written) else "a code"


def codings(concept: FhirElement | None) -> list[Coded]:
    """The codes of a CodeableConcept (or of one Coding), each with its system."""
    if concept is None:
        return []
    codes = []
    for coding in concept.items("coding") if concept.has("coding") else [concept]:
        system, code = coding.text("system"), coding.text("code")
        if code is not None:
            uri = system.written if system else None
            codes.append(Coded(code, SYSTEMS.get(uri or ""), None, uri))
    return codes


def look_up(table: str, concept: FhirElement | None) -> Coded | None:
    """The first code of a concept that the table knows; else its first code, without meaning; null when it has none."""
    codes = codings(concept)
    for code in codes:
        meaning = TABLES[table].get((code.system or "", code.element.written))
        if meaning:
            return Coded(code.element, code.system, meaning, code.uri)
    return codes[0] if codes else None


def diagnosis(code: Coded) -> str | None:
    """An ICD-10-CM code without its dot, or nothing (and a fault) when it is not one."""
    try:
        return values.diagnosis(code.element.written)
    except Unfit as unfit:
        code.element.fault("element", expected=unfit.expected, found=unfit.found)
        return None
