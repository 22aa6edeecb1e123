"""``python -m beamclaim.testing.clinic``: makes the clinic, asks every rule, plants every mistake, prints the figures."""

import argparse
import tempfile
from pathlib import Path

from beamclaim.rules import registry
from beamclaim.synthetic.clinic import MISTAKES, clinic, plant
from beamclaim.testing.clinic.careful import ask_careful
from beamclaim.testing.clinic.figures import careful_text, planted_text
from beamclaim.testing.clinic.sightings import ask_planted


def main() -> int:
    """The command; 0 when the honest biller is clean, each open question has a true reason and 99 % are caught."""
    parser = argparse.ArgumentParser(prog="python -m beamclaim.synthetic.clinic", description=__doc__)
    parser.add_argument("--claims", type=int, default=400, help="careful claims to bill, history left out")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--each", type=int, default=5, help="patients each mistake is planted on")
    parser.add_argument("--select", default="", help="rules, families or names, separated by commas; all when left out")
    parser.add_argument("--write", type=Path, help="keep the files of both worlds in this folder")
    options = parser.parse_args()
    select = tuple(word for word in options.select.split(",") if word)
    rules = {rule.code for rule in registry.select(select)}
    world = clinic(options.claims, options.seed)
    mistakes = [mistake for mistake in MISTAKES if mistake.rule in rules]
    spoiled, planted = plant(world.charts, mistakes, each=options.each, seed=options.seed)
    if options.write:
        world.place(options.write / "clean")
        spoiled.place(options.write / "planted")
    careful = ask_careful(world, select)
    with tempfile.TemporaryDirectory() as folder:
        sightings = ask_planted(spoiled, planted, Path(folder), select)
    print(careful_text(careful), "", planted_text(sightings), sep="\n")
    exact = sum(sighting.is_exact for sighting in sightings)
    return 1 if careful.wrong or careful.untrue or exact < 0.99 * len(sightings) else 0


if __name__ == "__main__":
    raise SystemExit(main())
