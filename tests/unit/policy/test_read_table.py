"""What is refused in a policy folder, with file, line and remedy."""

from collections.abc import Callable
from datetime import date as D
from pathlib import Path

import pytest

from beamclaim.errors import PolicyError

from .conftest import policy_of

Folder = Callable[[str, str], Path]
FILE = "codes/radonc.weekly_management.csv"
HEAD = "code,first_day,last_day,source,at,confidence,observed_on\n"
PAIRS = "edits/cpt.pairs.csv"
PAIRS_HEAD = "column1,column2,component,reason,scope,setting,first_day,last_day,source,at,confidence,observed_on\n"
GOOD = "A0001,2016-01-01,2016-12-31,RBC-77427,,high,\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour," + HEAD + "x," + GOOD, "line 1: unknown column 'colour'"),
        (HEAD.replace(",at", ""), "line 1: the column 'at' is missing"),
        (HEAD + GOOD + "A0000,2016-01-01,,RBC-77427,,high,\n", "line 3: the rows are not sorted"),
        (HEAD + "A0001,2016-01-01,2015-12-31,RBC-77427,,high,\n", "line 2: last_day 2015-12-31 is before first_day"),
        (HEAD + GOOD + "A0001,2016-12-31,,RBC-77427,,high,\n", "line 3: this row and line 2 hold for the same key"),
        (HEAD + "A0001,,2016-01-01,RBC-77427,,high,\n" + GOOD, "line 3: this row and line 2 hold for the same key"),
        (HEAD + "A0001,2016-01-01,,NO-SUCH,,high,\n", "line 2: the source 'NO-SUCH' is not described"),
        (HEAD + "A0001,2016-02-30,,RBC-77427,,high,\n", "line 2: first_day '2016-02-30' is no day"),
        (HEAD + "A0001,01/02/2016,,RBC-77427,,high,\n", "line 2: first_day '01/02/2016' is no day"),
        (HEAD + "A0001,2016-01-01,,RBC-77427,,sure,\n", "line 2: confidence 'sure' is not one of"),
        (HEAD + ",2016-01-01,,RBC-77427,,high,\n", "line 2: code is blank"),
        (HEAD + "A0001,2016-01-01,,RBC-77427,,high,,,\n", "does not have the 7 cells"),
        (HEAD + '"A\n1",2016-01-01,,RBC-77427,,high,\n', "a cell holds a line break"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_place(folder: Folder, text: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        policy_of(folder(FILE, text))
    assert says in str(refused.value)
    assert "radonc.weekly_management.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("us,office,2016-01-01", "setting 'office' is not one of"),
        ("moon,any,2016-01-01", "scope 'moon' is not one of"),
        (",any,2016-01-01", "scope '' is not one of"),
        ("us/medicare/JE,any,2016-01-01", "scope 'us/medicare/JE' is not one of"),
    ],
)
def test_a_row_says_for_whom_and_where(folder: Folder, cells: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        policy_of(folder(PAIRS, PAIRS_HEAD + f"A0001,A0002,all,,{cells},,RBC-77427,,high,\n"))


def test_a_value_of_the_wrong_kind_is_refused(folder: Folder) -> None:
    head = "code,limit,mai,setting,first_day,last_day,source,confidence\n"
    with pytest.raises(PolicyError, match="line 2: limit 'two' is not a whole number"):
        policy_of(folder("edits/mue.csv", head + "A0001,two,3,any,2026-10-01,,SOPHIE-MUE,high\n"))


def test_a_later_reading_of_the_same_days_is_no_overlap(folder: Folder) -> None:
    rows = "A0001,2016-01-01,,RBC-77427,,high,2016-01-01\nA0001,2016-06-01,,RBC-77427,,high,2017-01-01\n"
    table = policy_of(folder(FILE, HEAD + rows)).table("radonc.weekly_management")
    assert table.frame["code"].to_list().count("A0001") == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A-1: {title: t, publisher: p}\nA-1: {title: u, publisher: q}\n", "line 2: the key 'A-1' stands here twice"),
        ("A-1:\n  title: t\n  publisher: p\n  colour: red\n", "line 4: A-1 has the unknown key 'colour'"),
        ("A-1: {title: t}\n", "line 1: source A-1 needs title and publisher"),
        ("RBC-77427: {title: t, publisher: p}\n", "line 1: source RBC-77427 is already described"),
        ("A-1: [t\n", "this is not YAML"),
        ("- A-1\n", "a mapping is expected"),
        ("A-1: {title: t, publisher: p, published: 2026-02-30}\n", "a value cannot be read"),
    ],
)
def test_a_wrong_source_is_refused(folder: Folder, text: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        policy_of(folder("sources/own.yaml", text))
    assert says in str(refused.value)
    assert "own.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mue:\n  - {colour: red}\n", "line 2: mue has the unknown key 'colour'"),
        ("no.such: []\n", "line 1: there is no table 'no.such'"),
        ("mue:\n  - {settings: [office]}\n", "line 1: settings of mue is a list of"),
        ("mue:\n  - {first_day: soon}\n", "line 1: first_day 'soon' of mue is no day"),
        ("mue:\n", "line 1: an entry of mue is a mapping of"),
        ("mue: [today]\n", "line 1: an entry of mue is a mapping of"),
        ("mue:\n  - {keys: all}\n", "line 1: keys of mue is a mapping"),
        ("mue:\n  - {source: NO-SUCH}\n", "the source 'NO-SUCH' is not described"),
    ],
)
def test_wrong_coverage_is_refused(folder: Folder, text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=r"coverage\.yaml") as refused:
        policy_of(folder("coverage.yaml", text))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("covered:\n  - {colour: red}\n", "line 2: mue has the unknown key 'colour'"),
        ("mue: []\n", "line 1: mue has the unknown key 'mue'. Known: covered"),
        ("covered: today\n", "an entry of mue is a mapping of"),
        ("covered:\n  - {source: NO-SUCH}\n", "the source 'NO-SUCH' is not described"),
    ],
)
def test_wrong_coverage_beside_a_table_is_refused(folder: Folder, text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=r"mue\.yaml") as refused:
        policy_of(folder("edits/mue.yaml", text))
    assert says in str(refused.value)


