"""What sources say of their patients (`model/persona.py`) → the people they mean, and what of it nobody can tell.

One `SamePerson` a set of personas. In this order: the same number of the same issuer is one person; two that contradict each other in
birth date and sex (or name) are two people until a person joins them; a message that merges two numbers does; a number without
an issuer (or whose issuers cannot be compared) is taken for the one patient it fits, and that is said.
Everything else stays apart: two people under one course would be worse than one person under two.
The order of files never shows. Called by `app/facts.py`, once a run; `alike.py` asks about those that stay apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from beamclaim.courses.course_record import EvidencePlace, Observation
from beamclaim.courses.disjoint_sets import DisjointSets
from beamclaim.courses.issuers import Issuers, Relation, relation
from beamclaim.model.persona import PatientNumber, Persona

MOST_COMPARED = 300
"""Personas of one number that are held against each other: more is a number of nobody (`ANON`), each told by itself."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A source that says a number became another's: the persona that stays, the number that ended, and where it says so."""

    into: str
    ended: PatientNumber
    sent_at: str
    place: EvidencePlace
    is_end: bool = True
    """False: both numbers stay, of one person."""


@dataclass(slots=True)
class SamePerson:
    """One person, as far as anyone can tell."""

    personas: list[Persona]
    number: PatientNumber | None = None
    """The number that names the person; null where no source gives any."""
    observations: list[Observation] = field(default_factory=list)

    def contradicts(self, other: "SamePerson") -> bool:
        """Whether the two are two people by what is said of them."""
        return any(a.contradicts(b) for a in self.personas for b in other.personas)

    def agreements(self, other: "SamePerson") -> tuple[set[str], set[str]]:
        """What is said of both: wherein they agree, and wherein they never do."""
        agreed: set[str] = set()
        differing: set[str] = set()
        for a in self.personas:
            for b in other.personas:
                for name, agrees in a.compare(b).items():
                    (agreed if agrees else differing).add(name)
        return agreed, differing - agreed


SPLIT = (
    "the same patient number stands for two people: birth date and sex (or name) contradict each other, so they were kept "
    "apart. If it is one person, correct the source that is wrong"
)
WHOSE = (
    "the patient number of this stands for two people who contradict each other in birth date and sex (or name), and nothing "
    "says which of them it is; whose it is, the records office can say"
)
MERGED = "a message merges another number into this patient's; what stood under it follows"
OPEN = (
    "sources that do not say who issued the patient's number, or name the issuer in another way, were taken for the same person; "
    "`issuers` of a mapping says which names mean one issuer"
)
LISTED = "the sources know this patient by several numbers, listed together by one of them; they were taken for the same person"


def people(texts: Iterable[str], merges: Sequence[Merge], issuers: Issuers) -> tuple[list[SamePerson], dict[str, int]]:
    """The people behind the texts of personas, and for each text the index of its person."""
    names = sorted(set(texts))
    personas = [Persona.read(text) for text in names]
    # A number that only a merge mentions still leads from one patient to another.
    personas += [Persona(merge.ended) for merge in merges]
    mentions = _mentions(personas, issuers)
    sets = DisjointSets(len(personas))
    for of_number in mentions.values():
        _join_same(sets, of_number)
    notes: dict[int, list[Observation]] = {}
    groups = _split(personas, sets, notes)
    sets = DisjointSets(len(personas))
    for group in groups:
        for n in group[1:]:
            sets.join(group[0], n)
    _merge(sets, names, merges, notes)
    _join_open(sets, personas, mentions, notes)
    ended = {(m.ended.number, m.ended.issuer) for m in _standing(merges)}
    out: list[SamePerson] = []
    index: dict[str, int] = {}
    for rows in _members(sets, len(personas)).values():
        own = [n for n in rows if n < len(names)]
        if own:
            index |= {names[n]: len(out) for n in own}
            person = SamePerson([personas[n] for n in own])
            person.number = _best(person.personas, ended, issuers)
            person.observations = list(dict.fromkeys(o for n in rows for o in notes.get(n, ())))
            if len(rows) == len(own) and len(_first_numbers(person, issuers)) > 1:
                person.observations.append(Observation("patient_of_several_numbers", LISTED))
            out.append(person)
    return out, index


def _first_numbers(person: SamePerson, issuers: Issuers) -> set[str]:
    return {issuers.read(p.number).number for p in person.personas if p.number is not None}


@dataclass(frozen=True, slots=True)
class _Mention:
    """A number as one persona has it: whether it is the one that names it, and the names of its issuer."""

    persona: int
    is_first: bool
    issuer: tuple[str, ...]


