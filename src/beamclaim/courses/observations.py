"""A course and what is asserted of it → what a person should see: what does not fit its plans, what was planned only, whether
its records are complete.

Each function adds to the `CourseRecord`; nothing here is a fact of the form but `records_complete`. Called by `join.py`.
"""

from collections.abc import Sequence

from beamclaim.courses.appointments import appointments
from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation, SourcedValue
from beamclaim.courses.fraction_groups import OF_A_GROUP
from beamclaim.courses.lineages import Lineage
from beamclaim.courses.plans import PlanRecord
from beamclaim.courses.treated_fractions import TreatedFraction
from beamclaim.model.tables.evidence import Assertion
from beamclaim.model.value_sets import DELIVERED_WHOLE

_MOST = 10_000


def plans(record: CourseRecord, everything: Sequence[PlanRecord], treated: Sequence[TreatedFraction]) -> None:
    """Plans that are not to be billed, and fractions that do not fit their plan."""
    place = -1
    for p in everything:
        if not p.is_listed:
            _not_listed(record, p)
            continue
        place += 1
        row = record.form["plans"][place]
        if p.is_rejected:
            _rejected_delivered(record, p, place)
        if not p.is_there and p.records:
            record.observe("plan_missing", f"{p.id} is known only by its records", EvidencePlace.of(p.records[0]))
        if (twice := p.value("fractions_per_day")) not in (None, "1"):
            text = f"{p.id} is planned for {twice} fractions a day; who ordered it is not in a plan"
            record.observe("planned_twice_daily", text, EvidencePlace.of(p.about("fractions_per_day")[0]))
        _approved_late(record, p, row, [t for t in treated if t.plan == p.name and t.has_dose])


def whole_plans(record: CourseRecord, wholes: Sequence[PlanRecord], treated: Sequence[TreatedFraction]) -> None:
    """Plans of several fraction groups: what was said of all of them together, and fractions that name none of them."""
    for p in wholes:
        name = p.label or "a plan of several fraction groups"
        of_all = [s for s in p.asserted if s.name in OF_A_GROUP and s.value is not None]
        if of_all:
            facts = ", ".join(sorted({s.name for s in of_all}))
            text = f"{facts}: said of {name} as a whole, which has several fraction groups; used for none of them"
            record.observe("of_whole_plan", text, EvidencePlace.of(of_all[0]))
        loose = [t for t in treated if t.plan == p.name]
        if loose:
            text = f"{len(loose)} fractions name no fraction group of {name}; they are of no plan's count"
            record.observe("group_unknown", text, EvidencePlace.of(loose[0].rows[0]))


def _not_listed(record: CourseRecord, p: PlanRecord) -> None:
    """A plan that is none to bill by, or may be none: said, and asked where records deliver it or nobody says what it is."""
    if p.is_clinical:
        place = EvidencePlace.of(next(s for s in p.about("approval_status") if s.value == "rejected"))
        text = f"the plan {p.title} was rejected by its reviewer and is not delivered: no plan to bill by"
        record.observe("rejected", text, place)
        return
    place = EvidencePlace.of(p.asserted[0])
    doubts = p.clinical_doubts
    if doubts:
        place = EvidencePlace.of(doubts[0])
        why = "; ".join(dict.fromkeys(s.reason or "it may be no plan to treat by" for s in doubts))
        text = f"the plan {p.title} is none to bill by until a person says so: {why}"
        record.missing("plans", f"{text}. Is it a plan to treat by, or one for verification?", "physicist")
    else:
        why = p.value("out_of_scope") or p.value("intent") or "not clinical"
        text = f"the plan {p.title} is {why}: no plan to bill deliveries by"
    record.observe("not_clinical", text, place)
    if p.records:
        which = "which may be none to treat by" if doubts else f"which is {why}"
        text = f"{len(p.records)} beam records deliver the plan {p.title}, {which}; they were not counted"
        record.observe("not_clinical_delivered", text, EvidencePlace.of(p.records[0]))
        record.missing("fractions", f"{text}. Was it a treatment?", "physicist")


def _rejected_delivered(record: CourseRecord, p: PlanRecord, place: int) -> None:
    text = f"{p.id} was rejected by its reviewer when its file was made, and {len(p.records)} beam records deliver it"
    at = EvidencePlace.of(next(s for s in p.about("approval_status") if s.value == "rejected"))
    record.observe("rejected_delivered", text, at)
    record.missing(f"plans[{place}].approved_by", f"{text}. Was it approved later?", "physician")


