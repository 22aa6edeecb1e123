"""A fact that a rule names as missing → the true reason why a careful claim lacks it, and when that reason holds."""

from collections.abc import Callable
from dataclasses import dataclass

from beamclaim.synthetic.clinic.chart import Chart, Row


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a fact is not known, and whether that is so for a line of a chart."""

    why: str
    holds: Callable[[Chart, Row], bool]


def _no_course(chart: Chart, row: Row) -> bool:
    other = row["payer"] not in chart.payer.ids
    return not chart.gives_course or chart.wrinkle == "record not complete" or other or _replaced_by_number(chart, row)


def _other_payer(_: Chart, row: Row) -> bool:
    return bool(row["payer_line"] != "medicare_ffs")


def _for_physician(chart: Chart, row: Row) -> bool:
    """A line a critical access hospital bills for its physician: the physicians' tables hold for it."""
    return chart.wrinkle == "bills for its physicians" and row["revenue_code"] != "0333"


def _pairs(chart: Chart, row: Row) -> bool:
    """Only the hospital's own table was found, to mid-2026 and from October."""
    outside = row["date"] < "2024" or "2026-07" <= row["date"] < "2026-10"
    is_physicians = row["setting"] != "hospital_outpatient" or _for_physician(chart, row)
    return outside or _other_payer(chart, row) or is_physicians


def _after_the_diagnoses(_: Chart, row: Row) -> bool:
    return bool(row["submitted_on"] >= "2026-10")


def _replaced_by_number(chart: Chart, _: Row) -> bool:
    return chart.wrinkle == "replaced by the payer's number"


_REPLACED = "a replacement carries the payer's number, and which claim it replaces cannot be seen"
#: Payers of the clinic whose names are invented.
_UNKNOWN = ("EMH01", "C400", "A200", "D300")
_DIAGNOSES = "the diagnosis codes in force from October 2026 were not found"
_COURSE = Reason("no course was handed over for this payer, or its record is not complete", _no_course)
#: By the fact a rule names as missing; facts of a course share one reason.
REASONS = {
    "policy.ncci": Reason(
        "the pair tables of physicians, of other payers and of July to September 2026 were not found", _pairs
    ),
    "policy.mpfs.indicators": Reason(
        "the indicators read are Original Medicare's, of 2025 and 2026, and of radiation codes alone",
        lambda chart, row: _other_payer(chart, row) or row["date"] < "2025" or row["code"].startswith("99"),
    ),
    "policy.opps.status": Reason(
        "hospital statuses after June 2026 were not found",
        lambda _, row: row["setting"] == "hospital_outpatient" and row["date"] >= "2026-07",
    ),
    "policy.addons": Reason(
        "add-on codes were read in the hospital editor to June 2026 and in the fee schedules of 2025 and 2026",
        lambda _, row: row["date"] < "2025" or row["date"] >= "2026-07",
    ),
    "policy.guidance.inside_delivery": Reason(
        "whether conventional delivery held guidance before 2026 was not found for CPT codes",
        lambda _, row: row["date"] < "2026",
    ),
    "policy.mue": Reason(
        "daily maxima were read for Original Medicare from October 2026 only, and not those of visits",
        lambda chart, row: _other_payer(chart, row) or row["date"] < "2026-10" or row["code"].startswith("99"),
    ),
    "policy.limits.sixty_days": Reason(
        "the payer's limit for 60 days was read in November 2026 and bears no first day", lambda _, row: row["date"] < "2026-11"
    ),
    "policy.modifiers": Reason(
        "the hospital editor's list of modifiers was read to June 2026", lambda _, row: row["date"] >= "2026-07"
    ),
    "policy.dx.groups": Reason(_DIAGNOSES, _after_the_diagnoses),
    "policy.dx.encounter": Reason(_DIAGNOSES, _after_the_diagnoses),
    "policy.dx.benign": Reason(_DIAGNOSES, _after_the_diagnoses),
    "policy.dx.secondary_site": Reason(_DIAGNOSES, _after_the_diagnoses),
    "policy.dx.sex": Reason(_DIAGNOSES, _after_the_diagnoses),
    "policy.dx.retreatment": Reason(_DIAGNOSES, _after_the_diagnoses),
    "claim.payer": Reason("payers of the clinic that no table knows", lambda _, row: row["payer"] in _UNKNOWN),
    "policy.authorization.required": Reason("the lists of most payers were not read", _other_payer),
    "policy.payer.course_limits": Reason("the limits of most payers were not read", _other_payer),
    "policy.dx.covered": Reason("a list that was read names what is accepted and shuts nothing out", _other_payer),
    "policy.guidance.modifier": Reason("what most payers want of 26 on guidance was not read", _other_payer),
    "policy.dx.lists": Reason("the diagnosis lists of most payers were not read", _other_payer),
    "policy.filing_limits": Reason("filing limits of other payers stand in contracts", _other_payer),
    "line.target": Reason(_DIAGNOSES, lambda _, row: row["date"] >= "2026-10" and row["diagnoses"].count("C") > 1),
    "policy.icd10cm": Reason(_DIAGNOSES, _after_the_diagnoses),
    "plan.approved_on": Reason(
        "two plans are given in one visit, and nothing says which of them a line stands for",
        lambda chart, _: chart.regimen.electrons is not None,
    ),
    **{
        fact: Reason(_REPLACED, _replaced_by_number)
        for fact in (
            "claim.original_claim", "what the service was for", "another line of the patient", "earlier claims of the course",
            "whether the session that ended early counts", "policy.radonc.port_image.fractions_per_unit",
        )
    },
    "claim.mac": Reason("an 837 does not name the Medicare contractor", lambda chart, row: not _other_payer(chart, row)),
}  # fmt: skip
_OF_A_COURSE = ("course.", "day.", "plan.", "fraction.", "procedures.", "documents.")


def reason(fact: str) -> Reason | None:
    """The reason for a missing fact; None where nobody has judged it yet."""
    fact = fact.removesuffix(".first_day")
    return REASONS.get(fact) or (_COURSE if fact.startswith(_OF_A_COURSE) else None)
