"""A freestanding center that treats twice a day, October 2026: head and neck, and partial breast in five days."""

from typing import Any

from beamclaim.synthetic.demonstration import OFFICE, weekdays
from beamclaim.synthetic.examples.example_file import ExampleFile, Patient, each

_MUTUAL = ("EMH01", "commercial")
_PLAN = ("C400", "commercial")
MONTH = weekdays("2026-10-05", 20)
WEEK, FORTNIGHT = MONTH[:5], MONTH[:10]
TONGUE = Patient("MRN-4001", "1959-09-09", "M", "Z51.0;C01")
FIRST = Patient("MRN-4002", "1955-12-01", "F", "Z51.0;C50.411")
SECOND = Patient("MRN-4004", "1953-03-15", "F", "Z51.0;C50.212")
PHARYNX = Patient("MRN-4006", "1956-05-05", "M", "Z51.0;C10.9")
ONCE = Patient("MRN-4005", "1960-02-17", "F", "Z51.0;C50.411")
LARYNX = Patient("MRN-4009", "1958-04-04", "F", "Z51.0;C32.9", _PLAN)
SHORT = Patient("MRN-4008", "1951-01-28", "F", "Z51.0;C50.411")


def twice_daily() -> ExampleFile:
    """Two sessions on each day: a line for each, the second with 76, weekly services by fractions and not by weeks."""
    file = ExampleFile("office-2026-10", "A freestanding center's twice-daily month", "837P", "2026-11-02", OFFICE, 303)
    sessions = [*each(WEEK, "77407"), *each(WEEK, "77407-76")]
    # The fifth fraction is Wednesday's first, the tenth is Friday's second.
    weekly = [*each(WEEK[2::2], "77427"), *each(WEEK[2::2], "77336")]
    images = each(WEEK, "77387")

    for number, days in (("F-1001", FORTNIGHT), ("F-1002", MONTH[10:])):
        file.bill(
            number, TONGUE, "base of tongue, IMRT, twenty sessions in ten days", each(days, "77407"), each(days, "77407-76"),
            each(days, "77387"), each([d for at, d in enumerate(days) if at % 5 in (2, 4)], "77427"),
            each([d for at, d in enumerate(days) if at % 5 in (2, 4)], "77336"),
        )  # fmt: skip
    file.bill("F-1003", FIRST, "partial right breast, ten sessions in five days", sessions, images, weekly)
    file.bill(
        "F-1004", Patient("MRN-4003", "1963-06-30", "F", "Z51.0;C50.412", _MUTUAL),
        "partial left breast, ten sessions in five days", each(WEEK, "77407"), each(WEEK, "77407"), images, weekly,
        wrong="the second session of each day without 76", rules=("MOD103",),
    )  # fmt: skip
    file.bill(
        "F-1005", SECOND, "partial left breast, ten sessions as two units a day", each(WEEK, "77407", "2"), images, weekly,
    )  # fmt: skip
    file.bill(
        "F-1006", ONCE, "right breast, one session a day", each(WEEK, "77407", "2"), images, each([WEEK[4]], "77427"),
        each([WEEK[4]], "77336"), wrong="two units a day, and the record shows one session", rules=("UNT104",),
    )  # fmt: skip
    file.bill(
        "F-1007", PHARYNX, "oropharynx, IMRT, twenty sessions in ten days", each(FORTNIGHT, "77407"),
        each(FORTNIGHT, "77407-76"), each([*WEEK[2::2], *FORTNIGHT[7::2]], "77427", "2"),
        each([*WEEK[2::2], *FORTNIGHT[7::2]], "77336"),
        wrong="management counted for the morning and again for the afternoon", rules=("UNT101", "UNT103"),
    )  # fmt: skip
    file.bill(
        "F-1008", Patient("MRN-4007", "1966-08-12", "F", "Z51.0;C50.412", _MUTUAL),
        "partial left breast, ten sessions in five days", each(WEEK, "77407"), each(WEEK, "77407-59"), images, weekly,
        wrong="59 where the same service is repeated", rules=("MOD106",),
    )  # fmt: skip
    file.bill(
        "F-1009", SHORT, "partial right breast, ten sessions in five days", sessions, images, weekly,
        wrong="the record shows three hours between the sessions, and no order", open=("UNT104",),
    )  # fmt: skip
    file.bill(
        "F-1010", LARYNX, "larynx, IMRT, one session a day",
        each(WEEK, "77407"), each(WEEK, "77402"), each([WEEK[4]], "77427"), each([WEEK[4]], "77336"),
        wrong="two levels for the one session of each day", rules=("BND105",),
    )  # fmt: skip
    return file


def courses() -> list[dict[str, Any]]:
    """What the machine delivered to seven of the patients."""
    return [
        _course(TONGUE, "base of tongue", "vmat", MONTH, "48.00"),
        _course(FIRST, "right breast", "3d_conformal", WEEK, "38.50"),
        _course(SECOND, "left breast", "3d_conformal", WEEK, "38.50"),
        _course(ONCE, "right breast", "3d_conformal", WEEK, "26.00", times=("10:00",)),
        _course(LARYNX, "larynx", "vmat", WEEK, "11.25", times=("10:30",)),
        _course(PHARYNX, "oropharynx", "vmat", FORTNIGHT, "24.00"),
        _course(SHORT, "right breast", "3d_conformal", WEEK, "38.50", times=("08:15", "11:30")),
    ]


def _course(
    patient: Patient, site: str, technique: str, days: list[str], dose: str, *, times: tuple[str, ...] = ("08:15", "14:30")
) -> dict[str, Any]:  # fmt: skip
    """A course of one session at each of the times of each day, images taken before the first."""
    starts = [(day, at) for day in days for at in times]
    return {
        "course": f"{patient.id}-C", "patient": {"id": patient.id, "birth_date": patient.born, "sex": patient.sex},
        "payer": {"id": patient.payer[0], "line": patient.payer[1]}, "setting": "freestanding",
        "diagnoses": patient.diagnoses.split(";")[1:],
        "plans": [
            {"plan": "1", "site": site, "modality": "photon", "technique": technique, "compensator": False, "isocenters": 1,
             "motion_management": "none", "fractions_planned": len(starts), "dose_gy": dose, "approved_on": "2026-10-01"}
        ],
        "fractions": [
            {"fraction": number, "plan": "1", "started_at": f"{day}T{at}:00", "status": "complete", "modality": "photon",
             "isocenters": 1, "motion_management": "none",
             "guidance": ["cbct"] if at == times[0] else []}
            for number, (day, at) in enumerate(starts, 1)
        ],
        "ended_on": days[-1], "records_complete": True,
    }  # fmt: skip