def _approved_late(record: CourseRecord, p: PlanRecord, row: dict[str, object], own: list[TreatedFraction]) -> None:
    first = min((t.day for t in own if t.day is not None), default=None)
    if first is not None and str(row.get("approved_on", "")) > first.isoformat():
        text = f"{p.id} was approved on {row['approved_on']}, after its first fraction on {first}"
        record.observe("approved_late", text, EvidencePlace.of(p.about("approved_on")[0]))


def numbers(record: CourseRecord, own_lineages: Sequence[Lineage], treated: Sequence[TreatedFraction]) -> None:
    """Fraction numbers that have no record, or go beyond what was planned: of plans that number on, in one row."""
    of_plan: dict[str | None, list[TreatedFraction]] = {}
    for t in treated:
        of_plan.setdefault(t.plan, []).append(t)
    for lineage in own_lineages:
        rows = [lineage.plans] if lineage.is_one_row else [(plan,) for plan in lineage.plans]
        for plans in rows:
            _numbers(record, plans[0].id, lineage.planned, [t for p in plans for t in of_plan.get(p.name, ())])


def _numbers(record: CourseRecord, title: str, planned: int | None, own: list[TreatedFraction]) -> None:
    given = [t for t in own if t.has_dose]
    for t in given:
        if planned is not None and t.number is not None and t.number > planned:
            record.observe(
                "beyond_plan", f"fraction {t.number} of {title}, planned for {planned}", EvidencePlace.of(t.rows[0])
            )
    highest = max((t.number for t in given if t.number is not None), default=0)
    if 1 < highest < _MOST:
        # A fraction that is known not to have been given is not missing.
        skipped = sorted(set(range(1, highest)) - {t.number for t in own})
        if skipped:
            first_ten = ", ".join(map(str, skipped[:10])) + (" …" if len(skipped) > 10 else "")
            text = f"no record of fraction {first_ten} of {title}"
            record.observe("number_skipped", text, EvidencePlace.of(given[0].rows[0]))


def around(record: CourseRecord, asserted: Sequence[Assertion]) -> None:
    """Appointments, images of the day, brachytherapy and objects of a generation that is not read: seen, never deliveries."""
    appointments(record, asserted)
    at = {s.key: s.value[:10] for s in asserted if s.name == "image_at" and s.value}
    images: dict[str, list[Assertion]] = {}
    for s in asserted:
        if s.name == "image" and s.value:
            images.setdefault(s.value, []).append(s)
    for kind, rows in sorted(images.items()):
        dated = sorted({at[s.key] for s in rows if s.key in at})
        span = f"{dated[0]} to {dated[-1]}" if dated else "no day said"
        text = f"{kind} × {len(rows)}, {span}: a hint of image guidance, no proof"
        record.observe("images", text, EvidencePlace.of(rows[0]))
    for s in asserted:
        if s.name == "brachytherapy":
            record.observe(
                "brachytherapy", s.reason or "a brachytherapy record: no external delivery", EvidencePlace.of(s)
            )
        elif s.name == "unsupported_generation":
            record.observe(
                "not_read", f"{s.value or 'an object'}, of a generation that is not read", EvidencePlace.of(s)
            )


def messages(asserted: Sequence[Assertion]) -> list[Observation]:
    """Messages that were not read, or not whole, and control ids that stand on different messages."""
    notes = [
        Observation("not_read", f"{s.value}: {s.reason}", EvidencePlace.of(s))
        for s in asserted
        if s.name == "not_read" and s.value
    ]
    first: dict[str, str] = {}
    for s in asserted:
        if s.name == "digest" and s.value and first.setdefault(s.key, s.value) != s.value:
            text = (
                "messages of one sender and control id differ; each charge counts once, and what differs is a conflict"
            )
            notes.append(Observation("control_id_reused", text, EvidencePlace.of(s)))
    return notes


