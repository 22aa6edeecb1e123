"""MOD104. 76 where another physician was responsible, 77 where the same one was, or either without a first line."""

from beamclaim.rules import code_in, col, either, if_seen, no, others, rule, stated, text, total, unknown, when, yes

TABLE = "modifier.repeat"
REPEATED = code_in(TABLE, of="line.modifiers")
SAME = code_in(TABLE, of="line.modifiers", same_physician="true")
SERVICE = ("patient.key", "line.date", "line.code")
ON_CLAIM = ("claim.key", "line.date", "line.code")
BILLED_BY = (*SERVICE, "claim.billing_npi", "line.component")


@rule(
    "MOD104",
    title="Repeat modifier names the wrong practitioner, or repeats nothing",
    formerly=("repeat-same-or-other",),
    view="lines",
    applies=code_in("radonc.delivery") & REPEATED,
    at="line.modifiers",
    message="{line.code} carries {line.modifiers}; on {line.date} {who}",
    to_do="Look up who was responsible for each session: 76 for the same physician, 77 for another",
    severity="warning",
    who="coder",
    cites=("CAHABA-59", "N148", "AUD-REPEAT-NGS", "AUD-REPEAT-PH"),
    needs=("which session the line is for",),
    optional=("line.provider", "claim.billing_npi", "day.sessions"),
)
def repeat_by_wrong_practitioner():
    physicians, sessions = col("day.physicians"), col("day.sessions")
    # One for all sessions, or one for each; in between nobody sees which session the line is for.
    by_record = when(physicians > 1, when(physicians < sessions, unknown(), no()), yes())
    # The lines of an office name who rendered them; a line that is alone has nobody to be compared with.
    twins = others(yes(), over=SERVICE)
    alike = others(yes(), over=(*SERVICE, "line.provider"))
    by_lines = when(
        (col("claim.form") == text("837P")) & (twins > 0),
        when(alike < 1, no(), when(alike < twins, unknown(), yes())),
        unknown(),
    )
    one = when(stated(physicians), by_record, by_lines)
    is_wrong = when(SAME, ~one, one)
    of_biller = (others(~REPEATED, over=ON_CLAIM) > 0) | (others(~REPEATED, over=BILLED_BY) > 0)
    # What another physician repeats, another biller may have billed first.
    has_first = when(SAME, of_biller, others(~REPEATED, over=SERVICE) > 0)
    # Another claim may hold the first line, but not where all sessions are billed, or a claim repeats it twice.
    are_all_billed = if_seen(total("line.units", over=BILLED_BY) >= sessions, no())
    lacks_first = ~has_first & (are_all_billed | (others(REPEATED, over=ON_CLAIM) > 0) | unknown())
    is_sure = if_seen(is_wrong, no())
    return dict(
        fires=is_wrong | lacks_first,
        missing=when(has_first | is_sure, text(""), text("the plain first line of the day")),
        to_do=either(
            is_sure,
            "Look up who was responsible for each session: 76 for the same physician, 77 for another",
            "Bill the first session of the day without 76 or 77, and only those after it with one; "
            "remove the modifier where there was one session",
        ),
        who=when(
            is_sure,
            either(if_seen(one, yes()), "one physician was responsible", "each session had a physician of its own"),
            text("no line of this code stands without such a modifier"),
        ),
    )
