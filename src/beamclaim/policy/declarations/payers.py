"""Tables of payers: who they are, what they ask and by when."""

from beamclaim.policy.declarations.form import DAY, EVERYONE, EXACT, FLAG, TEXT, WHOLE, Declaration

PAYERS: tuple[Declaration, ...] = (
    Declaration(
        "filing_limits", "payers/filing_limits.csv", (),
        {"calendar_years": WHOLE, "days": WHOLE, "days_out_of_network": WHOLE, "counts_from": TEXT},
        "How long after the service a first claim may be filed",
    ),
    Declaration(
        "payers", "payers/payers.csv", ("payer_id",),
        {"payer": TEXT, "payer_name": TEXT, "payer_line": TEXT, "reviewer": TEXT},
        "The policy payer a payer id belongs to", EVERYONE,
    ),
    Declaration(
        "payer_lines", "payers/payer_lines.csv", ("payer_line",),
        {"fee_schedule": FLAG, "age_edits": FLAG, "stays_bundled": FLAG, "contractors": FLAG, "late_is_final": FLAG},
        "What holds for a payer line: codes by setting as in the national files, an editor that knows ages, technical services "
        "paid with a stay, lists of its contractors, a filing limit nobody lifts", EVERYONE,
    ),
    Declaration(
        "payer.course_limits", "payers/payer.course_limits.csv", ("code",),
        {"limit": WHOLE, "usual": WHOLE, "site_group": TEXT},
        "Most fractions of a course a payer takes for a treated site, by diagnosis", is_range=True,
    ),
    Declaration(
        "authorization.required", "payers/authorization.required.csv", ("code",), {"reviewer": TEXT},
        "Services a payer wants authorized",
    ),
    Declaration(
        "authorization.carry_over", "payers/authorization.carry_over.csv", ("code",),
        {"carries_to": TEXT, "started_before": DAY},
        "Codes an authorization also holds for, for courses begun before a day",
    ),
    Declaration(
        "documents", "payers/documents.csv", ("item",),
        {"number": TEXT, "label": TEXT, "required_when": TEXT, "timing": TEXT, "signed_by": TEXT},
        "Items of the record, when they are needed and who signs them", EVERYONE,
    ),
    Declaration(
        "carc", "payers/carc.csv", ("code",), {"meaning": TEXT, "cause": TEXT, "check": TEXT, "remedy": TEXT},
        "Claim adjustment reason codes, in our own words", EVERYONE,
    ),
    Declaration(
        "rarc", "payers/rarc.csv", ("code",), {"meaning": TEXT, "cause": TEXT, "check": TEXT, "remedy": TEXT},
        "Remittance advice remark codes, in our own words; a code without words is only known to exist", EVERYONE,
    ),
    Declaration(
        "appeals", "payers/appeals.csv", ("track", "level"), {"name": TEXT, "days": WHOLE, "amount": EXACT},
        "Levels of appeal: days to file, amount in controversy", {"setting": "any"},
    ),
)  # fmt: skip
