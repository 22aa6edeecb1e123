"""What a person should see about a course: what does not fit its plans, what was planned only, whether records are complete."""

from collections.abc import Sequence

from beamclaim.courses.course_record import Account, Note, Where, Word
from beamclaim.courses.plans import Plan
from beamclaim.courses.visits import Treated
from beamclaim.model.tables.evidence import Assertion

_MOST = 10_000


def plans(account: Account, everything: Sequence[Plan], treated: Sequence[Treated]) -> None:
    """Plans that are not to be billed, and fractions that do not fit their plan."""
    rows = iter(account.form.get("plans", []))
    for p in everything:
        if not p.is_clinical:
            _not_clinical(account, p)
            continue
        row = next(rows)
        if not p.is_there and p.records:
            account.note("plan_missing", f"{p.id} is known only by its records", Where.of(p.records[0]))
        if (twice := p.value("fractions_per_day")) not in (None, "1"):
            text = f"{p.id} is planned for {twice} fractions a day; who ordered it is not in a plan"
            account.note("planned_twice_daily", text, Where.of(p.about("fractions_per_day")[0]))
        _numbers(account, p, row, [t for t in treated if t.plan == p.name and t.has_dose])


def _not_clinical(account: Account, p: Plan) -> None:
    where = Where.of(p.said[0])
    why = p.value("out_of_scope") or p.value("intent") or "not clinical"
    account.note("not_clinical", f"the plan {p.label or p.name} is {why}: no plan to bill deliveries by", where)
    if p.records:
        text = (
            f"{len(p.records)} beam records deliver the plan {p.label or p.name}, which is {why}; they were not counted"
        )
        account.note("not_clinical_delivered", text, Where.of(p.records[0]))
        account.missing("fractions", f"{text}. Was it a treatment?", "physicist")


def _numbers(account: Account, p: Plan, row: dict[str, object], mine: list[Treated]) -> None:
    numbers = sorted({t.number for t in mine if t.number is not None})
    planned = row.get("fractions_planned")
    for t in mine:
        if isinstance(planned, int) and t.number is not None and t.number > planned:
            account.note("beyond_plan", f"fraction {t.number} of {p.id}, planned for {planned}", Where.of(t.rows[0]))
    if numbers and 1 < numbers[-1] < _MOST:
        skipped = sorted(set(range(1, numbers[-1])) - set(numbers))
        if skipped:
            shown = ", ".join(map(str, skipped[:10])) + (" …" if len(skipped) > 10 else "")
            account.note("number_skipped", f"no record of fraction {shown} of {p.id}", Where.of(mine[0].rows[0]))
    first = min((t.day for t in mine if t.day is not None), default=None)
    if first is not None and str(row.get("approved_on", "")) > first.isoformat():
        text = f"{p.id} was approved on {row['approved_on']}, after its first fraction on {first}"
        account.note("approved_late", text, Where.of(p.about("approved_on")[0]))


def around(account: Account, said: Sequence[Assertion]) -> None:
    """Appointments, images of the day, brachytherapy and objects of a generation that is not read: notes, never deliveries."""
    planned = [s for s in said if s.name == "planned_at" and s.value]
    if planned:
        days = sorted(str(s.value)[:10] for s in planned)
        text = f"{len(days)} appointments from {days[0]} to {days[-1]}: what was planned, not what took place"
        account.note("appointments", text, Where.of(planned[0]))
    at = {s.key: s.value[:10] for s in said if s.name == "image_at" and s.value}
    images: dict[str, list[Assertion]] = {}
    for s in said:
        if s.name == "image" and s.value:
            images.setdefault(s.value, []).append(s)
    for kind, rows in sorted(images.items()):
        dated = sorted({at[s.key] for s in rows if s.key in at})
        span = f"{dated[0]} to {dated[-1]}" if dated else "no day said"
        text = f"{kind} × {len(rows)}, {span}: a hint of image guidance, no proof"
        account.note("images", text, Where.of(rows[0]))
    for s in said:
        if s.name == "brachytherapy":
            account.note("brachytherapy", s.reason or "a brachytherapy record: no external delivery", Where.of(s))
        elif s.name == "unsupported_generation":
            account.note("not_read", f"{s.value or 'an object'}, of a generation that is not read", Where.of(s))


def messages(said: Sequence[Assertion]) -> list[Note]:
    """Messages that were not read, or not whole, and control ids that stand on different messages."""
    notes = [Note("not_read", f"{s.value}: {s.reason}", Where.of(s)) for s in said if s.name == "not_read" and s.value]
    first: dict[str, str] = {}
    for s in said:
        if s.name == "digest" and s.value and first.setdefault(s.key, s.value) != s.value:
            text = (
                "messages of one sender and control id differ; each charge counts once, and what differs is a conflict"
            )
            notes.append(Note("control_id_reused", text, Where.of(s)))
    return notes


def completeness(
    account: Account, clinical: Sequence[Plan], treated: Sequence[Treated], said: Sequence[Assertion]
) -> None:
    """Records are complete where a summary of something completed counts the fractions that were found."""
    if not treated:
        return
    found: list[tuple[Assertion, int]] = []
    for p in clinical:
        number = sum(t.plan == p.name and t.has_dose for t in treated)
        found += [(s, number) for s in _completed(p.said, "fractions_delivered")]
    visits = len({t.visit for t in treated if t.has_dose})
    found += [(s, visits) for s in _completed([s for s in said if s.subject == "course"], "sessions_delivered")]
    fact = "records_complete"
    for s, number in found:
        if s.value is not None and s.value.isdigit() and int(s.value) != number:
            counted = Word(number, "records", Where.of(treated[0].rows[0]), "fractions with dose, counted")
            account.conflicts.append((fact, (Word.of(s, int(s.value)), counted)))
            account.missing(fact, "a summary counts other fractions than the records show", "records")
            return
    agreed = [
        Word(True, s.source, Where.of(s), f"a summary of what was completed counts {n}, as do the records")
        for s, n in found
    ]
    if any(t.doubt for t in treated) and not all(s.name == "fractions_delivered" for s, _ in found):
        account.missing(fact, "visits cannot all be told apart, so they cannot be compared with a summary", "records")
    elif agreed:
        account.form[fact] = account.settle(fact, agreed)
    else:
        planned = [row.get("fractions_planned") for row in account.form.get("plans", [])]
        total = sum(t.has_dose for t in treated)
        of = f"{total} of {sum(planned)} planned" if planned and None not in planned else f"{total}"
        why = f"no summary of something completed counts the fractions; {of} were found"
        account.missing(fact, why, "records")


def _completed(said: Sequence[Assertion], name: str) -> list[Assertion]:
    """The counts of those resources or records that say they are of something completed."""
    status = ("status", "current_treatment_status")
    done = {(s.file, s.key) for s in said if s.name in status and s.value == "completed"}
    return [s for s in said if s.name == name and (s.file, s.key) in done]
