"""The evidence of one patient → the accounts of the patient's courses."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from beamclaim.model.evidence import form, papers
from beamclaim.model.evidence.account import Account, Note, Where, Word, words
from beamclaim.model.evidence.due import Prescribed
from beamclaim.model.evidence.fractions import Fractions
from beamclaim.model.evidence.grouping import OF_THE_PATIENT, Group, Plans, groups, node_of
from beamclaim.model.evidence.plans import Plan, label
from beamclaim.model.evidence.visits import Treated, order, visits
from beamclaim.model.tables.evidence import Beam, Delivery, Evidence, Statement


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says where the files do not."""

    setting: str | None = None
    payer_line: str | None = None
    payer: str | None = None
    diagnoses: tuple[str, ...] = ()


def courses(evidence: Evidence, given: Given, *, patient: str | None) -> tuple[list[Account], list[Note]]:
    """The courses of one patient by their first day, and notes on what belongs to none of them.

    `patient` None is evidence that does not say whose it is.
    """
    statements = sorted(evidence.statements, key=lambda s: (s.file, s.start, s.path, s.subject, s.key, s.name))
    plans = Plans(statements)
    beams = [b._replace(plan=plans.name(b.plan)) for b in evidence.beams]
    notes: list[Note] = []
    deliveries = _named(evidence.deliveries, beams, plans, notes)
    found, loose = groups(statements, beams, deliveries, plans, is_named=patient is not None)
    frames = {
        plans.name(s.key): s.value
        for s in statements
        if s.subject == "plan" and s.name == "frame_of_reference" and s.value
    }
    prescribed = Prescribed(beams, deliveries, frames)
    chart = _Chart(
        patient, statements=statements, beams=beams, deliveries=deliveries, plans=plans, prescribed=prescribed
    )
    clinical = [d for d in deliveries if d.plan is None or chart.plan(d.plan).is_clinical]
    treated, left_out = visits(clinical, prescribed)
    notes += left_out
    accounts = [chart.account(group, treated, given) for group in found]
    for group in loose:
        for kind, number in sorted(_counted(kind for kind, _ in group.nodes).items()):
            several = "could belong to several courses" if group.is_course else "belongs to no course"
            notes.append(Note("not_placed", f"{number} × {kind}: {several}", chart.where(group)))
    accounts.sort(key=lambda a: (_first(a), a.form["course"]))
    if len(accounts) == 1:
        accounts[0].notes += notes
        notes = []
    return accounts, notes


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for kind in kinds:
        out[kind] = out.get(kind, 0) + 1
    return out


def _first(account: Account) -> str:
    return min((f["started_at"] for f in account.form.get("fractions", []) if "started_at" in f), default="9")


def _named(deliveries: Sequence[Delivery], beams: Sequence[Beam], plans: Plans, notes: list[Note]) -> list[Delivery]:
    """The records, each with the one name of its plan; a record that names none takes the only plan it fits."""
    of: dict[str, dict[tuple[int | None, str | None], Beam]] = {}
    for b in beams:
        of.setdefault(b.plan, {})[b.number, b.name] = b
    nameless: dict[str, list[Delivery]] = {}
    out = []
    for d in sorted(deliveries, key=order):
        if d.plan is None and d.source != "fhir":
            nameless.setdefault(d.record, []).append(d)
        else:
            out.append(d if d.plan is None else d._replace(plan=plans.name(d.plan)))
    for rows in nameless.values():
        fitting = [plan for plan, known in of.items() if all(_fits(d, known) for d in rows)]
        if len(fitting) == 1:
            text = "the record names no plan; its beams and machine fit only one, which was taken (inferred)"
            notes.append(Note("plan_inferred", text, Where.of(rows[0])))
        out += [d._replace(plan=fitting[0]) if len(fitting) == 1 else d for d in rows]
    return sorted(out, key=order)


def _fits(row: Delivery, known: dict[tuple[int | None, str | None], Beam]) -> bool:
    beam = known.get((row.beam, row.beam_name))
    return beam is not None and (row.machine is None or beam.machine is None or row.machine == beam.machine)