def _mentions(personas: Sequence[Persona], issuers: Issuers) -> dict[tuple[str, str], list[_Mention]]:
    """Every number that may join, by the class of its kind and the number as it is compared."""
    out: dict[tuple[str, str], list[_Mention]] = {}
    for n, persona in enumerate(personas):
        for at, number in enumerate((persona.number, *persona.others)):
            # A security number may be a dummy that many share: alone it says who is who in its source, and joins no other.
            if number is None or (number.is_secret and at):
                continue
            plain = issuers.read(number)
            kind = "" if plain.is_of_the_patient and not plain.is_secret else plain.kind or "SS"
            out.setdefault((kind, plain.number), []).append(_Mention(n, at == 0, plain.issuer))
    return out


def _join_same(sets: DisjointSets, rows: Sequence[_Mention]) -> None:
    """One number of one issuer is one person, before anything contradicts it."""
    if len({m.issuer for m in rows}) == 1:
        for m in rows[1:]:
            sets.join(rows[0].persona, m.persona)
        return
    first: dict[tuple[str, ...], _Mention] = {}
    for m in rows:
        sets.join(first.setdefault(m.issuer, m).persona, m.persona)
    for a, b in combinations(first.values(), 2):
        if a.issuer and b.issuer and relation(a.issuer, b.issuer) == "one":
            sets.join(a.persona, b.persona)


def _split(personas: Sequence[Persona], sets: DisjointSets, notes: dict[int, list[Observation]]) -> list[list[int]]:
    """The sets, each in two or more where those in it contradict each other."""
    out: list[list[int]] = []
    for rows in _members(sets, len(personas)).values():
        alike: dict[tuple[object, ...], list[int]] = {}
        for n in rows:
            p = personas[n]
            alike.setdefault((p.birth_date, p.sex, p.family, p.given), []).append(n)
        firsts = [personas[same[0]] for same in alike.values()]
        groups = _told_apart(firsts)
        lists = list(alike.values())
        split = [sorted(n for k in group for n in lists[k]) for group, _ in groups]
        out += split
        if len(groups) > 1:
            for (_, is_doubtful), numbers in zip(groups, split, strict=True):
                note = Observation("patient_of_two", WHOSE) if is_doubtful else Observation("patient_split", SPLIT)
                for n in numbers:
                    notes.setdefault(n, []).append(note)
    return out


def _told_apart(people: Sequence[Persona]) -> list[tuple[list[int], bool]]:
    """Those of one number, in groups that do not contradict each other; True: it could be of several of the others."""
    count = range(len(people))
    if len(people) > MOST_COMPARED:
        return [([n], True) for n in count]
    against = {n: {m for m in count if people[n].contradicts(people[m])} for n in count}
    if not any(against.values()):
        return [(list(count), False)]
    sets = DisjointSets(len(people))
    # First those who agree in two things and differ in none.
    for a, b in combinations(count, 2):
        compared = people[a].compare(people[b]).values()
        if all(compared) and len(compared) > 1:
            sets.join(a, b)
    sets = _sound(sets, DisjointSets(len(people)), against)
    cores = _members(sets, len(people))
    anchors = {root for root, core in cores.items() if any(against[n] for n in core)}
    choice: dict[int, int] = {}
    for root, core in cores.items():
        fitting = [r for r in anchors if r != root and not any(against[n] & set(cores[r]) for n in core)]
        near = [r for r in fitting if _is_near(people, core, cores[r])]
        if len(near) == 1 or (not near and len(fitting) == 1 and root in anchors):
            choice[root] = (near or fitting)[0]
    joined = _sound(sets, DisjointSets(len(people)), against)
    for root, chosen in choice.items():
        if root not in anchors or choice.get(chosen) == root:
            joined.join(root, chosen)
    result = _members(_sound(joined, sets, against), len(people))
    return [(group, not any(against[n] for n in group)) for group in result.values()]


def _is_near(people: Sequence[Persona], core: Sequence[int], other: Sequence[int]) -> bool:
    compared = [c for a in core for b in other for c in people[a].compare(people[b]).values()]
    return bool(compared) and all(compared)


def _members(sets: DisjointSets, size: int) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for n in range(size):
        out.setdefault(sets.root(n), []).append(n)
    return out


def _sound(sets: DisjointSets, before: DisjointSets, against: Mapping[int, set[int]]) -> DisjointSets:
    """The sets in which nobody contradicts another; the others as they were before."""
    out = DisjointSets(len(against))
    for group in _members(sets, len(against)).values():
        is_sound = not any(against[n] & set(group) for n in group)
        for n in group:
            out.join(n, group[0] if is_sound else before.root(n))
    return out


