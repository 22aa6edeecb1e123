"""MOD109. A physician's claim for a service in a hospital bills the whole of a code that splits."""

from beamclaim.rules import code_in, col, either, rule, text

TABLE, COMPONENT = "mpfs.indicators", "modifier.component"
PART = col("line.component_modifier")


@rule(
    "MOD109",
    title="Split code billed in a hospital without 26",
    view="lines",
    applies=(col("claim.form") == text("837P"))
    & col("line.in_facility")
    & code_in("radonc.range")
    & code_in(TABLE, pctc="1")
    & ~code_in("radonc.guidance", part="professional"),
    at="line.modifiers",
    message="{line.code} splits, the place of service is a hospital, and the line carries no 26",
    to_do="Add 26: the hospital bills the technical part",
    who="coder",
    cites=("CMS-RVU25D", "CMS-RVU26C", "RBC-DELIVERY"),
    rests_on=("mpfs.indicators",),
)
def facility_without_26():
    return dict(
        fires=~code_in(COMPONENT, part="professional", of=PART, on="today"),
        to_do=either(
            code_in(COMPONENT, part="technical", of=PART, on="today"),
            "Replace TC by 26 if the physician's part was done; the hospital bills the technical part",
            "Add 26: the hospital bills the technical part. If it was given elsewhere, correct the place of service",
        ),
    )
