"""Evidence → courses: what treatment systems and records say, joined into the course form with its sources."""

from beamclaim.model.evidence.account import Account, Note, Unknown, Where, Word
from beamclaim.model.evidence.join import courses
from beamclaim.model.evidence.person import Given

__all__ = ["Account", "Given", "Note", "Unknown", "Where", "Word", "courses"]
