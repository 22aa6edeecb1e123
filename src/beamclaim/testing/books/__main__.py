"""``python -m beamclaim.testing.books FOLDER``: writes the three files, the courses and the answers into a folder."""

import sys
from pathlib import Path

from beamclaim.testing.books import write

write(Path(sys.argv[1]))
