"""MOD107. Modifiers that contradict each other, stand twice, are not valid, or belong to another kind of service."""

from beamclaim.rules import all_in, clash, code_in, col, either, if_seen, no, rule, stated, text, value, when

CONFLICTS = "modifier_conflicts"
#: By the editor's table; after its last day by the tables that say what a modifier does. What none of them holds is unknown there.
VALID = (
    all_in("modifiers")
    | all_in("modifier.component")
    | all_in("modifier.opens_pair")
    | all_in("modifier.repeat")
    | all_in("modifier.reduced")
)
OPENERS, VISITS = "modifier.opens_pair", "evaluation.management"
#: The table of the codes that a modifier of the line is bound to.
ONLY_ON = value(OPENERS, "only_on", of="line.modifiers")


@rule(
    "MOD107",
    title="Modifiers that cannot stand together",
    view="lines",
    applies=col("line.has_modifiers"),
    at="line.modifiers",
    message="{line.modifiers}: {reason}",
    to_do="Keep only the modifiers that the record supports",
    who="coder",
    risk="rejection",
    cites=("CMS-IOCE", "PN-MOD", "MEDIKODE-PTP", "AUD-NCCI-MODS", "AUD-MOD25"),
    optional=(ONLY_ON,),
    rests_on=(CONFLICTS,),
)
def modifier_conflict():
    twice, against = col("line.modifier_twice"), clash(CONFLICTS)
    misplaced = when(stated(ONLY_ON), ~code_in(VISITS), no())
    is_misplaced = if_seen(misplaced & ~twice & ~against, no())
    return dict(
        fires=twice | against | ~VALID | misplaced,
        # That a modifier is absent from one edition of one table is not proof enough for an error.
        grade=either(twice | against, "error", "warning"),
        reason=when(
            twice,
            text("one modifier stands twice"),
            when(
                against,
                text("two of these modifiers exclude each other"),
                either(
                    is_misplaced,
                    "one modifier belongs to an evaluation and management service, which this code is not",
                    "one modifier is not valid on the day of service",
                ),
            ),
        ),
        risk=either(is_misplaced, "denial", "rejection"),
        rests_on=either(is_misplaced, OPENERS, CONFLICTS),
        to_do=either(
            is_misplaced,
            "Take the modifier off this line. What sets a service apart from another of the day has modifiers of its own, "
            "and the record must show it; on a visit of the day this one may be right",
            "Keep only the modifiers that the record supports",
        ),
    )