class _Chart:
    """The evidence of one patient, asked course by course."""

    def __init__(
        self, patient: str | None, statements: list[Statement], beams: list[Beam], deliveries: list[Delivery], plans: Plans,
        prescribed: Prescribed,
    ) -> None:  # fmt: skip
        self._patient = patient
        self._plans = plans
        self._prescribed = prescribed
        self._of: dict[tuple[str, str], list[Statement]] = {}
        for s in statements:
            self._of.setdefault(node_of(s, plans), []).append(s)
        self._person = [s for s in statements if s.subject in OF_THE_PATIENT]
        self._around = [s for s in statements if s.subject in ("structure_set", "dose")]
        self._beams: dict[str, list[Beam]] = {}
        for b in beams:
            self._beams.setdefault(b.plan, []).append(b)
        self._records: dict[str | None, list[Delivery]] = {}
        for d in deliveries:
            self._records.setdefault(d.plan, []).append(d)
        self._deliveries = deliveries

    def plan(self, name: str) -> Plan:
        """All that is said of a plan."""
        return Plan(
            name, self._of.get(("plan", name), []), self._beams.get(name, []), self._records.get(name, []), self._around
        )

    def where(self, group: Group) -> Where | None:
        """The first place that speaks of a group."""
        return min((Where.of(s) for n in group.nodes for s in self._of.get(n, [])), default=None)

    def account(self, group: Group, treated: list[Treated], given: Given) -> Account:
        """The account of one course."""
        account = Account()
        said = [s for node in sorted(group.nodes) for s in self._of.get(node, [])]
        mine = [t for t in treated if node_of(t.rows[0], self._plans) in group.nodes]
        plans = [self.plan(key) for kind, key in group.nodes if kind == "plan"]
        first = {p.name: order(p.records[0]) for p in plans if p.records}
        plans.sort(key=lambda p: (first.get(p.name, ("9",)), p.label or "", p.name))
        clinical = [p for p in plans if p.is_clinical]
        label(clinical)
        account.form["course"] = self._id(plans, group)
        self._people(account, said, given)
        _course_facts(account, said, given)
        lists = papers.tell(account, said + [s for s in self._person if s.subject == "coverage"])
        for name in ("authorizations",):
            if name in lists:
                account.form[name] = lists[name]
        rows = [p.tell(account, f"plans[{n}]") for n, p in enumerate(clinical)]
        if rows:
            account.form["plans"] = rows
        meant = {
            p.name: str(row["motion_management"])
            for p, row in zip(clinical, rows, strict=True)
            if "motion_management" in row
        }
        fractions = Fractions(mine, {p.name: p.id for p in clinical}, self._prescribed).tell(account, meant)
        if fractions:
            account.form["fractions"] = fractions
        account.form |= {name: lists[name] for name in lists if name != "authorizations"}
        _flags(account, plans, clinical, mine)
        _complete(account, clinical, mine, said)
        return account

    def _id(self, plans: list[Plan], group: Group) -> str:
        """A name that stays the same when later records come, and says nothing of the patient."""
        anchor = plans[0].name if plans else min(group.nodes)[1]
        return "C-" + hashlib.sha256(f"{self._patient}\0{anchor}".encode()).hexdigest()[:8]

    def _people(self, account: Account, said: list[Statement], given: Given) -> None:
        person: dict[str, Any] = {}
        if self._patient is not None:
            person["id"] = self._patient
            account.sources.append(("patient.id", self._first_word(self._patient)))
        facts: tuple[tuple[str, form.Fit], ...] = (("birth_date", form.day), ("sex", form.sex))
        for name, fit in facts:
            found = words([s for s in self._person if s.name == name], fit)
            told: dict[str, Delivery] = {}
            for d in self._deliveries:
                value = (
                    d.birth_date.isoformat()
                    if name == "birth_date" and d.birth_date
                    else d.sex
                    if name == "sex"
                    else None
                )
                if value:
                    told.setdefault(value, d)
            for value, d in told.items():
                kept = value if name == "birth_date" or value in ("M", "F", "U") else None
                reason = None if kept else "the source's word has no counterpart in the course form"
                found.append(Word(kept, d.source, Where.of(d), reason, None if kept else "records"))
            if found and (settled := account.settle(f"patient.{name}", found)) is not None:
                person[name] = settled
        if person:
            account.form["patient"] = person
        payer: dict[str, str] = {}
        payer_facts: tuple[tuple[str, str | None, str, form.Fit], ...] = (
            ("id", given.payer, "payer", form.text),
            ("name", None, "payer_name", form.text),
            ("line", given.payer_line, "payer_line", form.word(*form.PAYER_LINES)),
        )
        for name, option, key, fit_payer in payer_facts:
            found = words([s for s in [*said, *self._person] if s.name == key], fit_payer)
            if option is not None and not _all_null(found):
                found.append(Word(option, "option", None, "given on the command line"))
            elif option is not None:
                found = [Word(option, "option", None, "given on the command line")]
            if found and (settled := account.settle(f"payer.{name}", found)) is not None:
                payer[name] = settled
        if payer:
            account.form["payer"] = payer

    def _first_word(self, patient: str) -> Word:
        rows: list[Statement | Delivery] = [
            *self._person,
            *(s for rows in self._of.values() for s in rows),
            *self._deliveries,
        ]
        row = min(rows, key=lambda r: (r.file, r.start)) if rows else None
        return Word(patient, row.source if row else "files", Where.of(row) if row else None)


