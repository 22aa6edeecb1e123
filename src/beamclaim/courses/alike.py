"""The people of a run → observations on those who may be one person, though nothing says so: asked, and never joined.

Alike are numbers that differ in case, blanks, signs or leading zeros; one that goes on with a suffix or a prefix where birth date
and sex agree; one number under two issuers; one name, birth date and sex. Called by `app/facts.py`, after `people.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from beamclaim.courses.course_record import Observation
from beamclaim.courses.issuers import Issuers, relation
from beamclaim.courses.people import MOST_COMPARED, SamePerson

ALIKE = Observation(
    "patient_id_alike",
    "another patient id of these files differs only in case, blanks, signs or leading zeros; "
    "if it is the same person, give both one id",
)
CONTINUED = Observation(
    "patient_id_continued",
    "another patient id of these files is this one with a suffix or a prefix, and birth date and sex are the same; "
    "if it is the same person, give both one id, or say in `issuers` of a mapping what may follow a number",
)
OTHER_ISSUER = Observation(
    "patient_id_of_another_issuer",
    "another patient of these files has the same number by another issuer; if it is the same person, "
    "name both issuers as one in `issuers` of a mapping",
)
SAME_NAME = Observation(
    "patient_of_the_same_name",
    "another patient id of these files has the same name, birth date and sex; if it is the same person, give both one id",
)
SHORTEST = 4
"""Signs of a number that may be a part of another."""


Pair = tuple[SamePerson, SamePerson]
_SIGNS = re.compile(r"[^\w]|_")


def ask_about_alike(people: Sequence[SamePerson], issuers: Issuers) -> None:
    """Adds to each person who may be another person too the question whether the two are one."""
    pairs: tuple[tuple[Observation, Iterator[Pair], Callable[[SamePerson, SamePerson], bool]], ...] = (
        (ALIKE, _sharing(people, _plain_numbers), _is_alike),
        (OTHER_ISSUER, _sharing(people, lambda p: _numbers(p, issuers)), _is_agreed_or_open),
        (CONTINUED, _sharing(people, _births), _is_continued),
        (SAME_NAME, _sharing(people, _names), lambda a, b: not (a.observations and b.observations)),
    )
    for note, of_note, may_be_one in pairs:
        for a, b in of_note:
            if not a.contradicts(b) and may_be_one(a, b):
                for person in (a, b):
                    if note not in person.observations:
                        person.observations.append(note)


def _sharing(people: Sequence[SamePerson], keys: Callable[[SamePerson], Iterable[object]]) -> Iterator[Pair]:
    """The pairs of people who share a key; one that very many share tells nothing."""
    by_key: dict[object, list[SamePerson]] = {}
    for person in people:
        for key in dict.fromkeys(keys(person)):
            by_key.setdefault(key, []).append(person)
    for group in by_key.values():
        if 1 < len(group) <= MOST_COMPARED:
            yield from combinations(group, 2)


def _numbers(person: SamePerson, issuers: Issuers) -> Iterator[str]:
    return (issuers.read(n).number for p in person.personas if (n := p.number) is not None and n.rank < 4)


def _plain(number: str) -> str:
    return _SIGNS.sub("", number.lower()).lstrip("0")


def _plain_numbers(person: SamePerson) -> Iterator[str]:
    return (plain for p in person.personas if p.number is not None and (plain := _plain(p.number.number)))


def _births(person: SamePerson) -> Iterator[tuple[str, str]]:
    return ((p.birth_date, p.sex) for p in person.personas if p.birth_date and p.sex)


def _names(person: SamePerson) -> Iterator[tuple[str, ...]]:
    return (
        (p.birth_date, p.sex, p.family, p.given)
        for p in person.personas
        if p.birth_date and p.sex and p.family and p.given
    )


def _is_alike(one: SamePerson, other: SamePerson) -> bool:
    """Whether their numbers are written differently, by issuers that may be one."""
    pairs = [
        (a.number, b.number)
        for a in one.personas
        for b in other.personas
        if a.number is not None and b.number is not None
    ]
    differing = [(a, b) for a, b in pairs if a.number != b.number and _plain(a.number) == _plain(b.number)]
    return any(relation(a.issuer, b.issuer) != "two" for a, b in differing) or (bool(differing) and _agrees(one, other))


def _is_agreed_or_open(one: SamePerson, other: SamePerson) -> bool:
    """Whether one number of theirs is of issuers that may be one, or birth date and sex agree."""
    issuers = [
        (p.number.issuer, q.number.issuer) for p in one.personas for q in other.personas if p.number and q.number
    ]
    return _agrees(one, other) or any(relation(a, b) == "open" for a, b in issuers)


def _agrees(one: SamePerson, other: SamePerson) -> bool:
    return {"birth date", "sex"} <= one.agreements(other)[0]


def _is_continued(one: SamePerson, other: SamePerson) -> bool:
    """Whether a number of one is the beginning or the end of a number of the other."""
    for a in _plain_numbers(one):
        for b in _plain_numbers(other):
            short, long = sorted((a, b), key=len)
            if SHORTEST <= len(short) < len(long) and (long.startswith(short) or long.endswith(short)):
                return True
    return False
