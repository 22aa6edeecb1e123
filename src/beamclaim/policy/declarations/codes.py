"""Tables of procedure codes: their life, meaning and place."""

from beamclaim.policy.declarations import lives, says
from beamclaim.policy.declarations.form import EVERYONE, FLAG, MEDICARE, MEDICARE_HOSPITAL, TEXT, WHOLE, Declaration

CODES: tuple[Declaration, ...] = (
    Declaration(
        "radonc.codes", "codes/radonc.codes.csv", ("code",), {"category": TEXT, "successor": TEXT},
        "The life of a code: with no row in force on a day, the code is not valid on it", EVERYONE,
        says=says.life,
        read_by={"successor": "policy show, and the sentence of a finding"},
        lives=lives.CODE_SET,
    ),
    Declaration(
        "radonc.known", "codes/radonc.known.csv", ("code",), {},
        "Codes that the physician fee schedule or hospital files hold on a day", EVERYONE, is_edition=True,
        says=says.listed,
        lives=lives.KNOWN_CODES,
    ),
    Declaration(
        "radonc.range", "codes/radonc.range.csv", ("code",), {"family": TEXT},
        "What counts as a procedure code of the radiation range", EVERYONE, is_range=True,
        read_by={"family": "policy show"},
        lives=lives.STANDING,
    ),
    Declaration(
        "radonc.delivery", "codes/radonc.delivery.csv", ("code",),
        {
            "level": TEXT, "technique": TEXT, "era": TEXT, "is_imrt": FLAG, "includes_guidance": FLAG,
            "equivalent": TEXT, "per": TEXT,
        },
        "Treatment delivery codes and what they mean on a day", EVERYONE,
        says=says.delivery,
        read_by={"equivalent": "policy show: the same service under another code"},
        lives=lives.CODE_SET,
    ),
    Declaration(
        "radonc.weekly_management", "codes/radonc.weekly_management.csv", ("code",), {},
        "Weekly treatment management by a physician", EVERYONE,
        says=says.weekly_management,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "radonc.planning_imrt", "codes/radonc.planning_imrt.csv", ("code",), {}, "Planning of IMRT", EVERYONE,
        says=says.imrt_planning,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "radonc.guidance", "codes/radonc.guidance.csv", ("code",), {"equivalent": TEXT, "part": TEXT},
        "Image guidance; the part of the service the code may stand for", EVERYONE,
        detail="image guidance; part: what it is (`both`, `professional`, `technical`)",
        says=says.guidance,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "mpfs.indicators", "codes/mpfs.indicators.csv", ("code",), {"status": TEXT, "pctc": TEXT, "status_tc": TEXT},
        "Medicare physician fee schedule: status, PC/TC indicator (null: unknown), status of the technical part",
        MEDICARE, is_edition=True,
        detail="Medicare physician fee schedule; pctc 0 1 2 3 9, null unknown",
        says=says.indicators,
        read_by={"status_tc": "policy show: how the technical part alone stands"},
        lives=lives.FEE_SCHEDULE,
    ),
    Declaration(
        "opps.status", "codes/opps.status.csv", ("code",), {"status_indicator": TEXT, "apc": TEXT, "flags": TEXT},
        "Medicare hospital outpatient status indicator and payment class", MEDICARE_HOSPITAL, is_edition=True,
        says=says.hospital_status,
        lives=lives.HOSPITAL_STATUS,
    ),
    Declaration(
        "form.statuses", "codes/form.statuses.csv", ("form",),
        {
            "refused": TEXT, "bundled": TEXT, "lifted_flag": TEXT, "lifted_by": TEXT, "physician_refused": TEXT,
        },
        "The statuses a claim form is not paid under, and what lifts that", MEDICARE,
        detail=(
            "statuses of the form's own file (`opps.status`, `mpfs.indicators`) that are not paid on it, joined with `;`; "
            "a code with `lifted_flag` passes with the modifier `lifted_by`; lines of a physician on a hospital's claim "
            "go by `physician_refused`"
        ),
        says=says.form_statuses,
        lives=lives.STANDING,
    ),
    Declaration(
        "setting.not_payable", "codes/setting.not_payable.csv", ("code",),
        {
            "reason": TEXT, "instead": TEXT, "with_modifier": TEXT, "unless_modifier": TEXT,
            "unless_bill_type": TEXT, "unless_revenue": TEXT,
        },
        "Codes that may not be billed in a setting, and what lifts that", {"scope": "us/medicare"},
        detail=(
            "words beside the status of a code, and the whole answer where no status was read; reason: "
            "invalid_on_fee_schedule, fee_schedule_code, off_campus_department, professional_only, "
            "physician_work_packaged, technical_only, bundled; `unless_revenue`: beginnings of revenue codes"
        ),
        says=says.not_payable,
        lives=lives.KNOWN_CODES,
    ),
    Declaration(
        "radonc.weekly_physics", "codes/radonc.weekly_physics.csv", ("code",), {}, "Weekly physics", EVERYONE,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "radonc.short_management", "codes/radonc.short_management.csv", ("code",), {},
        "Management of a whole course of one or two fractions", EVERYONE,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "delivery.rank", "codes/delivery.rank.csv", ("code",), {"rank": WHOLE},
        "The order of the delivery levels, from 1", EVERYONE,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "delivery.level_by_technique", "codes/delivery.level_by_technique.csv", ("technique",),
        {"code": TEXT, "rank": WHOLE},
        "The delivery level of a plan's technique, before anything that raises it", EVERYONE,
        detail=(
            "the level of a plan's technique with no trigger of level 3 (total skin electrons: 3); srs, sbrt "
            "and unknown have no row"
        ),
        lives=lives.CODE_SET,
    ),
    Declaration(
        "delivery.planned_by", "codes/delivery.planned_by.csv", ("code",), {"plans": TEXT},
        "Planning codes of which one comes before the first fraction of a delivery", EVERYONE,
        read_by={"plans": "policy show: which planning codes are meant"},
        lives=lives.CODE_SET,
    ),
    Declaration(
        "planning.kinds", "codes/planning.kinds.csv", ("code",), {"kind": TEXT},
        "Planning codes, and what they plan", EVERYONE,
        detail="planning codes: `imrt`, `3d`, `2d`, `special`, `superficial`; asked with `near`",
        lives=lives.CODE_SET,
    ),
    Declaration(
        "technical", "codes/technical.csv", ("code",), {"part": TEXT},
        "What a line without 26 bills: technical part only, or both parts unless 26 or TC splits them", EVERYONE,
        detail="what a line without 26 bills: `technical` only, or `split` (technical unless 26)",
        lives=lives.CODE_SET,
    ),
    Declaration(
        "revenue_codes", "codes/revenue_codes.csv", ("code",), {"revenue": TEXT},
        "Beginnings of the revenue codes that fit a code", {},
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "visits", "codes/visits.csv", ("code",), {"kind": TEXT},
        "Visits that lie inside treatment management", EVERYONE, is_range=True,
        detail="visits (E/M) that lie inside treatment management: `office`, `hospital`, `consultation`",
        read_by={"kind": "policy show"},
        lives=lives.CODE_SET,
    ),
    Declaration(
        "evaluation.management", "codes/evaluation.management.csv", ("code",), {},
        "Evaluation and management services, on which 24, 25, 27 and 57 may stand", EVERYONE, is_range=True,
    ),
    Declaration(
        "visits.exempt", "codes/visits.exempt.csv", ("code",), {},
        "Deliveries whose management takes in no visit", EVERYONE,
        lives=lives.CODE_SET,
    ),
)  # fmt: skip
