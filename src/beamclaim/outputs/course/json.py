"""JSON: the charges of a run as one document, a course a line. ASCII only, same courses, same bytes."""

import json
from typing import TextIO

from beamclaim.findings.course_charges import CourseCharges
from beamclaim.outputs.course.document import courses

VERSION = 1


def write_json(answer: CourseCharges, out: TextIO) -> None:
    """Writes the charges as one JSON document."""
    out.write(f'{{"version": {VERSION},\n "run": {json.dumps(answer.run)},\n "courses": [')
    for number, record in enumerate(courses(answer)):
        out.write(",\n  " if number else "\n  ")
        json.dump(record, out, ensure_ascii=True, allow_nan=False)
    out.write("]}\n")
