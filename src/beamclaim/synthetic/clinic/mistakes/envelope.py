"""FMT: bytes of an 837 that are not what the guide says, and claims that name what is not there."""

import re

from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Edit,
    Place,
    at,
    delivery_lines,
    lines,
    middle,
    mistake,
    mistake_in_bytes,
)


def _claim(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart))
    return [(row["claim"], None)] if row else None


def _visit(chart: Chart) -> list[Place] | None:
    """The claim of a follow-up visit: nothing on it is counted by the course."""
    rows = lines(chart, ["99213"])
    return [(rows[0]["claim"], None)] if rows else None


def _swap(pattern: bytes, by: bytes) -> Edit:
    """The first place where the pattern stands, replaced; None where it stands nowhere."""

    def edit(data: bytes) -> bytes | None:
        out, rows = re.subn(pattern, by, data, count=1)
        return out if rows else None

    return edit


mistake_in_bytes(
    "FMT001", "the interchange ends under another control number", _swap(rb"IEA\*1\*\d{9}", b"IEA*1*999999999"), _claim
)
mistake_in_bytes("FMT001", "the transaction is never closed", _swap(rb"SE\*\d+\*0001~\n", b""), _claim)
mistake_in_bytes("FMT002", "a wrong count of segments", _swap(rb"SE\*\d+\*", b"SE*7*"), _claim)
mistake_in_bytes(
    "FMT003", "a day that does not exist", _swap(rb"DTP\*472\*D8\*(\d{4})\d{4}", rb"DTP*472*D8*\g<1>0230"), _claim
)
mistake_in_bytes(
    "FMT003", "a provider number with a wrong check digit", _swap(rb"(NM1\*85\*.*\*XX\*\d{9})\d", rb"\g<1>0"), _claim
)
mistake_in_bytes(
    "FMT004", "a total that is not the sum of the lines", _swap(rb"(CLM\*[^*]+\*)[^*]+", rb"\g<1>17.17"), _claim
)
mistake_in_bytes(
    "FMT007", "the same interchange twice in a file", lambda data: data + data, _visit, also=["UNT108", "FMT006"]
)
mistake_in_bytes(
    "FMT008", "a segment the guide does not have", _swap(rb"LX\*1~\n", b"LX*1~\nZZ9*1~\n"), _claim, also=["FMT002"]
)
mistake_in_bytes("FMT009", "a line without its day", _swap(rb"DTP\*472\*[^~]*~\n", b""), _claim, also=["FMT002"])
mistake_in_bytes("FMT010", "an edition of ten years ago", lambda data: data.replace(b"005010X22", b"004010X09"), _claim)


@mistake("FMT005", "a pointer to a diagnosis that is not there")
def _pointer(chart: Chart) -> list[Place] | None:
    row = middle([r for r in chart.rows if r["setting"] != "hospital_outpatient"])
    if row is None:
        return None
    row["pointers"] = "1;9"
    return at(row)


@mistake("FMT006", "two claims of a batch under one number", also=["UNT108"])
def _one_number(chart: Chart) -> list[Place] | None:
    numbers = list(chart.claims())
    declared = {r["claim"]: (r["submitted_on"], r["setting"]) for r in chart.rows}
    twin = next((n for n in numbers[1:] if declared[n] != declared[numbers[0]]), None)
    if twin is None:
        return None
    for row in chart.rows:
        if row["claim"] == twin:
            row["claim"] = numbers[0]
    return [(numbers[0], None)]
