"""A claim finds its payer by id, form, name and SBR09; what contradicts itself or nobody knows is never guessed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date as D
from pathlib import Path

import pytest

from beamclaim.errors import PolicyError
from beamclaim.policy import load_policy
from beamclaim.policy.payers import UNLISTED, PayerDirectory, PayerWords

DIRECTORY = PayerDirectory(load_policy())
Said = tuple[str | None, str | None, str | None]


def payer_of(
    payer_id: str | None, name: str | None, filing_code: str | None = None, **more: object
) -> tuple[str | None, str | None]:
    answer = DIRECTORY.of(replace(PayerWords(payer_id, name, filing_code=filing_code), **more))  # type: ignore[arg-type]
    return answer.payer, answer.line


@pytest.mark.parametrize(
    ("said", "payer", "line"),
    [
        (("87726", "UNITED HEALTH CARE", "CI"), "unitedhealthcare", "commercial"),
        (("87726", "UHC MEDICARE COMPLETE", "CI"), "unitedhealthcare", "medicare_advantage"),
        (("36273", "AARP", "15"), "aarp-medigap", "commercial"),
        (("71412", "UNITED OF OMAHA LIFE INS CO", "CI"), "mutual-of-omaha", "commercial"),
        (("62308", "SAMBA", "CI"), "samba", "commercial"),
        (("62308", None, "CI"), None, "commercial"),
        (("60054", "ALASKA ELECTRICAL HEALTH FUND", "CI"), None, "commercial"),
        (("60054", None, "CI"), "aetna", "commercial"),
        (("00520", "ARKANSAS BCBS FEP", "BL"), "fep-bcbs", "commercial"),
        (("12502", "NOVITAS SOLUTIONS", "MB"), "original-medicare", "medicare_ffs"),
        (("99727", "HUMANA MILITARY", "CH"), "tricare-east", "tricare"),
        (("87726", "AETNA", "CI"), None, "commercial"),
        (("UHC-IN", "UHC", None), "unitedhealthcare", None),
        (("39026", "GEHA", None), "geha", "commercial"),
        (("39026", "UNITED HEALTHCARE", None), None, None),
        (("7710", "BLUE CROSS BLUE SHIELD", None), None, None),
        (("BC001", "BLUE CROSS OF CALIFORNIA", None), "anthem", None),
        (("BS001", "BS OF CALIFORNIA", None), "blue-shield-california", None),
        (("NCHON", "HUMANA", "16"), "new-century-health", "medicare_advantage"),
        (("uhc01", "united healthcare insurance company", "CI"), "unitedhealthcare", "commercial"),
        ((" 87726 ", None, "CI"), "unitedhealthcare", "commercial"),
    ],
)
def test_id_and_name_find_the_payer_together(said: Said, payer: str | None, line: str | None) -> None:
    assert payer_of(*said) == (payer, line)


@pytest.mark.parametrize(
    ("said", "given", "line"),
    [
        (("61101", "HUMANA", "HM"), None, None),  # HM says how the plan is built, not who pays
        (("OSCAR", "OSCAR", "HM"), None, "commercial"),  # a payer with one line
        (("87726", "UHC", None), "medicare_ffs", None),  # a line the payer does not have
        (("15202", "MEDICARE OHIO", None), "commercial", None),
        (("15202", "MEDICARE OHIO", "CI"), None, "medicare_ffs"),  # a weak value gives way
        (("15202", "MEDICARE OHIO", "WC"), None, None),  # a sure one contradicts
        (("87726", "UHC COMMUNITY PLAN DUAL", None), None, None),  # a dual plan keeps its line open
        (("C1032", "TRAVELERS AUTO", "AM"), None, None),  # auto cover has no line of ours
        (("M100", "", None), "medicare_ffs", "medicare_ffs"),
    ],
)
def test_a_payer_has_its_lines_and_weak_values_give_way(said: Said, given: str | None, line: str | None) -> None:
    assert payer_of(*said, payer_line=given)[1] == line


def test_a_contractor_number_gives_the_jurisdiction_and_railroad_has_none() -> None:
    assert DIRECTORY.of(PayerWords("12502", "NOVITAS SOLUTIONS", "837P")).mac == "JL"
    railroad = DIRECTORY.of(PayerWords("00882", "MEDICARE RAILROAD PALMETTO GBA", "837P"))
    assert (railroad.payer, railroad.line, railroad.mac, railroad.has_mac) == (
        "railroad-medicare", "medicare_ffs", None, False,
    )  # fmt: skip


def test_an_id_holds_for_its_form_and_days() -> None:
    assert payer_of("00210", None, form="837I")[0] == "bcbs-michigan"
    assert payer_of("00210", None, form="837P")[0] is None
    assert DIRECTORY.of(PayerWords("TREST", None, day=D(2025, 4, 30))).doubt is None
    ended = DIRECTORY.of(PayerWords("TREST", None, day=D(2025, 5, 1)))
    assert (ended.payer, ended.doubt) == ("tricare-east", "ended")


def test_federal_members_of_a_blue_are_the_federal_programs() -> None:
    assert payer_of("00430", "PREMERA", "CI", is_federal=True)[0] == "fep-bcbs"
    assert payer_of("00430", "PREMERA", "FI")[0] == "fep-bcbs"
    assert payer_of("87726", "UHC", "CI", is_federal=True)[0] == "unitedhealthcare"


def test_what_policy_is_asked_with_tells_an_unknown_payer_from_one_that_may_be_any() -> None:
    def asked(payer_id: str | None, name: str | None) -> str | None:
        return DIRECTORY.of(PayerWords(payer_id, name)).asked

    assert asked("99999", "RIVERSIDE HEALTH TRUST") == UNLISTED
    assert asked("87726", "AETNA") is None
    assert asked(None, None) is None
    assert asked("7710", "BLUE CROSS BLUE SHIELD") is None  # any of our Blues


def test_both_sides_of_a_contradiction_are_named() -> None:
    why = DIRECTORY.of(PayerWords("87726", "AETNA")).why
    assert why == "the id 87726 means UnitedHealthcare, the name AETNA means Aetna"


# ── the clinic's own rows ───────────────────────────────────────────────────────────────────────

HEADER = "payer_id,payer_name,form,payer,payer_line,reviewer,first_day,last_day,at"
Own = Callable[[str], PayerDirectory]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    def directory(rows: str) -> PayerDirectory:
        (tmp_path / "payers").mkdir(exist_ok=True)
        (tmp_path / "payers/payer.own.csv").write_text(f"{HEADER}\n{rows}")
        return PayerDirectory(load_policy(tmp_path))

    return directory


def test_the_clinics_own_rows_are_asked_first_in_any_order(own: Own) -> None:
    directory = own(
        "MC01,,,molina,medicaid,,,,\n87726,AETNA,,aetna,commercial,eviCore,,,\n,Riverside Health Trust,,riverside,,,,,\n"
    )
    answer = directory.of(PayerWords("87726", "Aetna Inc", filing_code="16"))
    assert (answer.payer, answer.line, answer.reviewer, answer.doubt) == ("aetna", "commercial", "eviCore", None)
    assert directory.of(PayerWords("mc01")).line == "medicaid"
    assert directory.of(PayerWords("99999", "RIVERSIDE HEALTH TRUST", filing_code="CI")).payer == "riverside"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (",,,aetna,commercial,,,,\n", "payer.own.csv line 2: payer_id and payer_name are blank"),
        ("A1,,,,commercial,,,,\n", "line 2: payer '' is no payer of the tables"),
        ("A1,,,Aetna,commercial,,,,\n", "Did you mean aetna"),
        ("A1,,,aetna,private,,,,\n", "line 2: payer_line 'private' is none of"),
        ("A1,,paper,aetna,,,,,\n", "line 2: form 'paper' is none of 837P, 837I"),
        ("A1,,,aetna,,,,,\nA1,,,cigna,,,,,\n", "this row and line 2 hold for the same key"),
        ("A1,,,aetna,,,2025-01-01,2025-06-30,\nA1,,,cigna,,,2025-06-30,,\n", "this row and line 2 hold for the same key"),
        ("A1,,,aetna,,,2025-02-01,2025-01-01,\n", "last_day 2025-01-01 is before first_day 2025-02-01"),
    ],
)  # fmt: skip
def test_a_row_that_answers_nobody_or_twice_is_refused_with_its_line(own: Own, rows: str, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        own(rows)
    assert words in str(refused.value)
