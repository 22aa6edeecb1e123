"""Writes `explanation/technique.md`: what decides the technique of each kind of plan, in words and in the numbers of today.

``python docs/technique.py``. The numbers are those of the thresholds, so the page cannot say others; a test asks that
writing it again changes nothing.
"""

from pathlib import Path

from beamclaim.model.thresholds import Thresholds
from beamclaim.policy.thresholds import load_thresholds

PAGE = Path(__file__).parent / "explanation/technique.md"

Kind = tuple[str, str, str, str]
"""A kind of plan: what it is called, what is said of it, what decides it, what is not told and who can."""


def _share(number: float) -> str:
    return f"{number * 100:g} %"


def photon_kinds(t: Thresholds) -> list[Kind]:
    """Photon beams at a standing gantry, then arcs, then what has a device or a machine of its own."""
    few = f"no more than {t.subfields_most:g} apertures, each at least {_share(t.nested_inside)} inside the heaviest"
    return [
        ("static fields", "unknown; `3d_conformal` once shown", "one aperture, or nothing that moves. A structure set with targets and a "
         "dose grid of the plan make it 3D conformal", "2D or 3D without them: the dosimetrist, from the planning code in the chart"),
        ("field in field", "as static fields", f"{few}, which gives at least {_share(t.open_share)} of the MU; the summed fluence is at "
         f"least {t.field_in_field_mean_peak:g} of its peak on average", "forward or inverse planning is not in a plan: the physicist"),
        ("dynamic wedge", "as static fields", f"one jaw moves one way during at least {_share(t.jaw_sweep_share)} of the MU, or a wedge is "
         "called dynamic, and the leaves stand still", "a jaw that moves to and fro: the physicist"),
        ("step and shoot", "`imrt_static`", f"still apertures, at least {t.segments_fewest:g} in the plan; less than "
         f"{_share(t.segments_nesting)} of their area inside the heaviest; fluence no more than {t.segments_mean_peak:g} of its peak on "
         "average. All three together", "fewer or flatter segments, which field in field shares: the physicist, from the planning note"),
        ("sliding window", "`imrt_dynamic`", f"open leaf ends move more than {t.leaf_motion_mm:g} mm from point to point during at least "
         f"{_share(t.sliding_share)} of the MU, and do not turn back within {t.leaf_return_mm:g} mm",
         f"between {_share(t.arc_still_share)} and {_share(t.sliding_share)} of the MU: the physicist"),
        ("wedge made by leaves", "unknown", f"moving leaves whose fluence differs across one direction by no more than "
         f"{_share(t.one_way_share)} of its peak on average", "a wedge, a compensated field or IMRT: the physicist"),
        ("trembling leaves", "as if they stood", f"leaves that turn back within {t.leaf_return_mm:g} mm, as in a plan made from a log", ""),
        ("conformal arc", "as static fields", f"at least {t.arc_degrees:g}° of gantry travel with MU; the leaves stand (less than "
         f"{_share(t.arc_still_share)} of the MU with motion), or MU per degree varies by less than {_share(t.arc_uniform_cv)}",
         "a modulated arc of constant rate looks the same: the physicist, from the planning report"),
        ("modulated arc", "`vmat`", f"the leaves move and MU per degree varies by at least {_share(t.arc_modulated_cv)}, in more than "
         f"{t.arc_pieces_most:g} pieces", f"a variation between {_share(t.arc_uniform_cv)} and {_share(t.arc_modulated_cv)}, a rate "
         f"that is even in up to {t.arc_pieces_most:g} pieces, MU given at rest, jaws that move alone: the physicist"),
        ("helical", "`helical`", f"leaf-open times of a helical machine, and a gantry that turns at least {t.arc_degrees:g}°",
         "the same at a standing gantry: the physicist"),
        ("compensator", "unknown", "a compensator on any treatment beam", "IMRT or missing tissue: the physicist, from the prescription"),
    ]  # fmt: skip


