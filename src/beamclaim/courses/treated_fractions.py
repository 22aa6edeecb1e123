"""Treatment records → fractions of plans, each with the share it delivered and what became of it.

A machine writes a record a beam, or one a visit; exports come twice; an interrupted fraction has two records and an
aborted one has a record without dose. One `TreatedFraction` a fraction of a plan and day; dates are local to the clinic.
Called by `visits.py`, which joins them into visits. Begin with `treated_fractions`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.prescribed import DueMetersets, PrescribedBeams, beam_key
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.value_sets import DELIVERED_WHOLE
from beamclaim.model.visits import begins_visit

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
    kept, left_out = _told_once(sorted(deliveries, key=order))
    by_machine = [row for row in kept if row.source != "fhir"]
    treated = list(_fractions(by_machine, prescribed, numbers))
    treated += _with_clinic_records(treated, [row for row in kept if row.source == "fhir"])
    treated.sort(key=lambda t: order(t.rows[0]))
    for fraction in treated:
        _judge(fraction, prescribed, numbers)
    _across_days(treated, numbers.thresholds)
    return treated, left_out


def _told_once(rows: list[Delivery]) -> tuple[list[Delivery], list[Observation]]:
    """Every delivery once: exports come again under new UIDs."""
    left_out, kept, twins = [], [], set()
    for row in rows:
        if row.started_at is None:
            twin: tuple[object, ...] = (row.record, row.path, row.beam, row.day)
        else:
            twin = (row.plan, beam_key(row), row.fraction, row.started_at, row.delivered, row.source)
        if twin in twins:
            left_out.append(
                Observation(
                    "exported_again", "the same delivery was exported before; counted once", EvidencePlace.of(row)
                )
            )
            continue
        twins.add(twin)
        kept.append(row)
    return kept, left_out


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


def _split(
    plan: str | None, number: int | None, rows: list[Delivery], prescribed: PrescribedBeams, thresholds: Thresholds
) -> TreatedFraction:
    """A fraction, its records with dose apart from those that only tried."""
    due = prescribed.of(rows)
    treated = TreatedFraction(plan, number, [], due=due)
    for row in rows:
        key = beam_key(row)
        whole = (
            row.specified if row.specified is not None else (due.beams.get(key) if due and key is not None else None)
        )
        tried = row.delivered is not None and row.delivered <= (whole or 0.0) * thresholds.attempt_share
        (treated.attempts if tried else treated.parts).append(row)
    treated.share = _share(rows, due)
    return treated


def _share(rows: list[Delivery], due: DueMetersets | None) -> float | None:
    """Delivered over due, each beam counted up to what it was due; None where either is unknown."""
    if due is None or any(r.delivered is None or r.delivered < 0 for r in rows):
        return None
    total = sum(due.beams.values())
    if not 0 < total < float("inf") or min(due.beams.values()) < 0:
        return None
    by_beam: dict[object, float] = {}
    for row in rows:
        by_beam[beam_key(row)] = by_beam.get(beam_key(row), 0.0) + (row.delivered or 0.0)
    return sum(min(by_beam.get(key, 0.0), meterset) for key, meterset in due.beams.items()) / total


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


def _judge(fraction: TreatedFraction, prescribed: PrescribedBeams, numbers: JoiningNumbers) -> None:
    """Says what became of a fraction, and what about its records a person should see."""
    if fraction.parts or fraction.attempts:
        _judge_records(fraction, numbers)
    else:
        statuses = {FHIR_STATUS.get(r.status or "") for r in fraction.clinic_records}
        fraction.status = statuses.pop() if len(statuses) == 1 else None
        why = sorted({r.termination for r in fraction.clinic_records if r.termination})
        fraction.reason = "; ".join(why) or None
    rows = [*fraction.parts, *fraction.attempts]
    if any(r.verification == "verified_ovr" for r in rows):
        fraction.observations.append(Observation("override", "verified with an override", EvidencePlace.of(rows[0])))
    made_for, ran_on = prescribed.machines(fraction.plan), {r.machine for r in rows if r.machine}
    if made_for and ran_on - made_for:
        fraction.observations.append(
            Observation(
                "other_machine", "delivered on another machine than the plan was made for", EvidencePlace.of(rows[0])
            )
        )


def _judge_records(fraction: TreatedFraction, numbers: JoiningNumbers) -> None:
    thresholds = numbers.thresholds
    parts, share = fraction.parts, fraction.share
    first = EvidencePlace.of(fraction.rows[0])
    troubles = _troubles(fraction)
    if not parts:
        fraction.status, fraction.reason = "not_delivered", "; ".join(["almost no dose was delivered", *troubles])
        fraction.observations.append(
            Observation(
                "attempted", f"no more than {thresholds.attempt_share:.0%} of the meterset was delivered", first
            )
        )
        return
    if share is None:
        return
    is_repeated = max(Counter(beam_key(p) for p in parts).values()) > 1
    is_paused = any(
        begins_visit(b.started_at - end_of(a, numbers), same_visit=numbers.same_visit)
        for a, b in pairwise(parts)
        if a.started_at and b.started_at
    )
    if share < thresholds.complete_share:
        fraction.status, fraction.reason = "partial", "; ".join(troubles) or None
    elif is_repeated or is_paused or any(p.kind == "continuation" for p in parts):
        fraction.status, fraction.reason = "interrupted_resumed", "; ".join(troubles) or None
    else:
        fraction.status = "complete"
    assert fraction.due is not None
    delivered = sum(r.delivered or 0.0 for r in fraction.rows if r.source != "fhir")
    if delivered > thresholds.over_share * sum(fraction.due.beams.values()):
        fraction.observations.append(
            Observation(
                "over_delivered", f"more than {thresholds.over_share:.0%} of the planned meterset was delivered", first
            )
        )


def _troubles(fraction: TreatedFraction) -> list[str]:
    """How its beams ended where they did not end normally, and which have no record."""
    rows = [*fraction.parts, *fraction.attempts]
    ended = {"operator": "by the operator", "machine": "by the machine", "unknown": "for an unknown reason"}
    out = [f"beam {beam_key(r)} ended {ended[r.termination]}" for r in rows if r.termination in ended]
    if fraction.due is not None and fraction.parts:
        left = sorted(map(str, fraction.due.beams.keys() - {beam_key(r) for r in rows}))
        out += [f"no record of beam {key}" for key in left]
    return list(dict.fromkeys(out))


def _across_days(treated: list[TreatedFraction], thresholds: Thresholds) -> None:
    """A fraction begun on one day and completed on another: two parts, each said of the other; and numbers given twice."""
    groups: dict[tuple[str | None, int | None], list[TreatedFraction]] = {}
    for t in treated:
        if t.number is not None and t.parts:
            groups.setdefault((t.plan, t.number), []).append(t)
    for group in groups.values():
        whole = [t for t in group if t.status in DELIVERED_WHOLE]
        if len(whole) > 1:
            for t in whole[1:]:
                t.observations.append(
                    Observation(
                        "number_repeated",
                        f"fraction {t.number} was delivered whole before",
                        EvidencePlace.of(t.parts[0]),
                    )
                )
        parts = [t for t in group if t.status == "partial"]
        for t in parts[1:]:
            t.reason = "; ".join(
                [f"goes on with fraction {t.number} of {parts[0].day}", *([t.reason] if t.reason else [])]
            )
        if len(parts) > 1 and sum(t.share or 0.0 for t in parts) >= thresholds.complete_share:
            parts[-1].observations.append(
                Observation(
                    "completed_later",
                    f"fraction {parts[0].number} of {parts[0].day} was completed on {parts[-1].day}",
                    EvidencePlace.of(parts[-1].parts[0]),
                )
            )
