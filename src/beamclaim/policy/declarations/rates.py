"""Tables of rates: what Medicare pays, exact decimals by year and quarter."""

from beamclaim.policy.declarations import lives
from beamclaim.policy.declarations.form import EXACT, MEDICARE, MEDICARE_HOSPITAL, TEXT, Declaration

_YEARLY = {**MEDICARE, "at": "", "observed_on": ""}

RATES: tuple[Declaration, ...] = (
    Declaration(
        "mpfs.rates", "rates/mpfs.rates.csv", ("code", "modifier"),
        {
            "status": TEXT, "not_in": TEXT, "work": EXACT, "pe_nonfacility": EXACT, "pe_facility": EXACT, "malpractice": EXACT,
            "conversion_factor": EXACT,
        },
        "Medicare physician fee schedule: relative values and conversion factor of a code and modifier",
        _YEARLY, is_edition=True,
        detail=(
            "relative values and conversion factor, exact decimals; modifier `global` (none), 26, TC; "
            "`not_in` facility or nonfacility: no such place for it"
        ),
        lives=lives.FEE_SCHEDULE,
    ),
    Declaration(
        "mpfs.gpci", "rates/mpfs.gpci.csv", ("contractor", "locality"),
        {"state": TEXT, "name": TEXT, "work": EXACT, "pe": EXACT, "malpractice": EXACT},
        "Geographic practice cost indices of a Medicare locality", _YEARLY, is_edition=True,
        read_by={"state": "policy list: where it is", "name": "policy list: where it is"},
        lives=lives.LOCALITIES,
    ),
    Declaration(
        "mpfs.localities", "rates/mpfs.localities.csv", ("contractor", "locality"),
        {"state": TEXT, "area": TEXT, "counties": TEXT},
        "Counties of a Medicare locality", _YEARLY, is_edition=True,
        read_by={"*": "policy list; the payment to expect"},
        lives=lives.LOCALITIES,
    ),
    Declaration(
        "opps.rates", "rates/opps.rates.csv", ("apc",), {"status_indicator": TEXT, "payment": EXACT},
        "Medicare hospital outpatient national payment of an APC, before wage adjustment",
        MEDICARE_HOSPITAL, is_edition=True,
        lives=lives.HOSPITAL_RATES,
    ),
)  # fmt: skip
