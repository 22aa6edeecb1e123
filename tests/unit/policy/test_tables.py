"""`PolicyTables`: nobody changes them, they travel to other processes, and several may ask them at once."""

import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date as D
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

from beamclaim.errors import PolicyError
from beamclaim.policy import PolicyAnswers, PolicyTables, load_policy
from beamclaim.policy.resolve import Answer, Ask

ASKS: list[Ask] = [
    (code, day, "hospital_outpatient", None, line, None)
    for code in ("77386", "77412", "77427", "77301", None)
    for day in (D(2025, 12, 31), D(2026, 1, 1), None)
    for line in ("medicare_ffs", "commercial", None)
]
TABLES = ("radonc.codes", "radonc.delivery", "mue", "setting.not_payable", "mpfs.indicators")


@pytest.fixture(scope="module")
def tables() -> PolicyTables:
    return load_policy(as_of=D(2026, 11, 23))


def answers_of(tables: PolicyTables) -> list[list[Answer]]:
    return PolicyAnswers(tables).answers([(name, ASKS) for name in TABLES])


def test_nothing_of_them_can_be_changed(tables: PolicyTables) -> None:
    before = {name: tables.table(name).frame for name in tables.names}
    with pytest.raises(AttributeError):
        tables.digest = "another"  # type: ignore[misc]
    for mapping in (tables.tables, tables.sources, tables.coverage, tables.whole_parameters, tables.editions):
        with pytest.raises(TypeError):
            mapping["mue"] = None  # type: ignore[index]
    table = tables.table("mue")
    with pytest.raises(AttributeError):
        table.declared = tables.table("ncci").declared
    with pytest.raises(TypeError):
        table.declared.value["limit"] = pl.String  # type: ignore[index]
    with pytest.raises(AttributeError):
        tables.coverage["mue"][0].source = "nobody"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        tables.sources["CMS-IOCE"].title = "another"  # type: ignore[misc]
    # A frame is the caller's own: what is done to it in place stays there.
    frame = table.frame
    frame[0, "limit"] = 99
    frame.insert_column(0, pl.lit(1).alias("mine"))
    frame.drop_in_place("mai")
    for name, whole in before.items():
        assert tables.table(name).frame.equals(whole), name


def test_a_fresh_process_that_unpickles_them_gives_equal_answers(tables: PolicyTables, tmp_path: Path) -> None:
    (tmp_path / "tables").write_bytes(pickle.dumps(tables))
    (tmp_path / "asks").write_bytes(pickle.dumps((TABLES, ASKS)))
    program = (
        "import pickle, sys; from pathlib import Path; from beamclaim.policy import PolicyAnswers\n"
        "home = Path(sys.argv[1]); tables = pickle.loads((home / 'tables').read_bytes())\n"
        "names, asks = pickle.loads((home / 'asks').read_bytes())\n"
        "answers = PolicyAnswers(tables).answers([(name, asks) for name in names])\n"
        "(home / 'answers').write_bytes(pickle.dumps((tables.digest, answers)))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert pickle.loads((tmp_path / "answers").read_bytes()) == (tables.digest, answers_of(tables))


def test_what_comes_back_from_a_pickle_is_the_same(tables: PolicyTables) -> None:
    again: PolicyTables = pickle.loads(pickle.dumps(tables))
    assert (again.as_of, again.digest, again.sources, again.coverage) == (
        tables.as_of, tables.digest, tables.sources, tables.coverage,
    )  # fmt: skip
    assert all(again.table(name).frame.equals(tables.table(name).frame) for name in (*tables.names, "parameters"))
    assert again.table("mue").declared is tables.table("mue").declared
    assert again.diagnoses.codes.equals(tables.diagnoses.codes)


def test_two_threads_may_ask_one_policy_at_once(tables: PolicyTables) -> None:
    alone = answers_of(tables)
    shared = PolicyAnswers(tables)
    asked = [[(name, ASKS[i % 7 :: 1 + i % 3])] for i in range(40) for name in TABLES]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(shared.answers, asked))
    for ((name, asks),), (one,) in zip(asked, answers, strict=True):
        whole = dict(zip(ASKS, alone[TABLES.index(name)], strict=True))
        assert one == [whole[ask] for ask in asks]


def test_two_processes_may_ask_the_same_tables(tables: PolicyTables) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        one, other = pool.map(answers_of, [tables, tables])
    assert one == other == answers_of(tables)


def test_a_name_nobody_knows_is_refused_with_the_nearest(tables: PolicyTables) -> None:
    with pytest.raises(PolicyError, match=r"no policy table 'radonc\.delivry'\. Did you mean radonc\.delivery"):
        tables.table("radonc.delivry")
    with pytest.raises(
        PolicyError, match=r"no policy parameter 'radonc\.session\.gap'.*Did you mean radonc\.session\.gap_hours"
    ):
        tables.is_whole("radonc.session.gap")
