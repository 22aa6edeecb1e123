"""A synthetic clinic: treats patients, bills them as a careful biller would, then plants single, labelled mistakes.

``python -m beamclaim.synthetic.clinic --claims 5000 --seed 1`` bills that many claims, asks every rule of
them, plants each mistake and prints the figures; ``--write FOLDER`` keeps the files. The same seed gives
the same bytes. No patient, provider or payer in it exists.
"""

from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes import MISTAKES, UNSEEN, Mistake
from beamclaim.synthetic.clinic.planting import planted
from beamclaim.synthetic.clinic.world import World, clinic

__all__ = ["MISTAKES", "UNSEEN", "Chart", "Mistake", "World", "clinic", "planted"]
