"""MOD105. A reduced delivery said where none is seen, or a session that ended early billed in full."""

from beamclaim.rules import code_in, col, either, if_seen, no, rank_in, rule, running_total, when

TABLE = "modifier.reduced"
DELIVERY = code_in("radonc.delivery")
REDUCED = code_in(TABLE, of="line.modifiers")
DAY = ("patient.key", "line.date")


@rule(
    "MOD105",
    title="Reduced service without one, or none where there was one",
    formerly=("reduced-service",),
    view="lines",
    # A full line is asked only where a session that ended early is seen.
    applies=DELIVERY & (REDUCED | if_seen(col("day.partial_delivery"), no())),
    at="line.modifiers",
    message="{line.code} on {line.date} is billed {how}; sessions that day: {sessions}, ended early: {partial}",
    to_do="Compare the line with the treatment record",
    severity="warning",
    who="coder",
    cites=("NORIDIAN-52", "N145"),
    rests_on=(TABLE,),
    optional=("day.partial_delivery", "day.sessions_partial"),
)
def reduced_service_mismatch():
    sessions, partial = col("day.sessions"), col("day.sessions_partial")
    is_complete = sessions >= partial  # the record of the day is complete
    too_many_reduced = rank_in(over=DAY, where=DELIVERY & REDUCED) > partial
    # Units beyond the whole sessions are billed in full for one that was not.
    full = running_total("line.units", over=DAY, where=DELIVERY & ~REDUCED)
    silent = (partial > 0) & (full > sessions - partial)
    return dict(
        fires=when(REDUCED, too_many_reduced & is_complete, silent),
        risk=either(REDUCED, "underpayment", "repayment"),
        to_do=either(
            REDUCED,
            "Look for the session that ended early in the treatment record. If there is none, remove the modifier",
            "Say what the payer asks for: 52 with the reason on record is usual. "
            "If the line was paid in full, have the overpayment confirmed and returned",
        ),
        how=either(REDUCED, "as reduced", "in full"),
        sessions=sessions,
        partial=partial,
    )
