"""Fractions of a course → `fractions` of the course form: what each source says became of them, and what visits they were.

One row per fraction of a plan and day. Called by `join.py`, with the fractions `visits.py` made of the records.
"""

from collections.abc import Callable, Sequence
from typing import Any

from beamclaim.courses import form
from beamclaim.courses.course_record import CourseRecord, EvidencePlace, SourcedValue
from beamclaim.courses.isocenters import Position, added, table_moved_mm
from beamclaim.courses.prescribed import PrescribedBeams
from beamclaim.courses.treated_fractions import FHIR_STATUS, TreatedFraction
from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.value_sets import GUIDANCE, MIXED_OF, MODALITIES, MOTIONS

_STATUS: dict[str, str] = {"interrupted_resumed": "complete"}
"""One source says how a fraction was completed, the other only that it was: no contradiction."""


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name.strip()


class Fractions:
    """The fractions of one course, row by row."""

    def __init__(
        self,
        treated: Sequence[TreatedFraction],
        ids: dict[str, str],
        prescribed: PrescribedBeams,
        everything: Sequence[TreatedFraction],
        thresholds: Thresholds,
    ) -> None:
        """`everything` is what the patient was treated with, in other courses too: a visit may be of several."""
        self._treated = treated
        self._everything = everything
        self._ids = ids
        self._prescribed = prescribed
        self._thresholds = thresholds
        self._missing: dict[tuple[str, str, str], list[int]] = {}

    def form_rows(self, record: CourseRecord, intents: dict[str, str]) -> list[dict[str, Any]]:
        """The rows of the form; `intents` is the motion management each plan meant to have."""
        isocenters = self._isocenters()
        rows = [self._row(record, n, t, isocenters.get(n), intents) for n, t in enumerate(self._treated)]
        for (name, reason, who), places in self._missing.items():
            if len(places) == 1:
                record.missing(f"fractions[{places[0]}].{name}", reason, who)
            else:
                record.missing(f"fractions[].{name}", f"{len(places)} of {len(rows)} fractions: {reason}", who)
        return rows

    def _miss(self, n: int, name: str, reason: str, who: str) -> None:
        self._missing.setdefault((name, reason, who), []).append(n)

    def _row(
        self, record: CourseRecord, n: int, t: TreatedFraction, isocenters: SourcedValue | None, intents: dict[str, str]
    ) -> dict[str, Any]:
        at, row, first = f"fractions[{n}]", {}, t.rows[0]

        def put(name: str, *values: SourcedValue, same: Callable[[Any], Any] = lambda v: v) -> None:
            if (value := record.settle(f"{at}.{name}", values, same) if values else None) is not None:
                row[name] = value

        def sourced(value: Any, reason: str | None = None, of: Delivery = first) -> SourcedValue:
            return SourcedValue(value, of.source, EvidencePlace.of(of), reason)

        if t.number is not None and 0 <= t.number <= form.MOST:
            put("fraction", sourced(t.number))
        if t.plan is not None and t.plan in self._ids:
            put("plan", sourced(self._ids[t.plan], "the plan its records name"))
        else:
            reason = "its records name no plan, and no single plan fits them"
            if self._prescribed.groups_of(t.plan):
                reason = "its plan has several fraction groups, and its records do not say which was given"
            self._miss(n, "plan", reason, "physicist")
        if t.started_at is not None:
            put("started_at", sourced(form.moment(t.started_at)))
        elif t.day is not None:
            put("started_at", sourced(t.day.isoformat(), "only the day is said"))
        else:
            self._miss(n, "started_at", "its records give no day, or days that contradict each other", "records")
        put("status", *self._status(n, t), same=lambda v: _STATUS.get(v, v))
        if row.get("status") == "partial" and t.share is not None:
            put(
                "delivered_fraction",
                sourced(f"{t.share:.4f}".rstrip("0").rstrip("."), "delivered over planned meterset"),
            )
        if t.reason is not None and form.is_text(t.reason) and row.get("status") not in (None, "complete"):
            put("reason", sourced(t.reason))
        if isocenters is not None:
            put("isocenters", isocenters)
        self._motion(put, n, t, intents)
        kinds = {r.modality for r in (t.parts or t.clinic_records)}
        if kinds == MIXED_OF:
            put("modality", sourced("mixed", "photon and electron beams were delivered"))
        elif len(kinds) == 1 and kinds <= set(MODALITIES):
            put("modality", sourced(kinds.pop()))
        elif None in kinds and len(kinds) > 1:
            self._miss(n, "modality", "its records do not say of every beam what it was", "physicist")
        guidance = {g for r in t.rows if r.guidance for g in r.guidance.split(";") if g in GUIDANCE}
        if guidance:
            put("guidance", sourced(sorted(guidance), of=next(r for r in t.rows if r.guidance)))
        self._machine(record, put, n, t)
        if t.session is not None:
            put("session", sourced(t.session, "one visit, by times and session ids"))
        if t.doubt is not None:
            self._miss(n, "session", f"one visit or two on {t.day}? {t.doubt}", "physician")
        record.observations += t.observations
        return row

    def _machine(self, record: CourseRecord, put: Callable[..., None], n: int, t: TreatedFraction) -> None:
        """The machine as each source names it; blanks, case and signs make no other machine."""
        named = {(r.source, _plain(r.machine)): r for r in reversed(t.rows) if r.machine and form.is_text(r.machine)}
        if len({source for source, _ in named}) < len(named):
            place = EvidencePlace.of(t.rows[0])
            record.observe("several_machines", f"the records of fractions[{n}] name several machines", place)
        elif named:
            rows = sorted(named.values(), key=t.rows.index)
            put(
                "machine",
                *(SourcedValue(str(r.machine).strip(), r.source, EvidencePlace.of(r)) for r in rows),
                same=_plain,
            )

    def _status(self, n: int, t: TreatedFraction) -> list[SourcedValue]:
        """The status by the machine, a value a record, and by the clinic's record."""
        rows = {r.record: r for r in reversed([*t.parts, *t.attempts])}
        if t.status is None and rows:
            missing = "delivered meterset" if t.due is not None else "meterset that was due"
            self._miss(n, "status", t.question or f"the {missing} is not known", "physicist")
        out = []
        if t.status is not None:
            share = None if t.share is None else f"{t.share:.1%} of the meterset of its beams"
            inferred = "" if t.due is None or t.due.is_planned else ", as its records show them: the plan is not there"
            out = [
                SourcedValue(t.status, r.source, EvidencePlace.of(r), share and share + inferred) for r in rows.values()
            ]
        for r in t.clinic_records:
            value = FHIR_STATUS.get(r.status or "")
            if value is not None:
                out.append(SourcedValue(value, r.source, EvidencePlace.of(r), f"status {r.status}"))
        if not rows and t.status is None and not out:
            self._miss(n, "status", "its record does not say whether it was completed", "records")
        return out

    def _motion(self, put: Callable[..., None], n: int, t: TreatedFraction, intents: dict[str, str]) -> None:
        """What was recorded while it was delivered; what the plan meant to do is no proof that it was done."""
        coded = [r for r in t.rows if r.motion in MOTIONS]
        holding = [r for r in t.parts if r.held]
        recorded = [SourcedValue(r.motion, r.source, EvidencePlace.of(r), "coded on the fraction") for r in coded]
        if holding and not coded:
            meant = intents.get(t.plan or "")
            kind = meant if meant in ("breath_hold", "tracking") else "gating"
            recorded.append(
                SourcedValue(
                    kind,
                    holding[0].source,
                    EvidencePlace.of(holding[0]),
                    "the record holds beam holds by the gating system",
                )
            )
        if recorded:
            put("motion_management", *recorded)
        else:
            self._miss(
                n, "motion_management", "no source says how motion was managed while it was delivered", "physicist"
            )
        if holding:
            proof = SourcedValue(
                ["beam_control"],
                holding[0].source,
                EvidencePlace.of(holding[0]),
                "the record holds beam holds by the gating system",
            )
            put("motion_evidence", proof)

    def _isocenters(self) -> dict[int, SourcedValue]:
        """What each plan's fraction adds to the isocenters of its visit, whichever course the plans of the visit are of."""
        number_of = {id(t): n for n, t in enumerate(self._treated)}
        visits: dict[int, list[TreatedFraction]] = {}
        for t in self._everything:
            if t.parts:
                visits.setdefault(t.visit, []).append(t)
        near, far = self._thresholds.isocenter_near_mm, self._thresholds.isocenter_far_mm
        out: dict[int, SourcedValue] = {}
        for visit in visits.values():
            members = [(number_of[id(t)], t) for t in visit if id(t) in number_of]
            if not members:
                continue
            by_plan, why = self._positions(visit)
            counts = added(by_plan, self._thresholds) if not why else None
            for n, t in members:
                if counts is None:
                    reason = why or f"it depends on whether isocentres {near:g} to {far:g} mm apart are one"
                    self._miss(n, "isocenters", reason, "physicist")
                    continue
                number = counts[t.plan or ""]
                reason = "isocentres of the plan's beams with dose"
                if not number:
                    reason = "treated at an isocentre of another plan of the visit, and counted there"
                out[n] = SourcedValue(number, t.parts[0].source, EvidencePlace.of(t.parts[0]), reason)
        return out

    def _positions(self, visit: list[TreatedFraction]) -> tuple[dict[str, list[Position]], str]:
        """Isocenters of the beams with dose of each plan, or why they cannot be compared."""
        by_plan: dict[str, list[Position]] = {}
        tables: list[tuple[Position, Position]] = []
        frames = set()
        for t in visit:
            for row in t.parts:
                frames.add(self._prescribed.frame(t.plan) or row.frame)
                if not self._prescribed.has(t.plan):
                    return {}, "the plan, which says where its isocentres are, is not there"
                beam = self._prescribed.beam(t.plan, row.beam)
                if beam is None or beam.isocenter_x is None or beam.isocenter_y is None or beam.isocenter_z is None:
                    return {}, "the plan does not say the isocentre of a beam that was delivered"
                position = (beam.isocenter_x, beam.isocenter_y, beam.isocenter_z)
                by_plan.setdefault(t.plan or "", []).append(position)
                table = (row.table_x, row.table_y, row.table_z)
                if None not in table and beam.technique != "helical":  # whose table moves while it treats
                    tables.append((position, table))  # type: ignore[arg-type]
        if len(by_plan) > 1 and (len(frames) > 1 or None in frames):
            return {}, "plans in different frames of reference cannot be compared"
        if (moved := table_moved_mm(tables, self._thresholds)) is not None:
            return {}, f"the table moved {moved:.0f} mm between beams of one planned isocenter"
        return by_plan, ""
