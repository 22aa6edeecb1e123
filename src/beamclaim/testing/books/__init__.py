"""Three whole claim files as departments send them, most claims right and some wrong in the usual ways.

``python -m beamclaim.testing.books FOLDER`` writes what `examples/` holds, its README with the answers included;
a test keeps the two the same. Every patient, provider and payer in them is invented.
"""

import json
from pathlib import Path

from beamclaim.testing.books.book import Book, Patient, Told
from beamclaim.testing.books.hospital import december, january
from beamclaim.testing.books.office import courses, twice_daily
from beamclaim.testing.books.readme import readme

__all__ = ["Book", "Patient", "Told", "books", "files", "write"]
COURSES = "office-2026-10.course.json"


def books() -> list[Book]:
    """The three files."""
    return [december(), january(), twice_daily()]


def files() -> dict[str, bytes]:
    """Every file of `examples/`: name → bytes."""
    made = books()
    return {
        **{f"{book.name}.837": book.bytes for book in made},
        COURSES: (json.dumps(courses(), indent=1) + "\n").encode(),
        "README.md": readme(made).encode(),
    }


def write(folder: Path) -> None:
    """Writes the files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)