def test_coverage_of_a_clinic_stands_beside_its_table_or_in_one_file(folder: Folder) -> None:
    folder("coverage.yaml", "ncci:\n  - {first_day: 2020-01-01, last_day: 2020-12-31, by: own}\n")
    own = folder("edits/mue.yaml", "covered:\n  - {first_day: 2021-01-01, last_day: 2021-12-31, by: own}\n")
    coverage = policy_of(own).tables.coverage
    assert [(e.table, e.first_day) for n in ("mue", "ncci") for e in coverage[n] if e.by == "own"] == [
        ("mue", D(2021, 1, 1)), ("ncci", D(2020, 1, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hours:\n  label: x\n", "line 1: hours needs label, unit and a list of values"),
        ("hours:\n  values:\n    - {value: 1, until: 2020-01-01}\n", "line 3: hours has the unknown key 'until'"),
        ("hours:\n  values: [5]\n", "line 1: an entry of hours is a mapping of"),
        ("hours:\n  values:\n    - {scope: us}\n", "a row of hours has no value"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(folder: Folder, text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=r"own\.yaml") as refused:
        policy_of(folder("parameters/own.yaml", text))
    assert says in str(refused.value)


def test_a_file_no_table_has_is_refused(folder: Folder) -> None:
    with pytest.raises(PolicyError, match=r"codes/radonc\.deliverys\.csv: no table has this file"):
        policy_of(folder("codes/radonc.deliverys.csv", HEAD))


def test_coverage_of_no_table_is_refused_with_the_nearest(folder: Folder) -> None:
    with pytest.raises(PolicyError, match=r"edits/mues\.yaml: no table has this file\. Did you mean edits/mue\.yaml"):
        policy_of(folder("edits/mues.yaml", "covered: []\n"))


def test_there_are_no_other_tables_and_no_other_folder(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no policy table 'mues'"):
        policy_of().table("mues")
    with pytest.raises(PolicyError, match="is no folder"):
        policy_of(tmp_path / "nowhere")


def test_a_row_without_source_is_a_preview_and_advice_only(folder: Folder) -> None:
    policy = policy_of(folder(FILE, HEAD + "A0001,2016-01-01,,,,high,\n"))
    own = policy.table("radonc.weekly_management").frame.filter(code="A0001").row(0, named=True)
    assert (own["row.preview"], own["row.cap"]) == (True, "info")


def test_a_source_nobody_cites_is_a_warning(folder: Folder) -> None:
    policy = policy_of(folder("sources/own.yaml", "A-1: {title: t, publisher: p}\n"))
    assert "source A-1 is cited by no row: cite it or take it out" in policy.tables.uncited()
