"""MOD104. 76 where another physician was responsible, or 77 where the same one was."""

from beamclaim.rules import code_in, col, either, if_seen, no, others, rule, stated, text, unknown, when, yes

TABLE = "modifier.repeat"
SERVICE = ("patient.key", "line.date", "line.code")
SAME = code_in(TABLE, of="line.modifiers", same_physician="true")


@rule(
    "MOD104",
    title="Repeat modifier names the wrong practitioner",
    formerly=("repeat-same-or-other",),
    view="lines",
    applies=code_in("radonc.delivery") & code_in(TABLE, of="line.modifiers"),
    at="line.modifiers",
    message="{line.code} carries {line.modifiers}; on {line.date} {who}",
    to_do="Look up who was responsible for each session: 76 for the same physician, 77 for another",
    severity="warning",
    who="coder",
    cites=("CAHABA-59", "N148"),
    needs=("which session the line is for",),
    optional=("line.provider", "day.sessions"),
)
def repeat_by_wrong_practitioner():
    physicians = col("day.physicians")
    # One for all sessions, or one for each; in between nobody sees which session the line is for.
    by_record = when(physicians > 1, when(physicians < col("day.sessions"), unknown(), no()), yes())
    # The lines of an office name who rendered them; a line that is alone has nobody to be compared with.
    twins = others(yes(), over=SERVICE)
    alike = others(yes(), over=(*SERVICE, "line.provider"))
    by_lines = when(
        (col("claim.form") == text("837P")) & (twins > 0),
        when(alike < 1, no(), when(alike < twins, unknown(), yes())),
        unknown(),
    )
    one = when(stated(physicians), by_record, by_lines)
    return dict(
        fires=when(SAME, ~one, one),
        who=either(if_seen(one, yes()), "one physician was responsible", "each session had a physician of its own"),
    )
