"""Tables of edits: pairs, modifiers, limits, order."""

from beamclaim.policy.declarations import lives, says
from beamclaim.policy.declarations.form import EVERYONE, FLAG, MEDICARE_HOSPITAL, TEXT, WHOLE, Declaration

#: A record counts the beams of a plan; which of them were planned apart, with and without bolus, it does not tell.
_PER_FIELD = "policy show; no record tells how many fields had a device or a calculation of their own, so no rule asks"

EDITS: tuple[Declaration, ...] = (
    Declaration(
        "modifiers", "edits/modifiers.csv", ("modifier",), {"opens_pair": FLAG, "anatomic": FLAG},
        "Modifiers the hospital claim editor takes", EVERYONE, is_edition=True,
        read_by={"opens_pair": "policy verify: compared with the editor's own flag", "anatomic": "policy show"},
        lives=lives.EDITOR,
    ),
    Declaration(
        "modifier_conflicts", "edits/modifier_conflicts.csv", ("column1", "column2"), {"reason": TEXT},
        "Modifiers that may not share a line, in both orders", {"setting": "any"},
        says=says.modifier_conflict,
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "modifier.distinct", "edits/modifier.distinct.csv", ("modifier",), {},
        "Modifiers that say a service is distinct", EVERYONE,
        says=says.distinct,
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "modifier.opens_pair", "edits/modifier.opens_pair.csv", ("modifier",), {"only_on": TEXT, "doubtful_on": TEXT},
        "Modifiers that open a pair with indicator 1, and on which codes", EVERYONE,
        detail=(
            "`only_on`: the table of the codes it may stand on (blank: any); `doubtful_on`: the table of codes on which nobody wrote "
            "that it opens a pair (cannot tell)"
        ),
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "modifier.component", "edits/modifier.component.csv", ("modifier",), {"part": TEXT},
        "Modifiers that say which part of a service is billed", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "modifier.form", "edits/modifier.form.csv", ("modifier",), {"form": TEXT, "unless_place": TEXT},
        "Modifiers that belong to one claim form alone: 837P or 837I",
        {"setting": "any"},
        detail="`form`: the form it belongs to; `unless_place`: the places of service whose claims on the other form may carry it too",
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "modifier.repeat", "edits/modifier.repeat.csv", ("modifier",), {"same_physician": FLAG},
        "Modifiers that say a service was repeated", EVERYONE,
        says=says.repeated,
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "ncci", "edits/ncci.csv", ("column1", "column2"), {"indicator": TEXT},
        "Procedure pairs (NCCI): 0 never together, 1 with a modifier that opens the pair",
        {**MEDICARE_HOSPITAL, "confidence": "medium"}, is_edition=True,
        says=says.hospital_pair, opposed={"cpt.pairs": False},
        lives=lives.PAIRS,
    ),
    Declaration(
        "cpt.pairs", "edits/cpt.pairs.csv", ("column1", "column2"), {"component": TEXT, "reason": TEXT},
        "Services not reported together in any setting",
        detail=(
            "services never reported together, any setting; component `all`, or the modifier of the part of "
            "column2 meant (`26`, `TC`)"
        ),
        says=says.pair,
        read_by={"component": "the engine, of any table of pairs: which part of column 2 is meant"},
        lives=lives.CODE_EDITS,
        opposed={"ncci": True},
    ),
    Declaration(
        "addons", "edits/addons.csv", ("code",), {"named_by": TEXT, "primaries": TEXT},
        "Add-on codes: who names the services one of which they need, and those, where a table does", is_edition=True,
        detail="add-on codes; named_by: who names the services they go with (`table`, `contractor`)",
        says=says.addon,
        lives=lives.EDITOR,
    ),
    Declaration(
        "addon.primaries", "", ("column1", "column2"), {},
        "An add-on code (column 2) and a service it may go with (column 1)", is_edition=True,
        pairs_of=("addons", "primaries"), says=says.primary,
        lives=lives.EDITOR,
    ),
    Declaration(
        "imrt.plan_bundle", "edits/imrt.plan_bundle.csv", ("code",),
        {"plan_code": TEXT, "same_claim": FLAG, "days_before": WHOLE, "days_after": WHOLE},
        "Services inside IMRT planning: on one claim, and for how many days around the plan",
        detail="services inside IMRT planning; same_claim true: on one claim whatever the dates",
        says=says.plan_bundle,
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "imrt.verification", "edits/imrt.verification.csv", ("code",), {},
        "Simulations not billable when they verify the fields of an IMRT course", EVERYONE,
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "guidance.inside_delivery", "edits/guidance.inside_delivery.csv", ("column1", "column2"), {"component": TEXT},
        "Image guidance inside a delivery code: TC its technical part, blank all of it", EVERYONE,
        detail=(
            "guidance (column2) inside delivery (column1); component `TC`: its technical part, `all`: all of "
            "it"
        ),
        says=says.inside_delivery,
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "mue", "edits/mue.csv", ("code",), {"limit": WHOLE, "mai": TEXT},
        "Most units of a code a day and provider; adjudication indicator 1 line, 2 absolute, 3 reviewable",
        {"scope": "us/medicare", "at": "", "observed_on": ""}, is_edition=True,
        says=says.daily_maximum,
        lives=lives.MAXIMA,
    ),
    Declaration(
        "course_limits", "edits/course_limits.csv", ("code", "per"), {"limit": WHOLE, "kind": TEXT},
        "Most units of a code per plan, course, five fractions …",
        detail=(
            "limits per day, plan, course, 5_fractions, 60_day_course, 60_day_superficial_course, course_per_treatment_area, "
            "field, field_or_arc; kind `CPT`, `CMS`, `payer`"
        ),
        says=says.course_limit,
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.plan", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per plan",
        part_of=("course_limits", "plan"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.course", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per course",
        part_of=("course_limits", "course"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.sixty_days", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per 60-day course",
        part_of=("course_limits", "60_day_course"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.area", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per course and treated area",
        part_of=("course_limits", "course_per_treatment_area"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.five_fractions", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per five fractions",
        part_of=("course_limits", "5_fractions"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.day", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per day, whatever the number of sites",
        part_of=("course_limits", "day"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.superficial", "", ("code",), {"limit": WHOLE, "kind": TEXT},
        "Most units of a code per 60-day course of superficial therapy",
        part_of=("course_limits", "60_day_superficial_course"),
        read_by={"kind": "policy show: whose limit it is"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.field", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per field",
        part_of=("course_limits", "field"),
        read_by={"*": _PER_FIELD},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "limits.field_or_arc", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per field or arc",
        part_of=("course_limits", "field_or_arc"),
        read_by={"*": _PER_FIELD},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "imrt.equivalents", "edits/imrt.equivalents.csv", ("column1", "column2"), {"reason": TEXT},
        "Two codes for one service: CPT as column 1, G code as column 2", EVERYONE,
        read_by={"reason": "policy show"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "modifier.reduced", "edits/modifier.reduced.csv", ("modifier",), {"anesthesia": FLAG},
        "Modifiers that say less was given than the code means", EVERYONE,
        detail=(
            "says that less was given than the code means: 52, 53, 73, 74; `anesthesia`: only where it was "
            "planned"
        ),
        read_by={"anesthesia": "policy show: only where it was planned"},
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "repeat.asked", "edits/repeat.asked.csv", ("modifier",), {},
        "Modifiers a payer asks for on a second line of one code and day", {},
        detail=(
            "what the payer asks for on a second line of the same code and day: 76, 77; a payer's row may add "
            "59"
        ),
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "guidance.modifier", "edits/guidance.modifier.csv", ("code",), {"professional": TEXT},
        "Whether a payer wants 26 on image guidance that is professional only: required, either, refused",
        detail="26 on 77387 from 2026: `required`, `either`, `refused`",
        lives=lives.PAYER_LISTS,
        of_payers=True,
    ),
    Declaration(
        "management.exclusive", "edits/management.exclusive.csv", ("code",), {"excludes": TEXT, "single_session": FLAG},
        "Management of a whole course, and the management codes it leaves no room for", EVERYONE,
        detail=(
            "management of a whole course (77432, 77435) that leaves no room for weekly or short management; "
            "`excludes`: those codes; `single_session`: of a course of one session"
        ),
        read_by={"excludes": "policy show: the management codes without room"},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "surface.excluded", "edits/surface.excluded.csv", ("code",), {"kind": TEXT},
        "Services a payer does not take in a course of surface therapy",
        read_by={"kind": "policy show: simulation, planning, imaging, delivery"},
        lives=lives.PAYER_LISTS,
    ),
    Declaration(
        "stereotactic", "edits/stereotactic.csv", ("code",), {"kind": TEXT, "sessions": WHOLE},
        "Most sessions of a stereotactic course", EVERYONE,
        detail="most sessions of one course: 77373, G0563 5; 77371, 77372, G0339 1; G0340 4",
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "course.during", "edits/course.during.csv", ("code",), {"kind": TEXT},
        "Services that belong to a delivered fraction, so that none comes after the last", EVERYONE,
        detail=(
            "services that belong to a delivered fraction, so that none comes after the last: `delivery`, "
            "`guidance`, `port_image`"
        ),
        read_by={"kind": "policy show: delivery, guidance or port image"},
        lives=lives.CODE_SET,
    ),
    Declaration(
        "imrt.plan_set", "edits/imrt.plan_set.csv", ("code",), {}, "Usual companions of an IMRT plan", EVERYONE,
        lives=lives.CODE_EDITS,
    ),
)  # fmt: skip
