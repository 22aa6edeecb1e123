"""UNT109. More stereotactic sessions than one course can have."""

from beamclaim.rules import code_in, col, if_seen, rule, text, total, unknown, value, when

TABLE = "stereotactic"
STEREOTACTIC = code_in(TABLE)
#: Where another course may have begun, a sum over the episode is a doubt; over a part of it no course ends.
PART, EPISODE = ("patient.key", "episode.part", "line.code"), ("patient.key", "episode.key", "line.code")


@rule(
    "UNT109",
    title="More stereotactic sessions than a course can have",
    view="lines",
    applies=STEREOTACTIC & col("line.counts"),
    at="line.units",
    message="{line.code}: {sessions} sessions billed of this course; a course has at most {limit}, and no more may stay under this code",
    to_do="Check the record: lesions treated together are one course. A longer course has the codes of conventional delivery; "
    "a course of its own needs its own plan and prescription",
    who="coder",
    risk="repayment",
    cites=("EVICORE-CODING", "CPT2015-CHANGES"),
    rests_on=(TABLE,),
    needs=("earlier claims of the course",),
    optional=("course.session_number",),
)
def stereotactic_over_limit():
    limit = value(TABLE, "sessions")
    # The question is the course's: all its lines carry one answer, in whatever order they come.
    sessions, sum_sessions = total("line.units", over=PART), total("line.units", over=EPISODE)
    # Fewer units than the limit in all that is seen of the patient: only a beginning that is not seen could matter.
    several = total("line.units", over=("patient.key", "line.code")) > limit
    # The record holds more sessions than the claims seen: they may be stereotactic ones.
    perhaps = (if_seen(col("course.session_number"), sessions) > limit) & unknown()
    # A new plan after delivery: another course, or more of the first.
    doubtful = several & (sum_sessions > limit)
    return dict(
        fires=(several & (sessions > limit))
        | (doubtful & unknown())
        | (~(sessions > limit) & perhaps)
        | ~col("episode.begins"),
        missing=when(doubtful & ~(sessions > limit), text("course.id"), text("")),
        sessions=sessions,
        limit=limit,
    )