def completeness(
    record: CourseRecord,
    own_lineages: Sequence[Lineage],
    treated: Sequence[TreatedFraction],
    asserted: Sequence[Assertion],
) -> None:
    """Records are complete where a summary of something completed counts the fractions that were found."""
    if not treated:
        _counted_alone(record, asserted)
        return
    counts: list[tuple[Assertion, int]] = []
    for p in (plan for lineage in own_lineages for plan in lineage.plans):
        number = fractions_of([t for t in treated if t.plan == p.name and t.has_dose])
        counts += [(s, number) for s in _completed(p.asserted, "fractions_delivered")]
    visits = len({t.visit for t in treated if t.has_dose})
    counts += [(s, visits) for s in _completed([s for s in asserted if s.subject == "course"], "sessions_delivered")]
    fact = "records_complete"
    for s, number in counts:
        if s.value is not None and s.value.isdecimal() and int(s.value) != number:
            counted = SourcedValue(
                number, "records", EvidencePlace.of(treated[0].rows[0]), "fractions with dose, counted"
            )
            record.conflicts.append((fact, (SourcedValue.of(s, int(s.value)), counted)))
            record.missing(fact, "a summary counts other fractions than the records show", "records")
            return
    _show_other_days(record, own_lineages, treated, asserted)
    agreed = [
        SourcedValue(
            True, s.source, EvidencePlace.of(s), f"a summary of what was completed counts {n}, as do the records"
        )
        for s, n in counts
    ]
    if any(t.doubt for t in treated) and not all(s.name == "fractions_delivered" for s, _ in counts):
        record.missing(fact, "visits cannot all be told apart, so they cannot be compared with a summary", "records")
    elif agreed:
        record.form[fact] = record.settle(fact, agreed)
    else:
        planned = [lineage.planned for lineage in own_lineages if lineage.planned is not None]
        total = sum(t.has_dose for t in treated)
        of = f"{total} of {sum(planned)} planned" if len(planned) == len(own_lineages) else f"{total}"
        why = f"no summary of something completed counts the fractions; {of} were found"
        record.missing(fact, why, "records")


def fractions_of(own: Sequence[TreatedFraction]) -> int:
    """How many fractions the deliveries of a plan are: one over two days is one, one delivered whole again is two."""
    by_number: dict[int, int] = {}
    for t in own:
        if t.number is not None:
            by_number[t.number] = by_number.get(t.number, 0) + (t.status in DELIVERED_WHOLE)
    return sum(t.number is None for t in own) + sum(max(1, times) for times in by_number.values())


def _counted_alone(record: CourseRecord, asserted: Sequence[Assertion]) -> None:
    """Fractions that a summary counts and no record tells of: said, and their records asked for."""
    counts = [s for s in asserted if s.source == "dicom_summary" and s.name == "fractions_delivered" and s.value]
    days = sorted({day for *_, day in _days_of_summaries(asserted)})
    for s in counts:
        if s.value != "0":
            span = f", {days[0]} to {days[-1]}" if days else ""
            text = f"a summary counts {s.value} fractions delivered{span}; their records are not among the files"
            record.observe("summary_alone", text, EvidencePlace.of(s))
            record.missing("fractions", text, "records")


def _days_of_summaries(asserted: Sequence[Assertion]) -> list[tuple[Assertion, str, int, str]]:
    """What summaries say of single fractions: the assertion, the plan's key, the fraction's number and its day."""
    out = []
    for s in asserted:
        if s.source == "dicom_summary" and s.subject == "fraction" and s.name == "started_at" and s.value:
            plan, _, number = s.key.rpartition("/")
            if number.isdecimal():
                out.append((s, plan, int(number), s.value[:10]))
    return out


def _show_other_days(
    record: CourseRecord,
    own_lineages: Sequence[Lineage],
    treated: Sequence[TreatedFraction],
    asserted: Sequence[Assertion],
) -> None:
    """Shows the fractions whose day a summary and the records tell differently; the number of both may agree all the same."""
    plan_of = {s.key: p.name for lineage in own_lineages for p in lineage.plans for s in p.asserted}
    days_of: dict[tuple[str | None, int], dict[str, int]] = {}
    for n, t in enumerate(treated):
        if t.number is not None and t.day is not None and t.has_dose:
            days_of.setdefault((t.plan, t.number), {})[t.day.isoformat()] = n
    for s, key, number, day in _days_of_summaries(asserted):
        days = days_of.get((plan_of.get(key), number), {})
        if days and day not in days:
            own_day, n = next(iter(days.items()))
            row = treated[n].rows[0]
            by_record = SourcedValue(own_day, row.source, EvidencePlace.of(row), "the day of its record")
            record.conflicts.append((f"fractions[{n}].started_at", (SourcedValue.of(s, day), by_record)))
            record.missing(f"fractions[{n}].started_at", "a summary gives another day than the record does", "records")


def _completed(asserted: Sequence[Assertion], name: str) -> list[Assertion]:
    """The counts of those resources or records that say they are of something completed, or stopped, which ends it as well."""
    status = ("status", "current_treatment_status")
    done = {_resource(s) for s in asserted if s.name in status and s.value in ("completed", "stopped")}
    return [s for s in asserted if s.name == name and _resource(s) in done]


def _resource(s: Assertion) -> tuple[int, str]:
    """The object or resource an assertion is of: a summary counts by fraction group, and has one status."""
    return s.file, "" if s.source == "dicom_summary" else s.key
