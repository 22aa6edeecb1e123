"""The course form (`*.course.json`) → courses and what belongs to them, with the faults of what could not be accepted.

One object, a list of objects, or JSON lines. An absent key, and `null`, are unknown; two places say more:
`signed_by: null` is *seen and unsigned* (`""`), and an empty list is *none* (`""`). A key that is not of the form
refuses the file; a value that does not fit is null and a fault at its bytes.

Courses are decoded by the standard library and read a column at a time (`decoded.py`), their places found by the signs
around them (`layout.py`). What is not plainly fit is read again by the tree reader (`tree_reader.py`), which knows the
place of every value: it alone writes faults and refuses. Both take the facts of `model/tables/course.py`, by the same
readings (`readings.py`), and give equal tables. Begin with `reader.py`; called by the router of `ingest`.
"""

from beamclaim.ingest.course_form.reader import read_course

__all__ = ["read_course"]
