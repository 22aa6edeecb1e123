"""The synthetic clinic + the rules → what they say of careful claims, and which planted mistakes they see.

In: a `World` of `beamclaim.synthetic.clinic`. Out: `CarefulAnswers` (findings and open questions, each with its true
reason or none) and one `Sighting` a planted mistake. Begin with `careful.py`, then `sightings.py`; `figures.py` words
both. ``python -m beamclaim.testing.clinic`` prints `docs/explanation/truth.md`'s figures.
"""

from beamclaim.testing.clinic.careful import CarefulAnswers, ask_careful
from beamclaim.testing.clinic.sightings import Sighting, ask_planted

__all__ = ["CarefulAnswers", "Sighting", "ask_careful", "ask_planted"]
