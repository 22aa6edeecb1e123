"""A seed → a clinic that treats patients and bills them with care, as files; then single, labelled mistakes in copies of it.

In: how many claims, and a seed. Out: a `World` (charts, and the bytes of 837 files, course forms, history, a manifest). Begin with
`world.py`, then `chart.py` (what was done), `biller.py` (what is billed), `mistakes/`. The same seed gives the same bytes; no
patient, provider or payer in it exists. Asked by `beamclaim.testing.clinic`; knows no rule, no policy and no reader of ours.
"""

from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes import MISTAKES, UNSEEN, Mistake
from beamclaim.synthetic.clinic.planting import PlantedMistake, plant
from beamclaim.synthetic.clinic.world import World, clinic

__all__ = ["MISTAKES", "UNSEEN", "Chart", "Mistake", "PlantedMistake", "World", "clinic", "plant"]
