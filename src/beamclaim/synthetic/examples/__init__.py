"""Three whole claim files as departments send them, most claims right and some wrong in the usual ways.

``python -m beamclaim.synthetic.examples .`` in the repository writes the files of `examples/` and the page with their answers;
a test keeps them the same. Every patient, provider and payer in them is invented.
"""

import json
from pathlib import Path

from beamclaim.synthetic.examples.answers import answers_page
from beamclaim.synthetic.examples.example_file import ClaimAnswer, ExampleFile, Patient
from beamclaim.synthetic.examples.hospital import december, january
from beamclaim.synthetic.examples.office import courses, twice_daily

__all__ = ["ClaimAnswer", "ExampleFile", "Patient", "example_files", "files", "write"]
COURSES = "examples/office-2026-10.course.json"
ANSWERS = "docs/tutorial/practice.md"


def example_files() -> list[ExampleFile]:
    """The three files."""
    return [december(), january(), twice_daily()]


def files() -> dict[str, bytes]:
    """Every file: name in the repository → bytes."""
    written = example_files()
    return {
        **{f"examples/{file.name}.837": file.bytes for file in written},
        COURSES: (json.dumps(courses(), indent=1) + "\n").encode(),
        ANSWERS: answers_page(written).encode(),
    }


def write(folder: Path) -> None:
    """Writes the files into a folder, by their names."""
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
