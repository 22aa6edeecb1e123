"""Who a source says its patient is: numbers with their issuers, birth date, sex and name, as one text and back.

Readers write the text of a `Persona` into `assertion.patient` and `delivery.patient`; `courses/people.py` tells from all of them
who is one person. A source that says a number and nothing else writes that number alone. Names serve to tell two people apart:
they are reduced to letters, held for the comparison and never shown.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from beamclaim.model.value_sets import ACCOUNT_NUMBERS, MEDICAL_RECORD_NUMBERS, OTHER_NUMBERS, SOCIAL_SECURITY

_FIELD, _PART = "\x1f", "\x1e"
_CONTROLS = re.compile("[\x1e\x1f]")
_WITH_ISSUER = re.compile(r"([^^]+)\^[^^]*\^[^^]*\^([^^&]*)(?:&([^^&]*)&([^^&]*))?(?:\^([^^]*).*)?")
_SECURITY_NUMBER = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
_OID = re.compile(r"(?:urn:oid:)?([0-2](?:\.[0-9]+)+)")
PLACEHOLDERS = frozenset(
    {
        "anon", "anonymous", "anonymized", "anonymised", "deidentified", "example", "noname", "none", "patient", "phantom",
        "plan", "pseudonym", "qa", "removed", "synthetic", "test", "unknown",
    }
)  # fmt: skip
"""Names that stand where a name was taken out or never was: they contradict nobody's."""


class PatientNumber(NamedTuple):
    """A number of a patient: its kind (HL7 table 0203, or none), and the names of who issued it (none: not said)."""

    number: str
    kind: str = ""
    issuer: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The number with its issuer, as HL7 v2 and some senders of DICOM write it: `12345^^^HOSP^MR`; `numbered` reads it."""
        namespace = next((name for name in self.issuer if not _is_universal(name)), "")
        other = next((name for name in self.issuer if _is_universal(name)), "")
        kind = "URI" if "://" in other else ""
        issuer = f"{namespace}&{other}&{kind}" if other else namespace
        return f"{self.number}^^^{issuer}^{self.kind}".rstrip("^")

    @property
    def is_of_the_patient(self) -> bool:
        """Whether it may name a patient: not an account, a visit, an insurance, a license."""
        return self.kind not in OTHER_NUMBERS

    @property
    def is_secret(self) -> bool:
        """Whether it is a social security number, which is never shown."""
        return self.kind in SOCIAL_SECURITY or _SECURITY_NUMBER.fullmatch(self.number) is not None

    @property
    def rank(self) -> int:
        """The smaller, the better it names the patient: the medical record number, the sender's own, any other, none."""
        if self.is_secret or not self.is_of_the_patient:
            return 4 if self.kind in ACCOUNT_NUMBERS else 5
        return 0 if self.kind in MEDICAL_RECORD_NUMBERS else {"PI": 1, "PT": 2}.get(self.kind, 3)


def numbered(written: str, kind: str = "", issuer: Iterable[str | None] = ()) -> PatientNumber | None:
    """A number as a source writes it → the number; one written with its issuer, `12345^^^HOSP`, is told apart from it."""
    number = _CONTROLS.sub("", written).strip()
    names = [name for each in issuer if each and (name := issuer_name(each))]
    if not names and (packed := _WITH_ISSUER.fullmatch(number)):
        number, kind = packed[1].strip(), kind or (packed[5] or "").strip()
        names = [name for each in (packed[2], universal(packed[3], packed[4])) if each and (name := issuer_name(each))]
    return PatientNumber(number, kind.upper(), tuple(dict.fromkeys(names))) if number else None


def _is_universal(name: str) -> bool:
    return name.startswith("urn:") or "://" in name


def issuer_name(written: str) -> str:
    """A name of an issuer as it is compared: blanks and case make no other one; an ISO object identifier is a URN."""
    name = _CONTROLS.sub("", written).strip().casefold()
    oid = _OID.fullmatch(name)
    return f"urn:oid:{oid[1]}" if oid else name.rstrip("/")


