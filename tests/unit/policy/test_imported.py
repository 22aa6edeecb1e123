"""CMS files as published become tables of the user's folder, and questions that could not be told are answered."""

import zipfile
from datetime import date as D
from pathlib import Path

import polars as pl
import pytest

from beamclaim.errors import BeamclaimError, PolicyError
from beamclaim.policy import PolicyAnswers
from beamclaim.policy.imports import import_files
from beamclaim.policy.show import show

from . import cms_files as cms
from .conftest import Ask, policy_of

TODAY = D(2026, 11, 26)
DAY = D(2026, 10, 6)


def _load(folder: Path, *files: Path, quarter: str | None = None) -> PolicyAnswers:
    import_files(list(files), folder / "own", TODAY, quarter)
    return policy_of(folder / "own", TODAY)


def test_practitioner_pairs_that_could_not_be_told_are_answered(
    policy: PolicyAnswers, ask: Ask, tmp_path: Path
) -> None:
    asked = ask(
        "column1 column2", ("77301", "77280", DAY), ("77301", "77300", DAY), ("77307", "77300", DAY),
        ("77407", "77402", DAY), ("77412", "77402", DAY), setting="professional",
    )  # fmt: skip
    assert policy.resolve("ncci", asked)["covered"].to_list() == [False] * 5
    found = _load(tmp_path, cms.ptp(tmp_path)).resolve("ncci", asked)
    assert found["indicator"].to_list() == ["0", None, None, None, "1"]
    assert found["covered"].to_list() == [True] * 5
    assert found["row.cap"].to_list()[0] == "error"


def test_an_edition_speaks_for_its_own_quarter_and_setting(ask: Ask, tmp_path: Path) -> None:
    loaded = _load(tmp_path, cms.ptp(tmp_path))
    days = (D(2026, 9, 30), D(2026, 10, 1), D(2026, 12, 31), D(2027, 1, 1))
    asked = ask("column1 column2", *(("77301", "77280", day) for day in days), setting="freestanding")
    found = loaded.resolve("ncci", asked)
    assert found["indicator"].to_list() == [None, "0", "0", None]
    assert found["covered"].to_list() == [False, True, True, False]
    inside = ask(
        "column1 column2", ("77412", "77407", D(2026, 11, 14)), ("77412", "77407", D(2026, 11, 15)),
        ("77427", "77417", D(2026, 11, 15)), ("77427", "77417", D(2026, 11, 16)), setting="freestanding",
    )  # fmt: skip
    assert loaded.resolve("ncci", inside)["indicator"].to_list() == [None, "1", "0", None]
    unknown = ask("column1 column2", ("77301", "77280", DAY), setting=None, payer_line=None)
    assert loaded.resolve("ncci", unknown)["covered"].to_list() == [None]


def test_a_pair_outside_the_span_of_the_part_read_is_not_told(ask: Ask, tmp_path: Path) -> None:
    loaded = _load(tmp_path, cms.ptp(tmp_path))
    asked = ask("column1 column2", ("77290", "77280", DAY), ("77470", "77280", DAY), setting="professional")
    assert loaded.resolve("ncci", asked)["covered"].to_list() == [False, False]


def test_rows_are_fetched_as_they_are_asked_and_keep_their_numbers(ask: Ask, tmp_path: Path) -> None:
    loaded = _load(tmp_path, cms.ptp(tmp_path))
    before = loaded.table("ncci").frame.height
    first = ask("column1 column2", ("77301", "77280", DAY), setting="professional")
    row = loaded.resolve("ncci", first)["row.id"][0]
    assert row >= before
    loaded.resolve("ncci", ask("column1 column2", ("77301", "77336", DAY), setting="professional"))
    again = loaded.resolve("ncci", first)["row.id"][0]
    assert again == row
    told = loaded.table("ncci").frame.row(row, named=True)
    assert (told["column1"], told["column2"], told["row.line"]) == ("77301", "77280", 5)
    assert told["source"] in loaded.sources


