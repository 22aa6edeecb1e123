"""Evidence → courses: what treatment systems and records say, joined into the course form with its sources."""

from beamclaim.courses.course_record import Account, Note, Unknown, Where, Word
from beamclaim.courses.join import courses
from beamclaim.courses.person import CourseDefaults

__all__ = ["Account", "CourseDefaults", "Note", "Unknown", "Where", "Word", "courses"]
