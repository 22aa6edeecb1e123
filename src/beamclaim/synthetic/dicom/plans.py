"""Synthetic RT Plans of every technique: seeded, without any patient, each with what it truly is.

`KINDS` lists them; `plan(kind, seed)` gives the dataset. Every plan has all elements of type 1 and 2 that its modules
ask for.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from pydicom import Dataset
from pydicom.sequence import Sequence as Items

from beamclaim.synthetic.dicom.plan_parts import ION_PLAN, JAWS, LEAVES, Devices, beam, header, of
from beamclaim.synthetic.dicom.shapes import BOUNDS, PAIRS, Point, arc, ellipse, jaws, segments, still, subfields, sweep

PRIVATE_PLAN = "1.2.246.352.70.1.70"
"""A maker's own class of plans."""


def _box(random: Random, count: int = 4) -> list[Dataset]:
    """Static shaped fields around the patient."""
    size = random.uniform(25, 45)
    return [beam(n + 1, still(ellipse(size, size * 0.9), n * 360 / count)) for n in range(count)]


def _conformal(random: Random, key: str) -> Dataset:
    return header(_box(random), key=key)


def _two_dimensional(random: Random, key: str) -> Dataset:
    half = random.choice([50.0, 75.0, 100.0])
    points = [Point(0.0, 0.0, positions=jaws(half)), Point(1.0, 0.0, positions=jaws(half))]
    beams = [beam(n + 1, [replace(p, gantry=180.0 * n) for p in points], devices=JAWS) for n in range(2)]
    return header(beams, key=key, fractions=10, dose=30.0, geometry="TREATMENT_DEVICE")


def _field_in_field(random: Random, key: str) -> Dataset:
    size = random.uniform(35, 45)
    apertures = [ellipse(size, size), ellipse(size * 0.8, size * 0.8), ellipse(size * 0.65, size * 0.7)]
    return header([beam(n + 1, segments(apertures, [0.88, 0.08, 0.04], a)) for n, a in enumerate((50, 230))], key=key)


def _dynamic_wedge(random: Random, key: str) -> Dataset:
    shape, steps = ellipse(45, 45), random.randint(8, 20)
    beams = []
    for number, angle in ((1, 50.0), (2, 230.0)):
        points = [
            Point(
                s / (steps - 1),
                angle,
                positions={"ASYMX": [-50.0, 50.0], "ASYMY": [-50 + 90 * s / (steps - 1), 50.0], "MLCX": shape},
            )
            for s in range(steps)
        ]
        wedge = of(WedgeNumber=1, WedgeType="DYNAMIC", WedgeAngle=30, WedgeFactor=None, WedgeOrientation=0.0)
        beams.append(beam(number, points, kind="DYNAMIC", NumberOfWedges=1, WedgeSequence=Items([wedge])))
    return header(beams, key=key)


def _step_and_shoot(random: Random, key: str) -> Dataset:
    beams = []
    for number in range(1, 6):
        count = random.randint(7, 10)
        points = segments(
            [*subfields(random, count)], [random.uniform(0.7, 1.3) for _ in range(count)], number * 72 - 72
        )
        beams.append(beam(number, points))
    return header(beams, key=key, fractions=30, dose=60.0)


def _sliding_window(random: Random, key: str) -> Dataset:
    beams = [beam(n + 1, sweep(random, n * 60.0, random.randint(60, 110)), kind="DYNAMIC") for n in range(3)]
    return header(beams, key=key, fractions=28, dose=50.4)


def _conformal_arc(random: Random, key: str) -> Dataset:
    points = arc(random, 181.0 - 360, 179.0, 91, 0.0, fixed=random.random() < 0.5)
    return header([beam(1, points, kind="DYNAMIC")], key=key)


