"""A run made by hand: two files, findings of every severity, hostile values, open questions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from beamclaim.findings.finding import Fact, Finding, Fix, PolicyFact, Undecided, Waiver
from beamclaim.findings.questions import Questions
from beamclaim.findings.result import Coverage, File, Result
from beamclaim.findings.waived import WaivedFindings
from beamclaim.model.span import Span
from beamclaim.outputs.report.printable import Excerpts
from beamclaim.testing.findings import findings_of

SEGMENT = b"SV1*HC:77386*1450*UN*1***1~"
HOSTILE = "=HYPERLINK(1)<script>alert(1)</script>\x1b[31m\u202e\x9b"


def finding_of_code(number: int) -> Finding:
    """A line billed with a code that had ended."""
    where = Span("clinic/2026-02.837", 1810 + number, 1815 + number, "2400/3 SV101-2", 42 + number)
    return Finding(
        id=f"id-{number}", rule="COD101", name="code-not-in-force", severity="error", risk="rejection",
        title="Procedure code not in force on the date of service",
        message="77386 was not in force on 2026-02-03", claim=f"PCN{number:03}", line=3, course=None, fraction=None,
        date=date(2026, 2, 3), code="77386", charge=Decimal("1450.00"), where=where,
        facts=(Fact("line.code", "77386", where), Fact("line.date", "2026-02-03"), Fact("claim.setting", "")),
        policy=(
            PolicyFact(
                "radonc.delivery", "77386", date(2015, 1, 1), date(2025, 12, 31), "ASTRO-2026-CHANGES", "page 2",
                "medium", "us/any", (("code", "77386"), ("level", "complex"), ("technique", "imrt")),
            ),
        ),
        fix=Fix("review", "bill the 2026 code that the plan supports", "coder"), cause="COD101:77386",
        charged_lines=((number, Decimal("1450.00")),),
    )  # fmt: skip


def finding_hostile() -> Finding:
    """A finding whose every text was written by an enemy."""
    where = Span(f"{HOSTILE}.csv", 10, 15, f"row 2 column {HOSTILE}", 2)
    return Finding(
        id="id-hostile", rule="FMT003", name="element-invalid", severity="warning", risk="denial",
        title=f"Value not valid {HOSTILE}",
        message=HOSTILE, claim=HOSTILE, line=1, course=HOSTILE, fraction=2, date=None, code=HOSTILE,
        charge=Decimal("-3.10"), where=where, facts=(Fact(HOSTILE, HOSTILE, where),),
        policy=(PolicyFact(HOSTILE, HOSTILE, None, None, HOSTILE, HOSTILE, "low", HOSTILE),),
        fix=Fix("advice", HOSTILE, "biller"), cause=HOSTILE, charged_lines=((900, Decimal("-3.10")),),
    )  # fmt: skip


@pytest.fixture
def excerpts() -> Excerpts:
    def excerpt(span: Span) -> tuple[bytes, int, int]:
        if span.path.startswith("2400"):
            return SEGMENT, 7, 12
        return "Zoë\x1b[2J,数量,\u202e77386\x9b".encode() + b"\xff\xfe", 4, 8

    return excerpt


@pytest.fixture
def result() -> Result:
    """20 findings of one cause, one hostile, one piece of advice on no line at all."""
    advice = replace(
        finding_of_code(0), id="id-info", rule="DXN107", name="retreatment-not-shown", title="Retreatment not shown",
        severity="info", risk="advice", claim=None, line=None, where=None, charge=None, charged_lines=(),
        cause="DXN107", preview=True,
    )  # fmt: skip
    return Result(
        engine="0.1.0",
        policy="ab" * 32,
        as_of=date(2026, 11, 23),
        files=[
            File("clinic/2026-02.837", "cd" * 32, "837P", 12, 60, None),
            File(f"{HOSTILE}.csv", "ef" * 32, "claims_csv", 1, 1, None),
            File("locked.837", None, "unknown", 0, 0, "no permission to read it; ask its owner"),
            File("old.csv", "12" * 32, "claims_csv", 3, 3, None, is_history=True),
        ],
        findings=findings_of([*(finding_of_code(n) for n in range(1, 21)), finding_hostile(), advice]),
        coverage=[
            Coverage("COD101", 20, 40, 0, 1),
            Coverage("DXN107", 1, 0, 0, 12),
            Coverage("FMT003", 1, 60, 0, 0),
            Coverage("UNT101", 0, 2, 5, 54),
        ],
        undecided=Questions.of(
            Undecided("UNT101", f"PCN{n:03}", 5, ("course.sessions_delivered", "course.ended_on")[: 1 + n % 2])
            for n in range(1, 6)
        ),
        claims=25,
        lines=61,
        charges=Decimal("88450.00"),
        warnings=["one policy table was verified only to 2026-09-30"],
    )


@pytest.fixture
def waived(result: Result) -> Result:
    """The same run with one hostile finding let stand for a reason written by an enemy."""
    waiver = Waiver(
        number=1, rule="FMT003", codes=frozenset({"FMT003"}), reason=HOSTILE, who=HOSTILE, until=date(2026, 12, 31),
        where=Span("waivers.yaml", 0, 90, "waiver 1", 1), scope="all",
    )  # fmt: skip
    is_waived = pl.col("rule").cast(pl.String) == "FMT003"
    waived = WaivedFindings(result.findings.where(is_waived), pl.Series([0], dtype=pl.UInt32), [waiver])
    return replace(result, findings=result.findings.where(~is_waived), waived=waived)


@pytest.fixture
def big() -> Callable[[int], Result]:
    """A run of so many findings, ten to a cause."""

    def make(number: int) -> Result:
        findings = [replace(finding_of_code(n), cause=f"COD101:{n // 10}") for n in range(number)]
        return Result("0.1.0", "ab", date(2026, 11, 23), findings=findings_of(findings), claims=number, lines=number)

    return make
