"""Charges and credits of a course → the charges that count, each with the units that are left.

What one source tells again counts once, what two sources tell is one charge, and credits are taken off by units, in the
order of the messages: off the charge of their id, else off charges of the same code, day and modifiers. What cannot be told
is asked of the biller, and no number of units is stated then. Called by `documents.py`; what is left out becomes an observation.
"""

from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal

from beamclaim.courses.charge_entries import ChargeEntry, Rows, entries
from beamclaim.courses.course_record import CourseRecord, EvidencePlace
from beamclaim.courses.statements import are_in_order

_WHO = "biller"
_NONE = ("planned", "not billable", "dropped")
"""Kinds of what was entered as a charge and is none."""


def charges(record: CourseRecord, all_charges: Iterable[Rows]) -> list[Rows]:
    """The rows of each charge that counts, in the order of the messages; what was left out is an observation."""
    subjects = list(all_charges)
    for said in (s for rows in subjects for s in rows if s.name == "kind" and s.value in _NONE):
        record.observe("charge_left_out", f"counted as none: {said.reason or said.value}", EvidencePlace.of(said))
    all_entries = entries(subjects)
    known = [e for e in all_entries if e.kind != "unknown"]
    once = _told_by_one(record, _each_once(record, known))
    charged = [e for e in once if e.kind == "charge"]
    by = _by_name_and_content(charged)
    for credit in (e for e in once if e.kind == "credit"):
        _take_off(record, credit, by)
    for unclear in (e for e in all_entries if e.kind == "unknown"):
        _ask_kind(record, unclear, by)
    left = [e for e in charged if e.left > 0]
    return [_rows(e) for e in _without_repeats(record, _one_an_id(record, left))]


def _each_once(record: CourseRecord, known: list[ChargeEntry]) -> list[ChargeEntry]:
    """Each entry once: what came under its id before, and was not taken back since, is the same one sent again."""
    out: list[ChargeEntry] = []
    of_id: dict[Hashable, list[ChargeEntry]] = {}
    undecided = _undecided(known)
    for entry in known:
        earlier = of_id.setdefault(entry.name, []) if entry.name is not None else []
        same = _said_before(entry, earlier)
        if same is not None:
            text = f"a {entry.kind} of the same id, code, day and units came in another message; counted once"
            record.observe(f"{entry.kind}_repeated", text, entry.place)
            if same.message == entry.message:
                same.doubt = f"a {entry.kind} stands twice in one message under one id: two services, or one?"
            same.rows += entry.rows
            if entry.kind == "credit":
                same.doubt = "a credit of one id came in two messages: two credits, or one sent again?"
            continue
        earlier.append(entry)
        if entry.name in undecided:
            entry.doubt = "charges and credits of one id came in messages of one time: which was last?"
            if entry.kind == "credit":
                record.observe("credit_undecided", entry.doubt, entry.place)
                continue
        out.append(entry)
    return out


def _undecided(known: Iterable[ChargeEntry]) -> set[Hashable]:
    """The ids under which charges and credits came, one of them more than once, and nobody knows in which order."""
    of_id: dict[Hashable, list[ChargeEntry]] = {}
    for entry in known:
        if entry.name is not None:
            of_id.setdefault(entry.name, []).append(entry)
    return {
        name
        for name, same in of_id.items()
        if len(same) > len({e.kind for e in same}) == 2 and not are_in_order([e.told for e in same])
    }


def _said_before(entry: ChargeEntry, earlier: list[ChargeEntry]) -> ChargeEntry | None:
    """The entry that says the same, with nothing of the other kind said of it in between."""
    for other in reversed(earlier):
        if other.is_alike(entry):
            return other
        if other.kind != entry.kind:
            return None
    return None


def _told_by_one(record: CourseRecord, once: Iterable[ChargeEntry]) -> list[ChargeEntry]:
    """Two sources tell one charge by what was done; what one tells twice, the other has to tell twice."""
    out: list[ChargeEntry] = []
    by_content: dict[Hashable, list[ChargeEntry]] = {}
    paired: dict[Hashable, int] = {}
    for entry in once:
        what, source = (entry.kind, entry.content, entry.units or 1), entry.told.source[0]
        others = by_content.setdefault(what, [])
        at = paired.get((what, source), 0)
        while at < len(others) and others[at].told.source[0] == source:
            at += 1
        paired[what, source] = at + 1
        if at < len(others) and entry.content[0] is not None:
            text = "two sources tell a charge of the same code, day and units; counted once"
            record.observe("charge_told_twice", text, entry.place)
            others[at].rows += [s for s in entry.rows if s.name != "charge"]
            continue
        others.append(entry)
        out.append(entry)
    return out


def _by_name_and_content(charged: Iterable[ChargeEntry]) -> dict[Hashable, list[ChargeEntry]]:
    """The charges under their id, under their content, and under code and day alone."""
    by: dict[Hashable, list[ChargeEntry]] = {}
    for entry in charged:
        for name in (entry.name, entry.content, entry.content[:2]):
            if name is not None:
                by.setdefault(name, []).append(entry)
    return by


