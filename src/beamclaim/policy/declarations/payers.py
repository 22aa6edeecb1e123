"""Tables of payers: who they are, what they ask and by when."""

from beamclaim.policy.declarations import lives, says
from beamclaim.policy.declarations.form import DAY, EVERYONE, EXACT, FLAG, TEXT, WHOLE, Declaration

#: Who reads the tables that say whose a claim is.
_DIRECTORY = "whose a claim is (policy/payers.py)"

PAYERS: tuple[Declaration, ...] = (
    Declaration(
        "filing_limits", "payers/filing_limits.csv", (),
        {"calendar_years": WHOLE, "days": WHOLE, "days_out_of_network": WHOLE, "counts_from": TEXT},
        "How long after the service a first claim may be filed",
        detail="how long a first claim may be filed; counts_from: line.date or claim.last_day",
        says=says.filing_limit,
        lives=lives.STANDING,
        of_payers=True,
    ),
    Declaration(
        "filing.asked", "payers/filing.asked.csv", ("frequency",), {"late_instead": TEXT},
        "Frequencies whose claims to the first payer keep the filing limit, and what may be sent instead when it has passed",
        {"setting": "any"},
        lives=lives.STANDING,
    ),
    Declaration(
        "filing.asked_later", "payers/filing.asked_later.csv", ("frequency",), {},
        "Frequencies whose claims to a later payer keep its filing limit from the day of service", {"setting": "any"},
        lives=lives.STANDING,
    ),
    Declaration(
        "filing.workdays", "payers/filing.workdays.csv", (), {},
        "Payers whose filing limit, where it ends on a day off, runs to the next workday", {"setting": "any"},
        lives=lives.STANDING,
    ),
    Declaration(
        "payers", "payers/payers.csv", ("payer",),
        {
            "payer_name": TEXT, "payer_lines": TEXT, "parent": TEXT, "kind": TEXT, "states": TEXT, "is_family": FLAG, "takes_over": FLAG,
        },
        "Who the payers are that scopes and ids name: their lines of business, the company they belong to", EVERYONE,
        detail=(
            "the payers scopes and ids name: their lines (`none`: cover that has no line of ours), company, kind; is_family: its "
            "name is also typed for its other companies; takes_over: decides claims of several plans, so that none of theirs holds"
        ),
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": f"{_DIRECTORY}; policy list"},
    ),
    Declaration(
        "payer.ids", "payers/payer.ids.csv", ("payer_id", "payer", "form"),
        {"payer_line": TEXT, "state": TEXT, "id_mac": TEXT, "shared": TEXT},
        "The payer a payer id (NM109) means on a claim form, as clearinghouses and contractors list it", EVERYONE,
        detail=(
            "the payer an id (NM109) means on a form; id_mac: its contractor's jurisdiction; shared: `no` one payer, `funds` also "
            "funds that rent its network, `fep` a Blue and the federal program beside it, `yes` several payers"
        ),
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": f"{_DIRECTORY}; policy list"},
    ),
    Declaration(
        "payer.names", "payers/payer.names.csv", ("pattern", "how"), {"rank": WHOLE, "payer": TEXT, "payer_line": TEXT, "open_with": TEXT},
        "The payer and line a payer name says; the first pattern that fits decides", EVERYONE,
        detail=(
            "patterns of payer names, whole words, tried by rank; `other`: a payer outside our tables; blank: the name says no payer, "
            "perhaps a line; open_with: words beside which the name says no line"
        ),
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": f"{_DIRECTORY}; policy list"},
    ),
    Declaration(
        "payer.rewrites", "payers/payer.rewrites.csv", ("written", "place"),
        {"becomes": TEXT, "not_after": TEXT, "rank": WHOLE},
        "How a payer name is written before its patterns are tried", EVERYONE,
        detail="words of a payer name and what becomes of them, by rank, before `payer.names` is tried; blank: dropped",
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": f"{_DIRECTORY}; policy list"},
    ),
    Declaration(
        "payer.own", "payers/payer.own.csv", ("payer_id", "payer_name", "form"),
        {"payer": TEXT, "payer_line": TEXT, "reviewer": TEXT},
        "What a clinic knows of the payers of its claims; asked first", {**EVERYONE, "source": "", "confidence": "high", "observed_on": ""},
        detail="a clinic's own payers, asked first: id or name (or both) and form → payer, line, reviewer; ours is empty",
        is_timeless=True,
        lives=lives.STANDING,
        by_hand=True,
        read_by={"*": f"{_DIRECTORY}; policy list"},
    ),
    Declaration(
        "contractors", "payers/contractors.csv", ("jurisdiction", "part"), {"contractor": TEXT, "states": TEXT, "typed": TEXT},
        "The Medicare contractors: jurisdiction, states, and the names people type", EVERYONE,
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": "--mac and [claims] mac, which take a contractor's name or a state; policy list"},
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
        of_payers=True,
        detail=(
            "most fractions of a course for the treated site under any tier read (`limit`), and those every tier takes, "
            "whatever the circumstances (`usual`); blank: the main tier was not read"
        ),
        lives=lives.PAGES,
    ),
    Declaration(
        "authorization.required", "payers/authorization.required.csv", ("code",), {"reviewer": TEXT},
        "Services a payer wants authorized",
        says=says.authorization,
        of_payers=True,
        read_by={"reviewer": "policy show: whom to ask"},
        lives=lives.PAYER_LISTS,
    ),
    Declaration(
        "authorization.no_number", "payers/authorization.no_number.csv", ("word",), {},
        "Words that stand where an authorization number belongs and say that there is none", EVERYONE,
        lives=lives.STANDING,
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
