"""Payers nobody knows are listed once a run, with their claims, their charge and the row that would say who they are."""

from datetime import date
from pathlib import Path

from beamclaim.app.check import CheckOptions, check
from beamclaim.policy.declarations import BY_NAME

HEAD = "claim,payer,payer_name,payer_line,setting,patient,date,code,units,charge\n"
CLAIMS = """A,99999,"Riverside, Health Trust",commercial,freestanding,P1,2026-03-02,77407,1,100.00
A,99999,"Riverside, Health Trust",commercial,freestanding,P1,2026-03-03,77407,1,100.00
B,99999,"Riverside, Health Trust",commercial,freestanding,P2,2026-03-02,77407,1,50.50
C,87726,Aetna,commercial,freestanding,P3,2026-03-02,77407,1,10.00
D,87726,UHC,commercial,freestanding,P4,2026-03-02,77407,1,10.00
"""


def test_each_unknown_payer_is_listed_once_with_its_claims_and_charge(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(HEAD + CLAIMS)
    payers = check(CheckOptions((str(tmp_path / "claims.csv"),), as_of=date(2026, 11, 23))).result.payers
    assert [(p.payer_id, p.doubt, p.claims, str(p.charge)) for p in payers] == [
        ("99999", "unknown", 2, "250.50"), ("87726", "contradiction", 1, "10.00"),
    ]  # fmt: skip
    assert payers[0].row == '99999,"Riverside, Health Trust",,riverside-health-trust,commercial,,,,'


def test_the_row_of_the_list_makes_the_payer_known(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(HEAD + CLAIMS)
    own = tmp_path / "policy/payers"
    own.mkdir(parents=True)
    options = CheckOptions((str(tmp_path / "claims.csv"),), as_of=date(2026, 11, 23), policy=tmp_path / "policy")
    row = check(CheckOptions(options.paths, as_of=options.as_of)).result.payers[0].row
    (own / "payer.own.csv").write_text(",".join(BY_NAME["payer.own"].columns) + f"\n{row}\n")
    assert [p.payer_id for p in check(options).result.payers] == ["87726"]
