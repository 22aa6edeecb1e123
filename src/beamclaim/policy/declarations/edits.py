"""Tables of edits: pairs, modifiers, limits, order."""

from beamclaim.policy.declarations.form import EVERYONE, FLAG, MEDICARE_HOSPITAL, TEXT, WHOLE, Declaration

EDITS: tuple[Declaration, ...] = (
    Declaration(
        "modifiers", "edits/modifiers.csv", ("modifier",), {"opens_pair": FLAG, "anatomic": FLAG},
        "Modifiers the hospital claim editor takes", EVERYONE, is_edition=True,
    ),
    Declaration(
        "modifier_conflicts", "edits/modifier_conflicts.csv", ("column1", "column2"), {"reason": TEXT},
        "Modifiers that may not share a line, in both orders", {"setting": "any"},
    ),
    Declaration(
        "modifier.distinct", "edits/modifier.distinct.csv", ("modifier",), {},
        "Modifiers that say a service is distinct", EVERYONE,
    ),
    Declaration(
        "modifier.opens_pair", "edits/modifier.opens_pair.csv", ("modifier",), {},
        "Modifiers that open a pair with indicator 1", EVERYONE,
    ),
    Declaration(
        "modifier.component", "edits/modifier.component.csv", ("modifier",), {"part": TEXT},
        "Modifiers that say which part of a service is billed", EVERYONE,
    ),
    Declaration(
        "modifier.repeat", "edits/modifier.repeat.csv", ("modifier",), {"same_physician": FLAG},
        "Modifiers that say a service was repeated", EVERYONE,
    ),
    Declaration(
        "ncci", "edits/ncci.csv", ("column1", "column2"), {"indicator": TEXT},
        "Procedure pairs (NCCI): 0 never together, 1 with a modifier that opens the pair",
        {**MEDICARE_HOSPITAL, "confidence": "medium"}, is_edition=True,
    ),
    Declaration(
        "cpt.pairs", "edits/cpt.pairs.csv", ("column1", "column2"), {"component": TEXT, "reason": TEXT},
        "Services not reported together in any setting",
    ),
    Declaration(
        "imrt.plan_bundle", "edits/imrt.plan_bundle.csv", ("code",),
        {"plan_code": TEXT, "same_claim": FLAG, "days_before": WHOLE, "days_after": WHOLE},
        "Services inside IMRT planning: on one claim, and for how many days around the plan",
    ),
    Declaration(
        "imrt.verification", "edits/imrt.verification.csv", ("code",), {},
        "Simulations not billable when they verify the fields of an IMRT course", EVERYONE,
    ),
    Declaration(
        "guidance.inside_delivery", "edits/guidance.inside_delivery.csv", ("column1", "column2"), {"component": TEXT},
        "Image guidance inside a delivery code: TC its technical part, blank all of it", EVERYONE,
    ),
    Declaration(
        "mue", "edits/mue.csv", ("code",), {"limit": WHOLE, "mai": TEXT},
        "Most units of a code a day and provider; adjudication indicator 1 line, 2 absolute, 3 reviewable",
        {"scope": "us/medicare", "at": "", "observed_on": ""}, is_edition=True,
    ),
    Declaration(
        "course_limits", "edits/course_limits.csv", ("code", "per"), {"limit": WHOLE, "kind": TEXT},
        "Most units of a code per session, plan, course, five fractions …",
    ),
    Declaration(
        "limits.plan", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per plan",
        part_of=("course_limits", "plan"),
    ),
    Declaration(
        "limits.course", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per course",
        part_of=("course_limits", "course"),
    ),
    Declaration(
        "limits.sixty_days", "", ("code",), {"limit": WHOLE, "kind": TEXT}, "Most units of a code per 60-day course",
        part_of=("course_limits", "60_day_course"),
    ),
    Declaration(
        "imrt.equivalents", "edits/imrt.equivalents.csv", ("column1", "column2"), {"reason": TEXT},
        "Two codes for one service: CPT as column 1, G code as column 2", EVERYONE,
    ),
    Declaration(
        "modifier.reduced", "edits/modifier.reduced.csv", ("modifier",), {"anesthesia": FLAG},
        "Modifiers that say less was given than the code means", EVERYONE,
    ),
    Declaration(
        "repeat.asked", "edits/repeat.asked.csv", ("modifier",), {},
        "Modifiers a payer asks for on a second line of one code and day", {},
    ),
    Declaration(
        "guidance.modifier", "edits/guidance.modifier.csv", ("code",), {"professional": TEXT},
        "Whether a payer wants 26 on image guidance that is professional only: required, either, refused",
    ),
    Declaration(
        "management.exclusive", "edits/management.exclusive.csv", ("code",), {"excludes": TEXT},
        "Management of a whole course, and the management codes it leaves no room for", EVERYONE,
    ),
    Declaration(
        "stereotactic", "edits/stereotactic.csv", ("code",), {"kind": TEXT, "sessions": WHOLE},
        "Most sessions of a stereotactic course", EVERYONE,
    ),
    Declaration(
        "course.during", "edits/course.during.csv", ("code",), {"kind": TEXT},
        "Services that belong to a delivered fraction, so that none comes after the last", EVERYONE,
    ),
    Declaration(
        "imrt.plan_set", "edits/imrt.plan_set.csv", ("code",), {}, "Usual companions of an IMRT plan", EVERYONE,
    ),
)  # fmt: skip
