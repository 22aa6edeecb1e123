"""The evidence of one patient → the records of the patient's courses, and observations on what belongs to none.

Evidence is grouped into courses (`grouping.py`), deliveries become fractions and visits (`visits.py`), then each course is
written fact by fact into its `CourseRecord`. Called by `app/facts.py`, patient by patient.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

from beamclaim.courses import documents, earlier, observations, person
from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation, SourcedValue
from beamclaim.courses.fraction_groups import of_each_group
from beamclaim.courses.fractions import Fractions
from beamclaim.courses.grouping import OF_THE_PATIENT, EvidenceGroup, groups
from beamclaim.courses.lineages import count_together, lineages, linked
from beamclaim.courses.naming import EvidenceNames, inferred
from beamclaim.courses.numbers import JoiningNumbers
from beamclaim.courses.person import CourseDefaults
from beamclaim.courses.plans import PlanRecord, name_plans
from beamclaim.courses.prescribed import PrescribedBeams, with_beam_numbers
from beamclaim.courses.standing import without_events_alone
from beamclaim.courses.treated_fractions import TreatedFraction, order
from beamclaim.courses.treatments import UnsureDelivery, ask_of_unsure, planned_numbers, sort_deliveries
from beamclaim.courses.visits import visits
from beamclaim.model.persona import PatientNumber
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence
from beamclaim.model.thresholds import Thresholds


def courses(
    evidence: Evidence, defaults: CourseDefaults, *, patient: PatientNumber | None, numbers: JoiningNumbers
) -> tuple[list[CourseRecord], list[Observation]]:
    """The courses of one patient by their first day, and observations on what belongs to none of them.

    `patient` None is evidence that does not say whose it is.
    """
    assertions = sorted(evidence.assertions, key=lambda s: (s.file, s.start, s.path, s.subject, s.key, s.name))
    assertions, notes = without_events_alone(assertions)
    names = EvidenceNames(assertions, evidence.deliveries)
    beams = [names.beam(b) for b in sorted(evidence.beams, key=lambda b: (b.file, b.start, b.path))]
    deliveries, observed = inferred(sorted(map(names.delivery, evidence.deliveries), key=order), beams, names)
    deliveries, by_name = with_beam_numbers(deliveries, beams)
    of_courses, loose = groups(
        assertions, beams, deliveries, names, gap=numbers.course_gap, is_named=patient is not None
    )
    chart = _Chart(patient, names, assertions, beams, deliveries, thresholds=numbers.thresholds)
    clinical = [d for d in deliveries if d.plan is None or chart.plan(d.plan).is_clinical]
    by_treatment = sort_deliveries(clinical, chart.planned())
    treated, left_out = visits(by_treatment.treatments, chart.prescribed, numbers)
    with_assertions = [
        (chart.record(group, treated, by_treatment.unsure, defaults), chart.asserted(group)) for group in of_courses
    ]
    with_assertions.sort(key=lambda pair: (_first(pair[0]), pair[0].form["course"]))
    course_records = [record for record, _ in with_assertions]
    earlier.list_earlier_courses(course_records)
    for record, asserted in with_assertions:
        earlier.ask_for_prior_radiation(record, asserted)
    observed += [
        *notes,
        *by_name,
        *by_treatment.left_out,
        *left_out,
        *observations.messages([s for s in assertions if s.subject == "message"]),
        *(each for group in loose for each in chart.loose(group)),
    ]
    if len(course_records) == 1:
        course_records[0].observations += observed
        observed = []
    return course_records, observed


def _first(record: CourseRecord) -> str:
    return min((f["started_at"] for f in record.form.get("fractions", []) if "started_at" in f), default="9")


class _Chart:
    """The evidence of one patient, asked course by course."""

    def __init__(
        self,
        patient: PatientNumber | None,
        names: EvidenceNames,
        assertions: Sequence[Assertion],
        beams: Sequence[Beam],
        deliveries: Sequence[Delivery],
        *,
        thresholds: Thresholds,
    ) -> None:
        self._thresholds = thresholds
        self._patient = patient
        self._names = names
        self._deliveries = deliveries
        self._of: dict[tuple[str, str], list[Assertion]] = {}
        for s in assertions:
            self._of.setdefault(names.node(s), []).append(s)
        self._person = [s for s in assertions if s.subject in OF_THE_PATIENT]
        self._around = [s for s in assertions if s.subject in ("structure_set", "dose")]
        self._beams: dict[str, list[Beam]] = {}
        for b in beams:
            self._beams.setdefault(b.plan, []).append(b)
        self._records: dict[str | None, list[Delivery]] = {}
        for d in deliveries:
            self._records.setdefault(d.plan, []).append(d)
        self._known: dict[tuple[str, str], PlanRecord] = {}
        frames = {
            names.plan(s.key): s.value
            for s in assertions
            if s.subject == "plan" and s.name == "frame_of_reference" and s.value
        }
        self.prescribed = PrescribedBeams(beams, deliveries, frames, names.groups_of)

    def plan(self, name: str, subject: str = "plan") -> PlanRecord:
        """All that is asserted of a plan."""
        if (subject, name) not in self._known:
            asserted = self._of.get((subject, name), [])
            whole = self._names.whole(name)
            if whole != name:
                asserted = [*of_each_group(self._of.get((subject, whole), [])), *asserted]
            self._known[subject, name] = PlanRecord(
                name,
                asserted,
                self._beams.get(name, []),
                self._records.get(name, []),
                self._around,
                thresholds=self._thresholds,
                group=self._names.groups.number(name),
            )
        return self._known[subject, name]

    def planned(self) -> dict[str, int]:
        """The most fractions anybody says a plan has, or one it shares a row of numbers with, by the plan's name."""
        keys = {name for kind, name in self._of if kind == "plan"} | {d.plan for d in self._deliveries if d.plan}
        plans = [self.plan(name) for name in sorted(keys)]
        named = [(p.name, s.value) for p in plans for s in p.about("fractions_planned")]
        most = planned_numbers(named, self._deliveries)
        for members in linked(plans):
            if counts := [most[p.name] for p in members if p.name in most]:
                most |= {p.name: max(counts) for p in members}
        return most

    def loose(self, group: EvidenceGroup) -> list[Observation]:
        """What belongs to no course, or could belong to several."""
        place = min((EvidencePlace.of(s) for n in group.nodes for s in self._of.get(n, [])), default=None)
        why = "could belong to several courses" if group.is_course else "belongs to no course that is known"
        return [
            Observation("not_placed", f"{kind}: {why}", place) for kind in sorted(Counter(k for k, _ in group.nodes))
        ]

    def asserted(self, group: EvidenceGroup) -> list[Assertion]:
        """All that is asserted of what a group holds."""
        return [s for node in sorted(group.nodes) for s in self._of.get(node, [])]

    def record(
        self,
        group: EvidenceGroup,
        treated: Sequence[TreatedFraction],
        unsure: Sequence[UnsureDelivery],
        defaults: CourseDefaults,
    ) -> CourseRecord:
        """The record of one course; `unsure` are the patient's deliveries that only a person can tell."""
        record = CourseRecord()
        asserted = self.asserted(group)
        own_fractions = [t for t in treated if self._names.node(t.rows[0]) in group.nodes]
        own_unsure = [u for u in unsure if self._names.node(u.row) in group.nodes]
        everything = self._plans(group)
        wholes = [self.plan(name) for name in sorted(self._names.groups_of) if ("plan", name) in group.nodes]
        clinical = [p for p in everything if p.is_listed]
        name_plans(clinical)
        record.form["course"] = self._id(everything, group)
        person.patient(record, self._patient, self._person, self._deliveries, self._first_source())
        person.payer(record, [*asserted, *self._person], defaults)
        person.facts(record, asserted, self._person, defaults)
        lists = documents.form_lists(record, asserted)
        if rows := [p.form_row(record, f"plans[{n}]") for n, p in enumerate(clinical)]:
            record.form["plans"] = rows
        meant = {p.name: str(row.get("motion_management")) for p, row in zip(clinical, rows, strict=True)}
        ids = {p.name: p.id for p in clinical}
        if fractions := Fractions(own_fractions, ids, self.prescribed, treated, self._thresholds).form_rows(
            record, meant
        ):
            record.form["fractions"] = fractions
        elif rows:
            record.missing("fractions", "no record of a treated fraction is among the files", "records")
        ask_of_unsure(record, own_unsure)
        record.form |= lists
        counts = (row.get("fractions_planned") for row in rows)
        planned = {p.name: n if isinstance(n, int) else None for p, n in zip(clinical, counts, strict=True)}
        own_lineages = lineages(clinical, planned, own_fractions)
        count_together(record, own_lineages, clinical)
        observations.plans(record, everything, own_fractions)
        observations.numbers(record, own_lineages, own_fractions)
        observations.whole_plans(record, wholes, own_fractions)
        observations.around(record, asserted)
        observations.completeness(record, own_lineages, own_fractions, asserted)
        return record

    def _plans(self, group: EvidenceGroup) -> list[PlanRecord]:
        """The plans in the order they were first delivered; where none is known, phases or the course stand for them."""
        plans = [self.plan(key) for kind, key in group.nodes if kind == "plan" and key not in self._names.groups_of]
        for kind in ("phase", "course"):
            if not plans:
                stand_ins = [self.plan(key, kind) for subject, key in group.nodes if subject == kind]
                plans = [p for p in stand_ins if p.about("technique") or p.about("modality")]
        first = {p.name: order(p.records[0]) for p in plans if p.records}
        return sorted(
            plans, key=lambda p: (first.get(p.name, ("9",)), p.value("started_on") or "9", p.label or "", p.name)
        )

    def _id(self, plans: list[PlanRecord], group: EvidenceGroup) -> str:
        """A name that stays the same when later records come, and says nothing of the patient."""
        anchor = min(n for n in group.nodes if not plans or n[1] == plans[0].name)
        named = "\0".join((self._patient.number if self._patient else "", *anchor)).encode(errors="surrogatepass")
        return "C-" + hashlib.sha256(named).hexdigest()[:8]

    def _first_source(self) -> SourcedValue:
        """The first source of the patient's id: where it is written, else a row of a file that has it."""
        number = self._patient.number if self._patient else None
        written = [s for s in self._person if s.subject == "patient" and s.name == "id" and s.value == number]
        rows: list[Assertion | Delivery] = [*written]
        if not rows:
            rows += [*self._person, *(s for asserted in self._of.values() for s in asserted), *self._deliveries]
        if not rows:
            return SourcedValue(number, "files", None)
        row = min(rows, key=lambda r: (r.file, r.start))
        return SourcedValue(
            number,
            row.source,
            EvidencePlace.of(row),
            None if written else "the patient of the file this stands in",
        )