def test_what_was_read_later_wins_over_our_own_row(policy: PolicyAnswers, ask: Ask, tmp_path: Path) -> None:
    asked = ask("column1 column2", ("77301", "77280", DAY))
    assert policy.resolve("ncci", asked)["indicator"].to_list() == ["0"]
    rows = (cms.PTP_ROWS[0].replace("\t0\t", "\t1\t"),)
    loaded = _load(tmp_path, cms.ptp(tmp_path, "ccioph-v323r0-f1.txt", rows))
    assert loaded.resolve("ncci", asked)["indicator"].to_list() == ["1"]


def test_an_older_quarter_of_maximum_units_is_answered_and_its_silence_is_not(
    policy: PolicyAnswers, ask: Ask, tmp_path: Path
) -> None:
    day = D(2026, 8, 3)
    asked = ask("code", ("77407", day), ("77402", day), setting="professional")
    assert policy.resolve("mue", asked)["limit"].to_list() == [None, None]
    path = cms.write(tmp_path, "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", cms.MUE)
    found = _load(tmp_path, path).resolve("mue", asked)
    assert found["limit"].to_list() == [2, None]
    assert found["mai"].to_list() == ["3", None]
    assert found["covered"].to_list()[1] is False  # some limits are not published
    shipped = ask("code", ("77402", DAY), setting="professional")
    assert _load(tmp_path, path).resolve("mue", shipped)["limit"].to_list() == [2]


def test_relative_values_keep_every_decimal(ask: Ask, tmp_path: Path) -> None:
    loaded = _load(tmp_path, cms.write(tmp_path, "PPRRVU2026_Apr_nonQPP.csv", cms.RVU_HEAD + "".join(cms.RVU_ROWS)))
    day = D(2026, 4, 1)
    asked = ask("code modifier", ("77280", "global", day), ("77280", "26", day), ("77280", "TC", day))
    found = loaded.resolve("mpfs.rates", asked)
    assert [str(x) for x in found["work"].to_list()] == ["0.6800", "0.6800", "0.0000"]
    assert [str(x) for x in found["pe_nonfacility"].to_list()] == ["7.3500", "0.4000", "6.9500"]
    assert found["not_in"].to_list() == ["facility", None, "facility"]
    assert str(found["conversion_factor"][0]) == "33.4009"
    told = loaded.resolve("mpfs.indicators", ask("code", ("77280", day), ("77280", D(2026, 7, 1))))
    assert told.select("status", "pctc", "status_tc").rows() == [("A", "1", "A"), ("A", "1", "A")]


def test_status_indicators_of_a_later_quarter(policy: PolicyAnswers, ask: Ask, tmp_path: Path) -> None:
    asked = ask("code", ("77407", D(2026, 8, 5)), ("77387", D(2026, 8, 5)), ("77407", D(2026, 10, 1)))
    assert policy.resolve("opps.status", asked)["covered"].to_list() == [False] * 3
    path = cms.write(tmp_path, "july-2026-opps-addendum-b.csv", cms.ADDENDUM_B)
    found = _load(tmp_path, path).resolve("opps.status", asked)
    assert found["status_indicator"].to_list() == ["S", "N", None]
    assert found["apc"].to_list() == ["05622", None, None]
    assert found["covered"].to_list() == [True, True, False]


def test_the_october_diagnoses_are_told_from_the_order_file(policy: PolicyAnswers, tmp_path: Path) -> None:
    day = D(2026, 10, 1)
    asked = pl.DataFrame({"code": ["C61", "C34.1", "QZ99", "C50.919"], "day": [day] * 4})
    assert policy.diagnosis_validity(asked)["status"].to_list() == [None] * 4
    loaded = _load(tmp_path, cms.write(tmp_path, "icd10cm-order-2027.txt", cms.ICD10CM))
    found = loaded.diagnosis_validity(asked)
    assert found["status"].to_list() == ["valid", "category", "valid", "absent"]
    before = loaded.diagnosis_validity(asked.with_columns(pl.lit(D(2026, 9, 30)).alias("day")))
    assert before["status"].to_list() == ["valid", "category", "absent", "valid"]
    beyond = loaded.diagnosis_validity(asked.with_columns(pl.lit(D(2027, 4, 1)).alias("day")))
    assert beyond["status"].to_list() == [None] * 4


