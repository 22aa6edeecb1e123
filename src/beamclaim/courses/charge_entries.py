"""What is asserted of charges and credits → entries: each one charge or credit that was sent, in the order of the messages.

An entry knows its code, day, modifiers and units, the id its sender gave it, and what is left of it once credits are taken
off. Called by `charges.py`, which nets them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, cast

from beamclaim.courses.course_record import EvidencePlace
from beamclaim.courses.statements import TOLD_AT, Statement, in_order, statements
from beamclaim.model.tables.evidence import Assertion

Rows = list[Assertion]
"""What is said of one charge."""

Content = tuple[str | None, str | None, str | None]
"""Code, day and modifiers."""


@dataclass(slots=True, eq=False)
class ChargeEntry:
    """One charge or credit. `units` are above zero; null where none are said. `left`: what no credit took off."""

    rows: Rows
    key: str
    told: Statement
    kind: Literal["charge", "credit", "unknown"]
    number: str | None
    content: Content
    units: Decimal | None
    left: Decimal
    doubt: str | None = None
    """Why nobody knows what is left of it."""

    @property
    def place(self) -> EvidencePlace:
        """Where it stands first."""
        return EvidencePlace.of(self.rows[0])

    @property
    def message(self) -> str:
        """The message or resource it came in."""
        return self.key.rpartition("/")[0]

    @property
    def name(self) -> tuple[tuple[str, str], str] | None:
        """Source, sender and its id; null where it has none."""
        return (self.told.source, self.number) if self.number is not None else None

    def value(self, name: str) -> str | None:
        """The first value under a name."""
        return next((s.value for s in self.rows if s.name == name and s.value is not None), None)

    def is_alike(self, other: "ChargeEntry") -> bool:
        """Whether the other says the same thing was done, or taken back."""
        return (self.kind, self.content, self.units) == (other.kind, other.content, other.units)

    def fits(self, charge: "ChargeEntry") -> bool:
        """Whether a credit says nothing that its charge contradicts: a part it leaves out is no other part."""
        return all(own is None or own == other for own, other in zip(self.content, charge.content, strict=True))


def entries(all_charges: Iterable[Rows]) -> list[ChargeEntry]:
    """The charges and credits, and what may be either, in the order of their messages; payments and the like are none."""
    out = [_entry(rows, statements(rows)[0]) for rows in all_charges if _kind(rows) is not None]
    out.sort(key=lambda e: (e.kind, str(e.content), e.key))
    order = {id(told): n for n, told in enumerate(in_order(e.told for e in out))}
    out.sort(key=lambda e: order[id(e.told)])
    _forget_shared_ids(out)
    return out


def _entry(rows: Rows, told: Statement) -> ChargeEntry:
    own = [s for s in rows if s.name != TOLD_AT]
    units = _units(own)
    kind = cast(Literal["charge", "credit", "unknown"], _kind(rows))
    content = (_first(own, "code"), _first(own, "date"), _first(own, "modifiers"))
    return ChargeEntry(own, rows[0].key, told, kind, _first(own, "charge"), content, units, units or Decimal(1))


def _kind(rows: Rows) -> str | None:
    """charge, credit or unknown; null for what is neither."""
    kinds = [s.value for s in rows if s.name == "kind"]
    kind = next((word for word in kinds if word is not None), "unknown" if kinds else "charge")
    if kind == "charge" and (_first(rows, "units") or "").startswith("-"):
        return "credit"
    return kind if kind in ("charge", "credit", "unknown") else None


def _first(rows: Rows, name: str) -> str | None:
    return next((s.value for s in rows if s.name == name and s.value is not None), None)


def _units(rows: Rows) -> Decimal | None:
    try:
        return abs(Decimal(_first(rows, "units") or "")) or None
    except InvalidOperation:
        return None


def _forget_shared_ids(all_entries: Iterable[ChargeEntry]) -> None:
    """An id that one message gives to entries of a kind that are not alike is the id of none of them."""
    met: dict[tuple[object, str, str], ChargeEntry] = {}
    shared: set[object] = set()
    for entry in all_entries:
        first = met.setdefault((entry.name, entry.message, entry.kind), entry)
        if entry.name is not None and not first.is_alike(entry):
            shared.add(entry.name)
    for entry in all_entries:
        if entry.name in shared:
            entry.number = None