def _avoidance_sector(random: Random, key: str) -> Dataset:
    """A uniform arc that gives nothing over part of its turn: leaves follow the target, the rate is even where it flows."""
    points, weight = arc(random, -170.0, 170.0, 86, 0.0), 0.0
    low = random.randint(20, 35)
    weighted = []
    for place, point in enumerate(points):
        weighted.append(replace(point, weight=weight))
        weight += 0.0 if low <= place < low + 20 else 1.0
    return header([beam(1, weighted, kind="DYNAMIC")], key=key)


def _arcs(random: Random) -> list[Dataset]:
    reach = random.uniform(120, 178)
    first, second = arc(random, -reach, reach, 60, 0.7), arc(random, reach, -reach, 60, 0.7)
    return [beam(1, first, kind="DYNAMIC"), beam(2, second, kind="DYNAMIC")]


def _vmat(random: Random, key: str) -> Dataset:
    plan = header(_arcs(random), key=key, fractions=39, dose=78.0)
    setup = beam(9, still(ellipse(40, 40), 0.0), delivery="SETUP")
    plan.BeamSequence.append(setup)
    return plan


def _helical(random: Random, key: str) -> Dataset:
    points = [
        Point(n / 60, round(n * 7.06 % 360, 2), "CW" if n < 60 else "NONE", isocenter=(0.0, 0.0, round(n * 2.3, 2)))
        for n in range(61)
    ]
    helix = beam(1, points, kind="DYNAMIC", devices=JAWS[:1], PrimaryDosimeterUnit="MINUTE")
    for item in helix.ControlPointSequence:
        block = item.private_block(0x300D, "TOMO_HA_01", create=True)
        row = "\\".join(f"{random.random():.3f}" for _ in range(64)).encode()
        block.add_new(0xA7, "UN", row + b" " * (len(row) % 2))
    return header([helix], key=key, metersets=[7.4])


def _electrons(count: int, half: float, **elements: Any) -> list[Dataset]:
    points = [Point(0.0, positions=jaws(half)), Point(1.0, positions=jaws(half))]
    return [beam(n + 1, points, radiation="ELECTRON", energy=9.0, devices=JAWS, **elements) for n in range(count)]


def _electron(random: Random, key: str) -> Dataset:
    applicator = of(ApplicatorID="A10", ApplicatorType="ELECTRON_SQUARE")
    half = random.choice([50.0, 75.0])
    return header(_electrons(1, half, ApplicatorSequence=Items([applicator])), key=key, fractions=5, dose=10.0)


def _total_skin(random: Random, key: str) -> Dataset:
    beams = _electrons(random.choice([2, 6, 12]), 200.0)
    for each in beams:
        each.ControlPointSequence[0].SourceToSurfaceDistance = random.uniform(3000, 4000)
    return header(beams, key=key, fractions=18, dose=36.0, geometry="TREATMENT_DEVICE", setup="SKIN_APPOSITION")


def _mixed(random: Random, key: str) -> Dataset:
    electron = _electrons(1, 50.0)[0]
    electron.BeamNumber = 5
    return header([*_box(random), electron], key=key)


def _compensator(random: Random, key: str) -> Dataset:
    plate = of(
        CompensatorNumber=1, CompensatorID="C1", CompensatorRows=2, CompensatorColumns=2, SourceToCompensatorTrayDistance=650.0,
        CompensatorPixelSpacing=[10.0, 10.0], CompensatorPosition=[-5.0, 5.0], CompensatorThicknessData=[5.0, 9.0, 12.0, 4.0],
    )  # fmt: skip
    plan = header(_box(random), key=key)
    for each in plan.BeamSequence:
        each.NumberOfCompensators, each.CompensatorSequence = 1, Items([plate])
    return plan


def _moved(plan: Dataset, number: int, millimeters: float) -> Dataset:
    plan.BeamSequence[number].ControlPointSequence[0].IsocenterPosition = [0.0, 0.0, millimeters]
    return plan


def _two_isocenters(random: Random, key: str) -> Dataset:
    return _moved(header(_box(random), key=key), 3, random.uniform(30, 150))


