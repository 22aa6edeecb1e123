"""``python -m beamclaim``: the command line."""

from beamclaim.cli.main import run

run()
