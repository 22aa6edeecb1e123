"""The account of a course: its form as far as it is known, and for every fact who said so and where."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from beamclaim.model.tables.evidence import Assertion, Beam, Delivery


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a file of the run: the bytes `[start, end)` of the file with this index, and their path."""

    file: int
    start: int
    end: int
    path: str

    @classmethod
    def of(cls, row: Assertion | Beam | Delivery) -> "Where":
        """Where a row of evidence stands."""
        return cls(row.file, row.start, row.end, row.path)


@dataclass(frozen=True, slots=True)
class Word:
    """What one source says of a fact; None: it looked and could not tell, with the reason and who can settle it."""

    value: Any
    source: str
    where: Where | None
    reason: str | None = None
    who: str | None = None

    @classmethod
    def of(cls, said: Assertion, value: Any) -> "Word":
        """The word of an assertion, its text made a value of the form."""
        return cls(value, said.source, Where.of(said), said.reason, said.who)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact nobody could tell: why, and who can settle it."""

    fact: str
    reason: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should see that is no fact of the form."""

    kind: str
    text: str
    where: Where | None = None


@dataclass(slots=True)
class Account:
    """A course: the form, the words behind its facts, what is unknown, what the sources contradict each other in."""

    form: dict[str, Any] = field(default_factory=dict)
    sources: list[tuple[str, Word]] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    conflicts: list[tuple[str, tuple[Word, ...]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def settle(self, fact: str, words: Sequence[Word], same: Callable[[Any], Any] = lambda v: v) -> Any:
        """The value all sources agree on, its sources noted; None where none is known or they contradict each other.

        `same` gives what two values must share to be one (`Prostate` and `prostate`).
        """
        said = [w for w in words if w.value is not None]
        if not said:
            for reason, who in dict.fromkeys((w.reason or "the source does not tell", w.who) for w in words):
                self.unknown.append(Unknown(fact, reason, who))
            return None
        if len({_key(same(w.value)) for w in said}) > 1:
            self.conflicts.append((fact, tuple(said)))
            self.unknown.append(Unknown(fact, "the sources contradict each other", "records"))
            return None
        self.sources += [(fact, w) for w in said]
        return said[0].value

    def gather(self, fact: str, words: Sequence[Word]) -> list[Any] | None:
        """Every entry of the lists the sources give, in their order and once each; None where none gives any."""
        said = [w for w in words if w.value is not None]
        if not said:
            return self.settle(fact, words)  # type: ignore[no-any-return]
        self.sources += [(fact, w) for w in said]
        return list(dict.fromkeys(entry for w in said for entry in w.value))

    def missing(self, fact: str, reason: str, who: str | None = None) -> None:
        """Says that a fact is unknown."""
        self.unknown.append(Unknown(fact, reason, who))

    def note(self, kind: str, text: str, where: Where | None = None) -> None:
        """Says something that is no fact of the form."""
        self.notes.append(Note(kind, text, where))


def words(said: Iterable[Assertion], fit: Callable[[str], Any]) -> list[Word]:
    """The words of assertions, each value made fit for the form; what does not fit is unknown and says so."""
    out = []
    for s in said:
        try:
            value = None if s.value is None else fit(s.value)
        except ValueError as unfit:
            out.append(Word(None, s.source, Where.of(s), str(unfit), s.who or "records"))
            continue
        out.append(Word.of(s, value))
    return out


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
