"""MOD110. A modifier that belongs to the other claim form: the physician's on a hospital claim, or the hospital's on his."""

from beamclaim.rules import code_in, col, either, if_seen, listed, no, rule, text, value

TABLE = "modifier.form"
FORM, HOSPITAL, PHYSICIAN = col("claim.form"), text("837I"), text("837P")
PLACES = value(TABLE, "unless_place", of="line.modifiers")


@rule(
    "MOD110",
    title="Modifier of the other claim form",
    view="lines",
    applies=code_in(TABLE, of="line.modifiers"),
    at="line.modifiers",
    message="{line.code} carries {line.modifiers} on {whose}: a modifier that only {others} takes",
    to_do="Take the modifier off, or bill the line on the form it belongs to",
    severity="warning",
    who="coder",
    risk="rejection",
    cites=("RBC-DELIVERY", "RBC-PCTC", "AUD-CAH2", "PN-MOD", "CMS-IOCE"),
    optional=(PLACES, "line.place_of_service"),
    rests_on=(TABLE,),
)
def modifier_of_the_other_form():
    # The physician's work on a critical access hospital's claim is billed as on his own.
    on_hospitals = (FORM == HOSPITAL) & ~col("line.is_method_two") & code_in(TABLE, form="837P", of="line.modifiers")
    at_home = if_seen(listed(col("line.place_of_service"), PLACES), no())
    on_physicians = (FORM == PHYSICIAN) & ~at_home & code_in(TABLE, form="837I", of="line.modifiers")
    is_hospitals = FORM == HOSPITAL
    return dict(
        fires=on_hospitals | on_physicians,
        to_do=either(
            is_hospitals,
            "Take the modifier off if the line is the hospital's own work; "
            "if it is the physician's, take the line off and bill it on his claim (837P)",
            "Take the modifier off: only the hospital puts it on its own claim (837I)",
        ),
        whose=either(is_hospitals, "a hospital claim (837I)", "a physician's or an office's claim (837P)"),
        others=either(is_hospitals, "a physician's claim (837P)", "a hospital claim (837I)"),
    )