def _merge(
    sets: DisjointSets, names: Sequence[str], merges: Sequence[Merge], notes: dict[int, list[Observation]]
) -> None:
    """What stood under a number that a message ended follows: a person joined the two, whatever they contradict each other in."""
    position = {text: n for n, text in enumerate(names)}
    for n, merge in enumerate(merges, len(names)):
        if merge.into in position:
            sets.join(position[merge.into], n)
            notes.setdefault(n, []).append(Observation("patient_merged", MERGED, merge.place))


def _join_open(
    sets: DisjointSets,
    personas: Sequence[Persona],
    mentions: Mapping[tuple[str, str], Sequence[_Mention]],
    notes: dict[int, list[Observation]],
) -> None:
    """Numbers whose issuers cannot be compared: taken for the one patient they fit, and said."""
    members = _members(sets, len(personas))
    for (kind, _), rows in sorted(mentions.items()):
        by_root: dict[int, list[_Mention]] = {}
        for m in rows:
            by_root.setdefault(sets.root(m.persona), []).append(m)
        if kind or not 1 < len(by_root) <= MOST_COMPARED:
            continue
        everyone = {root: SamePerson([personas[n] for n in members[root]]) for root in by_root}
        joined = _fitting(by_root, everyone) or _fitting(by_root, everyone, only_agreeing=True)
        for group in joined:
            for root in group[1:]:
                sets.join(group[0], root)
                members[group[0]] += members.pop(root)
            notes.setdefault(group[0], []).append(Observation("patient_without_issuer", OPEN))


def _fitting(
    by_root: Mapping[int, Sequence[_Mention]], everyone: Mapping[int, SamePerson], *, only_agreeing: bool = False
) -> list[list[int]]:
    """Sets of people that fit one another and nobody else."""
    roots = sorted(by_root)
    number = {root: n for n, root in enumerate(roots)}
    sets = DisjointSets(len(roots))
    against: dict[int, set[int]] = {n: set() for n in range(len(roots))}
    for a, b in combinations(roots, 2):
        between, is_weak = _between(by_root[a], by_root[b])
        agreed, differing = everyone[a].agreements(everyone[b])
        if between == "two" or everyone[a].contradicts(everyone[b]):
            against[number[a]].add(number[b])
            against[number[b]].add(number[a])
        elif (not is_weak or _is_likely(agreed, differing)) and (not only_agreeing or {"birth date", "sex"} <= agreed):
            sets.join(number[a], number[b])
    groups = _members(_sound(sets, DisjointSets(len(roots)), against), len(roots)).values()
    return [[roots[n] for n in group] for group in groups if len(group) > 1]


def _is_likely(agreed: set[str], differing: set[str]) -> bool:
    """Whether a number is enough: its issuers differ in kind, or it is not the one that names the patient."""
    return bool(agreed) and ("birth date" not in differing or "name" in agreed)


def _between(one: Sequence[_Mention], other: Sequence[_Mention]) -> tuple[Relation, bool]:
    """How the issuers of a number stand to each other, and whether it takes more than the number to join."""
    pairs = [(relation(a.issuer, b.issuer), a, b) for a in one for b in other]
    if any(how != "open" for how, *_ in pairs):
        return "two", True  # of one issuer they were told apart before
    return "open", not any(a.is_first and b.is_first and not (a.issuer and b.issuer) for _, a, b in pairs)


def _standing(merges: Sequence[Merge]) -> list[Merge]:
    """The merges that no later one turned round: of two numbers that end each other, the last word holds."""
    last: dict[tuple[str, tuple[str, ...]], str] = {}
    for merge in merges:
        stays = Persona.read(merge.into).number
        if stays is not None:
            key = (stays.number, stays.issuer)
            last[key] = max(last.get(key, ""), merge.sent_at)
    return [m for m in merges if m.is_end and last.get((m.ended.number, m.ended.issuer), "") <= m.sent_at]


def _best(
    personas: Sequence[Persona], ended: set[tuple[str, tuple[str, ...]]], issuers: Issuers
) -> PatientNumber | None:
    """The number that names a person, in whichever order the sources give them."""
    first = {p.number for p in personas if p.number}
    numbers = {n for p in personas for n in (p.number, *p.others) if n is not None}

    def preference(number: PatientNumber) -> tuple[object, ...]:
        is_ended = (number.number, number.issuer) in ended
        is_named = issuers.is_named(number)
        return (
            is_ended,
            number.rank > 3,
            not is_named,
            number.rank,
            number not in first,
            not number.issuer,
            *number[::2],
        )

    return min(numbers, key=preference, default=None)
