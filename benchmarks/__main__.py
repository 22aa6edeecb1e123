"""``python -m benchmarks``: every measure; with a name and a file, one of them; ``records [FILES]``, treatment records."""

import subprocess
import sys
from pathlib import Path

from benchmarks import records
from benchmarks.measures import main, run_one

if __name__ == "__main__":  # not again in the processes that the measures start
    match sys.argv[1:]:
        case ["records", *files]:
            records.main(*map(int, files))
        case [name, path]:
            run_one(name, Path(path))
        case _:
            main()
            # In a process of its own, so that the peak of one measure is not told as another's.
            subprocess.run([sys.executable, "-m", "benchmarks", "records"], check=True)
