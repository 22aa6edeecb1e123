"""Headlines say what may go out, and count a line as settled only when the last of its errors is gone."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from beamclaim.findings.finding import Finding
from beamclaim.findings.result import Result
from beamclaim.outputs.report.cause import Causes
from beamclaim.outputs.report.headline import headline, risks, work
from beamclaim.testing.findings import findings_of


def line(template: Finding, key: int, cause: str, charge: int, **other: Any) -> Finding:
    money = Decimal(charge)
    return replace(
        template,
        id=f"{cause}-{key}",
        cause=cause,
        claim=f"C{key}",
        charge=money,
        charged_lines=((key, money),),
        **other,
    )


def test_a_line_with_two_errors_is_settled_by_the_second_fix(result: Result) -> None:
    one = result.findings[0]
    result.findings = findings_of([
        line(one, 1, "a", 100), line(one, 2, "a", 100), line(one, 1, "b", 100), line(one, 3, "c", 10),
        line(one, 4, "d", 900, severity="warning"),
    ])  # fmt: skip
    assert Causes(result.findings).settled() == [Decimal(100), Decimal(200), Decimal(210)]


def test_the_headline_names_as_few_fixes_as_settle_most(result: Result) -> None:
    one = result.findings[0]
    result.findings = findings_of(
        [line(one, n, f"cause{n}", charge) for n, charge in enumerate((500, 400, 50, 50), start=1)]
    )
    result.claims = 20
    assert headline(result, Causes(result.findings)) == (
        "4 of 20 claims should not go out as they are", "$1,000.00 is at risk; one fix settles most of it"
    )  # fmt: skip
    result.findings = findings_of([line(one, n, f"cause{n}", 1) for n in range(1, 21)])
    assert headline(result, Causes(result.findings))[1] == "$20.00 is at risk; 5 fixes settle $5.00 of it"
    assert headline(result, Causes(result.findings))[0] == "All 20 claims should not go out as they are"


def test_without_an_error_no_fix_is_promised(result: Result, big: Callable[[int], Result]) -> None:
    result.findings = findings_of([replace(result.findings[0], severity="warning")])
    assert headline(result, Causes(result.findings)) == ("No error in 25 claims; 1 finding to look at", "")
    assert headline(big(0), Causes(big(0).findings)) == ("Nothing was checked", "")


def test_shares_count_a_line_once_and_errors_only(result: Result) -> None:
    one = result.findings[0]
    fix = replace(one.fix, who="biller")
    result.findings = findings_of([
        line(one, 1, "a", 100), line(one, 1, "b", 100), line(one, 2, "c", 70, fix=fix, risk="denial"),
        line(one, 3, "d", 900, severity="warning", fix=fix, risk="denial"),
    ])  # fmt: skip
    assert [(s.name, s.causes, s.charge) for s in work(Causes(result.findings))] == [
        ("coder", 2, Decimal(100)),
        ("biller", 2, Decimal(70)),
    ]
    assert [(s.name, s.findings, s.charge) for s in risks(Causes(result.findings))] == [
        ("rejection", 2, Decimal(100)),
        ("denial", 2, Decimal(70)),
    ]