def _nearly_one_isocenter(random: Random, key: str) -> Dataset:
    return _moved(header(_box(random), key=key), 3, random.uniform(2.5, 9.5))


def _proton(mode: str) -> Callable[[Random, str], Dataset]:
    def make(random: Random, key: str) -> Dataset:
        beams = []
        for number in range(1, random.randint(2, 4)):
            field = beam(
                number,
                [Point(0.0, 90.0), Point(1.0, 90.0)],
                radiation="PROTON",
                energy=random.uniform(70, 230),
                devices=(),
            )
            field.IonControlPointSequence = field.ControlPointSequence
            del field.ControlPointSequence, field.BeamLimitingDeviceSequence, field.SourceAxisDistance
            field.ScanMode, field.VirtualSourceAxisDistances = mode, [2000.0, 2000.0]
            for name in ("RangeShifters", "LateralSpreadingDevices", "RangeModulators"):
                setattr(field, f"NumberOf{name}", 0)
            field.PatientSupportType = "TABLE"
            beams.append(field)
        plan = header(beams, key=key, fractions=30, dose=60.0)
        plan.SOPClassUID, plan.IonBeamSequence = ION_PLAN, plan.BeamSequence
        del plan.BeamSequence
        return plan

    return make


def _radiosurgery(random: Random, key: str) -> Dataset:
    return header(_arcs(random), key=key, fractions=1, dose=random.choice([16.0, 20.0]))


def _body_stereotactic(random: Random, key: str) -> Dataset:
    fractions = random.randint(3, 5)
    return header(_arcs(random), key=key, fractions=fractions, dose=10.0 * fractions)


def _single_palliative(random: Random, key: str) -> Dataset:
    plan = header(_box(random, 2), key=key, fractions=1, dose=8.0)
    plan.PlanIntent = "PALLIATIVE"
    return plan


def _breath_hold(random: Random, key: str) -> Dataset:
    plan = _conformal(random, key)
    motion = of(RespiratoryMotionCompensationTechnique="BREATH_HOLD", RespiratorySignalSource="BELT")
    plan.PatientSetupSequence[0].MotionSynchronizationSequence = Items([motion])
    return plan


def _double_stack(random: Random, key: str) -> Dataset:
    """Two leaf layers, half a leaf apart, behind fixed jaws; an imaging beam without meterset."""
    lower = (BOUNDS[:-1] + 2.5).tolist()
    devices: Devices = (("X", 1, None), ("Y", 1, None), ("MLCX1", PAIRS, BOUNDS.tolist()), ("MLCX2", PAIRS - 1, lower))
    points = []
    for point in sweep(random, 0.0, 60):
        leaves = point.positions["MLCX"]
        second = [*leaves[: PAIRS - 1], *leaves[PAIRS:-1]]
        points.append(
            replace(point, positions={"X": [-140.0, 140.0], "Y": [-140.0, 140.0], "MLCX1": leaves, "MLCX2": second})
        )
    plan = header([beam(1, points, kind="DYNAMIC", devices=devices)], key=key, fractions=20, dose=55.0)
    plan.SOPClassUID = PRIVATE_PLAN
    plan.BeamSequence.append(beam(2, still(ellipse(40, 40), 0.0), delivery="SETUP"))
    return plan


