"""Evidence → courses: what treatment systems and records assert, joined into the course form with its sources.

In: the rows of `model/tables/evidence.py` of one patient, what the user states, the numbers of a site. Out: a `CourseRecord` a
course (the form, the sources of every fact, unknowns, conflicts, observations), and observations on what belongs to no
course. Begin with `join.py`, then `course_record.py`. Called by `app/facts.py`; read by `outputs/facts`. Never knows: files,
policy, views.
"""

from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation, SourcedValue, UnknownFact
from beamclaim.courses.join import courses
from beamclaim.courses.person import CourseDefaults

__all__ = [
    "CourseDefaults", "CourseRecord", "EvidencePlace", "Observation", "SourcedValue", "UnknownFact", "courses",
]  # fmt: skip
