"""Treatment records → fractions of plans, each with the share it delivered and what became of it.

A machine writes a record a beam, or one a visit; exports come twice; an interrupted fraction has two records and an
aborted one has a record without dose. One `TreatedFraction` a fraction of a plan and day; dates are local to the clinic.
Called by `visits.py`, which joins them into visits. Begin with `treated_fractions`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.due_metersets import DueMetersets, beam_key
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.prescribed import PrescribedBeams
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.visits import begins_visit

_NEAR = 0.02
"""Metersets of two records that differ by no more are one: no status tells less apart."""
FHIR_STATUS = {"completed": "complete", "not-done": "not_delivered", "stopped": "partial"}


@dataclass(slots=True)
class TreatedFraction:
    """A fraction of a plan on one day, as far as its records tell."""

    plan: str | None
    number: int | None
    parts: list[Delivery]
    """Records with dose."""
    attempts: list[Delivery] = field(default_factory=list)
    """Records with (almost) none."""
    clinic_records: list[Delivery] = field(default_factory=list)
    """What the clinic's record says of the fraction beside the machine."""
    share: float | None = None
    due: DueMetersets | None = None
    status: str | None = None
    reason: str | None = None
    question: str | None = None
    """Why its status is open: what its records say does not settle it."""
    session: str | None = None
    doubt: str | None = None
    """Why nobody can tell its visit from another of the day."""
    visit: int = 0
    observations: list[Observation] = field(default_factory=list)

    @property
    def rows(self) -> list[Delivery]:
        """The records that tell of it, those with dose first."""
        return [*self.parts, *self.attempts, *self.clinic_records]

    @property
    def started_at(self) -> datetime | None:
        """When dose was first given, or tried."""
        for rows in (self.parts, self.attempts, self.clinic_records):
            times: list[datetime] = [r.started_at for r in rows if r.started_at is not None]
            if times:
                return min(times)
        return None

    @property
    def day(self) -> date | None:
        """The day of the start."""
        at = self.started_at
        return at.date() if at is not None else min((r.day for r in self.rows if r.day is not None), default=None)

    @property
    def has_dose(self) -> bool:
        """Whether dose was given, as far as anyone says."""
        return bool(self.parts) or (not self.attempts and self.status != "not_delivered")


def order(row: Delivery) -> tuple[str, str, str, int, str, int, int]:
    """By time, then by what names the record, so that the order of files never shows."""
    at = row.started_at or row.day
    return (
        at.isoformat() if at else "",
        row.plan or "",
        row.record,
        row.beam or 0,
        row.beam_name or "",
        row.file,
        row.start,
    )


def treated_fractions(
    deliveries: Iterable[Delivery], prescribed: PrescribedBeams, numbers: JoiningNumbers
) -> tuple[list[TreatedFraction], list[Observation]]:
    """The fractions of one patient in the order of time, and observations on what was left out."""
    kept, left_out = _told_once(sorted(deliveries, key=order), numbers)
    by_machine = [row for row in kept if row.source != "fhir"]
    treated = list(_fractions(by_machine, prescribed, numbers))
    treated += _with_clinic_records(treated, [row for row in kept if row.source == "fhir"])
    treated.sort(key=lambda t: order(t.rows[0]))
    return treated, left_out


def _told_once(rows: Sequence[Delivery], numbers: JoiningNumbers) -> tuple[list[Delivery], list[Observation]]:
    """Every delivery once: exports come again under new UIDs, and two systems tell one delivery nearly alike.

    A beam cannot begin again before it ended, so records of one beam that overlap in time are one delivery.
    """
    left_out: list[Observation] = []
    kept: list[Delivery] = []
    places: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        name = (beam_key(row), row.source) if row.started_at is not None else (row.record, row.path, row.beam, row.day)
        own_places = places.setdefault(name, [])
        # In the order of time a record can overlap the few before it only.
        n = next((n for n in reversed(own_places[-4:]) if _is_same_delivery(kept[n], row, numbers)), None)
        if n is None:
            own_places.append(len(kept))
            kept.append(row)
            continue
        kept[n], text = _with_retelling(kept[n], row)
        left_out.append(Observation("exported_again", text, EvidencePlace.of(row)))
    return kept, left_out


def _is_same_delivery(one: Delivery, other: Delivery, numbers: JoiningNumbers) -> bool:
    """Whether the later of two records of a beam tells of the same delivery; what one does not say is no difference."""
    if one.started_at is None:
        return True
    if one.source == "fhir":
        return (one.plan, one.fraction, one.started_at) == (other.plan, other.fraction, other.started_at)
    is_alike = all(
        a == b or a is None or b is None
        for a, b in (
            (one.plan, other.plan),
            (one.fraction, other.fraction),
            (one.machine, other.machine),
            (one.kind, other.kind),
        )
    )
    starts_within = other.started_at == one.started_at or other.started_at < end_of(one, numbers)
    return is_alike and starts_within


