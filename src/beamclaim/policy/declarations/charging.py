"""Tables of charging: what a session is, the method it is charged by, the code of each step, who bills which part."""

from beamclaim.policy.declarations import lives
from beamclaim.policy.declarations.form import EVERYONE, FLAG, TEXT, Declaration

CHARGING: tuple[Declaration, ...] = (
    Declaration(
        "charging.services", "charging/charging.services.csv", ("modality", "technique"), {"service": TEXT},
        "Modality and technique of a session, and the service they are", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "charging.images", "charging/charging.images.csv", ("images",), {"kind": TEXT},
        "Images of guidance, and the kind they are charged by to 2025", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "charging.methods", "charging/charging.methods.csv", ("service",), {"method": TEXT},
        "How the delivery of a service is charged: by level, site, hardware, ports …",
        lives=lives.CODE_SET,
    ),
    Declaration(
        "charging.codes", "charging/charging.codes.csv", ("charge",), {"code": TEXT, "part": TEXT},
        "The code a step of a charge stands for, and the part of the service it is",
        lives=lives.CODE_SET,
    ),
    Declaration(
        "charging.parts", "charging/charging.parts.csv", ("part",), {"billed": FLAG, "modifier": TEXT},
        "Which part of a service a setting bills, and with which modifier",
        lives=lives.STANDING,
    ),
    Declaration(
        "charging.repeats", "charging/charging.repeats.csv", ("by",), {"modifier": TEXT},
        "Who repeated a service on one day, and the modifier that says so", EVERYONE,
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "charging.places", "charging/charging.places.csv", ("place",), {"modifier": TEXT},
        "Where a hospital department stands, and the modifier that says so", EVERYONE,
        lives=lives.MODIFIERS,
    ),
    Declaration(
        "charging.words", "charging/charging.words.csv", ("ground",), {"met": TEXT, "not_met": TEXT, "not_shown": TEXT},
        "What people read of a ground of a charge: met, not met, not shown", EVERYONE,
        lives=lives.STANDING, is_timeless=True,
    ),
    Declaration(
        "charging.sentences", "charging/charging.sentences.csv", ("element",), {"sentence": TEXT},
        "The sentence a record lacks for an element of motion management, with brackets for what only the clinic knows", EVERYONE,
        lives=lives.STANDING, is_timeless=True,
    ),
)  # fmt: skip
