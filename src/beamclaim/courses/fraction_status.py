"""Fractions of a patient → what became of each, and what about their records a person should see.

Complete, partial, interrupted and resumed, or not delivered, by the metersets; where records are damaged, contradict
themselves or tell of a second delivery, the status stays open and the fraction says why. Called by `visits.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from beamclaim.courses.beams_never_given import never_given
from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.due_metersets import BeamKey, DueMetersets, beam_key
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.prescribed import PrescribedBeams
from beamclaim.courses.treated_fractions import FHIR_STATUS, TreatedFraction, end_of
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.value_sets import DELIVERED_WHOLE
from beamclaim.model.visits import begins_visit

_ENDED = {"operator": "by the operator", "machine": "by the machine", "unknown": "for an unknown reason"}


def judge(treated: Sequence[TreatedFraction], prescribed: PrescribedBeams, numbers: JoiningNumbers) -> None:
    """Says of each fraction what became of it, and of those told on several days how they belong together."""
    said_once = never_given(treated)
    for fraction in treated:
        if fraction.parts or fraction.attempts:
            _judge_records(fraction, numbers, said_once.get(fraction.plan, frozenset()))
        else:
            statuses = {FHIR_STATUS.get(r.status or "") for r in fraction.clinic_records}
            fraction.status = statuses.pop() if len(statuses) == 1 else None
            why = sorted({r.termination for r in fraction.clinic_records if r.termination})
            fraction.reason = "; ".join(why) or None
        _observe(fraction, prescribed)
        if numbers.as_of is not None and fraction.day is not None and fraction.day > numbers.as_of:
            text = f"a fraction of {fraction.day}, after the day of asking, {numbers.as_of}: is the clock right?"
            fraction.observations.append(Observation("after_today", text, EvidencePlace.of(fraction.rows[0])))
    _across_days(treated, numbers.thresholds)


def _observe(fraction: TreatedFraction, prescribed: PrescribedBeams) -> None:
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


def _judge_records(fraction: TreatedFraction, numbers: JoiningNumbers, said_once: frozenset[BeamKey]) -> None:
    thresholds = numbers.thresholds
    rows = [*fraction.parts, *fraction.attempts]
    shares = fraction.due.shares(rows) if fraction.due is not None else None
    fraction.question = _question(fraction, rows, shares, thresholds)
    if fraction.question is not None:
        return
    troubles = _troubles(fraction, said_once)
    first = EvidencePlace.of(rows[0])
    if not fraction.parts:
        fraction.status, fraction.reason = "not_delivered", "; ".join(["almost no dose was delivered", *troubles])
        text = f"no more than {thresholds.attempt_share:.0%} of the meterset was delivered"
        fraction.observations.append(Observation("attempted", text, first))
        return
    if fraction.share is None or fraction.due is None or shares is None:
        return
    if fraction.share < thresholds.complete_share:
        fraction.status, fraction.reason = "partial", "; ".join(troubles) or None
    elif _is_resumed(fraction.parts, numbers):
        fraction.status, fraction.reason = "interrupted_resumed", "; ".join(troubles) or None
    else:
        fraction.status = "complete"
    given = fraction.due.given(shares)
    if given is not None and given > thresholds.over_share:
        text = f"more than {thresholds.over_share:.0%} of the planned meterset was delivered"
        fraction.observations.append(Observation("over_delivered", text, first))


def _is_resumed(parts: Sequence[Delivery], numbers: JoiningNumbers) -> bool:
    """Whether a beam was given in several parts, or the fraction paused for longer than a visit does."""
    is_paused = any(
        begins_visit(b.started_at - end_of(a, numbers), same_visit=numbers.same_visit)
        for a, b in pairwise(parts)
        if a.started_at and b.started_at
    )
    is_in_parts = max(Counter(beam_key(p) for p in parts).values()) > 1
    return is_in_parts or is_paused or any(p.kind == "continuation" for p in parts)


def _question(
    fraction: TreatedFraction, rows: Sequence[Delivery], shares: Mapping[BeamKey, float] | None, thresholds: Thresholds
) -> str | None:
    """Why its records do not settle what became of it; None where they may."""
    damaged = [r for r in rows if r.doubt]
    if damaged:
        return f"{damaged[0].doubt}, of {len(damaged)} of its {len(rows)} beam records; was it delivered whole?"
    silent = [r for r in fraction.attempts if _says_normal_and_nothing(r, fraction.due)]
    if silent:
        many = f"{len(silent)} of its beam records say" if len(silent) > 1 else "a beam record says"
        return f"{many} that nothing was given, and that it ended normally, which contradict each other"
    if shares is not None and fraction.due is not None and _is_given_again(rows, fraction.due, thresholds):
        given = fraction.due.given(shares)
        total = "" if given is None else f" ({given:.0%} of what was due)"
        return (
            f"beams were delivered whole, and again in the same visit{total}: a repeated fraction, a wrong number, or a "
            "copy of the records?"
        )
    if fraction.plan is None and fraction.share is not None and fraction.share >= thresholds.complete_share:
        return "its records name no plan, so nobody can tell whether a beam is missing"
    return None


def _says_normal_and_nothing(row: Delivery, due: DueMetersets | None) -> bool:
    """Whether a record of a beam that was due something gave nothing and yet ended normally, or does not say how it ended."""
    beam = due.beams.get(beam_key(row) or "") if due is not None else None
    is_due_nothing = beam.meterset == 0 if beam is not None else due is not None and due.is_planned
    return row.termination not in _ENDED and not is_due_nothing


def _is_given_again(rows: Sequence[Delivery], due: DueMetersets, thresholds: Thresholds) -> bool:
    """Whether dose was given by a beam that was whole before."""
    given: dict[BeamKey, float] = {}
    for row in sorted(rows, key=lambda r: (r.started_at is None, r.started_at, r.record, r.start)):
        key = beam_key(row)
        if key is None or key not in due.beams:
            continue
        share = due.beams[key].share(row) or 0.0
        if given.get(key, 0.0) >= thresholds.complete_share and share > thresholds.attempt_share:
            return True
        given[key] = given.get(key, 0.0) + share
    return False


def _troubles(fraction: TreatedFraction, said_once: frozenset[BeamKey]) -> list[str]:
    """How its beams ended where they did not end normally, and which have no record here though other fractions have."""
    rows = [*fraction.parts, *fraction.attempts]
    out = [f"beam {beam_key(r)} ended {_ENDED[r.termination]}" for r in rows if r.termination in _ENDED]
    if fraction.due is not None and fraction.parts:
        left = sorted(map(str, fraction.due.beams.keys() - {beam_key(r) for r in rows} - said_once))
        out += [f"no record of beam{'s' * (len(left) > 1)} {', '.join(left)}"] if left else []
    return list(dict.fromkeys(out))


def _across_days(treated: Sequence[TreatedFraction], thresholds: Thresholds) -> None:
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
