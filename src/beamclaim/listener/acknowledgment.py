"""A `Judgment` → the HL7 v2 acknowledgment that says so (chapter 2.9.2, original mode), as bytes."""

from datetime import datetime

from beamclaim.ingest.hl7v2.cases import ErrorCase
from beamclaim.ingest.hl7v2.tokens import Marks
from beamclaim.listener.judgment import Judgment, Trouble, echo

_MOST_ERRORS = 10
_PARTS = {"2.1": 1, "2.2": 2, "2.3": 2}  # components of MSH-9, before it had three
_TABLE_0357 = "HL70357"


def acknowledge(judgment: Judgment, now: datetime, extra: ErrorCase | None = None) -> bytes:
    """The reply: MSH, MSA, and ERR (from version 2.5) for each trouble. It echoes MSH-3 to 6, 10, 11, 12 and 18 alone.

    `extra` is a case that the message itself does not show; it makes an AA an AE.
    """
    marks, header = judgment.header.marks, judgment.header
    troubles = (*judgment.troubles, Trouble(extra, "MSH-10")) if extra else judgment.troubles
    code = extra.reply if extra and judgment.code == "AA" else judgment.code
    version = echo(header, 12, 1) or "2.5.1"
    component = marks.component.decode("latin-1")
    kind = ["ACK", echo(header, 9, 2), "ACK"][: _PARTS.get(version, 3)]
    fields = [
        echo(header, 5), echo(header, 6), echo(header, 3), echo(header, 4), now.strftime("%Y%m%d%H%M%S"), "",
        component.join(kind), f"BC{judgment.sha256[:18]}", echo(header, 11) or "P", version,
    ]  # fmt: skip
    if charset := echo(header, 18):
        fields += ["", "", "", "", "", charset]
    signs = b"".join(marks[1:]).decode("latin-1")
    segments = [["MSH" + marks.field.decode("latin-1") + signs, *fields], ["MSA", code, echo(header, 10)[:199]]]
    if version >= "2.5":
        segments += [_error(trouble, marks) for trouble in troubles[:_MOST_ERRORS]]
    elif troubles:
        segments[1].append(_escaped(f"{troubles[0].case.code} {troubles[0].case.words}"[:80], marks))
    lines = (marks.field.decode("latin-1").join(segment) + "\r" for segment in segments)
    return "".join(lines).encode("latin-1")


def _error(trouble: Trouble, marks: Marks) -> list[str]:
    """ERR: where (ERR-2), the code of table 0357 (ERR-3), severity, our own code (ERR-5), words for a person (ERR-8)."""
    case, path = trouble
    component = marks.component.decode("latin-1")
    name, _, field = path.partition("-")
    segment, _, index = name.partition("[")
    place = [segment[:3], str(int(index[:-1]) + 1 if index[:-1].isdigit() else 1)]
    number = field.split(".")[0]
    if number.isdigit():
        place.append(number)
    severity = "W" if case.reply == "AA" else "E"
    own = component.join([str(case.error), "", _TABLE_0357])
    words = _escaped(case.words, marks)
    return ["ERR", "", component.join(place), own, severity, _escaped(case.code, marks), "", "", words]


def _escaped(text: str, marks: Marks) -> str:
    """Our own words, with the sender's marks escaped."""
    names = {marks.field: "F", marks.component: "S", marks.subcomponent: "T", marks.repetition: "R", marks.escape: "E"}
    sign = marks.escape.decode("latin-1")
    table = {ord(mark): f"{sign}{name}{sign}" for mark, name in names.items()}
    return text.translate(table)
