"""What the charges of delivery share: the service of a session, and the method it is charged by on its day."""

from functools import reduce
from operator import or_

from beamclaim.charging import Expression, carries, col, one_of, stated, text, unknown, value, when

DAY = "session.day"
SERVICE = col("session.service")
METHOD = value("charging.methods", "method", of="session.service", on=DAY)
KIND, TECHNIQUE = col("session.modality"), col("session.technique")
#: Of a further session nobody is sure of, and of one that was cut short, nothing stands.
HELD = when(stated(col("session.is_sure")), col("session.is_partial"), unknown())


def is_of(*services: str) -> Expression:
    """Whether a session is one of these services; unknown where it may be."""
    may_be = reduce(or_, (carries(text(service), of="session.possible_services") for service in services))
    return when(stated(SERVICE), one_of(SERVICE, *services), may_be & unknown())


def by(method: str, *services: str) -> Expression:
    """Whether a session is of one of these services, and charged by this method on its day."""
    return is_of(*services) & (text(method) == METHOD)
