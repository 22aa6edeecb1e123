"""Evidence → courses: what treatment systems and records say, joined into the course form with its sources."""

from beamclaim.courses.course_record import CourseRecord, EvidencePlace, Observation, SourcedValue, UnknownFact
from beamclaim.courses.join import courses
from beamclaim.courses.person import CourseDefaults

__all__ = [
    "CourseDefaults", "CourseRecord", "EvidencePlace", "Observation", "SourcedValue", "UnknownFact", "courses",
]  # fmt: skip