def _take_off(record: CourseRecord, credit: ChargeEntry, by: dict[Hashable, list[ChargeEntry]]) -> None:
    """Takes a credit off the charges it fits, as far as its units go; what is left of it is said."""
    is_whole = credit.units is None
    for charge in _fitting(credit, by):
        taken = charge.left if is_whole else min(charge.left, credit.left)
        charge.left -= taken
        credit.left -= min(taken, credit.left)
        if charge.left:
            charge.doubt = charge.doubt or credit.doubt
            text = f"{_count(charge)} charged and {taken:f} credited: {charge.left:f} left"
        else:
            text = "a charge and its credit cancel each other"
        record.observe("charge_credited", text, credit.place)
        if not credit.left or is_whole:
            return
    near = next((e for name in (credit.name, credit.content[:2]) for e in by.get(name, []) if e.left), None)
    if near is None:
        text = "a credit without its charge; the charge it takes back is not here"
    else:
        text = f"{_named(credit, near)}: is it the charge that the credit takes back?"
        near.doubt = f"a credit may take it back: {text}"
    record.observe("credit_alone", text, credit.place)


def _fitting(credit: ChargeEntry, by: dict[Hashable, list[ChargeEntry]]) -> Iterator[ChargeEntry]:
    """The charges a credit may be taken off: that of its id, then of the same code, day and modifiers, same units first."""
    of_id = [e for e in reversed(by.get(credit.name, [])) if credit.fits(e)]
    alike = sorted(by.get(credit.content, []), key=lambda e: e.units != credit.units)
    yield from (e for e in (*of_id, *alike) if e.left > 0)


def _named(credit: ChargeEntry, charge: ChargeEntry) -> str:
    """What sets a credit apart from a charge that may be its own."""
    words = [
        f"{name} {own or 'not said'} of the credit, {other or 'none'} of the charge"
        for name, own, other in zip(("code", "day", "modifiers"), credit.content, charge.content, strict=True)
        if own != other
    ]
    return "a credit whose charge is here with " + "; ".join(words or ["fewer units"])


def _ask_kind(record: CourseRecord, unclear: ChargeEntry, by: dict[Hashable, list[ChargeEntry]]) -> None:
    """What may be a charge, a credit or neither counts as none of them, and leaves open the charge it may take back."""
    why = next((s.reason for s in unclear.rows if s.name == "kind" and s.reason), "its kind is not said")
    record.missing("charges", f"is it a charge, a credit or neither? {why}", _WHO)
    record.observe("charge_unclear", f"counted as none: {why}", unclear.place)
    charge = next((e for name in (unclear.name, unclear.content) for e in by.get(name, []) if e.left), None)
    if charge is not None:
        charge.doubt = f"another entry may take it back: {why}"


def _one_an_id(record: CourseRecord, left: list[ChargeEntry]) -> list[ChargeEntry]:
    """Of charges of one id and other content one: what they differ in is a conflict, unless the sender's mapping says."""
    out: list[ChargeEntry] = []
    of_id: dict[Hashable, ChargeEntry] = {}
    for entry in left:
        first = of_id.setdefault(entry.name, entry) if entry.name is not None else entry
        rule = entry.value("same_id")
        if first is entry or rule == "another":
            out.append(entry)
        elif rule == "replaces":
            text = "a charge of the same id replaces the one before, as the sender's mapping says"
            record.observe("charge_replaced", text, first.place)
            out[out.index(first)] = of_id[entry.name] = entry
        else:
            text = "one charge id stands for two contents: was the charge corrected, or are they two?"
            record.observe("charge_id_reused", text, entry.place)
            record.missing("charges", text, _WHO)
            first.rows += entry.rows
            first.doubt = first.doubt or (text if first.units == entry.units else None)
    return out


def _without_repeats(record: CourseRecord, left: list[ChargeEntry]) -> list[ChargeEntry]:
    """Charges without an id that are alike and came in several messages: so many services, or one sent again? Asked."""
    out: list[ChargeEntry] = []
    first: dict[Hashable, ChargeEntry] = {}
    times: dict[Hashable, int] = {}
    many: dict[int, int] = {}
    for entry in left:
        if entry.number is not None:
            out.append(entry)
            continue
        what = (entry.told.source, entry.content, entry.units, entry.value("served_at"))
        nth = times[what, entry.message] = times.get((what, entry.message), 0) + 1
        same = first.setdefault((what, nth), entry)
        if same is entry:
            out.append(entry)
            continue
        many[id(same)] = many.get(id(same), 1) + 1
        same.rows += entry.rows
        times_sent = many[id(same)]
        same.doubt = (
            f"the same charge came in {times_sent} messages without an id: {times_sent} services, or one sent again?"
        )
    return out


def _count(charge: ChargeEntry) -> str:
    units = charge.units or Decimal(1)
    return f"{units:f} unit" if units == 1 else f"{units:f} units"


def _rows(entry: ChargeEntry) -> Rows:
    """The rows of a charge that counts, with the units that are left of it, or why nobody knows them."""
    if entry.doubt is None and entry.left == (entry.units or Decimal(1)):
        return entry.rows
    others = [s for s in entry.rows if s.name != "units"]
    base = next((s for s in entry.rows if s.name == "units"), entry.rows[0])
    if entry.doubt is not None:
        return [*others, base._replace(name="units", value=None, reason=entry.doubt, who=_WHO)]
    reason = f"{_count(entry)} charged, {(entry.units or Decimal(1)) - entry.left:f} credited"
    return [*others, base._replace(name="units", value=f"{entry.left.normalize():f}", reason=reason, who=None)]
