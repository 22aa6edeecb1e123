"""What can be wrong with a message, as a table. Of each case: number, kind of fault, the reply it earns, the error code of table 0357.

A case's code is `E-HL7-` and its number. `AR`: refused, nothing is kept; `AE`: kept apart for a person; `AA`: kept
and read, the fault is a note. Cases 1, 2, 3, 10 and 25 are met by the listener alone, 20 by files alone.
"""

from typing import NamedTuple


class ErrorCase(NamedTuple):
    """One thing that can be wrong; `words` are for the sender and hold no value of a message."""

    number: int
    kind: str
    reply: str
    error: int
    words: str

    @property
    def code(self) -> str:
        """`E-HL7-012`."""
        return f"E-HL7-{self.number:03d}"


UNFRAMED = ErrorCase(1, "envelope", "AR", 207, "bytes outside a frame")
SLOW = ErrorCase(2, "envelope", "AR", 207, "the frame did not end in time")
NO_END = ErrorCase(3, "envelope", "AR", 207, "the frame has no end, or a start or end byte inside")
TOO_LARGE = ErrorCase(4, "not_read", "AR", 207, "the message is larger than is taken here")
NO_HEADER = ErrorCase(5, "envelope", "AR", 100, "the message does not begin with a usable MSH")
MARKS = ErrorCase(6, "envelope", "AR", 102, "the encoding characters of MSH-2 are missing or one is given twice")
VERSION = ErrorCase(7, "envelope", "AR", 203, "the version of MSH-12 is not known")
TYPE = ErrorCase(8, "not_read", "AR", 200, "messages of this type are not read")
CONTROL_ID = ErrorCase(9, "missing", "AE", 101, "MSH-10 is empty or longer than 199 characters")
RESENT = ErrorCase(10, "envelope", "AA", 0, "the same message again")
OTHER_BYTES = ErrorCase(11, "envelope", "AE", 205, "the control id of MSH-10 belongs to another message of this sender")
NO_PATIENT = ErrorCase(12, "missing", "AE", 101, "no patient id in PID-3")
LATE_PATIENT = ErrorCase(13, "envelope", "AE", 100, "PID stands behind what belongs to it")
BAD_DATE = ErrorCase(14, "element", "AE", 102, "a date that is none")
BAD_NUMBER = ErrorCase(15, "element", "AE", 102, "an amount or quantity that is none")
CURRENCY = ErrorCase(16, "element", "AE", 103, "an amount in another currency than USD")
ESCAPE = ErrorCase(17, "element", "AA", 102, "an escape that does not end or is not known; it stays as written")
CHARSET = ErrorCase(18, "element", "AE", 102, "bytes outside the character set of MSH-18, or a set that is not read")
TOO_MANY = ErrorCase(19, "not_read", "AR", 207, "more repetitions, fields or segments than are taken here")
COUNT = ErrorCase(20, "count", "AE", 207, "a batch holds another number of messages than its trailer says")
BAD_VALUE = ErrorCase(21, "element", "AA", 102, "a value its field does not allow")
STRAY = ErrorCase(22, "unknown_segment", "AA", 100, "a line that is no segment")
BUSY = ErrorCase(23, "not_read", "AR", 207, "the message cannot be stored now")
NO_GROUP = ErrorCase(24, "missing", "AE", 100, "a segment that messages of this type must have is not there")
SEVERAL = ErrorCase(25, "envelope", "AR", 207, "the frame holds more than one message, or a batch")

CASES = (
    UNFRAMED, SLOW, NO_END, TOO_LARGE, NO_HEADER, MARKS, VERSION, TYPE, CONTROL_ID, RESENT, OTHER_BYTES, NO_PATIENT,
    LATE_PATIENT, BAD_DATE, BAD_NUMBER, CURRENCY, ESCAPE, CHARSET, TOO_MANY, COUNT, BAD_VALUE, STRAY, BUSY,
    NO_GROUP, SEVERAL,
)  # fmt: skip
