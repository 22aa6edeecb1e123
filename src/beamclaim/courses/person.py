"""Whose course it is and who pays: patient, payer, setting, diagnoses, and what the user says where no file does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from beamclaim.courses import form
from beamclaim.courses.course_record import Account, Word, words
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
    account: Account, number: str | None, said: Sequence[Assertion], deliveries: Iterable[Delivery], first: Word
) -> None:
    """Puts the patient into the form: number, birth date, sex."""
    person: dict[str, Any] = {}
    if number is not None and not form.is_text(number):
        account.missing("patient.id", "the id holds what is no text", "records")
    elif number is not None:
        person["id"] = number
        account.sources.append(("patient.id", first))
    facts: tuple[tuple[str, form.Fit], ...] = (("birth_date", form.day), ("sex", form.sex))
    for name, fit in facts:
        found = words([s for s in said if s.subject == "patient" and s.name == name], fit)
        told: dict[str, Delivery] = {}
        for d in deliveries:
            value = d.sex if name == "sex" else d.birth_date.isoformat() if d.birth_date else None
            if value:
                told.setdefault(value, d)
        known = {w.value for w in found}
        for value, d in told.items():
            if value not in known:
                found += words([_assertion(d, name, value)], fit)
        if not found:
            account.missing(f"patient.{name}", "no source says it", "records")
        elif (settled := account.settle(f"patient.{name}", found)) is not None:
            person[name] = settled
    if person:
        account.form["patient"] = person


def _assertion(row: Delivery, name: str, value: str) -> Assertion:
    place = (row.file, row.start, row.end, row.segment)
    return Assertion(*place, row.source, row.path, row.patient, "patient", row.patient or "", name, value)


def payer(account: Account, said: Sequence[Assertion], given: CourseDefaults) -> None:
    """Puts the payer into the form."""
    out: dict[str, str] = {}
    rows: tuple[tuple[str, str | None, tuple[str, ...], form.Fit], ...] = (
        ("id", given.payer, ("payer_id",), form.text),
        ("name", None, ("payer_name",), form.text),
        ("line", given.payer_line, ("payer_line",), form.word(*PAYER_LINES)),
    )
    for name, option, names, fit in rows:
        found = words([s for s in said if (s.name in names and _is_first(s)) or _is_payer(s, name)], fit)
        if (value := account.settle(f"payer.{name}", _with(found, option))) is not None:
            out[name] = value
        elif name == "line" and not _with(found, option):
            account.missing("payer.line", "no source says it; --payer-line does", "biller")
    if out:
        account.form["payer"] = out


def _is_payer(s: Assertion, name: str) -> bool:
    """HL7 v2 gives the payer's id under `payer`, FHIR its name; a second insurance contradicts no first."""
    return s.name == "payer" and name == ("name" if s.source == "fhir" else "id") and _is_first(s)


def _is_first(s: Assertion) -> bool:
    return s.source != "hl7v2" or s.key.endswith("/IN1-1")


def facts(account: Account, said: Sequence[Assertion], person: Sequence[Assertion], given: CourseDefaults) -> None:
    """Puts setting, diagnoses and the day the course ended into the form."""
    found = words([s for s in said if s.name == "setting"], form.word(*SETTINGS))
    said_or_given = _with(found, given.setting)
    if (value := account.settle("setting", said_or_given)) is not None:
        account.form["setting"] = value
    elif not said_or_given:
        account.missing("setting", "no source says it; --setting does", "biller")
    diagnoses = [s for s in said if s.name == "diagnoses"] or [s for s in person if s.name == "diagnoses"]
    first = ("course", "prescription", "plan", "phase", "condition")
    diagnoses.sort(key=lambda s: first.index(s.subject) if s.subject in first else len(first))
    told = words(diagnoses, form.several(form.diagnosis))
    known = {code for w in told if w.value for code in w.value}
    option = Word(list(given.diagnoses), "option", None, "given on the command line") if given.diagnoses else None
    if option is not None and known and not set(given.diagnoses) <= known:
        account.settle("diagnoses", [*(w for w in told if w.value), option])
    elif (
        codes := account.gather("diagnoses", [option] if option is not None and not known else told)
        if option or told
        else None
    ):
        account.form["diagnoses"] = codes
    if not option and not told:
        account.missing("diagnoses", "no source says them; --diagnosis does", "coder")
    ended = words([s for s in said if s.subject == "course" and s.name == "ended_on"], form.day)
    if (value := account.settle("ended_on", ended)) is not None:
        account.form["ended_on"] = value


def _with(found: list[Word], option: str | None) -> list[Word]:
    """The words of the files and of the user; what the files could not tell the user may."""
    if option is None:
        return found
    return [*(w for w in found if w.value is not None), Word(option, "option", None, "given on the command line")]
