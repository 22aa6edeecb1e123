"""What the charges of management share: the weekly unit, the remainder at the end of a course, short and stereotactic courses."""

from beamclaim.charging import col, param, stated, when
from beamclaim.charging.delivery.method import is_of

DAY = "session.day"
COURSE = ("course.key",)
SURE = "session.is_sure"
NUMBER, LAST = col("session.number"), col("session.is_last")
SIZE = param("radonc.management.fractions_per_unit", on=DAY)
SMALLEST = param("radonc.management.smallest_final_week", on=DAY)
SHORT = param("radonc.management.short_course_fractions", on=DAY)
FULL = (NUMBER % SIZE) == 0
REST = LAST & col("course.has_ended") & ((NUMBER % SIZE) >= SMALLEST)
#: Without a number there is one question for the course, on its last session seen.
WEEK_ENDS = when(stated(NUMBER), FULL | REST, col("session.is_last_seen"))
STEREOTACTIC = is_of("radiosurgery", "stereotactic")
NO_WEEKS = is_of("radiosurgery", "stereotactic", "surface")
IS_SHORT = col("course.fractions_planned") <= SHORT
