"""Entry of a measured process: ``python child.py NOTES TURNS ARGUMENTS …`` runs the command line and leaves its stages in NOTES.

Standard library and `beamclaim` alone, whichever is installed: an older checkout is measured through the same file.
With TURNS the command runs once to warm up and then so often, and NOTES holds the CPU seconds of each turn.
"""

import json
import sys
import time
from pathlib import Path


def main(notes: Path, turns: int, arguments: list[str]) -> int:
    """The command; its exit status."""
    from beamclaim.cli.main import main as beamclaim

    seconds = []
    for _ in range(turns + 1):
        began = time.process_time()
        status = beamclaim(arguments)
        seconds.append(time.process_time() - began)
    try:
        from beamclaim.stages import costs
    except ImportError:  # a program from before there were stages
        costs = {}
    told = {"turns": seconds[1:], "stages": {name: cost.cpu_seconds for name, cost in costs.items()}}
    notes.write_text(json.dumps(told))
    return status


if __name__ == "__main__":
    # Python puts this folder first; a module of ours must not stand before one of the program's.
    sys.path.pop(0)
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
