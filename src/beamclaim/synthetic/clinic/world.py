"""A world: charts as files: 837 interchanges, course forms, earlier claims, and a manifest of what was planted."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from beamclaim.synthetic.claims837 import form_of, write
from beamclaim.synthetic.clinic.biller import bill
from beamclaim.synthetic.clinic.chart import AS_OF, Chart, treat

#: Folders of a world that is written: claims to check, courses, and earlier claims.
PARTS = ("claims", "courses", "history")


class Placed(NamedTuple):
    """The paths of a world that was written, as `check` is given them."""

    paths: tuple[str, ...]
    course: tuple[str, ...]
    history: tuple[str, ...]


@dataclass(slots=True)
class World:
    """The files of a clinic and what they hold."""

    charts: list[Chart]
    files: dict[str, bytes] = field(default_factory=dict)

    def place(self, folder: Path) -> Placed:
        """Writes the files into a folder."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return Placed(*(tuple(str(p) for p in sorted((folder / part).glob("*"))) for part in PARTS))

    @property
    def claims(self) -> int:
        """Claims billed, history left out."""
        return sum(len({r["claim"] for r in c.rows} - c.earlier) for c in self.charts)


def clinic(claims: int, seed: int) -> World:
    """Treats and bills patients until so many claims are there, history left out."""
    charts: list[Chart] = []
    billed, patient = 0, 0
    while billed < claims:
        patient += 1
        for chart in treat(patient, seed):
            bill(chart, seed)
            charts.append(chart)
            billed += len({r["claim"] for r in chart.rows} - chart.earlier)
    return world_of(charts)


def world_of(charts: list[Chart], manifest: dict[str, Any] | None = None) -> World:
    """The charts as files, two years of claims in a handful of them."""
    files: dict[str, bytes] = {}
    control = 1
    for part in ("claims", "history"):
        rows = [r for c in charts for r in c.rows if (r["claim"] in c.earlier) == (part == "history")]
        grouped: dict[str, list[dict[str, Any]]] = {}
        for row in sorted(rows, key=lambda r: (r["submitted_on"], r["claim"], int(r["line"]))):
            grouped.setdefault(f"{part}/{form_of(row)}-{row['submitted_on'][:4]}.837", []).append(row)
        for name, file_rows in sorted(grouped.items()):
            interchanges = write(file_rows, control=control)
            control += len(interchanges)
            files[name] = b"".join(interchanges)
    courses = [c.course for c in charts if c.gives_course]
    if courses:
        files["courses/courses.course.json"] = _json_lines(courses)
    files["manifest.json"] = json.dumps(
        {
            "as_of": AS_OF.isoformat(),
            "patients": len({c.patient for c in charts}),
            "claims": sum(len(c.claims()) for c in charts),
        }
        | (manifest or {}),
        indent=1,
    ).encode()
    return World(charts, files)


def _json_lines(courses: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(c, separators=(",", ":")) + "\n" for c in courses).encode()
