"""The partner of a pair is a fact with a place: the bytes of the other line's code."""

from pathlib import Path

from beamclaim.app.check import CheckOptions, check

HEADER = "claim,payer,payer_line,setting,patient,diagnoses,line,date,code,modifiers,units,charge,billing_npi,bill_type,revenue_code"
LINE = "A,00001,medicare_ffs,hospital_outpatient,P1,C61,{},2026-02-03,{},,1,100.00,1003000126,131,0333"


def test_the_partner_stands_where_the_finding_says(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("\n".join([HEADER, LINE.format(1, "77301"), LINE.format(2, "77280"), LINE.format(3, "77336")]))
    checked = check(CheckOptions((str(path),), select=("BND",)))
    partners = [(f.rule, fact) for f in checked.result.findings for fact in f.facts if fact.name == "partner"]
    assert partners
    for rule, fact in partners:
        assert fact.where is not None, rule
        assert path.read_bytes()[fact.where.start : fact.where.end].decode() == fact.value
