"""The plans of a course: what each source says of them, settled into the course form."""

from collections.abc import Sequence
from dataclasses import replace

from beamclaim.courses import form
from beamclaim.courses.course_record import Account, Where, Word, words
from beamclaim.model.tables.course import PLAN_LIST
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery
from beamclaim.model.thresholds import DEFAULT
from beamclaim.model.value_sets import MODALITIES

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
_SHORT = (
    f"{DEFAULT.high_dose_fractions:g} fractions or fewer of {DEFAULT.high_dose_gy:g} Gy or more, or it cannot be excluded: "
    "stereotactic, hypofractionated or a short course; records have no code for stereotactic treatment"
)
_SAME = {"site": lambda value: sorted(str(value).casefold().split("; "))}


class Plan:
    """What is said of one plan, and the records that deliver it."""

    def __init__(
        self,
        name: str,
        said: Sequence[Assertion],
        beams: Sequence[Beam],
        records: Sequence[Delivery],
        around: Sequence[Assertion],
    ) -> None:
        self.name = name
        self.said = said
        self.beams = beams
        self.records = records
        self._around = around
        self.id = ""

    def about(self, name: str) -> list[Assertion]:
        """What is said under a name."""
        return [s for s in self.said if s.name == name]

    def value(self, name: str) -> str | None:
        """The first value under a name."""
        return next((s.value for s in self.about(name) if s.value is not None), None)

    @property
    def label(self) -> str | None:
        """What the clinic calls it."""
        said = self.value("label") or ""
        return said.strip() if form.is_text(said) else None

    @property
    def is_there(self) -> bool:
        """Whether more than its records is known."""
        return bool(self.said or self.beams)

    @property
    def is_clinical(self) -> bool:
        """False for verification, service, machine QA, research, and for brachytherapy, which is no external delivery."""
        intent = (self.value("intent") or "").lower()
        return self.value("is_clinical") != "false" and intent not in NOT_CLINICAL and not self.value("out_of_scope")

    def tell(self, account: Account, at: str) -> dict[str, object]:
        """The plan in the course form; `at` is its place there (`plans[0]`)."""
        out: dict[str, object] = {"plan": self.id}
        rows: list[Assertion | Delivery | Beam] = [*self.about("label"), *self.said, *self.records, *self.beams]
        row = rows[0]
        source, where = "dicom_plan" if isinstance(row, Beam) else row.source, Where.of(row)
        account.sources.append((f"{at}.plan", Word(self.id, source, where, f"known to its source as {self.name}")))
        for name, fact in _FACTS.items():
            if name in _APPROVAL:
                continue
            found = self._words(name, _FITS[name])
            if not found and fact.is_expected:
                account.missing(f"{at}.{name}", "no source says it", fact.asks)
            value = account.settle(f"{at}.{name}", found, _SAME.get(name, lambda v: v)) if found else None
            if value is not None:
                out[name] = value
        by, on = (words(self.about(name), _FITS[name]) for name in _APPROVAL)
        if any(w.value for w in by) and any(w.value for w in on):
            for name, found in (("approved_by", by), ("approved_on", on)):
                if (value := account.settle(f"{at}.{name}", found)) is not None:
                    out[name] = value
        elif not by and not on:
            account.missing(f"{at}.approved_by", "no source says it", "physician")
        else:
            account.missing(f"{at}.approved_by", "reviewer and day are not both said", "physician")
        return out

    def _words(self, name: str, fit: form.Fit) -> list[Word]:
        found = words(self.about(name), fit)
        match name:
            case "site":
                found = self._sites(found)
            case "technique":
                found = self._technique(found)
            case "fractions_planned":
                found = self._planned(found)
            case "modality" if not any(w.value for w in found):
                kinds = sorted({r.modality for r in self.records if r.modality in MODALITIES})
                first = next((r for r in self.records if r.modality in MODALITIES), None)
                if first is not None:
                    kind = kinds[0] if len(kinds) == 1 else "mixed" if kinds == ["electron", "photon"] else None
                    found.append(
                        Word(kind, first.source, Where.of(first), "as its records were delivered", "physicist")
                    )
        return found

    def _sites(self, found: list[Word]) -> list[Word]:
        """The sites of each source; several of one source are no contradiction."""
        of: dict[tuple[int, str], list[Word]] = {}
        for s, w in zip(self.about("site"), found, strict=True):
            of.setdefault((s.file, s.key), []).append(w)
        out = []
        for several in of.values():
            values = list(dict.fromkeys(str(w.value) for w in several if w.value is not None))
            out.append(replace(several[0], value="; ".join(values) or None))
        return out

    def _technique(self, found: list[Word]) -> list[Word]:
        """3D conformal where the plan would be with targets, and there are targets and a dose grid for it.

        Few fractions of a high dose may be stereotactic treatment, which records have no code for: unknown then.
        """
        waiting = [s for s in self.about("technique_if_not_stereotactic") if s.value is not None]
        is_short, proof = self._is_short()
        if waiting and is_short is False and any(r.source != waiting[0].source for r in proof):
            reason = "stereotactic treatment is excluded by the fractions and the dose"
            found += [Word(waiting[0].value, r.source, Where.of(r), reason) for r in (waiting[0], *proof)]
        elif (is_short or waiting) and not any(w.value and w.source == "dicom_plan" for w in found):
            found = [w if w.value is None else replace(w, value=None, reason=_SHORT, who="physician") for w in found]
        told = {FAMILIES.get(w.value) for w in found if w.value is not None}
        if told:
            other = [s for s in self.about("technique_family") if s.value in FAMILIES.values() and s.value not in told]
            return [*found, *(Word.of(s, s.value) for s in other)]
        wanted = [s for s in self.about("technique_if_targets") if s.value is not None]
        sets = {v for s in self.about("structure_set") if s.value for v in s.value.split(";")}
        targets = [s for s in self._around if s.subject == "structure_set" and s.key in sets and _has_targets(s)]
        grids = {s.key for s in self._around if s.name == "has_dose_grid" and s.value == "true"}
        doses = [s for s in self._around if s.key in grids and s.name == "dicom_plan" and s.value in self._keys()]
        if not (wanted and targets and doses):
            return found
        reason = "a structure set with targets and a dose grid of the plan are there"
        shown = (wanted[0], targets[0], doses[0])
        return [Word(wanted[0].value, s.source, Where.of(s), reason) for s in shown]

    def _is_short(self) -> tuple[bool | None, list[Assertion | Delivery]]:
        """Whether the plan has few fractions of a dose that is high or not said, and who says so; None: nobody tells."""
        planned = self.about("fractions_planned")
        rows: list[Assertion | Delivery] = [*planned]
        numbers = [w.value for w in words(planned, form.count)]
        for r in self.records:
            if r.fractions_planned is not None and r.fractions_planned not in numbers:
                numbers.append(r.fractions_planned)
                rows.append(r)
        if not numbers or None in numbers or min(numbers) < 1:
            return None, rows
        if min(numbers) > DEFAULT.high_dose_fractions:
            return False, rows
        said = [
            s
            for s, w in zip(self.about("dose_gy"), words(self.about("dose_gy"), form.decimal()), strict=True)
            if w.value
        ]
        highest = max((float(s.value or 0) for s in said), default=float("inf"))
        return highest / min(numbers) >= DEFAULT.high_dose_gy, [*rows, *said]

    def _keys(self) -> set[str]:
        return {self.name, *(s.key for s in self.said), *(b.plan for b in self.beams)}

    def _planned(self, found: list[Word]) -> list[Word]:
        """What the plan says, and what its records repeat of the group that was delivered; groups are never added up."""
        told: dict[int, Word] = {}
        for row in self.records:
            if row.fractions_planned is not None and 0 <= row.fractions_planned <= form.MOST:
                told.setdefault(
                    row.fractions_planned,
                    Word(row.fractions_planned, row.source, Where.of(row), "as its records repeat it"),
                )
        return [*found, *told.values()]


def _has_targets(s: Assertion) -> bool:
    return s.name == "has_targets" and s.value == "true"


def label(plans: Sequence[Plan]) -> None:
    """Gives every plan its id in the course: its label, with a number where several share one."""
    taken: set[str] = set()
    for place, plan in enumerate(plans, 1):
        wanted = plan.label or f"plan {place}"
        number, name = 1, wanted
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        taken.add(name)
        plan.id = name
