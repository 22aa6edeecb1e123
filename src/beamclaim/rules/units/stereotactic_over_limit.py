"""UNT109. More stereotactic sessions than one course can have."""

from beamclaim.rules import code_in, col, if_seen, rule, total, unknown, value

TABLE = "stereotactic"
STEREOTACTIC = code_in(TABLE)
EPISODE = ("patient.key", "episode.key", "line.code")


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
    sessions = total("line.units", over=EPISODE)
    # Fewer units than the limit in all that is seen of the patient: only a beginning that is not seen could matter.
    several = total("line.units", over=("patient.key", "line.code")) > limit
    # The record holds more sessions than the claims seen: they may be stereotactic ones.
    perhaps = (if_seen(col("course.session_number"), sessions) > limit) & unknown()
    return dict(
        fires=(several & (sessions > limit)) | (~(sessions > limit) & perhaps) | ~col("episode.begins"),
        sessions=sessions,
        limit=limit,
    )
