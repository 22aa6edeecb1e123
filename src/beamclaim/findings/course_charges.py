"""The tables of courses → their proposed charges as they are told: outcomes, reasons, payments, and what is named and left alone.

One `CourseCharges` a run. What costs something is made when it is asked for. Built by `app/code.py`; read by `outputs/course`.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from beamclaim.charging.registry import adjustments, charges
from beamclaim.engine.adjust import adjusted
from beamclaim.engine.expected import ExpectedPayment
from beamclaim.engine.propose import Proposed, propose
from beamclaim.findings.reasons import Reasons
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.resolve import Ask
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.view import Frames

_ELEMENTS = "radonc.motion.elements_asked"
_LEFT_ALONE = "brachytherapy"


class ChargeSubject(NamedTuple):
    """What a charge is for: how its id names it, and the numbers of its fractions."""

    name: tuple[str, ...]
    fractions: list[int]


class CourseCharges:
    """The charges of a run: tables read, outcomes, and what is made of them when it is asked for."""

    def __init__(
        self,
        tables: Tables,
        policy: PolicyAnswers,
        assumptions: Assumptions,
        *,
        engine: str,
        families: Sequence[str] = (),
    ) -> None:
        self.tables = tables
        self.engine = engine
        self.policy = policy
        self.assumptions = assumptions
        declared = [c for c in charges() if not families or c.family in families]
        frames = Frames(tables, policy, assumptions)
        self.proposed: list[Proposed] = propose(frames, declared, policy)
        self.charges: pl.DataFrame = adjusted(frames, self.proposed, adjustments(), policy)
        self.reasons = Reasons(self.proposed, declared, adjustments(), policy)
        self.expected = ExpectedPayment(policy, assumptions.as_of)
        self.expected.prepare(self.charges.iter_rows(named=True))
        # On the days of one era every answer is the same; what the meters ask is asked at once.
        self._eras = policy.eras(["parameters"])
        dated = self.charges.filter(pl.col("charge.day").is_not_null())
        policy.answers([("parameters", list({self._asked_of_motion(c) for c in dated.iter_rows(named=True)}))])
        self._frames = {p.view.name: p.answered.frame for p in self.proposed}

    @property
    def errors(self) -> list[str]:
        """What could not be opened or read, a sentence each."""
        failed = self.tables["files"].filter(pl.col("file.error").is_not_null())
        return [f"{path}: {error}" for path, error in failed.select("file.path", "file.error").iter_rows()]

    @property
    def run(self) -> dict[str, str]:
        """What stands at the head of every format."""
        return {
            "engine": self.engine,
            "policy": self.policy.tables.digest,
            "as_of": self.assumptions.as_of.isoformat(),
        }

    def cell(self, charge: Mapping[str, Any], name: str) -> Any:
        """A value of the session or procedure a charge is for."""
        return self._frames[charge["charge.view"]][name][charge["charge.row"]]

    def subject(self, charge: Mapping[str, Any]) -> ChargeSubject:
        """What a charge is for."""
        if charge["charge.view"] == "sessions":
            day = self.cell(charge, "session.day").isoformat()
            numbers = self.cell(charge, "session.fraction_numbers")
            return ChargeSubject(
                (day, str(self.cell(charge, "session.of_day"))), [] if numbers is None else numbers.to_list()
            )
        return ChargeSubject((self.cell(charge, "procedure.kind"), str(self.cell(charge, "procedure.number"))), [])

    def assumed(self, course: Mapping[str, Any]) -> dict[str, str]:
        """What the run supplied, where the course says nothing."""
        supplied = {"setting": self.assumptions.setting, "payer.line": self.assumptions.payer_line}
        said = {"setting": course["course.setting"], "payer.line": course["course.payer_line"]}
        return {name: value for name, value in supplied.items() if value is not None and said[name] is None}

    def open_modifiers(self, charge: Mapping[str, Any]) -> list[str]:
        """The modifiers that hang on something nobody said, of a charge that stands."""
        if charge["charge.code"] is None:
            return []
        return list(dict.fromkeys(m for name in charge["open_by"] for m in self._modifiers_of.get(name, ())))

    @cached_property
    def _modifiers_of(self) -> dict[str, list[str]]:
        """Adjustment → the modifiers its tables can give."""
        made: dict[str, list[str]] = {}
        for one in adjustments():
            for read in one.policy_reads:
                if read.field == "modifier":
                    made.setdefault(one.name, []).extend(
                        self.policy.table(read.table).frame["modifier"].drop_nulls().unique().sort()
                    )
        return made

    @cached_property
    def left_alone(self) -> dict[int, list[dict[str, Any]]]:
        """course.key → the plans and procedures that are named and not judged."""
        alone: dict[int, list[dict[str, Any]]] = {}
        plans = self.tables["plans"].filter(pl.col("plan.modality") == _LEFT_ALONE)
        given = self.tables["fractions"].group_by("course.key", "fraction.plan").agg(pl.len().alias("sessions"))
        joined = plans.join(
            given, left_on=["course.key", "plan.id"], right_on=["course.key", "fraction.plan"], how="left"
        )
        text = "brachytherapy is charged by codes of its own, which are not judged here"
        for row in joined.iter_rows(named=True):
            entry = {
                "plan": row["plan.id"],
                "procedure": None,
                "what": _LEFT_ALONE,
                "text": text,
                "sessions": row["sessions"] or 0,
            }
            alone.setdefault(row["course.key"], []).append(entry)
        for row in self.tables["procedures"].filter(pl.col("procedure.kind") == _LEFT_ALONE).iter_rows(named=True):
            entry = {
                "plan": row["procedure.plan"],
                "procedure": _LEFT_ALONE,
                "what": _LEFT_ALONE,
                "text": text,
                "sessions": 0,
            }
            alone.setdefault(row["course.key"], []).append(entry)
        return alone

    def reading(self, charge: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the payer of a charge asks for as evidence of motion management that day; None where nobody read it."""
        ((row, _),) = self.policy.answers([("parameters", [self._asked_of_motion(charge)])])[0]
        if row is None:
            return None
        cells = self.policy.table("parameters").frame.row(row, named=True)
        return {
            "elements": int(cells["value"]), "payer": cells["scope"], "text": cells["at"],
            "first_day": None if cells["first_day"] is None else cells["first_day"].isoformat(),
            "last_day": None if cells["last_day"] is None else cells["last_day"].isoformat(),
            "source": cells["source"], "confidence": cells["confidence"],
        }  # fmt: skip

    def _asked_of_motion(self, charge: Mapping[str, Any]) -> Ask:
        era = self._eras.of(charge["charge.day"])
        return (
            _ELEMENTS, era, charge["course.setting"], charge["course.payer_asked"], charge["course.payer_line"], charge["course.mac"],
        )  # fmt: skip

    def sentence(self, element: str) -> str | None:
        """The sentence a record lacks, with brackets for what only the clinic knows."""
        return self._sentences.get(element)

    @cached_property
    def _sentences(self) -> dict[str, str]:
        return self.policy.by_key("charging.sentences", "sentence", on=self.assumptions.as_of)