def test_a_workbook_and_an_archive_say_the_same_as_the_text(ask: Ask, tmp_path: Path) -> None:
    rows: list[list[str | int | None]] = [
        ["CPT only copyright. All rights reserved."], ["Column1/Column2 Edits"],
        ["Column 1", "Column 2", "*=in existence prior to 1996", "Effective Date", "Deletion Date", "Modifier", "Rationale"],
        [None, None, None, None, "*=no data", "0=not allowed", None],
        [77301, "77280", None, 20020101, "*", 0, "words"], ["0054T", 77021, None, 20020101, "*", 1, "words"],
    ]  # fmt: skip
    sheet = cms.workbook(tmp_path / "ccipra-v323r0-f2.xlsx", rows)
    asked = ask("column1 column2", ("77301", "77280", DAY), ("0054T", "77021", DAY), setting="professional")
    assert _load(tmp_path, sheet).resolve("ncci", asked)["indicator"].to_list() == ["0", "1"]
    archive = tmp_path / "f1.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(cms.ptp(tmp_path), "ccipra-v323r0-f1.TXT")
        packed.write(sheet, "ccipra-v323r0-f1.xlsx")  # the same edits again, as CMS packs them
    other = tmp_path / "other"
    done = import_files([archive], other, TODAY)
    assert [b.given for b in done] == ["ccipra-v323r0-f1.txt"]
    assert policy_of(other, TODAY).resolve("ncci", asked)["indicator"].to_list() == ["0", None]


def test_the_manifest_says_what_came_from_where_and_a_second_import_replaces(tmp_path: Path) -> None:
    own = tmp_path / "own"
    first = import_files([cms.ptp(tmp_path)], own, TODAY)[0]
    assert (first.quarter, first.rows, first.left_out) == ("2026Q4", 5, 2)
    assert first.given_sha256 in (own / "imported/sources.yaml").read_text(encoding="utf-8")
    second = import_files([cms.ptp(tmp_path, rows=cms.PTP_ROWS[:3])], own, TODAY)[0]
    assert (second.path, second.rows) == (first.path, 2)
    import_files([cms.write(tmp_path, "icd10cm-order-April-2027.txt", cms.ICD10CM)], own, TODAY)
    loaded = policy_of(own, TODAY)
    assert {p.name for p in (own / "imported").glob("*.parquet")} == {first.path.name, "icd10cm.2027Q2.parquet"}
    assert [w for w in loaded.tables.uncited() if "source CMS-" in w] == []
    assert loaded.tables.digest != policy_of(None, TODAY).tables.digest


def test_show_lists_the_imported_partners_of_a_code(tmp_path: Path) -> None:
    loaded = _load(tmp_path, cms.ptp(tmp_path))
    shown = show(loaded, "77402", DAY, setting="professional", payer_line="medicare_ffs")
    assert {"column1": "77412", "column2": "77402"} in [e.key for e in shown.entries if e.table == "ncci"]


def test_a_day_before_the_edition_does_not_know_it(tmp_path: Path, ask: Ask) -> None:
    import_files([cms.ptp(tmp_path)], tmp_path / "own", TODAY)
    early = policy_of(tmp_path / "own", D(2026, 9, 1))
    asked = ask("column1 column2", ("77301", "77280", DAY), setting="professional")
    assert early.resolve("ncci", asked)["covered"].to_list() == [False]


