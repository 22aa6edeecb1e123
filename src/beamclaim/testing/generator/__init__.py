"""A synthetic clinic: treats patients, bills them as a careful biller would, then plants single, labelled mistakes.

``python -m beamclaim.testing.generator --claims 5000 --seed 1`` bills that many claims, asks every rule of
them, plants each mistake and prints the figures; ``--write FOLDER`` keeps the files. The same seed gives
the same bytes. No patient, provider or payer in it exists.
"""

from beamclaim.testing.generator.chart import Chart
from beamclaim.testing.generator.mistakes import MISTAKES, UNSEEN, Mistake
from beamclaim.testing.generator.planting import planted
from beamclaim.testing.generator.world import World, clinic

__all__ = ["MISTAKES", "UNSEEN", "Chart", "Mistake", "World", "clinic", "planted"]
