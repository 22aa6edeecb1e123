"""``python -m beamclaim.synthetic.clinic``: bills the clinic, plants every mistake, and has the figures printed.

The clinic knows no rule: `beamclaim.testing.clinic`, a process of its own with the same arguments, asks the program and prints.
"""

import subprocess
import sys

if __name__ == "__main__":
    command = [sys.executable, "-m", "beamclaim.testing.clinic", *sys.argv[1:]]
    raise SystemExit(subprocess.run(command, check=False).returncode)
