"""Doses to volumes, prescribed, planned or delivered, and the dose of the whole where it is one."""

from beamclaim.ingest.fhir.part import Part
from beamclaim.ingest.fhir.telling import Telling
from beamclaim.ingest.fhir.value import grays, quantity

_DOSES = ("dose-prescribed-to-volume", "dose-planned-to-volume", "dose-delivered-to-volume")


def doses(telling: Telling) -> None:
    """States every dose to a volume as a subject of its own (`Procedure/id/dose[0]`), and the one dose of the whole.

    The whole has a dose when its volumes agree, or when one of them is marked as the primary dose of the plan;
    several different doses are not summed and not chosen from.
    """
    is_delivered = telling.resource.type == "Procedure"
    name = "dose_delivered_gy" if is_delivered else "dose_gy"
    primary: list[tuple[Part, str]] = []
    totals: list[tuple[Part, str | None]] = []
    for at, dose in enumerate(telling.part.extensions(*_DOSES)):
        own = telling.about("dose", f"{telling.key}/dose[{at}]")
        own.say(dose, "part_of", telling.key)
        volume = dose.extension("volume")
        own.refer(volume.one("valueReference") if volume else None, "volume")
        fractions = dose.extension("fractionsDelivered", "fractions")
        if fractions is not None:
            number = fractions.choice("value", "UnsignedInt", "PositiveInt", "Integer")
            own.number(number, "fractions_delivered" if is_delivered else "fractions_planned")
        uniform = dose.extension("uniform-fractionation")
        own.yes(uniform.truth("valueBoolean") if uniform else None, "uniform_fractionation")
        each = dose.extension("fractionDose")
        _grays(own, each, "dose_per_fraction_gy")
        total = _grays(own, dose.extension("totalDose", "totalDoseDelivered"), name)
        first = dose.extension("primary-plan-dose", "primaryPlanDose")
        is_primary = own.yes(first.truth("valueBoolean") if first else None, "is_primary")
        if total is not None:
            totals.append(total)
            if is_primary and total[1] is not None:
                primary.append((total[0], total[1]))
    _whole(telling, name, totals, primary)


def _grays(telling: Telling, extension: Part | None, name: str) -> tuple[Part, str | None] | None:
    """States a dose in Gy → its part and value."""
    given = extension.one("valueQuantity") if extension else None
    measure = quantity(given)
    if measure is None:
        return None
    value, reason = grays(measure)
    telling.say(measure.part, name, value, reason, None if value else "physicist")
    return measure.part, value


def _whole(telling: Telling, name: str, totals: list[tuple[Part, str | None]], primary: list[tuple[Part, str]]) -> None:
    if not totals:
        return
    values = {value for _, value in totals}
    if len(primary) == 1:
        telling.say(*_dose(primary[0], name), "the dose marked as primary")
    elif len(values) == 1 and None not in values:
        many = len(totals)
        why = "the dose to its one volume" if many == 1 else f"the same dose to all {many} volumes"
        telling.say(*_dose(totals[0], name), why)
    else:
        why = "the dose to a volume is unknown" if None in values else f"{len(totals)} volumes with different doses"
        telling.say(totals[0][0], name, None, why, "physician")


def _dose(total: tuple[Part, str | None], name: str) -> tuple[Part, str, str | None]:
    return total[0], name, total[1]
