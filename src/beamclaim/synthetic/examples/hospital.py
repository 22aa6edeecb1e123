"""A hospital's outpatient department, one week on each side of the change of codes.

The physicians bill their own part elsewhere, so weekly management and image review are not in these files.
Long courses go on from one week to the next; short ones have ended, and the next patient has their place.
"""

from dataclasses import replace

from beamclaim.synthetic.demonstration import HOSPITAL, weekdays
from beamclaim.synthetic.examples.example_file import ExampleFile, Patient, each

_MUTUAL = ("EMH01", "commercial")
_ADVANTAGE = ("A200", "medicare_advantage")
_UNITED = ("87726", "medicare_advantage")
_MEDICAID = ("D300", "medicaid")
PROSTATE = Patient("MRN-3001", "1950-04-11", "M", "Z51.0;C61")
BED = Patient("MRN-3002", "1954-08-23", "M", "Z51.0;C61")
TONSIL = Patient("MRN-3003", "1957-02-02", "M", "Z51.0;C09.9", _ADVANTAGE)
LARYNX = Patient("MRN-3004", "1964-10-30", "M", "Z51.0;C32.9", _MUTUAL)
BREAST = Patient("MRN-3005", "1971-06-17", "F", "Z51.0;C50.412", _MUTUAL)
RECTUM = Patient("MRN-3010", "1953-01-09", "M", "Z51.0;C20")
CERVIX = Patient("MRN-3011", "1958-09-14", "F", "Z51.0;C53.9", _UNITED)
LUNG = Patient("MRN-3012", "1951-12-05", "F", "Z51.0;C34.11")


def december() -> ExampleFile:
    """The week of 15 December 2025: IMRT has two codes, conventional delivery three of the old meaning."""
    file = ExampleFile("hospital-2025-12", "A hospital's week in December 2025", "837I", "2025-12-22", HOSPITAL, 301)
    week = weekdays("2025-12-15", 5)
    monday, wednesday, friday = week[0], week[2], week[4]
    physics = each([friday], "77336")

    file.bill("H-2501", PROSTATE, "prostate, IMRT, five sessions", each(week, "77385"), physics)
    file.bill(
        "H-2502", BED, "prostate bed, IMRT, five sessions", each(week, "77386"), physics,
        wrong="prostate under the complex code", rules=("COD103",),
    )  # fmt: skip
    file.bill("H-2503", TONSIL, "tonsil, IMRT, five sessions", each(week, "77386"), physics)
    file.bill(
        "H-2504", LARYNX, "larynx, IMRT, five sessions with cone beam CT", each(week, "77386"),
        each(week[:3], "77014-TC"), physics, wrong="guidance billed beside IMRT that includes it", rules=("BND104",),
    )  # fmt: skip
    file.bill(
        "H-2505", BREAST, "left breast, 3D, five sessions and port images", each(week, "77412"),
        each([friday], "77417"), physics,
    )  # fmt: skip
    bone = Patient("MRN-3006", "1948-03-27", "M", "Z51.0;C79.51;C34.90")
    file.bill(
        "H-2506", bone, "femur, two opposed fields, five sessions with their plan", each([monday], "77306"),
        each([monday], "77334", "2"), each(week, "77402"), each([wednesday], "77402"), physics,
        wrong="Wednesday's session posted twice", rules=("MOD103",),
    )  # fmt: skip
    nodule = Patient("MRN-3007", "1946-07-19", "F", "Z51.0;C34.12")
    file.bill(
        "H-2507", nodule, "lung, SBRT, sessions one to three", each(week[::2], "77373"), each([friday], "77435"), physics,
        wrong="the physician's management on the hospital's claim", rules=("COD102",),
    )  # fmt: skip
    boost = Patient("MRN-3008", "1968-11-11", "F", "C50.41;Z51.0", _MEDICAID)
    file.bill(
        "H-2508", boost, "right breast, electron boost, five sessions", each(week, "77412"), physics,
        wrong="a diagnosis one character short, and the encounter code second", rules=("DXN102", "DXN104"),
    )  # fmt: skip
    pharynx = Patient("MRN-3009", "1960-05-25", "M", "C13.9")
    file.bill(
        "H-2509", pharynx, "hypopharynx, simulation and IMRT plan", each(["2025-12-10"], "77290"),
        each([wednesday], "77301"), each([wednesday], "77300", "4"), each([wednesday], "77338"),
        wrong="the simulation for the plan billed beside it", rules=("BND103",),
    )  # fmt: skip
    file.bill(
        "H-2510", replace(RECTUM, diagnoses="C20"), "rectum, IMRT plan", each([friday], "77301"),
        each([friday], "77300", "2"), each([friday], "77338"),
    )  # fmt: skip
    file.bill(
        "H-2511", CERVIX, "cervix, IMRT, five sessions", each(week, "77386"), physics,
        wrong="no authorization number for a payer that asks for one", rules=("AUT101",),
    )  # fmt: skip
    file.bill(
        "H-2512", LUNG, "lung, IMRT, five sessions", each(week[:4], "77386"), each([friday], "77386-TC"), physics,
        wrong="TC on a code that has no professional part", rules=("MOD101",),
    )  # fmt: skip
    return file