def _with_retelling(one: Delivery, other: Delivery) -> tuple[Delivery, str]:
    """A delivery told again: what only the other record says is taken, another meterset is a doubt; and what to say."""
    text = "the same delivery was exported before; counted once"
    seconds = 0.0 if one.started_at is None else (other.started_at - one.started_at).total_seconds()
    if seconds or one.delivered != other.delivered or one.fraction != other.fraction:
        text = "another record tells of the same delivery nearly alike, at the same time; counted once"
    if one.fraction is None:
        one = one._replace(fraction=other.fraction)
    if one.plan is None:
        one = one._replace(plan=other.plan)
    first, second = one.delivered, other.delivered
    is_near = first == second
    if first is not None and second is not None:
        is_near = abs(first - second) <= _NEAR * max(first, second)
    if not is_near and one.unit == other.unit:
        one = one._replace(doubt="two records of the same time and beam give different metersets")
    elif one.record == other.record and one.path != other.path:
        one = one._replace(doubt="one record tells of a beam twice at the same time")
    return one, text


def _day(row: Delivery) -> date | None:
    day: date | None = row.day if row.started_at is None else row.started_at.date()
    return day


def end_of(row: Delivery, numbers: JoiningNumbers) -> datetime:
    """When a record ended; its start where its end cannot be right."""
    start, end = row.started_at, row.ended_at
    return end if end is not None and start <= end <= start + numbers.longest_record else start  # type: ignore[no-any-return]


def _fractions(rows: list[Delivery], prescribed: PrescribedBeams, numbers: JoiningNumbers) -> Iterator[TreatedFraction]:
    """Records of one plan and fraction number, apart by day and where a whole one was followed by another."""
    groups: dict[tuple[str | None, int | None], list[Delivery]] = {}
    for row in rows:
        groups.setdefault((row.plan, row.fraction), []).append(row)
    for (plan, number), group in groups.items():
        run: list[Delivery] = []
        last: datetime | None = None
        for row in group:
            if run and _is_other(run, row, last, prescribed, numbers, is_numbered=number is not None):
                yield _split(plan, number, run, prescribed, numbers.thresholds)
                run, last = [], None
            run.append(row)
            if row.started_at is not None:
                last = max(last or end_of(row, numbers), end_of(row, numbers))
        yield _split(plan, number, run, prescribed, numbers.thresholds)


def _is_other(
    run: list[Delivery],
    row: Delivery,
    last: datetime | None,
    prescribed: PrescribedBeams,
    numbers: JoiningNumbers,
    *,
    is_numbered: bool,
) -> bool:
    """Whether a record begins another delivery than the run of records before it."""
    if row.started_at is None or last is None:
        return _day(row) != _day(run[0])
    if not begins_visit(row.started_at - last, same_visit=numbers.same_visit):
        return False
    if not is_numbered or _day(row) != _day(run[0]):
        return True
    # The number was not moved on: what follows a whole fraction is another one.
    share = _share(run, prescribed.of(run))
    return share is not None and share >= numbers.thresholds.complete_share


def _share(rows: list[Delivery], due: DueMetersets | None) -> float | None:
    shares = due.shares(rows) if due is not None else None
    return due.whole_share(shares) if due is not None and shares is not None else None


def _split(
    plan: str | None, number: int | None, rows: list[Delivery], prescribed: PrescribedBeams, thresholds: Thresholds
) -> TreatedFraction:
    """A fraction, its records with dose apart from those that only tried."""
    due = prescribed.of(rows)
    treated = TreatedFraction(plan, number, [], due=due)
    for row in rows:
        is_tried = row.delivered is not None and row.delivered <= _specified(row, due) * thresholds.attempt_share
        (treated.attempts if is_tried else treated.parts).append(row)
    treated.share = _share(rows, due)
    return treated


def _specified(row: Delivery, due: DueMetersets | None) -> float:
    """What a record was to give: as it says itself, else as its plan does in the same unit; 0 where neither tells."""
    if row.specified is not None:
        return row.specified
    key = beam_key(row)
    beam = due.beams.get(key) if due is not None and key is not None else None
    return beam.meterset if beam is not None and beam.unit == row.unit else 0.0


def _with_clinic_records(treated: list[TreatedFraction], rows: list[Delivery]) -> list[TreatedFraction]:
    """Puts what the clinic's record says beside the fraction it speaks of; gives those no machine record tells of."""
    by_record: dict[str, TreatedFraction] = {r.record: t for t in treated for r in t.rows}
    by_number: dict[tuple[object, ...], list[TreatedFraction]] = {}
    for t in treated:
        by_number.setdefault((t.plan, t.number), []).append(t)
    alone: dict[tuple[object, ...], TreatedFraction] = {}
    for row in rows:
        home = by_record.get(row.record)
        if home is None and row.fraction is not None:
            near = [t for t in by_number.get((row.plan, row.fraction), []) if row.day is None or t.day == row.day]
            home = near[0] if len(near) == 1 else None
        if home is None:
            name = (row.plan, row.fraction, row.day) if row.fraction is not None else (row.record,)
            home = alone.setdefault(name, TreatedFraction(row.plan, row.fraction, []))
        home.clinic_records.append(row)
    return list(alone.values())
