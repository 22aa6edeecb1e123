"""Evidence → courses: what treatment systems and records say, joined into the course form with its sources."""

from beamclaim.courses.course_record import Account, Note, Unknown, Where, Word
from beamclaim.courses.join import courses
from beamclaim.courses.person import Given

__all__ = ["Account", "Given", "Note", "Unknown", "Where", "Word", "courses"]
