"""``python -m benchmarks``: every measure; with a name and a file, one of them."""

import sys
from pathlib import Path

from benchmarks.measures import main, run_one

if len(sys.argv) > 1:
    run_one(sys.argv[1], Path(sys.argv[2]))
else:
    main()
