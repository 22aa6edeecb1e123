"""``python -m beamclaim.synthetic.clinic``: makes the clinic, asks every rule, plants every mistake, prints the figures."""

import argparse
import tempfile
from pathlib import Path

from beamclaim.rules import registry
from beamclaim.synthetic.clinic.figures import honest, of_honest, of_planted
from beamclaim.synthetic.clinic.mistakes import MISTAKES
from beamclaim.synthetic.clinic.planting import asked, planted
from beamclaim.synthetic.clinic.world import clinic


def main() -> int:
    """The command; 0 when the honest biller is clean, each open question has a true reason and 99 % are caught."""
    parser = argparse.ArgumentParser(prog="python -m beamclaim.synthetic.clinic", description=__doc__)
    parser.add_argument("--claims", type=int, default=400, help="careful claims to bill, history left out")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--each", type=int, default=5, help="patients each mistake is planted on")
    parser.add_argument("--select", default="", help="rules, families or names, separated by commas; all when left out")
    parser.add_argument("--write", type=Path, help="keep the files of both worlds in this folder")
    given = parser.parse_args()
    select = tuple(s for s in given.select.split(",") if s)
    rules = {r.code for r in registry.select(select)}
    world = clinic(given.claims, given.seed)
    mistakes = [m for m in MISTAKES if m.rule in rules]
    spoiled, entries = planted(world.charts, mistakes, given.each, given.seed)
    if given.write:
        world.place(given.write / "clean")
        spoiled.place(given.write / "planted")
    told = honest(world, select)
    with tempfile.TemporaryDirectory() as folder:
        asked(spoiled, entries, Path(folder), select)
    print(of_honest(told), "", of_planted(entries), sep="\n")
    exact = sum(e.caught and not e.others for e in entries)
    return 1 if told.wrong or told.untrue or exact < 0.99 * len(entries) else 0


if __name__ == "__main__":
    raise SystemExit(main())
