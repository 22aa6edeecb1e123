"""AUT102. Units, days or a code beyond what was authorized under the line's number."""

from beamclaim.rules import (
    carries,
    code_in,
    code_known,
    col,
    if_seen,
    listed,
    no,
    none,
    rule,
    running_total,
    stated,
    text,
    unknown,
    value,
    when,
)

REQUIRED, CARRY, DELIVERY = "authorization.required", "authorization.carry_over", "radonc.delivery"
NUMBER, AUTHORIZED, CODE = col("line.authorization"), "authorization.code", col("line.code")
#: Of a payer whose list was not read any delivery may want a number; of other services, those some list names.
ASKS = (code_in(DELIVERY) | code_known(REQUIRED)) & code_in(REQUIRED)
GIVEN = stated(col("authorization.codes"))
EXACT = when(GIVEN, carries(CODE, of="authorization.codes"), no())
CARRIES_TO, STARTED_BEFORE = value(CARRY, "carries_to", of=AUTHORIZED), value(CARRY, "started_before", of=AUTHORIZED)
#: The payer converts the code for courses that had begun.
BEGUN = col("course.first_session") < STARTED_BEFORE
CARRIED = when(
    EXACT,
    no(),
    when(
        code_in(CARRY, of=AUTHORIZED),
        when(listed(CODE, CARRIES_TO), BEGUN, no()),
        no(),
    ),
)
#: One number stands on a whole claim: a code outside it matters only where it had to be inside.
CONCERNED = ASKS | (code_in(DELIVERY) & code_known(DELIVERY, of=AUTHORIZED))


@rule(
    "AUT102",
    title="Beyond what was authorized",
    view="lines",
    applies=col("line.counts") & ~none(NUMBER) & when(GIVEN, EXACT | CONCERNED, ASKS),
    at="line.code",
    message="{line.code} of {line.date} is beyond the authorization it names: {how} "
    "(authorized: {authorization.codes}, units {authorization.units}; units of it billed so far: {used})",
    to_do="Ask the payer for an extension or a correction of the authorization before the claim goes out; "
    "bill what was authorized under its own number",
    who="front desk",
    severity="warning",
    cites=("N079", "N041"),
    rests_on=(CARRY,),
    optional=("course.first_session", "authorization.code", CARRIES_TO, STARTED_BEFORE),
)
def authorization_exceeded():
    inside = EXACT | CARRIED
    outside_days = (col("line.first_day") < col("authorization.first_day")) | (
        col("line.date_to") > col("authorization.last_day")
    )
    used = running_total(
        "line.units", over=("patient.key", "line.authorization", "authorization.code", "line.component"), where=inside
    )
    beyond = used > col("authorization.units")
    return dict(
        fires=when(GIVEN, ~inside | outside_days | beyond, unknown()),
        how=when(
            if_seen(inside, no()),
            when(
                if_seen(outside_days, no()),
                text("the day is not one of those authorized"),
                text("more units are billed than were authorized"),
            ),
            text("the code is none of those authorized"),
        ),
        used=used,
        missing=when(
            GIVEN,
            when(
                if_seen(inside, no()),
                text(""),
                when(stated(col(AUTHORIZED)), text("course.first_session"), text("course.authorizations")),
            ),
            text("course.authorizations"),
        ),
    )