BAD = cms.PTP_HEAD + cms.PTP_ROWS[0] + "\r\n"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("letter.txt", "dear all,\twe\n", "none of the CMS files"),
        ("pairs-v323r0-f1.txt", BAD, "whether these pairs are the practitioner's or the hospital's"),
        ("ccipra.txt", BAD, "say the quarter. Give it: --quarter 2026Q4"),
        ("ccipra-v323r0-f1.txt", BAD + "77301\t7728\t\t20020101\t*\t0\tx\r\n", "row 6: a pair is not two codes"),
        ("ccipra-v323r0-f1.txt", BAD + "77301\t77285\t\t20020101\t*\t7\tx\r\n", "row 6: the modifier indicator is not"),
        ("ccipra-v323r0-f1.txt", BAD + "77301\t77285\t\t20021301\t*\t0\tx\r\n", "row 6: the effective date is no day"),
        ("ccipra-v323r0-f1.txt", BAD + "77301\t77285\t\t20020101\tno\t0\tx\r\n", "row 6: the deletion date is no day"),
        ("ccipra-v323r0-f1.txt", BAD.replace("77301", "7730", 1), "row 5: a pair is not two codes"),
        ("ccipra-v323r0-f1.txt", BAD + "\t77285\t\t20020101\t*\t0\tx\r\n", "row 6: a pair is not two codes"),
        ("ccipra-v323r0-f1.txt", BAD + cms.PTP_ROWS[0] + "\r\n", "stands here twice for the same days"),
        ("Eff_07-01-2026.csv", cms.MUE.replace("77407,2", "77407,two"), "the maximum is not a whole number"),
        ("Eff_07-01-2026.csv", cms.MUE.replace("Practitioner", "DME Supplier"), "only the practitioner and outpatient"),
        (
            "PPRRVU2026_Apr_nonQPP.csv",
            cms.RVU_HEAD + cms.RVU_ROWS[0].replace("7.35", "seven"),
            "row 11: pe_nonfacility",
        ),
        ("PPRRVU2026_Apr_QPP.csv", cms.RVU_HEAD + cms.RVU_ROWS[0], "Import the file named nonQPP"),
        ("july-2026-b.csv", cms.ADDENDUM_B.replace(",5622,", ",APC5,"), "the APC is not a number"),
        ("icd10cm-order-2027.txt", cms.ICD10CM + "00006 C62     x words\n", "row 6: place 15 is not 0 or 1"),
    ],
)
def test_a_file_that_is_not_as_published_is_refused_whole(tmp_path: Path, name: str, text: str, says: str) -> None:
    good = cms.ptp(tmp_path, "ccioph-v323r0-f1.txt")
    bad = cms.write(tmp_path, name, text)
    with pytest.raises(BeamclaimError) as refused:
        import_files([good, bad], tmp_path / "own", TODAY)
    assert says in str(refused.value)
    assert name in str(refused.value)
    assert not (tmp_path / "own").exists()


def test_a_quarter_given_by_hand_is_taken(tmp_path: Path) -> None:
    path = cms.write(tmp_path, "ccipra.txt", BAD)
    done = import_files([path], tmp_path / "own", TODAY, "2026q3")
    assert (done[0].first_day, done[0].last_day) == (D(2026, 7, 1), D(2026, 9, 30))
    with pytest.raises(PolicyError, match="Write 2026Q4"):
        import_files([path], tmp_path / "own", TODAY, "autumn")


@pytest.mark.parametrize("change", ["content", "gone", "stray"])
def test_a_folder_somebody_changed_is_refused(tmp_path: Path, change: str) -> None:
    own = tmp_path / "own"
    path = import_files([cms.ptp(tmp_path)], own, TODAY)[0].path
    if change == "content":
        path.write_bytes(path.read_bytes() + b"x")
    elif change == "gone":
        path.unlink()
    else:
        (own / "imported/more.parquet").write_bytes(b"x")
    with pytest.raises(PolicyError, match="Import the CMS file again"):
        policy_of(own)
