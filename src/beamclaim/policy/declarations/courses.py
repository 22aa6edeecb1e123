"""Tables of words of the course record that a rule reads more into: stereotactic techniques, active motion management."""

from beamclaim.policy.declarations import lives
from beamclaim.policy.declarations.form import EVERYONE, FLAG, Declaration

COURSES: tuple[Declaration, ...] = (
    Declaration(
        "course.techniques", "courses/course.techniques.csv", ("technique",), {"is_stereotactic": FLAG},
        "Techniques of a plan that are stereotactic; any other is not", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "course.motion", "courses/course.motion.csv", ("kind",), {"is_active": FLAG},
        "Kinds of motion management, and whether one acts while the beam is on", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "course.motion_evidence", "courses/course.motion_evidence.csv", ("evidence",), {"shows_active": FLAG},
        "Evidence that shows that motion was managed while the beam was on", EVERYONE,
        lives=lives.STANDING,
    ),
)  # fmt: skip
