"""What a plan prescribes: fraction groups with the meterset of their beams, target doses, the daily pattern.

A fraction group is a phase of its own (PS3.3 C.8.8.13): its fractions, its beams, the dose references it names. Target
Prescription Dose is a total, of the plan or of the group that gives it (C.8.8.10, C.8.8.13); Beam Dose is a dose at a point,
which may be another one for every beam.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.model.thresholds import Thresholds

GROUPS, GROUP_NUMBER, FRACTIONS, BEAM_COUNT, BRACHY_COUNT = 0x300A0070, 0x300A0071, 0x300A0078, 0x300A0080, 0x300A00A0
REFERENCED_BEAMS, REFERENCED_BEAM, BEAM_DOSE, BEAM_METERSET = 0x300C0004, 0x300C0006, 0x300A0084, 0x300A0086
DIGITS_PER_DAY, REPEAT, PATTERN = 0x300A0079, 0x300A007A, 0x300A007B
DOSES, DOSE_TYPE, DOSE_STRUCTURE, TARGET_DOSE, DOSE_TEXT = 0x300A0010, 0x300A0020, 0x300A0014, 0x300A0026, 0x300A0016
DOSE_NUMBER, REFERENCED_DOSES, REFERENCED_DOSE = 0x300A0012, 0x300C0050, 0x300C0051


@dataclass(frozen=True, slots=True)
class FractionGroup:
    """A fraction group: fractions planned, meterset by beam number, the sum of beam doses (Gy), the dose references it names."""

    item: DicomItem
    number: int | None
    fractions: int | None
    metersets: dict[int, float | None]
    beam_dose: float | None
    references: tuple[DicomItem, ...]


@dataclass(frozen=True, slots=True)
class PrescribedTarget:
    """A target and its prescribed dose (Gy): of the plan, or of the group that refers to it; `at` is where the dose stands."""

    item: DicomItem
    at: DicomItem
    dose: float


@dataclass(frozen=True, slots=True)
class Prescription:
    """The groups of a plan, or one of them, and their targets.

    `unshared`: why the doses of the plan are not those of the one group; the targets are all the plan's then.
    """

    groups: tuple[FractionGroup, ...]
    targets: tuple[PrescribedTarget, ...]
    unshared: str | None = None

    @property
    def is_phased(self) -> bool:
        """Whether each of several groups has a number of its own, which records name it by."""
        numbers = {group.number for group in self.groups}
        return 1 < len(self.groups) == len(numbers) and None not in numbers

    def phases(self) -> "list[Prescription]":
        """What each group prescribes; the whole where there are not several, or nobody can tell them apart."""
        if not self.is_phased:
            return [self]
        named = [reference.integer(REFERENCED_DOSE) for group in self.groups for reference in group.references]
        return [self._phase(group, named) for group in self.groups]

    def _phase(self, group: FractionGroup, named: Sequence[int | None]) -> "Prescription":
        by_number = {target.item.integer(DOSE_NUMBER): target for target in self.targets}
        own: list[PrescribedTarget] = []
        unshared = "the plan's prescribed dose is not said to be of one of its fraction groups"
        for reference in group.references:
            number = reference.integer(REFERENCED_DOSE)
            if number is None or (target := by_number.get(number)) is None:
                continue
            dose = reference.measure(TARGET_DOSE)
            if dose is not None and dose > 0:
                own.append(PrescribedTarget(target.item, reference, dose))
            elif named.count(number) == 1:
                own.append(target)
            else:
                unshared = "the prescribed dose is that of several fraction groups together"
        if own or not self.targets:
            return replace(self, groups=(group,), targets=tuple(own))
        return replace(self, groups=(group,), unshared=unshared)

    def may_be_stereotactic(self, thresholds: Thresholds) -> bool:
        """True unless fractions or dose per fraction exclude it: what is not known excludes nothing."""
        if not self.groups:
            return True
        for group in self.groups:
            fractions = group.fractions
            if fractions is not None and fractions > thresholds.high_dose_fractions:
                continue
            # A total that may be the dose of one group's fractions, of a beam point, or of one fraction: the highest.
            known = [target.dose / (fractions or 1) for target in self.targets]
            known += [group.beam_dose] if group.beam_dose is not None and self.targets else []
            if not known or max(known) >= thresholds.high_dose_gy:
                return True
        return False


def read_prescription(root: DicomItem) -> Prescription:
    """What the plan prescribes; nothing is stated yet, and nothing is added up over groups."""
    groups = tuple(_group(item) for item in root.items(GROUPS))
    if not groups:
        root.fault(GROUPS, expected="a fraction group", found="none", kind="missing")
    if len({group.number for group in groups}) < len(groups):
        root.fault(GROUPS, expected="fraction groups of different numbers", found="a number twice or none")
    targets = [
        PrescribedTarget(item, item, dose)
        for item in root.items(DOSES)
        if item.term(DOSE_TYPE) == "target" and (dose := item.measure(TARGET_DOSE)) is not None and dose > 0
    ]
    return Prescription(groups, tuple(targets))


def _group(item: DicomItem) -> FractionGroup:
    metersets: dict[int, float | None] = {}
    doses = []
    broken_items = item.object.broken_items
    references = [*item.items(REFERENCED_BEAMS)]
    for reference in references:
        number = reference.integer(REFERENCED_BEAM)
        if number is None:
            reference.need(REFERENCED_BEAM, "the number of a beam")
            continue
        metersets[number] = reference.measure(BEAM_METERSET)
        doses.append(reference.measure(BEAM_DOSE))
    count = item.integer(BEAM_COUNT)
    if count is not None and count != len(references):
        item.fault(
            BEAM_COUNT, expected=f"{len(metersets)} beams, as are referenced", found="another number", kind="count"
        )
    fractions = item.integer(FRACTIONS)
    if fractions is not None and fractions < 1:
        item.fault(FRACTIONS, expected="a number of fractions above 0", found="0 or less")
        fractions = None
    total = sum(dose for dose in doses if dose is not None)
    is_whole = not item.is_cut and item.object.broken_items == broken_items
    beam_dose = total if total > 0 and is_whole else None
    doses_named = tuple(item.items(REFERENCED_DOSES))
    return FractionGroup(item, item.integer(GROUP_NUMBER), fractions, metersets, beam_dose, doses_named)


def state_prescription(root: DicomItem, prescription: Prescription, thresholds: Thresholds) -> None:
    """States fractions, pattern and dose of one group, or of a plan whose groups nobody can tell apart."""
    planning, groups = root.object, prescription.groups
    for group in groups:
        if group.fractions is not None and len(groups) == 1:
            planning.add("fractions_planned", str(group.fractions), at=group.item.at(FRACTIONS))
        _state_pattern(group.item)
    if len(groups) > 1:
        reason = f"{len(groups)} fraction groups without numbers of their own; their fractions are not summed"
        planning.add("fractions_planned", None, at=root.at(GROUPS), reason=reason, settled_by="dosimetrist")
    _state_dose(root, prescription, thresholds)


def _state_pattern(group: DicomItem) -> None:
    """Fractions a day, when the group has a pattern: digits by day over weeks, 1 treated and 0 not."""
    digits, pattern = group.integer(DIGITS_PER_DAY), group.long_text(PATTERN)
    if digits is None or pattern is None:
        return
    if not 1 <= digits <= 9 or not set(pattern) <= {"0", "1"} or len(pattern) % (7 * digits):
        group.fault(PATTERN, expected="0 and 1 for each part of every day of a week", found="another pattern")
        return
    most = max(pattern[at : at + digits].count("1") for at in range(0, len(pattern), digits))
    group.object.add(
        "fractions_per_day", str(most), at=group.at(PATTERN), reason="most in one day of the fraction pattern"
    )


def _state_dose(root: DicomItem, prescription: Prescription, thresholds: Thresholds) -> None:
    """The total dose: that of the target structures; a point's dose only where no structure has one."""
    planning = root.object
    for target in prescription.targets if not prescription.unshared else ():
        planning.add_text("dose_reference", target.item, DOSE_TEXT)
        written = _plain(target.at.long_text(TARGET_DOSE))
        planning.add("target_dose_gy", written, at=target.at.at(TARGET_DOSE))
    structures = [each for each in prescription.targets if each.item.term(DOSE_STRUCTURE) in ("site", "volume")]
    chosen = structures or prescription.targets
    if not chosen:
        return
    target = chosen[0]
    doubt = prescription.unshared
    if not doubt and len({each.dose for each in chosen}) > 1:
        doubt = "several targets with different doses; which one is the plan's is not in the file"
    if doubt:
        planning.add("dose_gy", None, at=root.at(DOSES), reason=doubt, settled_by="physician")
        return
    group = prescription.groups[0] if len(prescription.groups) == 1 else None
    if (unfit := _unfit(target.dose, group, thresholds)) is not None:
        planning.add("dose_gy", None, at=target.at.at(TARGET_DOSE), reason=unfit, settled_by="physician")
        return
    reason = "total of the fraction group" if target.at is not target.item else "total of the plan"
    dose, at = target.dose, target.at.at(TARGET_DOSE)
    if group and group.fractions and group.beam_dose:
        near = thresholds.beam_dose_agreement
        agrees = abs(group.beam_dose - dose / group.fractions) <= near * dose / group.fractions
        is_one_fraction = group.fractions > 1 and abs(group.beam_dose - dose) <= near * dose
        if is_one_fraction and not agrees:
            doubt = "the beam doses of one fraction sum to the prescribed dose: a total, or a dose per fraction"
            planning.add("dose_gy", None, at=at, reason=doubt, settled_by="physician")
            return
        if agrees:
            reason += "; the beam doses of one fraction agree with it"
            total = f"{group.beam_dose:.4f}".rstrip("0").rstrip(".")
            planning.add(
                "beam_dose_gy", total, at=group.item.at(REFERENCED_BEAMS), reason="sum of beam doses of one fraction"
            )
    planning.add("dose_gy", _plain(target.at.long_text(TARGET_DOSE)), at=at, reason=reason)
    if group and group.fractions:
        each = f"{dose / group.fractions:.4f}".rstrip("0").rstrip(".")
        planning.add(
            "dose_per_fraction_gy", each, at=group.item.at(FRACTIONS), reason="total dose over fractions planned"
        )


def _unfit(dose: float, group: FractionGroup | None, thresholds: Thresholds) -> str | None:
    """Why a dose cannot be in Gy, as the standard has it (PS3.3 C.8.8.10): too high, or a hundred times its beam doses or less."""
    if dose > thresholds.most_dose_gy:
        return f"more than any treatment in Gy ({thresholds.most_dose_gy:g} Gy); it may be written in cGy"
    if group and group.fractions and group.beam_dose:
        ratio = dose / (group.beam_dose * group.fractions)
        for factor in (thresholds.unit_factor, 1 / thresholds.unit_factor):
            if abs(ratio - factor) <= thresholds.beam_dose_agreement * factor:
                times = f"{thresholds.unit_factor:g} times"
                return (
                    f"{times} more or less than the beam doses of its fractions; one of the two may be written in cGy"
                )
    return None


def _plain(text: str | None) -> str:
    """A decimal without exponent and with at most four places: `5.0e-1` is 0.5."""
    number = f"{float(text or 0):.4f}"
    return number.rstrip("0").rstrip(".") or "0"
