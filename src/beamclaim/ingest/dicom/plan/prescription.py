"""What a plan prescribes: fraction groups with the meterset of their beams, target doses, the daily pattern.

Target Prescription Dose is the total of the plan (PS3.3 C.8.8.10); Beam Dose is a dose at a point, which may be
another one for every beam (C.8.8.13).
"""

from dataclasses import dataclass

from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.model.thresholds import Thresholds

GROUPS, GROUP_NUMBER, FRACTIONS, BEAM_COUNT, BRACHY_COUNT = 0x300A0070, 0x300A0071, 0x300A0078, 0x300A0080, 0x300A00A0
REFERENCED_BEAMS, REFERENCED_BEAM, BEAM_DOSE, BEAM_METERSET = 0x300C0004, 0x300C0006, 0x300A0084, 0x300A0086
DIGITS_PER_DAY, REPEAT, PATTERN = 0x300A0079, 0x300A007A, 0x300A007B
DOSES, DOSE_TYPE, DOSE_STRUCTURE, TARGET_DOSE, DOSE_TEXT = 0x300A0010, 0x300A0020, 0x300A0014, 0x300A0026, 0x300A0016


@dataclass(frozen=True, slots=True)
class FractionGroup:
    """A fraction group: fractions planned, meterset by beam number, the sum of beam doses (Gy)."""

    item: DicomItem
    number: int | None
    fractions: int | None
    metersets: dict[int, float | None]
    beam_dose: float | None


@dataclass(frozen=True, slots=True)
class Prescription:
    """The groups of a plan and its total dose (Gy, as written); `doses` are those of all its targets."""

    groups: tuple[FractionGroup, ...]
    dose: str | None
    doses: tuple[float, ...]

    def may_be_stereotactic(self, thresholds: Thresholds) -> bool:
        """True unless fractions or dose per fraction exclude it: what is not known excludes nothing."""
        if not self.groups:
            return True
        for group in self.groups:
            fractions = group.fractions
            if fractions is not None and fractions > thresholds.high_dose_fractions:
                continue
            # A total that may be the dose of one group's fractions, of a beam point, or of one fraction: the highest.
            known = [dose / (fractions or 1) for dose in self.doses]
            known += [group.beam_dose] if group.beam_dose is not None and self.doses else []
            if not known or max(known) >= thresholds.high_dose_gy:
                return True
        return False


def read_prescription(root: DicomItem, thresholds: Thresholds) -> Prescription:
    """Reads and states what is prescribed; several groups are stated one by one and never summed."""
    groups = tuple(_group(item) for item in root.items(GROUPS))
    if not groups:
        root.fault(GROUPS, expected="a fraction group", found="none", kind="missing")
    _state_fractions(groups)
    targets = [item for item in root.items(DOSES) if item.term(DOSE_TYPE) == "target"]
    doses = tuple(dose for item in targets if (dose := item.measure(TARGET_DOSE)) is not None)
    return Prescription(groups, _state_dose(root, targets, groups, thresholds), doses)


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
    return FractionGroup(item, item.integer(GROUP_NUMBER), fractions, metersets, beam_dose)


def _state_fractions(groups: tuple[FractionGroup, ...]) -> None:
    for group in groups:
        planning, at = group.item.object, group.item.at(FRACTIONS)
        if group.fractions is not None:
            name = "fractions_planned" if len(groups) == 1 else "fractions_planned_of_group"
            planning.add(name, str(group.fractions), at=at)
        _state_pattern(group.item)
    if len(groups) > 1:
        reason = f"{len(groups)} fraction groups; their fractions are not summed, since they may be phases or versions"
        planning.add(
            "fractions_planned", None, at=groups[0].item.object.top.at(GROUPS), reason=reason, settled_by="dosimetrist"
        )


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


def _state_dose(
    root: DicomItem, targets: list[DicomItem], groups: tuple[FractionGroup, ...], thresholds: Thresholds
) -> str | None:
    """The total dose: that of the target structures; a point's dose only where no structure has one."""
    planning = root.object
    doses_written = [(item, dose) for item in targets if (dose := item.measure(TARGET_DOSE)) is not None and dose > 0]
    for item, _ in doses_written:
        planning.add_text("dose_reference", item, DOSE_TEXT)
        planning.add("target_dose_gy", _plain(item.long_text(TARGET_DOSE)), at=item.at(TARGET_DOSE))
    structures = [each for each in doses_written if each[0].term(DOSE_STRUCTURE) in ("site", "volume")]
    chosen = structures or doses_written
    if not chosen:
        return None
    item, dose = chosen[0]
    if len({each for _, each in chosen}) > 1:
        reason = "several targets with different doses; which one is the plan's is not in the file"
        planning.add("dose_gy", None, at=root.at(DOSES), reason=reason, settled_by="physician")
        return None
    group = groups[0] if len(groups) == 1 else None
    reason = "total of the plan"
    if group and group.fractions and group.beam_dose:
        near = thresholds.beam_dose_agreement
        agrees = abs(group.beam_dose - dose / group.fractions) <= near * dose / group.fractions
        is_one_fraction = group.fractions > 1 and abs(group.beam_dose - dose) <= near * dose
        if is_one_fraction and not agrees:
            reason = "the beam doses of one fraction sum to the prescribed dose: a total, or a dose per fraction"
            planning.add("dose_gy", None, at=item.at(TARGET_DOSE), reason=reason, settled_by="physician")
            return None
        if agrees:
            reason = "total of the plan; the beam doses of one fraction agree with it"
            total = f"{group.beam_dose:.4f}".rstrip("0").rstrip(".")
            planning.add(
                "beam_dose_gy", total, at=group.item.at(REFERENCED_BEAMS), reason="sum of beam doses of one fraction"
            )
    value = _plain(item.long_text(TARGET_DOSE))
    planning.add("dose_gy", value, at=item.at(TARGET_DOSE), reason=reason)
    if group and group.fractions:
        each = f"{dose / group.fractions:.4f}".rstrip("0").rstrip(".")
        planning.add(
            "dose_per_fraction_gy", each, at=group.item.at(FRACTIONS), reason="total dose over fractions planned"
        )
    return value


def _plain(text: str | None) -> str:
    """A decimal without exponent and with at most four places: `5.0e-1` is 0.5."""
    number = f"{float(text or 0):.4f}"
    return number.rstrip("0").rstrip(".") or "0"
