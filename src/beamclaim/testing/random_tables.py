"""Small random worlds: claims, histories and courses in which every rule has something to ask.

Public, for tests of one's own rules. Values are drawn near the edges rules care about: both sides of the
change of codes, one and several lines a day, settings and payers, modifiers that fit and that do not.
"""

from typing import Any

from hypothesis import strategies as st

from beamclaim.testing.cases import COLUMNS

Row = dict[str, Any]

CODES = (
    "77385", "77386", "G6015", "G6016", "77402", "77407", "77412", "77387", "77014", "G6002", "77427", "77336", "77301", "77290",
    "77300", "77338", "77334", "77280", "77373", "77435", "77263", "77401", "77437", "77418", "99213", "77431", "77470",
)  # fmt: skip
DAYS = ("2025-11-24", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02", "2026-09-30", "2026-10-01", "2026-10-06")
MODIFIERS = ("", "", "", "26", "TC", "52", "59", "76", "77", "PN", "59;76", "PN;PO", "26;TC", "76;76")
PAYERS = (
    ("M100", "Original Medicare", "medicare_ffs", "J6"),
    ("EMH01", "Example Mutual Health", "commercial", ""),
    ("SB810", "Blue Cross NC", "commercial", ""),
    ("87726", "UnitedHealthcare", "medicare_advantage", ""),
    ("87726", "UHC", "commercial", ""),
    ("60054", "Aetna", "commercial", ""),
)
WHERE = (
    ("hospital_outpatient", "22", "0333", "", "2100100017"),
    ("freestanding", "11", "", "2400400018", "2200200014"),
    ("professional", "22", "", "2400400026", "2300300011"),
)
DIAGNOSES = (
    "Z51.0;C61", "C34.11", "C79.51;C61", "C50.412", "C34.1", "D32.0", "Z51.0", "C50.411;C50.411", "Z51.0;C7B.02;Z92.3", "L91.0",
)  # fmt: skip
#: Rows that agree in these are one claim.
IDENTITY = ("claim", "patient", "payer", "frequency", "original_claim", "setting", "submitted_on")
UNITS = ("1", "1", "1", "2", "11")


@st.composite
def rows(draw: st.DrawFn, most: int = 10) -> list[Row]:
    """Rows of the claims table: up to three patients, up to four claims each."""
    out: list[Row] = []
    heads: dict[tuple[str, ...], Row] = {}
    for number in range(draw(st.integers(1, 4))):
        patient = draw(st.sampled_from(("P-1", "P-2", "P-3")))
        payer, name, line_of_business, mac = draw(st.sampled_from(PAYERS))
        setting, place, revenue, rendering, billing = draw(st.sampled_from(WHERE))
        frequency = draw(st.sampled_from(("1", "1", "1", "7", "8")))
        head = {
            "claim": f"{patient}-{draw(st.integers(0, 2))}" if draw(st.booleans()) else f"{patient}-N{number}",
            "payer": payer, "payer_name": name, "payer_line": line_of_business, "mac": mac, "setting": setting, "place_of_service": place,
            "revenue_code": revenue, "rendering_npi": rendering, "billing_npi": billing, "patient": patient, "sex": "F",
            "birth_date": "1960-01-01", "diagnoses": draw(st.sampled_from(DIAGNOSES)), "frequency": frequency,
            "original_claim": f"{patient}-{draw(st.integers(0, 2))}" if frequency != "1" else "",
            "submitted_on": draw(st.sampled_from(("2026-01-05", "2026-10-20"))), "charge": "100.00",
            "authorization": draw(st.sampled_from(("", "A1"))),
        }  # fmt: skip
        # What a claim says it says on every row.
        head = heads.setdefault(tuple(head[name] for name in IDENTITY), head)
        for line in range(1, 1 + draw(st.integers(1, 3))):
            if len(out) >= most:
                break
            out.append(
                {
                    **dict.fromkeys(COLUMNS, ""), **head, "line": line, "date": draw(st.sampled_from(DAYS)),
                    "code": draw(st.sampled_from(CODES)), "modifiers": draw(st.sampled_from(MODIFIERS)),
                    "units": draw(st.sampled_from(UNITS)),
                }
            )  # fmt: skip
    return out


@st.composite
def courses(draw: st.DrawFn) -> dict[str, Any]:
    """A course of one of the patients, complete enough that every evidence fact is known."""
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=6))
    fractions: list[dict[str, Any]] = []
    for day in sorted(days):
        before = sum(str(f["started_at"]).startswith(day) for f in fractions)
        if before < 2:  # a second one of the day comes seven hours later
            status = draw(st.sampled_from(("complete", "complete", "partial")))
            fractions.append(
                {
                    "fraction": len(fractions) + 1, "plan": "1", "started_at": f"{day}T{9 + 7 * before:02}:00:00", "status": status,
                    "isocenters": draw(st.sampled_from((1, 1, 2))), "motion_management": draw(st.sampled_from(("none", "gating"))),
                    "motion_evidence": ["system"], "physician": draw(st.sampled_from(("2400400018", "2400400026"))),
                }
            )  # fmt: skip
    return {
        "course": "C1",
        "patient": {"id": draw(st.sampled_from(("P-1", "P-2")))},
        "plans": [
            {
                "plan": "1", "site": draw(st.sampled_from(("prostate", "lung", "breast"))), "compensator": draw(st.booleans()),
                "fractions_planned": draw(st.integers(1, 8)), "modality": "photon",
                "technique": draw(st.sampled_from(("vmat", "3d_conformal", "sbrt"))),
                "approved_on": draw(st.sampled_from(("2025-11-20", "2025-12-31"))),
            }
        ],
        "fractions": fractions,
        "procedures": [{"kind": "imrt_planning", "date": "2025-11-20"}] * draw(st.integers(0, 2)),
        "prior_radiation": draw(st.sampled_from(([], [{"site": "pelvis"}]))),
        "stays": draw(st.sampled_from(([], [{"kind": "inpatient", "first_day": "2025-12-30", "last_day": "2026-01-02"}]))),
        "authorizations": [
            {
                "number": "A1", "code": draw(st.sampled_from(("77386", "77407"))), "units": draw(st.integers(1, 4)),
                "first_day": "2025-12-01", "last_day": draw(st.sampled_from(("2025-12-31", "2026-10-01"))),
            }
        ],
        "records_complete": True,
    }  # fmt: skip
