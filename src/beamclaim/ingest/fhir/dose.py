"""Dose extensions of a resource → doses to volumes, prescribed, planned or delivered, and the dose of the whole where it is one."""

from beamclaim.ingest.fhir.datatypes import grays, quantity
from beamclaim.ingest.fhir.element import FhirElement
from beamclaim.ingest.fhir.resource_recorder import ResourceRecorder

_DOSES = ("dose-prescribed-to-volume", "dose-planned-to-volume", "dose-delivered-to-volume")


def doses(recorder: ResourceRecorder) -> None:
    """Asserts every dose to a volume as a subject of its own (`Procedure/id/dose[0]`), and the one dose of the whole.

    The whole has a dose when its volumes agree, or when one of them is marked as the primary dose of the plan;
    several different doses are not summed and not chosen from.
    """
    is_delivered = recorder.resource.type == "Procedure"
    name = "dose_delivered_gy" if is_delivered else "dose_gy"
    primary: list[tuple[FhirElement, str]] = []
    totals: list[tuple[FhirElement, str | None]] = []
    for at, dose in enumerate(recorder.element.extensions(*_DOSES)):
        own = recorder.about("dose", f"{recorder.key}/dose[{at}]")
        own.add("part_of", recorder.key, at=dose)
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
    _whole(recorder, name, totals, primary)


def _grays(
    recorder: ResourceRecorder, extension: FhirElement | None, name: str
) -> tuple[FhirElement, str | None] | None:
    """Asserts a dose in Gy → its element and value."""
    amount = extension.one("valueQuantity") if extension else None
    measure = quantity(amount)
    if measure is None:
        return None
    value, reason = grays(measure)
    recorder.add(name, value, at=measure.element, reason=reason, settled_by="physicist")
    return measure.element, value


def _whole(
    recorder: ResourceRecorder,
    name: str,
    totals: list[tuple[FhirElement, str | None]],
    primary: list[tuple[FhirElement, str]],
) -> None:
    if not totals:
        return
    values = {value for _, value in totals}
    if len(primary) == 1:
        _add_dose(recorder, name, primary[0], "the dose marked as primary")
    elif len(values) == 1 and None not in values:
        many = len(totals)
        why = "the dose to its one volume" if many == 1 else f"the same dose to all {many} volumes"
        _add_dose(recorder, name, totals[0], why)
    else:
        why = "the dose to a volume is unknown" if None in values else f"{len(totals)} volumes with different doses"
        recorder.add(name, None, at=totals[0][0], reason=why, settled_by="physician")


def _add_dose(recorder: ResourceRecorder, name: str, total: tuple[FhirElement, str | None], reason: str) -> None:
    element, value = total
    recorder.add(name, value, at=element, reason=reason)
