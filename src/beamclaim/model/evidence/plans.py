"""The plans of a course: what each source says of them, settled into the course form."""

from collections.abc import Sequence

from beamclaim.model.evidence import form
from beamclaim.model.evidence.account import Account, Where, Word, words
from beamclaim.model.tables.evidence import Beam, Delivery, Statement

NOT_CLINICAL = ("VERIFICATION", "SERVICE", "MACHINE_QA", "RESEARCH")
_SAME = {"site": lambda value: str(value).casefold()}


class Plan:
    """What is said of one plan, and the records that deliver it."""

    def __init__(
        self,
        name: str,
        said: Sequence[Statement],
        beams: Sequence[Beam],
        records: Sequence[Delivery],
        around: Sequence[Statement],
    ) -> None:
        self.name = name
        self.said = said
        self.beams = beams
        self.records = records
        self._around = around
        self.id = ""

    def about(self, name: str) -> list[Statement]:
        """What is said under a name."""
        return [s for s in self.said if s.name == name]

    def value(self, name: str) -> str | None:
        """The first value under a name."""
        return next((s.value for s in self.about(name) if s.value is not None), None)

    @property
    def label(self) -> str | None:
        """What the clinic calls it."""
        return (self.value("label") or "").strip() or None

    @property
    def is_there(self) -> bool:
        """Whether more than its records is known."""
        return bool(self.said or self.beams)

    @property
    def is_clinical(self) -> bool:
        """False for verification, service, machine QA and research."""
        return self.value("is_clinical") != "false" and self.value("intent") not in NOT_CLINICAL

    def tell(self, account: Account, at: str) -> dict[str, object]:
        """The plan in the course form; `at` is its place there (`plans[0]`)."""
        out: dict[str, object] = {"plan": self.id}
        named = self.about("label") or self.said[:1]
        where = Where.of(named[0]) if named else Where.of(self.records[0])
        source = named[0].source if named else self.records[0].source
        account.sources.append((f"{at}.plan", Word(self.id, source, where, f"known to its source as {self.name}")))
        for name, fit in form.PLAN.items():
            if name in ("approved_by", "approved_on"):
                continue
            found = self._words(name, fit)
            value = account.settle(f"{at}.{name}", found, _SAME.get(name, lambda v: v)) if found else None
            if value is not None:
                out[name] = value
        by, on = (words(self.about(name), form.PLAN[name]) for name in ("approved_by", "approved_on"))
        if any(w.value for w in by) and any(w.value for w in on):
            for name, found in (("approved_by", by), ("approved_on", on)):
                if (value := account.settle(f"{at}.{name}", found)) is not None:
                    out[name] = value
        elif by or on:
            account.missing(f"{at}.approved_by", "reviewer and day are not both said", "physician")
        return out

    def _words(self, name: str, fit: form.Fit) -> list[Word]:
        found = words(self.about(name), fit)
        match name:
            case "technique":
                found = self._technique(found)
            case "fractions_planned":
                found = self._planned(found)
            case "modality" if not any(w.value for w in found):
                kinds = sorted({r.modality for r in self.records if r.modality in form.MODALITIES})
                first = next((r for r in self.records if r.modality in form.MODALITIES), None)
                if first is not None:
                    kind = kinds[0] if len(kinds) == 1 else "mixed" if kinds == ["electron", "photon"] else None
                    found.append(
                        Word(kind, first.source, Where.of(first), "as its records were delivered", "physicist")
                    )
        return found

    def _technique(self, found: list[Word]) -> list[Word]:
        """3D conformal where the plan would be with targets, and there are targets and a dose grid for it."""
        if any(w.value is not None for w in found):
            return found
        wanted = [s for s in self.about("technique_if_targets") if s.value is not None]
        sets = {v for s in self.about("structure_set") if s.value for v in s.value.split(";")}
        targets = [s for s in self._around if s.subject == "structure_set" and s.key in sets and _has_targets(s)]
        doses = [
            s
            for s in self._around
            if s.subject == "dose" and s.name in ("plan", "dicom_plan") and s.value in self._keys()
        ]
        if not (wanted and targets and doses):
            return found
        reason = "a structure set with targets and a dose grid of the plan are there"
        proof = (wanted[0], targets[0], doses[0])
        return [Word(wanted[0].value, s.source, Where.of(s), reason) for s in proof]

    def _keys(self) -> set[str]:
        return {self.name, *(s.key for s in self.said), *(b.plan for b in self.beams)}

    def _planned(self, found: list[Word]) -> list[Word]:
        """The number of the group that was delivered; several groups are never added up."""
        told: dict[int, Word] = {}
        for row in self.records:
            if row.fractions_planned is not None:
                told.setdefault(
                    row.fractions_planned,
                    Word(row.fractions_planned, row.source, Where.of(row), "as its records repeat it"),
                )
        groups = {
            (s.file, s.key): {t.value for t in self.about("fractions_planned") if t.file == s.file and t.key == s.key}
            for s in self.about("fractions_planned")
        }
        if any(len(values) > 1 for values in groups.values()):
            if len(told) == 1:
                return list(told.values())
            numbers = ", ".join(sorted({str(w.value) for w in found}))
            why = f"the plan has several fraction groups ({numbers}); they are not added up"
            return [Word(None, w.source, w.where, why, "physicist") for w in found[:1]]
        return [*found, *told.values()]


def _has_targets(s: Statement) -> bool:
    return s.name in ("targets", "has_targets") and s.value not in (None, "", "0", "false")


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
