"""SEQ102. A service of a session, dated after the last session of the course."""

from beamclaim.rules import code_in, col, rule, stated


@rule(
    "SEQ102",
    title="Service after the last fraction",
    formerly=("after-course-end",),
    view="lines",
    applies=code_in("course.during") & col("line.counts") & stated(col("course.key")),
    at="line.date",
    message="{line.code} of {line.date} belongs to a session, and the last session of the course was on {last}",
    to_do="Correct the date if it is a slip, and remove the line if there was no session; "
    "if the record is short of sessions, complete it first",
    severity="warning",
    risk="repayment",
    cites=("RBC-DELIVERY", "ASTRO-FAQ-IGRT"),
    rests_on=("course.during",),
    optional=("course.key",),
)
def service_after_course_end():
    last = col("course.last_session")
    return dict(
        fires=(col("line.date") > last) & col("course.has_ended") & col("course.records_complete"),
        last=last,
    )
