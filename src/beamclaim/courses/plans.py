"""What sources assert of a plan → its row of the course form, each fact settled.

One `PlanRecord` a plan, with the records that deliver it. Technique and fractions may follow from several sources together;
what nobody can tell is an unknown with the reason and who can settle it. Called by `join.py`.
"""

from collections.abc import Sequence
from dataclasses import replace

from beamclaim.courses import form
from beamclaim.courses.course_record import CourseRecord, EvidencePlace, SourcedValue, fitted
from beamclaim.model.tables.course import PLAN_LIST
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery
from beamclaim.model.thresholds import Thresholds
from beamclaim.model.value_sets import MIXED_OF, MODALITIES

NOT_CLINICAL = ("verification", "service", "machine_qa", "research")
FAMILIES = {
    "2d": "2d", "3d_conformal": "3d", "imrt_static": "imrt", "imrt_dynamic": "imrt", "vmat": "imrt",
    "imrt_compensator": "imrt", "helical": "imrt",
}  # fmt: skip
"""Technique of the form → family that a source which does not know the kind can still contradict."""
_APPROVAL = ("approved_by", "approved_on")
_FACTS = {fact.path: fact for fact in PLAN_LIST.facts[1:]}
"""The facts of a plan beside its name, in the order of the form."""
_FITS = {name: form.fit_of(fact.type) for name, fact in _FACTS.items()}
_SAME = {"site": lambda value: sorted(str(value).casefold().split("; "))}


