"""COD111. An add-on code without one of the services it goes with."""

from beamclaim.rules import (
    any_of,
    code_in,
    code_known,
    col,
    either,
    if_seen,
    no,
    one_of,
    pair,
    rule,
    text,
    unknown,
    value,
    when,
    yes,
)

TABLE, PAIRS = "addons", "addon.primaries"
HOSPITAL = col("claim.form") == text("837I")
BY_CONTRACTOR = one_of(value(TABLE, "named_by"), "contractor")
SERVICE_ON_DAY_OF_CLAIM = pair(PAIRS, "exists", among="claim_day")
ON_DAY_OF_CLAIM = pair(PAIRS, "has_partner", among="claim_day") & SERVICE_ON_DAY_OF_CLAIM
SERVICE_ON_CLAIM = pair(PAIRS, "exists", among="claim")
ON_CLAIM = pair(PAIRS, "has_partner", among="claim") & SERVICE_ON_CLAIM
SERVICE_ON_DAY = pair(PAIRS, "exists", among="patient")
ON_DAY = pair(PAIRS, "has_partner", among="patient") & SERVICE_ON_DAY
CODES = "radonc.codes"
#: An add-on opens no course: the service it goes with may have been billed before it.
OPENS = if_seen(
    (code_in(CODES, category="planning") | code_in(CODES, category="simulation")) & ~if_seen(code_in(TABLE), no()), no()
)
BEGINNING_SEEN = any_of(OPENS, over=("patient.key", "episode.key")) & col("episode.begins")
SERVICE_IN_COURSE = pair(PAIRS, "exists", among="course")
IN_COURSE = pair(PAIRS, "has_partner", among="course") & SERVICE_IN_COURSE


@rule(
    "COD111",
    title="Add-on code without the service it goes with",
    view="lines",
    applies=code_known(TABLE) & code_in(TABLE) & col("line.counts"),
    at="line.code",
    message="{line.code} is an add-on code, and {where} there is no line of a service it goes with ({services})",
    to_do="Bill the service it belongs to beside it, if it was given and documented; otherwise take the add-on off: alone it is not paid",
    who="coder",
    cites=("CMS-IOCE", "CMS-RVU25D", "CMS-RVU26C"),
    rests_on=(TABLE,),
    needs=("earlier claims of the course",),
    # Where no other code is billed there is nothing to look up.
    optional=(SERVICE_ON_DAY_OF_CLAIM, SERVICE_ON_CLAIM, SERVICE_ON_DAY, SERVICE_IN_COURSE),
)
def add_on_without_service():
    # The hospital editor looks at one claim: a service of another day or claim leaves open what it will say.
    elsewhere = ON_CLAIM | ON_DAY
    of_hospital = ~ON_DAY_OF_CLAIM & when(elsewhere, unknown(), yes())
    of_physician = ~ON_DAY & ~IN_COURSE & when(BEGINNING_SEEN, yes(), unknown())
    split = if_seen(HOSPITAL & elsewhere, no())
    return dict(
        fires=when(BY_CONTRACTOR, unknown(), when(HOSPITAL, of_hospital, of_physician)),
        grade=either(HOSPITAL, "error", "warning"),
        missing=when(
            if_seen(BY_CONTRACTOR, no()),
            text("the services the contractor names"),
            when(split, text("which service it was added to"), text("")),
        ),
        where=either(HOSPITAL, "on this claim and day", "on the claims of this course"),
        services=value(TABLE, "primaries"),
    )
