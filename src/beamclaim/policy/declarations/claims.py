"""Tables of what a claim says in codes of its form: whose line of business, which setting, which stay."""

from beamclaim.policy.declarations import lives
from beamclaim.policy.declarations.form import EVERYONE, FLAG, TEXT, Declaration

CLAIMS: tuple[Declaration, ...] = (
    Declaration(
        "claim.filing_codes", "claims/claim.filing_codes.csv", ("filing_code",), {"payer_line": TEXT},
        "The payer line a claim filing indicator (SBR09) means; a code without a row does not say it", EVERYONE,
        lives=lives.PAGES,
    ),
    Declaration(
        "claim.bill_types", "claims/claim.bill_types.csv", ("bill_type",), {"claim_setting": TEXT, "is_stay": FLAG},
        "The first two digits of a bill type: the setting of its claim, and whether it bills a stay", EVERYONE,
        lives=lives.PAGES,
    ),
    Declaration(
        "claim.method_two", "claims/claim.method_two.csv", ("bill_type",), {"revenue": TEXT},
        "Lines of a hospital claim that are the physician's work (Method II), by bill type and beginning of the revenue code",
        EVERYONE,
    ),
    Declaration(
        "claim.places", "claims/claim.places.csv", ("place",), {"claim_setting": TEXT, "is_hospital": FLAG},
        "Places of service: the setting of a professional claim, and whether the place is a hospital", EVERYONE,
        lives=lives.PAGES,
    ),
)  # fmt: skip
