"""What is asserted of a patient and a payer → patient, payer, setting, diagnoses and end of a course.

What the user states (`CourseDefaults`) fills what no file says and never overrules it. Called by `join.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from beamclaim.courses import form
from beamclaim.courses.course_record import CourseRecord, SourcedValue, fitted
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.evidence import Assertion, Delivery
from beamclaim.model.value_sets import PAYER_LINES, SETTINGS


@dataclass(frozen=True, slots=True)
class CourseDefaults:
    """What the user says where the files do not."""

    setting: str | None = None
    payer_line: str | None = None
    payer: str | None = None
    diagnoses: tuple[str, ...] = ()


def patient(
    record: CourseRecord,
    named: PatientNumber | None,
    asserted: Sequence[Assertion],
    deliveries: Iterable[Delivery],
    first: SourcedValue,
) -> None:
    """Puts the patient into the form: number, birth date, sex."""
    person: dict[str, Any] = {}
    number = named.number if named else None
    if number is not None and not form.is_text(number):
        record.missing("patient.id", "the id holds what is no text", "records")
    elif named is not None and named.is_secret:
        record.missing("patient.id", "the sources give only a social security number, which is never shown", "records")
    elif named is not None and not named.is_of_the_patient:
        record.missing(
            "patient.id", "the sources give only the number of an account, a visit or an insurance", "records"
        )
    elif number is not None:
        person["id"] = number
        record.sources.append(("patient.id", first))
    facts: tuple[tuple[str, form.Fit], ...] = (("birth_date", form.day), ("sex", form.sex))
    for name, fit in facts:
        values = fitted([s for s in asserted if s.subject == "patient" and s.name == name], fit)
        by_value: dict[str, Delivery] = {}
        for d in deliveries:
            value = d.sex if name == "sex" else d.birth_date.isoformat() if d.birth_date else None
            if value:
                by_value.setdefault(value, d)
        known = {w.value for w in values}
        for value, d in by_value.items():
            if value not in known:
                values += fitted([_assertion(d, name, value)], fit)
        if not values:
            record.missing(f"patient.{name}", "no source says it", "records")
        elif (settled := record.settle(f"patient.{name}", values)) is not None:
            person[name] = settled
    if person:
        record.form["patient"] = person


def _assertion(row: Delivery, name: str, value: str) -> Assertion:
    place = (row.file, row.start, row.end, row.segment)
    return Assertion(*place, row.source, row.path, row.patient, "patient", row.patient or "", name, value)


def payer(record: CourseRecord, asserted: Sequence[Assertion], defaults: CourseDefaults) -> None:
    """Puts the payer into the form."""
    out: dict[str, str] = {}
    rows: tuple[tuple[str, str | None, tuple[str, ...], form.Fit], ...] = (
        ("id", defaults.payer, ("payer_id",), form.text),
        ("name", None, ("payer_name",), form.text),
        ("line", defaults.payer_line, ("payer_line",), form.word(*PAYER_LINES)),
    )
    for name, option, names, fit in rows:
        values = fitted([s for s in asserted if (s.name in names and _is_first(s)) or _is_payer(s, name)], fit)
        if (value := record.settle(f"payer.{name}", _with(values, option))) is not None:
            out[name] = value
        elif name == "line" and not _with(values, option):
            record.missing("payer.line", "no source says it; --payer-line does", "biller")
    if out:
        record.form["payer"] = out


def _is_payer(s: Assertion, name: str) -> bool:
    """HL7 v2 gives the payer's id under `payer`, FHIR its name; a second insurance contradicts no first."""
    return s.name == "payer" and name == ("name" if s.source == "fhir" else "id") and _is_first(s)


def _is_first(s: Assertion) -> bool:
    return s.source != "hl7v2" or s.key.endswith("/IN1-1")


def facts(
    record: CourseRecord, asserted: Sequence[Assertion], person: Sequence[Assertion], defaults: CourseDefaults
) -> None:
    """Puts setting, diagnoses and the day the course ended into the form."""
    values = fitted([s for s in asserted if s.name == "setting"], form.word(*SETTINGS))
    said_or_given = _with(values, defaults.setting)
    if (value := record.settle("setting", said_or_given)) is not None:
        record.form["setting"] = value
    elif not said_or_given:
        record.missing("setting", "no source says it; --setting does", "biller")
    diagnoses = [s for s in asserted if s.name == "diagnoses"] or [s for s in person if s.name == "diagnoses"]
    first = ("course", "prescription", "plan", "phase", "condition")
    diagnoses.sort(key=lambda s: first.index(s.subject) if s.subject in first else len(first))
    by_value = fitted(diagnoses, form.several(form.diagnosis))
    known = {code for w in by_value if w.value for code in w.value}
    option = (
        SourcedValue(list(defaults.diagnoses), "option", None, "given on the command line")
        if defaults.diagnoses
        else None
    )
    if option is not None and known and not set(defaults.diagnoses) <= known:
        record.settle("diagnoses", [*(w for w in by_value if w.value), option])
    elif (
        codes := record.gather("diagnoses", [option] if option is not None and not known else by_value)
        if option or by_value
        else None
    ):
        record.form["diagnoses"] = codes
    if not option and not by_value:
        record.missing("diagnoses", "no source says them; --diagnosis does", "coder")
    ended = fitted([s for s in asserted if s.subject == "course" and s.name == "ended_on"], form.day)
    if (value := record.settle("ended_on", ended)) is not None:
        record.form["ended_on"] = value


def _with(values: list[SourcedValue], option: str | None) -> list[SourcedValue]:
    """The words of the files and of the user; what the files could not tell the user may."""
    if option is None:
        return values
    return [
        *(w for w in values if w.value is not None),
        SourcedValue(option, "option", None, "given on the command line"),
    ]
