"""Plans with several fraction groups → one name a group: each is a phase of its own, and stands as a plan of the course.

DICOM scopes fractions planned, beams, dose and numbering to the group (PS3.3 C.8.8.13), which records name by its number
(300C,0022). The name of a group is `UID/NUMBER`; a plan of one group goes by its UID, whatever its number. The plan's file
says which groups there are; where it is not there, its records and summaries do. Called by `naming.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

from beamclaim.model.tables.evidence import Assertion, Beam, Delivery

OF_A_GROUP = frozenset({
    "fractions_planned", "fractions_delivered", "fractions_per_day", "fields", "isocenters", "technique", "technique_family",
    "technique_if_targets", "technique_if_not_stereotactic", "modality", "energy_mv", "energy_mev", "compensator", "blocks",
    "machine_kind", "proton_level", "dose_gy", "motion_management", "motion_evidence", "out_of_scope",
})  # fmt: skip
"""What is said of one group; said of a plan with several, it is of none of them."""


class FractionGroups:
    """The groups of the plans that have several."""

    def __init__(self, assertions: Iterable[Assertion], deliveries: Iterable[Delivery] = ()) -> None:
        by_file: dict[str, set[int]] = {}
        by_records: dict[str, set[int]] = {}
        for s in assertions:
            if s.subject != "plan":
                continue
            plan, _, group = s.key.partition("/")
            number = int(group) if group.isascii() and group.isdecimal() else None
            if s.source == "dicom_plan":
                by_file.setdefault(plan, set()).update([] if number is None else [number])
            elif s.source == "dicom_summary" and number is not None:
                by_records.setdefault(plan, set()).add(number)
        for d in deliveries:
            if d.plan is not None and d.group is not None:
                by_records.setdefault(d.plan, set()).add(d.group)
        self._known = by_file.keys() | by_records.keys()
        self._several = {plan: sorted(n) for plan, n in (by_records | by_file).items() if len(n) > 1}
        self._whole = {f"{plan}/{n}": plan for plan, numbers in self._several.items() for n in numbers}

    def name(self, plan: str, group: int | None) -> str:
        """The plan of a group; the plan itself where it has one group, or nobody says which of several it is."""
        name = f"{plan}/{group}"
        return name if name in self._whole else plan

    def of_key(self, key: str) -> str:
        """The name of what an assertion is about: `UID/2` is the plan where that has one group."""
        plan = key.partition("/")[0]
        return plan if plan in self._known and key not in self._whole else key

    def whole(self, name: str) -> str:
        """The plan a group is of; of any other name, the name."""
        return self._whole.get(name, name)

    def number(self, name: str) -> str | None:
        """The number of a group; None where the name is no group of several."""
        return name.rpartition("/")[2] if name in self._whole else None

    def by_plan(self) -> dict[str, list[str]]:
        """The names of the groups of each plan that has several."""
        return {plan: [f"{plan}/{number}" for number in numbers] for plan, numbers in self._several.items()}


def of_each_group(asserted: Iterable[Assertion]) -> list[Assertion]:
    """What is said of a plan with several groups that holds for each of them; several sites are not divided among them."""
    shared = [s for s in asserted if s.name not in OF_A_GROUP]
    sites = [s for s in shared if s.name == "site"]
    if len({s.value for s in sites}) < 2:
        return shared
    reason = "the plan names several sites and has several fraction groups; which is treated by which is not said"
    unknown = sites[0]._replace(value=None, reason=reason, who="physician")
    return [*(s for s in shared if s.name != "site"), unknown]


def fitting_groups(rows: Sequence[Delivery], groups: Iterable[str], beams: Mapping[str, Sequence[Beam]]) -> list[str]:
    """Those of the groups of a plan that hold every beam a record names; none where it names a beam that is in none."""
    return [group for group in groups if all(_is_in(row, beams.get(group, ())) for row in rows)]


def _is_in(row: Delivery, beams: Sequence[Beam]) -> bool:
    if row.beam is not None:
        return any(b.number == row.beam for b in beams)
    return row.beam_name is not None and any(b.name == row.beam_name for b in beams)
