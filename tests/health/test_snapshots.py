"""What people read is what was reviewed: reports, help pages, and the counts documents give."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_snapshots_are_those_of_today() -> None:
    snapshots: dict[str, str] = runpy.run_path(str(ROOT / "scripts/snapshots.py"))["snapshots"]()
    reviewed = {str(p.relative_to(ROOT)): p.read_text() for p in (ROOT / "tests/snapshots").glob("*")}
    reviewed |= {name: (ROOT / name).read_text() for name in snapshots if (ROOT / name).exists()}
    stale = sorted(name for name in snapshots.keys() | reviewed.keys() if snapshots.get(name) != reviewed.get(name))
    assert stale == [], "make snapshots, and read the difference"