def january() -> ExampleFile:
    """The week of 5 January 2026: three levels for all external beams, and guidance inside each of them."""
    file = ExampleFile("hospital-2026-01", "The same department in January 2026", "837I", "2026-01-12", HOSPITAL, 302)
    week = weekdays("2026-01-05", 5)
    monday, thursday, friday = week[0], week[3], week[4]
    physics = each([friday], "77336")

    file.bill("H-2601", PROSTATE, "prostate, IMRT, five sessions", each(week, "77407"), physics)
    file.bill(
        "H-2602", BED, "prostate bed, IMRT, five sessions", each(week, "77385"), physics,
        wrong="the code of 2025 all week", rules=("COD101", "SEQ104"),
    )  # fmt: skip
    file.bill("H-2603", TONSIL, "tonsil, IMRT, five sessions", each(week, "77407"), physics)
    file.bill(
        "H-2604", LARYNX, "larynx, IMRT, five sessions", each(week[:2], "77386"), each(week[2:], "77407"), physics,
        wrong="the code of 2025 on Monday and Tuesday", rules=("COD101", "SEQ104"),
    )  # fmt: skip
    file.bill(
        "H-2605", BREAST, "left breast, 3D in gated breath hold, five sessions", each(week, "77412"), physics,
        open=("COD105",),
    )  # fmt: skip
    spine = Patient("MRN-3016", "1949-02-13", "F", "Z51.0;C79.51;C50.912")
    file.bill(
        "H-2606", spine, "lumbar spine, 3D, five sessions with simulation and plan", each(["2026-01-02"], "77290"),
        each([monday], "77295"), each([monday], "77300", "2"), each([monday], "77334", "2"), each(week, "77407"), physics,
    )  # fmt: skip
    nodule = Patient("MRN-3017", "1952-10-08", "M", "Z51.0;C34.31")
    file.bill(
        "H-2607", nodule, "lung, SBRT, sessions one to three", each(week[::2], "77373"), each(week[::2], "77387"), physics,
        wrong="guidance beside SBRT that includes it", rules=("BND101",),
    )  # fmt: skip
    boost = Patient("MRN-3018", "1973-03-03", "F", "Z51.0;C50.412", _MEDICAID)
    file.bill("H-2608", boost, "left breast, electron boost, five sessions", each(week, "77402"), physics)
    oropharynx = Patient("MRN-3019", "1961-07-21", "M", "C10.9")
    file.bill(
        "H-2609", oropharynx, "oropharynx, simulation and IMRT plan", each([monday], "77290-59"), each([monday], "77301"),
        each([monday], "77300", "4"), each([monday], "77338"),
        wrong="the simulation passed off as a distinct service", rules=("BND103", "MOD102"),
    )  # fmt: skip
    file.bill(
        "H-2610", RECTUM, "rectum, IMRT, five sessions with cone beam CT", each(week, "77407"), each(week, "77014"), physics,
        wrong="guidance under the code of 2025", rules=("COD101",),
    )  # fmt: skip
    file.bill(
        "H-2611", CERVIX, "cervix and nodes, IMRT at two isocenters, five sessions", each(week, "77412"), physics,
        authorization="AU-558102", open=("COD105", "AUT102"),
    )  # fmt: skip
    file.bill(
        "H-2612", LUNG, "lung, IMRT, five sessions", each([*week[:3], friday], "77407"), each([thursday], "77407", "2"),
        physics, wrong="Thursday's one session keyed as two", open=("UNT104",),
    )  # fmt: skip
    return file
