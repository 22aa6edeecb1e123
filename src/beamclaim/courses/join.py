"""The evidence of one patient → the accounts of the patient's courses."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from beamclaim.courses import documents, earlier, observations, person
from beamclaim.courses.course_record import Account, Note, Where, Word
from beamclaim.courses.fractions import Fractions
from beamclaim.courses.grouping import OF_THE_PATIENT, Group, groups
from beamclaim.courses.naming import Names, inferred
from beamclaim.courses.person import CourseDefaults
from beamclaim.courses.plans import Plan, label
from beamclaim.courses.prescribed import Prescribed
from beamclaim.courses.visits import Treated, order, visits
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence


def courses(evidence: Evidence, given: CourseDefaults, *, patient: str | None) -> tuple[list[Account], list[Note]]:
    """The courses of one patient by their first day, and notes on what belongs to none of them.

    `patient` None is evidence that does not say whose it is.
    """
    assertions = sorted(evidence.assertions, key=lambda s: (s.file, s.start, s.path, s.subject, s.key, s.name))
    names = Names(assertions)
    beams = [
        b._replace(plan=names.plan(b.plan)) for b in sorted(evidence.beams, key=lambda b: (b.file, b.start, b.path))
    ]
    deliveries, notes = inferred(sorted(map(names.delivery, evidence.deliveries), key=order), beams)
    found, loose = groups(assertions, beams, deliveries, names, is_named=patient is not None)
    chart = _Chart(patient, names, assertions, beams, deliveries)
    clinical = [d for d in deliveries if d.plan is None or chart.plan(d.plan).is_clinical]
    treated, left_out = visits(clinical, chart.prescribed)
    told = [(chart.account(group, treated, given), chart.said(group)) for group in found]
    told.sort(key=lambda pair: (_first(pair[0]), pair[0].form["course"]))
    accounts = [account for account, _ in told]
    earlier.courses(accounts)
    for account, said in told:
        earlier.said(account, said)
    notes += [
        *left_out,
        *observations.messages([s for s in assertions if s.subject == "message"]),
        *(note for group in loose for note in chart.loose(group)),
    ]
    if len(accounts) == 1:
        accounts[0].notes += notes
        notes = []
    return accounts, notes


def _first(account: Account) -> str:
    return min((f["started_at"] for f in account.form.get("fractions", []) if "started_at" in f), default="9")


class _Chart:
    """The evidence of one patient, asked course by course."""

    def __init__(
        self,
        patient: str | None,
        names: Names,
        assertions: Sequence[Assertion],
        beams: Sequence[Beam],
        deliveries: Sequence[Delivery],
    ) -> None:
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
        self._known: dict[tuple[str, str], Plan] = {}
        frames = {
            names.plan(s.key): s.value
            for s in assertions
            if s.subject == "plan" and s.name == "frame_of_reference" and s.value
        }
        self.prescribed = Prescribed(beams, deliveries, frames)

    def plan(self, name: str, subject: str = "plan") -> Plan:
        """All that is said of a plan."""
        if (subject, name) not in self._known:
            said = self._of.get((subject, name), [])
            self._known[subject, name] = Plan(
                name, said, self._beams.get(name, []), self._records.get(name, []), self._around
            )
        return self._known[subject, name]

    def loose(self, group: Group) -> list[Note]:
        """What belongs to no course, or could belong to several."""
        where = min((Where.of(s) for n in group.nodes for s in self._of.get(n, [])), default=None)
        why = "could belong to several courses" if group.is_course else "belongs to no course that is known"
        return [Note("not_placed", f"{kind}: {why}", where) for kind in sorted(Counter(k for k, _ in group.nodes))]

    def said(self, group: Group) -> list[Assertion]:
        """All that is said of what a group holds."""
        return [s for node in sorted(group.nodes) for s in self._of.get(node, [])]

    def account(self, group: Group, treated: Sequence[Treated], given: CourseDefaults) -> Account:
        """The account of one course."""
        account = Account()
        said = self.said(group)
        mine = [t for t in treated if self._names.node(t.rows[0]) in group.nodes]
        everything = self._plans(group)
        clinical = [p for p in everything if p.is_clinical]
        label(clinical)
        account.form["course"] = self._id(everything, group)
        person.patient(account, self._patient, self._person, self._deliveries, self._first_word())
        person.payer(account, [*said, *self._person], given)
        person.facts(account, said, self._person, given)
        lists = documents.tell(account, said)
        if rows := [p.tell(account, f"plans[{n}]") for n, p in enumerate(clinical)]:
            account.form["plans"] = rows
        meant = {p.name: str(row.get("motion_management")) for p, row in zip(clinical, rows, strict=True)}
        ids = {p.name: p.id for p in clinical}
        if fractions := Fractions(mine, ids, self.prescribed, treated).tell(account, meant):
            account.form["fractions"] = fractions
        elif rows:
            account.missing("fractions", "no record of a treated fraction is among the files", "records")
        account.form |= lists
        observations.plans(account, everything, mine)
        observations.around(account, said)
        observations.completeness(account, clinical, mine, said)
        return account

    def _plans(self, group: Group) -> list[Plan]:
        """The plans in the order they were first delivered; where none is known, phases or the course stand for them."""
        plans = [self.plan(key) for kind, key in group.nodes if kind == "plan"]
        for kind in ("phase", "course"):
            if not plans:
                stand_ins = [self.plan(key, kind) for subject, key in group.nodes if subject == kind]
                plans = [p for p in stand_ins if p.about("technique") or p.about("modality")]
        first = {p.name: order(p.records[0]) for p in plans if p.records}
        return sorted(
            plans, key=lambda p: (first.get(p.name, ("9",)), p.value("started_on") or "9", p.label or "", p.name)
        )

    def _id(self, plans: list[Plan], group: Group) -> str:
        """A name that stays the same when later records come, and says nothing of the patient."""
        anchor = min(n for n in group.nodes if not plans or n[1] == plans[0].name)
        named = "\0".join((self._patient or "", *anchor)).encode(errors="surrogatepass")
        return "C-" + hashlib.sha256(named).hexdigest()[:8]

    def _first_word(self) -> Word:
        """The first source of the patient's id: where it is written, else a row of a file that has it."""
        written = [s for s in self._person if s.subject == "patient" and s.name == "id" and s.value]
        rows: list[Assertion | Delivery] = [*written]
        if not rows:
            rows += [*self._person, *(s for said in self._of.values() for s in said), *self._deliveries]
        if not rows:
            return Word(self._patient, "files", None)
        row = min(rows, key=lambda r: (r.file, r.start))
        return Word(
            self._patient, row.source, Where.of(row), None if written else "the patient of the file this stands in"
        )
