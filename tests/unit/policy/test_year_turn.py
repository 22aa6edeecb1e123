"""The turn of a year, drilled: what could not be told of January 2027 is told once the files of that quarter are imported."""

from datetime import date
from pathlib import Path

import pytest

from beamclaim.app.check import CheckOptions, check
from beamclaim.policy.imports import import_files

from . import cms_files as cms

AS_OF = date(2027, 1, 20)
HEAD = "claim,payer,payer_line,setting,patient,diagnoses,line,date,code,modifiers,units,charge,revenue_code,billing_npi,place_of_service\n"
LINE = "{},M100,medicare_ffs,{},P-{},{},{},2027-01-11,{},,{},100.00,{},2100100025,22\n"
#: Claim, setting, diagnoses, line, code, units.
LINES = (
    ("A", "hospital_outpatient", "C34.11", 1, "77407", 1),
    ("A", "hospital_outpatient", "C34.11", 2, "77402", 1),
    ("B", "hospital_outpatient", "C34.11", 1, "77386", 1),
    ("C", "hospital_outpatient", "C34.1", 1, "77412", 9),
)
RULES = ("COD101", "BND101,BND102", "UNT103", "DXN102")


@pytest.fixture
def claims(tmp_path: Path) -> str:
    path = tmp_path / "claims.csv"
    rows = [LINE.format(c, s, c, d, n, code, units, "0333") for c, s, d, n, code, units in LINES]
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def files_of_2027(tmp_path: Path) -> Path:
    """The files of the tests, dated again: the first quarter of 2027."""
    rvu = cms.RVU_HEAD.replace("2026 National", "2027 National").replace("April Release", "January Release")
    tail = cms.RVU_ROWS[0].partition(",words,")[2]
    codes = "".join(f"{code},,words,{tail}" for code in ("77261", "77402", "77407", "77412", "77799"))
    rows = ("77407\t77402\t\t20270101\t*\t0\twords", "77412\t77402\t\t20270101\t*\t1\twords")
    maxima = cms.MUE.replace("Practitioner Services", "Outpatient Hospital Services")
    given = [
        cms.write(tmp_path, "PPRRVU2027_Jan_nonQPP.csv", rvu + codes),
        cms.ptp(tmp_path, "ccioph-v330r0-f1.TXT", rows),
        cms.write(
            tmp_path,
            "MCR_MUE_OutpatientHospital_Eff_01-01-2027.csv",
            maxima + "77412,2,3 Date of Service Edit: Clinical,words\n",
        ),
        cms.write(tmp_path, "icd10cm_order_2027.txt", cms.ICD10CM),
    ]
    import_files(given, tmp_path / "own", AS_OF)
    return tmp_path / "own"


def answers(
    claims: str, rules: str, policy: Path | None
) -> tuple[list[tuple[str, int | None]], list[tuple[str, int | None]]]:
    """What fires, and what cannot be told, by claim and line."""
    result = check(CheckOptions((claims,), as_of=AS_OF, select=tuple(rules.split(",")), policy=policy)).result
    fires = sorted((str(f.claim), f.line) for f in result.findings)
    return fires, sorted((str(u.claim), u.line) for u in result.undecided)


def test_before_the_files_only_what_had_ended_is_told(claims: str) -> None:
    assert answers(claims, "COD101", None) == ([("B", 1)], [("A", 1), ("A", 2), ("C", 1)])
    for rules in RULES[1:]:
        fires, undecided = answers(claims, rules, None)
        assert fires == []
        assert undecided, rules


def test_with_the_files_of_the_quarter_the_same_lines_are_told(claims: str, files_of_2027: Path) -> None:
    assert answers(claims, "COD101", files_of_2027) == ([("B", 1)], [])
    assert answers(claims, "UNT103", files_of_2027)[0] == [("C", 1)]
    assert ("C", None) in answers(claims, "DXN102", files_of_2027)[0]
    assert {claim for claim, _ in answers(claims, "BND101,BND102", files_of_2027)[0]} == {"A"}


def test_a_code_the_new_file_does_not_hold_has_ended(tmp_path: Path, files_of_2027: Path) -> None:
    path = tmp_path / "ended.csv"
    path.write_text(
        HEAD + LINE.format("D", "hospital_outpatient", "D", "C34.11", 1, "77427", 1, "0333"), encoding="utf-8"
    )
    assert answers(str(path), "COD101", files_of_2027) == ([("D", 1)], [])
