"""MOD107. Modifiers that contradict each other, stand twice, or are not valid."""

from beamclaim.rules import all_in, clash, col, either, rule, text, when

CONFLICTS = "modifier_conflicts"
#: By the editor's table; after its last day by the tables that say what a modifier does. What none of them holds is unknown there.
VALID = (
    all_in("modifiers")
    | all_in("modifier.component")
    | all_in("modifier.opens_pair")
    | all_in("modifier.repeat")
    | all_in("modifier.reduced")
)


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
    cites=("CMS-IOCE", "PN-MOD", "MEDIKODE-PTP"),
    rests_on=(CONFLICTS,),
)
def modifier_conflict():
    twice, against = col("line.modifier_twice"), clash(CONFLICTS)
    return dict(
        fires=twice | against | ~VALID,
        # That a modifier is absent from one edition of one table is not proof enough for an error.
        grade=either(twice | against, "error", "warning"),
        reason=when(
            twice,
            text("one modifier stands twice"),
            when(
                against,
                text("two of these modifiers exclude each other"),
                text("one modifier is not valid on the day of service"),
            ),
        ),
    )
