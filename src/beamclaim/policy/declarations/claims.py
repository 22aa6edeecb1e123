"""Tables of what a claim says in codes of its form: whose line of business, which setting, which stay."""

from beamclaim.policy.declarations import lives
from beamclaim.policy.declarations.form import EVERYONE, FLAG, TEXT, Declaration

CLAIMS: tuple[Declaration, ...] = (
    Declaration(
        "claim.filing_codes", "claims/claim.filing_codes.csv", ("filing_code",),
        {"payer_line": TEXT, "is_sure": FLAG, "of_blue": TEXT},
        "The payer line a claim filing indicator (SBR09) means; blank: it does not say it", EVERYONE,
        detail=(
            "the payer line a claim filing indicator (SBR09) means; blank: it says none; is_sure: it contradicts another line, else "
            "name and id go before; of_blue: the payer it makes of a Blue's claim"
        ),
        is_timeless=True,
        lives=lives.STANDING,
        read_by={"*": "the line of a claim (policy/payers.py); policy list"},
    ),
    Declaration(
        "claim.bill_types", "claims/claim.bill_types.csv", ("bill_type",), {"claim_setting": TEXT, "is_stay": FLAG, "stay": TEXT},
        "The first two digits of a bill type: the setting of its claim, whether it bills a stay, and which stay it proves", EVERYONE,
        lives=lives.PAGES,
    ),
    Declaration(
        "claim.method_two", "claims/claim.method_two.csv", ("bill_type",), {"revenue": TEXT},
        "Lines of a hospital claim that are the physician's work (Method II), by bill type and beginning of the revenue code",
        EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "federal_holidays", "claims/federal_holidays.csv", ("date",), {"holiday": TEXT, "kind": TEXT},
        "Days off of the federal government, as they were kept: `holiday`, or offices closed by order (`closing`)", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "claim.places", "claims/claim.places.csv", ("place",), {"claim_setting": TEXT, "is_hospital": FLAG},
        "Places of service: the setting of a professional claim, and whether the place is a hospital", EVERYONE,
        lives=lives.PAGES,
    ),
)  # fmt: skip