class PlanRecord:
    """What is said of one plan, and the records that deliver it."""

    def __init__(
        self,
        name: str,
        asserted: Sequence[Assertion],
        beams: Sequence[Beam],
        records: Sequence[Delivery],
        around: Sequence[Assertion],
        *,
        thresholds: Thresholds,
        group: str | None = None,
    ) -> None:
        """`group`: its number, where it is one fraction group of a plan with several."""
        self.name = name
        self.group = group
        self.asserted = asserted
        self.beams = beams
        self.records = records
        self._around = around
        self._thresholds = thresholds
        self.id = ""

    def about(self, name: str) -> list[Assertion]:
        """What is said under a name."""
        return [s for s in self.asserted if s.name == name]

    def value(self, name: str) -> str | None:
        """The first value under a name."""
        return next((s.value for s in self.about(name) if s.value is not None), None)

    @property
    def label(self) -> str | None:
        """What the clinic calls it."""
        name = self.value("label") or ""
        return name.strip() if form.is_text(name) else None

    @property
    def title(self) -> str:
        """Its label and its fraction group, where it is one of several; its name where it has no label."""
        return self.named(self.label or self.whole)

    def named(self, label: str) -> str:
        """A label with the fraction group, where it is one of several."""
        return label if self.group is None else f"{label} (group {self.group})"

    @property
    def whole(self) -> str:
        """The plan it is a fraction group of, or itself."""
        return self.name if self.group is None else self.name.rpartition("/")[0]

    @property
    def uids(self) -> set[str]:
        """The names its sources give it."""
        return {self.whole, *(s.key for s in self.asserted if s.subject == "plan")}

    @property
    def is_rejected(self) -> bool:
        """Whether a reviewer rejected it, and no source says that it was approved."""
        return (
            "rejected" in (statuses := {s.value for s in self.about("approval_status")}) and "approved" not in statuses
        )

    @property
    def is_there(self) -> bool:
        """Whether more than its records is known."""
        return bool(self.asserted or self.beams)

    @property
    def is_clinical(self) -> bool:
        """False for verification, service, machine QA, research, for brachytherapy, which is no external delivery, and for what
        may be one of these until a person says so.
        """
        intent = (self.value("intent") or "").lower()
        is_stated = all(s.value == "true" for s in self.about("is_clinical"))
        return is_stated and intent not in NOT_CLINICAL and not self.value("out_of_scope")

    @property
    def clinical_doubts(self) -> list[Assertion]:
        """Why it may be no plan to treat by, where no source says what it is."""
        is_known = self.value("out_of_scope") or (self.value("intent") or "").lower() in NOT_CLINICAL
        return [] if is_known else [s for s in self.about("is_clinical") if s.value is None]

    @property
    def is_listed(self) -> bool:
        """Whether it is a plan of the course: clinical, and not rejected unless it was delivered all the same."""
        return self.is_clinical and (bool(self.records) or not self.is_rejected)

    def form_row(self, record: CourseRecord, at: str) -> dict[str, object]:
        """The plan in the course form; `at` is its place there (`plans[0]`)."""
        out: dict[str, object] = {"plan": self.id}
        rows: list[Assertion | Delivery | Beam] = [*self.about("label"), *self.asserted, *self.records, *self.beams]
        row = rows[0]
        source, place = "dicom_plan" if isinstance(row, Beam) else row.source, EvidencePlace.of(row)
        record.sources.append(
            (f"{at}.plan", SourcedValue(self.id, source, place, f"known to its source as {self.name}"))
        )
        for name, fact in _FACTS.items():
            if name in _APPROVAL:
                continue
            values = self._values(name, _FITS[name])
            if not values and fact.is_expected:
                record.missing(f"{at}.{name}", "no source says it", fact.asks)
            value = record.settle(f"{at}.{name}", values, _SAME.get(name, lambda v: v)) if values else None
            if value is not None:
                out[name] = value
        if {"approved", "rejected"} <= {s.value for s in self.about("approval_status")}:
            reason = "one file of the plan says that it was approved, another that it was rejected"
            record.missing(f"{at}.approved_by", reason, "physician")
            return out
        by, on = (fitted(self.about(name), _FITS[name]) for name in _APPROVAL)
        if any(v.value for v in by) and any(v.value for v in on):
            for name, values in (("approved_by", by), ("approved_on", on)):
                if (value := record.settle(f"{at}.{name}", values)) is not None:
                    out[name] = value
        elif not by and not on:
            record.missing(f"{at}.approved_by", "no source says it", "physician")
        else:
            record.missing(f"{at}.approved_by", "reviewer and day are not both said", "physician")
        return out

    def _values(self, name: str, fit: form.Fit) -> list[SourcedValue]:
        values = fitted(self.about(name), fit)
        match name:
            case "site":
                values = self._sites(values)
            case "technique":
                values = self._technique(values)
            case "fractions_planned":
                values = self._planned(values)
            case "modality" if not any(v.value for v in values):
                kinds = {r.modality for r in self.records if r.modality in MODALITIES}
                first = next((r for r in self.records if r.modality in MODALITIES), None)
                if first is not None:
                    kind = kinds.pop() if len(kinds) == 1 else "mixed" if kinds == MIXED_OF else None
                    values.append(
                        SourcedValue(
                            kind, first.source, EvidencePlace.of(first), "as its records were delivered", "physicist"
                        )
                    )
        return values

    def _sites(self, values: list[SourcedValue]) -> list[SourcedValue]:
        """The sites of each source; several of one source are no contradiction."""
        of: dict[tuple[int, str], list[SourcedValue]] = {}
        for s, v in zip(self.about("site"), values, strict=True):
            of.setdefault((s.file, s.key), []).append(v)
        out = []
        for several in of.values():
            sites = list(dict.fromkeys(str(v.value) for v in several if v.value is not None))
            out.append(replace(several[0], value="; ".join(sites) or None))
        return out

    def _technique(self, values: list[SourcedValue]) -> list[SourcedValue]:
        """3D conformal where the plan would be with targets, and there are targets and a dose grid for it.

        Few fractions of a high dose may be stereotactic treatment, which records have no code for: unknown then.
        """
        waiting = [s for s in self.about("technique_if_not_stereotactic") if s.value is not None]
        is_short, proof = self._is_short()
        if waiting and is_short is False and any(r.source != waiting[0].source for r in proof):
            reason = "stereotactic treatment is excluded by the fractions and the dose"
            values += [
                SourcedValue(waiting[0].value, r.source, EvidencePlace.of(r), reason) for r in (waiting[0], *proof)
            ]
        elif (is_short or waiting) and not any(v.value and v.source == "dicom_plan" for v in values):
            values = [
                v if v.value is None else replace(v, value=None, reason=_short(self._thresholds), who="physician")
                for v in values
            ]
        families = {FAMILIES.get(v.value) for v in values if v.value is not None}
        if families:
            other = [
                s for s in self.about("technique_family") if s.value in FAMILIES.values() and s.value not in families
            ]
            return [*values, *(SourcedValue.of(s, s.value) for s in other)]
        wanted = [s for s in self.about("technique_if_targets") if s.value is not None]
        sets = {v for s in self.about("structure_set") if s.value for v in s.value.split(";")}
        targets = [s for s in self._around if s.subject == "structure_set" and s.key in sets and _has_targets(s)]
        grids = {s.key for s in self._around if s.name == "has_dose_grid" and s.value == "true"}
        doses = [s for s in self._around if s.key in grids and s.name == "dicom_plan" and s.value in self._keys()]
        if self.group is not None:
            elsewhere = {s.key for s in self._around if s.name == "fraction_group" and s.value != self.group}
            doses = [s for s in doses if s.key not in elsewhere]
        if not (wanted and targets and doses):
            return values
        reason = "a structure set with targets and a dose grid of the plan are there"
        sources = (wanted[0], targets[0], doses[0])
        return [SourcedValue(wanted[0].value, s.source, EvidencePlace.of(s), reason) for s in sources]

    def _is_short(self) -> tuple[bool | None, list[Assertion | Delivery]]:
        """Whether the plan has few fractions of a dose that is high or not said, and who says so; None: nobody tells."""
        planned = self.about("fractions_planned")
        rows: list[Assertion | Delivery] = [*planned]
        numbers = [v.value for v in fitted(planned, form.count)]
        for r in self.records:
            if r.fractions_planned is not None and r.fractions_planned not in numbers:
                numbers.append(r.fractions_planned)
                rows.append(r)
        if not numbers or None in numbers or min(numbers) < 1:
            return None, rows
        if min(numbers) > self._thresholds.high_dose_fractions:
            return False, rows
        doses = [
            s
            for s, v in zip(self.about("dose_gy"), fitted(self.about("dose_gy"), form.decimal()), strict=True)
            if v.value
        ]
        highest = max((float(s.value or 0) for s in doses), default=float("inf"))
        return highest / min(numbers) >= self._thresholds.high_dose_gy, [*rows, *doses]

    def _keys(self) -> set[str]:
        return {self.name, *(s.key for s in self.asserted), *(b.plan for b in self.beams)}

    def _planned(self, values: list[SourcedValue]) -> list[SourcedValue]:
        """What the plan says, and what its records repeat of the group that was delivered; groups are never added up."""
        by_number: dict[int, SourcedValue] = {}
        for row in self.records:
            if row.fractions_planned is not None and 0 <= row.fractions_planned <= form.MOST:
                by_number.setdefault(
                    row.fractions_planned,
                    SourcedValue(row.fractions_planned, row.source, EvidencePlace.of(row), "as its records repeat it"),
                )
        return [*values, *by_number.values()]


def _short(thresholds: Thresholds) -> str:
    return (
        f"{thresholds.high_dose_fractions:g} fractions or fewer of {thresholds.high_dose_gy:g} Gy or more, or it cannot be "
        "excluded: stereotactic, hypofractionated or a short course; records have no code for stereotactic treatment"
    )


def _has_targets(s: Assertion) -> bool:
    return s.name == "has_targets" and s.value == "true"


def name_plans(plans: Sequence[PlanRecord]) -> None:
    """Gives every plan its id in the course: its label, with its group where it has several, and a number where plans share one."""
    taken: set[str] = set()
    places: dict[str, int] = {}
    for plan in plans:
        place = places.setdefault(plan.whole, len(places) + 1)
        wanted = plan.named(plan.label or f"plan {place}")
        number, name = 1, wanted
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        taken.add(name)
        plan.id = name