def universal(identifier: str | None, kind: str | None) -> str | None:
    """A universal id and its type (HL7 HD.2 and HD.3, DICOM (0040,0032) and (0040,0033)) → one name of an issuer."""
    if not identifier or not identifier.strip():
        return None
    match (kind or "").strip().upper():
        case "ISO":
            return f"urn:oid:{identifier.strip()}"
        case "UUID" | "GUID":
            return f"urn:uuid:{identifier.strip()}"
    return identifier


@dataclass(frozen=True)
class Persona:
    """The patient as one object, message or resource describes it. Days as ISO text; what is not said is empty or null."""

    number: PatientNumber | None
    others: tuple[PatientNumber, ...] = ()
    birth_date: str | None = None
    sex: str | None = None
    family: str = ""
    given: str = ""

    @classmethod
    def of(
        cls,
        numbers: Iterable[PatientNumber | None],
        *,
        birth_date: date | str | None = None,
        sex: str | None = None,
        family: str | None = None,
        given: str | None = None,
    ) -> "Persona":
        """A persona of several numbers: the best of them names it, in whichever order they came."""
        known = sorted({n for n in numbers if n is not None}, key=lambda n: (n.rank, not n.issuer, n.issuer, n.number))
        first, others = (known[0], known[1:]) if known else (None, [])
        day = birth_date.isoformat() if isinstance(birth_date, date) else birth_date
        # A second given name is left out by many.
        last, called = letters(family or ""), letters((given or "").strip().partition(" ")[0])
        if not last or not called or not PLACEHOLDERS.isdisjoint((last, called)):
            last, called = "", ""
        return cls(first, tuple(others), day, sex, last, called)

    def with_others(self, numbers: Iterable[PatientNumber]) -> "Persona":
        """The persona with more numbers, behind the one that names it."""
        return replace(self, others=tuple(sorted({n for n in (*self.others, *numbers) if n != self.number})))

    @cached_property
    def text(self) -> str:
        """All of it as one text; where only a number is known, that number."""
        numbers = [_written(n) for n in self.others]
        number = _written(self.number) if self.number else ""
        fields = [number, self.birth_date or "", self.sex or "", self.family, self.given, *numbers]
        return _FIELD.join(fields).rstrip(_FIELD)

    @classmethod
    def read(cls, text: str) -> "Persona":
        """The persona of a text."""
        number, born, sex, family, given, *others = (text.split(_FIELD) + [""] * 4)[: max(5, text.count(_FIELD) + 1)]
        return cls(_read(number), tuple(n for o in others if (n := _read(o))), born or None, sex or None, family, given)

    def compare(self, other: "Persona") -> dict[str, bool]:
        """What both say of birth date, sex and name: True where they agree, False where they contradict each other."""
        out: dict[str, bool] = {}
        if self.birth_date and other.birth_date:
            out["birth date"] = self.birth_date == other.birth_date
        if self.sex in ("M", "F") and other.sex in ("M", "F"):
            out["sex"] = self.sex == other.sex
        if self.family and other.family:
            out["name"] = _alike(self.family, other.family) and _alike(self.given, other.given)
        return out

    @property
    def name(self) -> str | None:
        """The number that names it, as its source writes it."""
        return self.number.number if self.number is not None else None

    def contradicts(self, other: "Persona") -> bool:
        """Whether the two are two people: birth date and sex (or name) contradict each other."""
        return sum(not agrees for agrees in self.compare(other).values()) > 1


def letters(name: str) -> str:
    """The letters of a name without case and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if sign.isalpha())


def _alike(one: str, other: str) -> bool:
    """Whether one name is the other, or its beginning or a part of it (an initial, a double name)."""
    return one in other if len(one) <= len(other) else other in one


def _written(number: PatientNumber) -> str:
    return _PART.join((number.number, number.kind, *number.issuer)).rstrip(_PART)


def _read(text: str) -> PatientNumber | None:
    number, *rest = text.split(_PART)
    return PatientNumber(number, rest[0] if rest else "", tuple(rest[1:])) if number else None
