"""What sources say of a course → its record: the course form as far as it is known, and for every fact who says so and where.

One `CourseRecord` a course. Every fact passes through `settle` (or `gather`, for lists): the value all sources agree on, or
an unknown with the reason. Filled by `join.py`; read by `outputs/facts`. Begin with `CourseRecord.settle`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from beamclaim.model.tables.evidence import Assertion, Beam, Delivery


@dataclass(frozen=True, slots=True, order=True)
class EvidencePlace:
    """A place in a file of the run: the bytes `[start, end)` of the file with this index, and their path."""

    file: int
    start: int
    end: int
    path: str

    @classmethod
    def of(cls, row: Assertion | Beam | Delivery) -> "EvidencePlace":
        """Where a row of evidence stands."""
        return cls(row.file, row.start, row.end, row.path)


@dataclass(frozen=True, slots=True)
class SourcedValue:
    """A value of a fact as one source gives it, fit for the form.

    None: it looked and could not tell, with the reason and who can settle it.
    """

    value: Any
    source: str
    place: EvidencePlace | None
    reason: str | None = None
    who: str | None = None

    @classmethod
    def of(cls, assertion: Assertion, value: Any) -> "SourcedValue":
        """What an assertion gives, its text made a value of the form."""
        return cls(value, assertion.source, EvidencePlace.of(assertion), assertion.reason, assertion.who)


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A fact nobody could tell: why, and who can settle it."""

    fact: str
    reason: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """Something a person should see that is no fact of the form."""

    kind: str
    text: str
    place: EvidencePlace | None = None


@dataclass(slots=True)
class CourseRecord:
    """A course: the form, the sources of its facts, what is unknown, what the sources contradict each other in, observations."""

    form: dict[str, Any] = field(default_factory=dict)
    sources: list[tuple[str, SourcedValue]] = field(default_factory=list)
    unknown: list[UnknownFact] = field(default_factory=list)
    conflicts: list[tuple[str, tuple[SourcedValue, ...]]] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def settle(self, fact: str, values: Sequence[SourcedValue], alike: Callable[[Any], Any] = lambda v: v) -> Any:
        """The value all sources agree on, its sources kept; None where none is known or they contradict each other.

        `alike` gives what two values must share to be one (`Prostate` and `prostate`).
        """
        known = [v for v in values if v.value is not None]
        if not known:
            for reason, who in dict.fromkeys((v.reason or "the source does not tell", v.who) for v in values):
                self.unknown.append(UnknownFact(fact, reason, who))
            return None
        if len({_key(alike(v.value)) for v in known}) > 1:
            self.conflicts.append((fact, tuple(known)))
            self.unknown.append(UnknownFact(fact, "the sources contradict each other", "records"))
            return None
        self.sources += [(fact, v) for v in known]
        return known[0].value

    def gather(self, fact: str, values: Sequence[SourcedValue]) -> list[Any] | None:
        """Every entry of the lists the sources give, in their order and once each; None where none gives any."""
        known = [v for v in values if v.value is not None]
        if not known:
            return self.settle(fact, values)  # type: ignore[no-any-return]
        self.sources += [(fact, v) for v in known]
        return list(dict.fromkeys(entry for v in known for entry in v.value))

    def missing(self, fact: str, reason: str, who: str | None = None) -> None:
        """Says that a fact is unknown."""
        self.unknown.append(UnknownFact(fact, reason, who))

    def observe(self, kind: str, text: str, place: EvidencePlace | None = None) -> None:
        """Says something that is no fact of the form."""
        self.observations.append(Observation(kind, text, place))


def fitted(assertions: Iterable[Assertion], fit: Callable[[str], Any]) -> list[SourcedValue]:
    """Assertions → values fit for the form; what does not fit is unknown and says so."""
    out = []
    for s in assertions:
        try:
            value = None if s.value is None else fit(s.value)
        except ValueError as unfit:
            out.append(SourcedValue(None, s.source, EvidencePlace.of(s), str(unfit), s.who or "records"))
            continue
        out.append(SourcedValue.of(s, value))
    return out


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
