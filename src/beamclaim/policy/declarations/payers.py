"""Tables of payers: who they are, what they ask and by when."""

from beamclaim.policy.declarations import lives, says
from beamclaim.policy.declarations.form import DAY, EVERYONE, EXACT, FLAG, TEXT, WHOLE, Declaration

PAYERS: tuple[Declaration, ...] = (
    Declaration(
        "filing_limits", "payers/filing_limits.csv", (),
        {"calendar_years": WHOLE, "days": WHOLE, "days_out_of_network": WHOLE, "counts_from": TEXT},
        "How long after the service a first claim may be filed",
        detail="how long a first claim may be filed; counts_from: line.date or claim.last_day",
        says=says.filing_limit,
        lives=lives.STANDING,
    ),
    Declaration(
        "payers", "payers/payers.csv", ("payer_id",),
        {"payer": TEXT, "payer_name": TEXT, "payer_line": TEXT, "reviewer": TEXT},
        "The policy payer a payer id belongs to", EVERYONE,
        read_by={
            "payer_name": "policy show",
            "payer_line": "policy show",
            "reviewer": "policy show: who reviews for the payer",
        },
        lives=lives.STANDING,
    ),
    Declaration(
        "payer_lines", "payers/payer_lines.csv", ("payer_line",),
        {"fee_schedule": FLAG, "age_edits": FLAG, "stays_bundled": FLAG, "contractors": FLAG, "late_is_final": FLAG},
        "What holds for a payer line: codes by setting as in the national files, an editor that knows ages, technical services "
        "paid with a stay, lists of its contractors, a filing limit nobody lifts", EVERYONE,
        detail=(
            "what holds for a payer line: codes by setting as in the national files, an editor that knows "
            "ages, technical services paid with a stay, contractors with lists, a filing limit nobody lifts"
        ),
        lives=lives.STANDING,
    ),
    Declaration(
        "payer.course_limits", "payers/payer.course_limits.csv", ("code",),
        {"limit": WHOLE, "usual": WHOLE, "site_group": TEXT},
        "Most fractions of a course a payer takes for a treated site, by diagnosis", is_range=True,
        detail=(
            "most fractions of a course for the treated site under any tier read (`limit`), and the lower "
            "tier where one was read (`usual`)"
        ),
        lives=lives.PAGES,
    ),
    Declaration(
        "authorization.required", "payers/authorization.required.csv", ("code",), {"reviewer": TEXT},
        "Services a payer wants authorized",
        says=says.authorization,
        read_by={"reviewer": "policy show: whom to ask"},
        lives=lives.PAYER_LISTS,
    ),
    Declaration(
        "authorization.carry_over", "payers/authorization.carry_over.csv", ("code",),
        {"carries_to": TEXT, "started_before": DAY},
        "Codes an authorization also holds for, for courses begun before a day",
        lives=lives.PAYER_LISTS,
    ),
    Declaration(
        "documents", "payers/documents.csv", ("item",),
        {"number": TEXT, "label": TEXT, "required_when": TEXT, "timing": TEXT, "signed_by": TEXT},
        "Items of the record, when they are needed and who signs them", EVERYONE,
        read_by={"*": "policy list; the records a packet needs"},
        lives=lives.PAGES,
    ),
    Declaration(
        "carc", "payers/carc.csv", ("code",), {"meaning": TEXT, "cause": TEXT, "check": TEXT, "remedy": TEXT},
        "Claim adjustment reason codes, in our own words", EVERYONE,
        read_by={"*": "policy list; the payer's answer to a claim, in words"},
        lives=lives.PAGES,
    ),
    Declaration(
        "rarc", "payers/rarc.csv", ("code",), {"meaning": TEXT, "cause": TEXT, "check": TEXT, "remedy": TEXT},
        "Remittance advice remark codes, in our own words; a code without words is only known to exist", EVERYONE,
        detail="remark codes in our own words; one without words is only known to exist",
        read_by={"*": "policy list; the payer's answer to a claim, in words"},
        lives=lives.PAGES,
    ),
    Declaration(
        "appeals", "payers/appeals.csv", ("track", "level"), {"name": TEXT, "days": WHOLE, "amount": EXACT},
        "Levels of appeal: days to file, amount in controversy", {"setting": "any"},
        detail="levels of appeal: last day in days, amount in controversy; blank: in the contract, or automatic",
        read_by={"*": "policy list; what may be done with a denial, and by when"},
        lives=lives.APPEALS,
    ),
)  # fmt: skip