def _all_null(found: list[Word]) -> bool:
    return all(w.value is None for w in found)


def _course_facts(account: Account, said: list[Statement], given: Given) -> None:
    """Setting, diagnoses, end, and what was irradiated before."""
    of_course = [
        s
        for s in said
        if s.subject in ("course", "message", "order", "charge", "prescription", "phase", "plan", "session")
    ]
    found = words([s for s in of_course if s.name == "setting"], form.word(*form.SETTINGS))
    if given.setting is not None:
        found = [*([] if _all_null(found) else found), Word(given.setting, "option", None, "given on the command line")]
    if found and (value := account.settle("setting", found)) is not None:
        account.form["setting"] = value
    told = words([s for s in said if s.name == "diagnoses"], form.several(form.diagnosis))
    if given.diagnoses:
        option = Word([d.replace(".", "") for d in given.diagnoses], "option", None, "given on the command line")
        told = [*([] if _all_null(told) else told), option]
    if told and (value := account.settle("diagnoses", told)) is not None:
        account.form["diagnoses"] = value
    ended = words([s for s in said if s.subject == "course" and s.name == "ended_on"], form.day)
    if ended and (value := account.settle("ended_on", ended)) is not None:
        account.form["ended_on"] = value


def _flags(account: Account, plans: list[Plan], clinical: list[Plan], treated: list[Treated]) -> None:
    """Plans that are not to be billed, and fractions that do not fit their plan."""
    for p in plans:
        if not p.is_clinical:
            where = Where.of(p.said[0])
            account.note(
                "not_clinical",
                f"the plan {p.label or p.name} is {p.value('intent') or 'not clinical'}: no plan to bill",
                where,
            )
            if p.records:
                text = f"{len(p.records)} beam records deliver a plan that is not clinical; they were not counted"
                account.note("not_clinical_delivered", text, Where.of(p.records[0]))
                account.missing("fractions", f"{text}: was it a treatment?", "physicist")
        elif not p.is_there and p.records:
            account.note("plan_missing", f"{p.id} is known only by its records", Where.of(p.records[0]))
    for n, p in enumerate(clinical):
        mine = [t for t in treated if t.plan == p.name and t.number is not None and t.has_dose]
        numbers = sorted({t.number for t in mine if t.number is not None})
        row = account.form["plans"][n]
        planned = row.get("fractions_planned")
        for t in mine:
            if planned is not None and t.number is not None and t.number > planned:
                account.note(
                    "beyond_plan", f"fraction {t.number} of {p.id}, planned for {planned}", Where.of(t.rows[0])
                )
        if numbers and (
            skipped := sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if numbers[-1] < 10_000 else []
        ):
            shown = ", ".join(map(str, skipped[:10]))
            account.note("number_skipped", f"no record of fraction {shown} of {p.id}", Where.of(mine[0].rows[0]))
        first = min((t.day for t in mine if t.day is not None), default=None)
        if first is not None and str(row.get("approved_on", "")) > first.isoformat():
            account.note(
                "approved_late",
                f"{p.id} was approved on {row['approved_on']}, after its first fraction on {first}",
                Where.of(p.said[0]),
            )


def _complete(account: Account, plans: list[Plan], treated: list[Treated], said: list[Statement]) -> None:
    """Records are complete where a summary of a completed course counts the fractions that were found."""
    if not treated:
        return
    found: list[tuple[Statement, int]] = []
    for p in plans:
        number = sum(t.plan == p.name and t.has_dose for t in treated)
        ended = {s.file for s in p.said if s.name in ("current_treatment_status", "status") and s.value == "completed"}
        found += [(s, number) for s in p.about("fractions_delivered") if s.file in ended]
    course = [s for s in said if s.subject == "course"]
    if any(s.name == "status" and s.value == "completed" for s in course):
        sessions = {t.visit for t in treated if t.has_dose}
        found += [(s, len(sessions)) for s in course if s.name == "sessions_delivered"]
    for s, number in found:
        counted = Word(number, "records", Where.of(treated[0].rows[0]), "fractions with dose, counted")
        if s.value is not None and s.value.isdigit() and int(s.value) != number:
            account.conflicts.append(("records_complete", (Word.of(s, int(s.value)), counted)))
            account.missing("records_complete", "a summary counts other fractions than the records show", "records")
            return
    agreed = [
        Word(True, s.source, Where.of(s), f"a summary of the completed course counts {n}, as do the records")
        for s, n in found
    ]
    if agreed:
        account.form["records_complete"] = account.settle("records_complete", agreed)
    else:
        account.missing(
            "records_complete", "no summary of a completed course says how many fractions there were", "records"
        )