def _interleaved(random: Random, key: str) -> Dataset:
    """Step and shoot whose leaves are written pair by pair, in two layers of one type, beams of no meterset between."""
    plan = _step_and_shoot(random, key)
    for each in plan.BeamSequence:
        leaves = each.BeamLimitingDeviceSequence[2]
        each.BeamLimitingDeviceSequence.append(
            of(
                RTBeamLimitingDeviceType="MLCX",
                NumberOfLeafJawPairs=PAIRS - 1,
                LeafPositionBoundaries=(BOUNDS[:-1] + 2.5).tolist(),
            )
        )
        leaves.RTBeamLimitingDeviceType = "MLCX"
        each.HighDoseTechniqueType = "HDR"
        for point in each.ControlPointSequence:
            for device in [*point.get("BeamLimitingDevicePositionSequence", [])]:
                if device.RTBeamLimitingDeviceType != "MLCX":
                    continue
                one = [float(v) for v in device.LeafJawPositions]
                two = [*one[: PAIRS - 1], *one[PAIRS:-1]]
                device.LeafJawPositions = _pairwise(one)
                point.BeamLimitingDevicePositionSequence.append(
                    of(RTBeamLimitingDeviceType="MLCX", LeafJawPositions=_pairwise(two))
                )
    empty = beam(8, still(ellipse(40, 40), 0.0))
    plan.BeamSequence.append(empty)
    group = plan.FractionGroupSequence[0]
    group.ReferencedBeamSequence.append(of(BeamDose=0.0, BeamMeterset=0.0, ReferencedBeamNumber=8))
    group.NumberOfBeams += 1
    return plan


def _pairwise(positions: list[float]) -> list[float]:
    half = len(positions) // 2
    return [each for pair in zip(positions[:half], positions[half:], strict=True) for each in pair]


def _sweep_back(random: Random, key: str) -> Dataset:
    """One beam that turns clockwise and back, a control point without meterset between; no X jaws."""
    outward, back = arc(random, -170.0, 170.0, 40, 0.7), arc(random, 170.0, -170.0, 40, 0.7)
    outward = [replace(p, weight=(p.weight or 0) / 2) for p in outward]
    points = [*outward, *(replace(p, weight=0.5 + (p.weight or 0) / 2) for p in back)]
    points = [replace(p, positions={d: v for d, v in p.positions.items() if d != "ASYMX"}) for p in points]
    return header([beam(1, points, kind="DYNAMIC", devices=LEAVES[1:])], key=key, fractions=20, dose=40.0)


def _private_class(random: Random, key: str) -> Dataset:
    plan = _vmat(random, key)
    plan.SOPClassUID = PRIVATE_PLAN
    return plan


KINDS: dict[str, tuple[str | None, Callable[[Random, str], Dataset]]] = {
    "conformal": ("3d_conformal", _conformal),
    "two_dimensional": ("2d", _two_dimensional),
    "field_in_field": ("3d_conformal", _field_in_field),
    "dynamic_wedge": ("3d_conformal", _dynamic_wedge),
    "step_and_shoot": ("imrt_static", _step_and_shoot),
    "sliding_window": ("imrt_dynamic", _sliding_window),
    "conformal_arc": ("3d_conformal", _conformal_arc),
    "avoidance_sector": ("3d_conformal", _avoidance_sector),
    "vmat": ("vmat", _vmat),
    "helical": ("helical", _helical),
    "electron": ("electron_field", _electron),
    "total_skin": ("total_skin_electron", _total_skin),
    "mixed": ("3d_conformal", _mixed),
    "compensator": ("imrt_compensator", _compensator),
    "two_isocenters": ("3d_conformal", _two_isocenters),
    "nearly_one_isocenter": ("3d_conformal", _nearly_one_isocenter),
    "proton_pencil_beam": (None, _proton("MODULATED")),
    "proton_scattering": (None, _proton("NONE")),
    "proton_uniform": (None, _proton("UNIFORM")),
    "radiosurgery": ("srs", _radiosurgery),
    "body_stereotactic": ("sbrt", _body_stereotactic),
    "single_palliative": ("2d", _single_palliative),
    "breath_hold": ("3d_conformal", _breath_hold),
    "double_stack": ("imrt_dynamic", _double_stack),
    "interleaved": ("imrt_static", _interleaved),
    "sweep_back": ("vmat", _sweep_back),
    "private_class": ("vmat", _private_class),
}
"""Kind → its true technique in words of the course form (None: it has no word there), and its maker."""


def plan(kind: str, seed: int) -> Dataset:
    """A plan of a kind; the same seed gives the same plan."""
    key = f"{kind}-{seed}"
    return KINDS[kind][1](Random(key), key)
