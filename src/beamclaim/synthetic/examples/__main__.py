"""``python -m beamclaim.synthetic.examples FOLDER``: writes the three files, the courses and the answers into a folder."""

import sys
from pathlib import Path

from beamclaim.synthetic.examples import write

write(Path(sys.argv[1]))