def other_kinds(t: Thresholds) -> list[Kind]:
    """Few fractions, electrons, particles, mixed plans, what may be an image."""
    return [
        ("few fractions of a high dose", "unknown", f"up to {t.high_dose_fractions:g} fractions of at least {t.high_dose_gy:g} Gy, or "
         "nothing that excludes it", "radiosurgery, body stereotactic or a short course: the physician, from the prescription"),
        ("electron fields", "`electron_field`", f"electrons behind an applicator that limits them, or jaws up to {t.electron_field_mm:g} "
         f"mm; fewer than {t.total_skin_fields:g} fields without such an applicator; the skin nearer than {t.total_skin_distance_mm:g} mm; "
         "no skin apposition, no high dose rate technique, a standing gantry",
         "any of these signs: total skin, intraoperative or arc treatment: the physicist, from the procedure note"),
        ("total body", "unknown", "Setup Technique or High-Dose Technique TBI", "the form has no word: the physicist"),
        ("photons and electrons", "by the photon beams", "electron beams in one plan with photons; the modality is `mixed`", ""),
        ("protons and ions", "no word of the form", "Scan Mode of the beams: pencil beam, uniform scanning or scattering",
         "the level of proton delivery: the physician; ions have no modality of the form"),
        ("brachytherapy", "left alone", "application setups in the fraction group", "it is no external delivery"),
        ("a beam that may be an image", "unknown where it matters", "neither Treatment Delivery Type nor Beam Meterset, or kilovolts "
         "beside megavolts", "whether it treats: the physicist"),
        ("beams of several techniques", "unknown", "two words of intensity modulation in one plan; one beside still beams holds for all",
         "which one is billed: the physicist"),
    ]  # fmt: skip


def rows(kinds: list[Kind]) -> str:
    head = ("plan", "said", "what decides it", "not told, and who can")
    lines = [head, tuple("---" for _ in head), *kinds]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def page(t: Thresholds) -> str:
    """The page with these numbers."""
    return f"""# How a technique is told

For the physicist of a clinic. `beamclaim facts` reads a technique from what moves while meterset flows, not from Beam Type, plan
labels or protocols, and each fraction group of a plan by itself. A technique is right or unknown: what two techniques share is
left to the person named in the last column. The numbers are [thresholds](../reference/thresholds.md), measured on few plans or agreed
on; estimate them on your own plans before you rely on them. Each beam's own numbers stand in the facts, under `technique_measures`.

## Photons

{rows(photon_kinds(t))}
Two apertures are one when no open edge differs by more than {t.edge_mm:g} mm; pairs nearer than {t.closed_gap_mm:g} mm are closed. Leaves
that overlap by more than {t.leaf_overlap_mm:g} mm are read pair by pair, as one maker writes them. Areas are counted in cells of
{t.grid_mm:g} mm.

## Others

{rows(other_kinds(t))}
## Isocenters

Positions of the treatment beams at their first control point, grouped at {t.isocenter_near_mm:g} mm and at {t.isocenter_far_mm:g} mm.
The same number both times is the answer. Between the two lie couch shifts, re-alignments and second targets: the physicist says which.
The isocenters of a visit are those of the beams that gave dose, over all its plans in one frame of reference; a table that moved more
than {t.isocenter_far_mm:g} mm between beams of one planned isocenter leaves them unknown.

## Doses

A prescribed dose above {t.most_dose_gy:g} Gy, or {t.unit_factor:g} times more or less than the beam doses of its fractions (within
{_share(t.beam_dose_agreement)}), is unknown: it may be in cGy, and the physician says so. A dose of a plan with several fraction groups is
that of the group that names it; one that several groups share is unknown.

## Which plans count

A plan for verification, machine QA, research or service is none to bill by. One that refers to another as VERIFIED_PLAN, or whose
intent or geometry is no word of the standard, is asked before anything is counted. A rejected plan counts only where it was delivered,
and then it is asked. Along PREDECESSOR and ALTERNATIVE, and among plans of one label in one frame of reference, fractions are numbered
in one row; the number planned is that of the last plan, or unknown where the numbers begin again.
"""


def main() -> None:
    PAGE.write_text(page(load_thresholds()))


if __name__ == "__main__":
    main()
