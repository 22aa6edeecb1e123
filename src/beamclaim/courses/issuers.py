"""Names of who issues patients' numbers → whether two of them are one issuer, are two, or nobody can tell.

A number means something only with its issuer: PID-3.4 in HL7 v2, Issuer of Patient ID (0010,0021) in DICOM,
`identifier.system` in FHIR. A site says in its mapping (`issuers`) which names mean one issuer and how its numbers are written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from beamclaim.model.persona import PatientNumber, issuer_name

Relation = Literal["one", "two", "open"]


@dataclass(frozen=True)
class Issuer:
    """One issuer as a site knows it: all its names, and what of a number makes no other number."""

    names: frozenset[str]
    is_default: bool = False
    """Whether a number without an issuer is of this one."""
    ignores_zeros: bool = False
    """Whether `00012345` is `12345`."""
    ignores_case: bool = False
    suffix: re.Pattern[str] | None = None
    """What may follow the number (`-01`) and makes no other patient."""

    def plain(self, number: str) -> str:
        """A number without what makes no other number."""
        if self.suffix is not None and (shorter := self.suffix.sub("", number)):
            number = shorter
        if self.ignores_case:
            number = number.casefold()
        return number.lstrip("0") or number if self.ignores_zeros else number


class Issuers:
    """The issuers a site names."""

    def __init__(self, known: Iterable[Issuer] = ()) -> None:
        self._known = tuple(known)
        self._of = {issuer_name(name): issuer for issuer in self._known for name in issuer.names}
        self._default = next((issuer for issuer in self._known if issuer.is_default), None)

    def read(self, number: PatientNumber) -> PatientNumber:
        """The number as it is compared: plain, with every name of its issuer."""
        issuer = next((self._of[name] for name in number.issuer if name in self._of), None)
        if issuer is None and not number.issuer:
            issuer = self._default
        if issuer is None:
            return number
        names = {*number.issuer, *map(issuer_name, issuer.names)}
        return PatientNumber(issuer.plain(number.number), number.kind, tuple(sorted(names)))

    def is_named(self, number: PatientNumber) -> bool:
        """Whether the site names the number's issuer, and so says which of several numbers is the patient's."""
        return any(name in self._of for name in number.issuer)


def relation(one: tuple[str, ...], other: tuple[str, ...]) -> Relation:
    """Whether names of issuers mean one issuer, two, or cannot be compared: none said, or names of two kinds."""
    if not one or not other:
        return "one" if one == other else "open"
    shared = {_kind(n) for n in one} & {_kind(n) for n in other}
    if any({n for n in one if _kind(n) == kind}.isdisjoint(other) for kind in shared):
        return "two"
    return "one" if shared else "open"


def _kind(name: str) -> str:
    """Namespaces, object identifiers and addresses name issuers each in a way of their own."""
    if name.startswith("urn:"):
        return ":".join(name.split(":")[:2])
    return "address" if "://" in name else "namespace"
