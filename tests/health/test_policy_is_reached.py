"""Every row of every policy table can be reached: some claim, on some day, is answered by it.

A row nobody reaches is a fact that looks as if it were asked: it stands behind another row of its key, is for a payer no
claim can find, begins after its table has ended, or has a key in a form in which nobody asks.
"""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from beamclaim.model import value_sets
from beamclaim.policy import PolicyTables, load_policy
from beamclaim.policy.declarations import DECLARED, PARAMETERS
from beamclaim.policy.declarations.form import Declaration
from beamclaim.policy.diagnoses import ICD10CM
from beamclaim.policy.resolve import OTHER, Resolver, key_of
from beamclaim.rules.registry import rules

#: Tables that say whose a claim is: read as a whole, by names and ids (`policy/payers.py`), before anybody can ask.
READ_WHOLE = {"payers", "payer.ids", "payer.names", "payer.rewrites", "payer.own", "contractors"}
#: Codes of claims: procedures of five characters, of which a range may name the first.
CODE = re.compile(r"\d{4}[0-9TUM]|[A-V]\d{4}")
#: What a key column may hold, where a closed list says so.
WORDS: dict[str, set[str]] = {
    "technique": {*value_sets.TECHNIQUES},
    "form": {*value_sets.CLAIM_FORMS, "any"},
    "payer_line": {*value_sets.PAYER_LINES},
    "frequency": {*value_sets.CLAIM_FREQUENCIES},
    "motion": {*value_sets.MOTIONS},
}


SOURCE = Path(value_sets.__file__).parents[1]
#: Rooms whose modules declare tables, or make claims, and read no policy.
NOT_READERS = {"rules", "synthetic", "testing", "demonstration", "policy", "cli"}
#: Tables whose code is one of a payer's answer.
OF_ANSWERS = {"carc", "rarc"}


@pytest.fixture(scope="module")
def tables() -> PolicyTables:
    return load_policy()


def asks_of(declared: Declaration, rows: pl.DataFrame, diagnoses: pl.DataFrame) -> pl.DataFrame:
    """The asks each row could answer: by its key, on its first and last days, for every circumstance its scope leaves open."""
    scope = pl.col("scope").str.split("/").list
    is_payer = scope.first() == "payer"
    line = pl.when(is_payer).then(scope.get(2, null_on_oob=True)).otherwise(scope.get(1, null_on_oob=True))
    # What its rows do not differ by need not be varied.
    lines = value_sets.PAYER_LINES if rows["scope"].n_unique() > 1 else value_sets.PAYER_LINES[:1]
    places = value_sets.SETTINGS if rows["setting"].n_unique() > 1 else value_sets.SETTINGS[:1]
    every, settings = pl.lit(list(lines), pl.List(pl.String)), pl.lit(list(places), pl.List(pl.String))
    own = line.replace("medicare", value_sets.ORIGINAL_MEDICARE)
    first = pl.coalesce(pl.max_horizontal("row.begins", "row.sure_from"), "row.until", pl.date(2026, 7, 1))
    asks = rows.select(
        "row.id",
        key(declared, diagnoses),
        pl.concat_list(first, pl.coalesce("row.until", first)).alias("day"),
        pl.when(pl.col("setting") == "any").then(settings).otherwise(pl.concat_list("setting")).alias("setting"),
        pl.when(is_payer).then(scope.get(1, null_on_oob=True)).otherwise(pl.lit(OTHER)).alias("payer"),
        pl.when(own.is_null()).then(every).otherwise(pl.concat_list(own)).alias("payer_line"),
        pl.when(is_payer).then(None).otherwise(scope.get(2, null_on_oob=True)).fill_null(OTHER).alias("mac"),
    )
    return asks.explode("key").explode("day").explode("setting").explode("payer_line").drop_nulls("key")


def key(declared: Declaration, diagnoses: pl.DataFrame) -> pl.Expr:
    """The keys of a row: one, or of a range its ends and the diagnoses inside it."""
    if not declared.is_range:
        return pl.concat_list(key_of(declared.key))
    inside = pl.struct("code_from", "code_to").map_elements(
        lambda r: [r["code_from"], r["code_to"], *within(r["code_from"], r["code_to"], diagnoses["code"])],
        return_dtype=pl.List(pl.String),
    )
    return inside.alias("key")


def within(first: str, last: str, codes: pl.Series) -> list[str]:
    start = codes.search_sorted(first, "left")
    end = codes.search_sorted(last + "~", "right")
    return codes[start:end].to_list()


def unreached(declared: Declaration, tables: PolicyTables) -> list[str]:
    """The rows of a table that answer no ask, by file and line."""
    table = tables.table(declared.name)
    asks = asks_of(declared, table.frame, tables.diagnoses.codes.sort("code"))
    resolver = Resolver.of([table], {declared.name: tables.coverage.get(declared.name, ())})
    answers = resolver.answers(
        asks.select(pl.lit(declared.name).alias("table"), "key", "day", "setting", "payer", "payer_line", "mac")
    )
    # A row whose beginning nobody knows answers by leaving the days before its end in doubt.
    in_doubt = table.frame.filter(pl.col("row.sure_from") == date.max)["row.id"]
    doubts = pl.col("covered").is_null() & pl.col("row.id").is_in(in_doubt.implode())
    reached = asks.with_columns(answers["row.id"].alias("answer"), answers["covered"]).filter(
        (pl.col("answer") == pl.col("row.id")) | doubts
    )
    places = ["row.file", "row.line"]
    reached_places = table.frame.filter(pl.col("row.id").is_in(reached["row.id"].implode())).select(places)
    left = table.stated.join(reached_places, on=places, how="anti")
    return [f"{file} line {line}" for file, line in left.select(places).iter_rows()]


@pytest.mark.parametrize(
    "declared", [d for d in (*DECLARED, PARAMETERS) if d.name not in READ_WHOLE and not d.whole], ids=lambda d: d.name
)
def test_every_row_answers_some_claim(declared: Declaration, tables: PolicyTables) -> None:
    assert unreached(declared, tables) == []


@pytest.mark.parametrize("name", [d.name for d in (*DECLARED, PARAMETERS)])
def test_no_row_answers_after_its_own_last_day(name: str, tables: PolicyTables) -> None:
    beyond = tables.table(name).frame.filter(
        (pl.col("row.until") > pl.col("last_day")) | (pl.col("row.until").is_null() & pl.col("last_day").is_not_null())
    )
    assert beyond.select("row.file", "row.line").rows() == []


def test_an_add_on_names_its_services_or_who_names_them(tables: PolicyTables) -> None:
    rows = tables.table("addons").stated
    assert rows.filter((pl.col("named_by") == "table") != pl.col("primaries").is_not_null()).height == 0


def test_a_row_of_a_part_is_of_a_part_that_is_declared(tables: PolicyTables) -> None:
    for whole in {d.part_of[0] for d in DECLARED if d.part_of}:
        own = tables.table(whole)
        fixed = own.key[1:]
        words = {d.part_of[1:] for d in DECLARED if d.part_of and d.part_of[0] == whole}
        assert set(own.frame.select(fixed).unique().rows()) == words, (
            f"{whole}: rows no part reads, or a part without rows"
        )


@pytest.mark.parametrize("name", sorted({read.table for rule in rules() for read in rule.policy_reads}))
def test_every_condition_rules_ask_by_fits_a_row_and_no_row_leaves_all_of_them_blank(
    name: str, tables: PolicyTables
) -> None:
    """A row answers a condition with yes or no; one whose cells are blank answers nobody, and a word no row holds is never true."""
    asked = conditions_of(name)
    if not any(asked) or name == ICD10CM:
        return
    rows = tables.table(name).stated
    for cells in filter(None, asked):
        fits = pl.all_horizontal(pl.col(c).cast(pl.String) == word for c, word in cells.items())
        assert rows.filter(fits).height, f"no row of {name} holds {cells}"
    if all(asked) and not reads_in_python(name):
        columns = {c for cells in asked for c in cells}
        blank = rows.filter(pl.all_horizontal(pl.col(c).is_null() for c in columns))
        assert blank.select("row.file", "row.line").rows() == []


def conditions_of(name: str) -> list[dict[str, str]]:
    """The cells a row must hold for each read of a table by a rule; empty cells where any row answers."""
    reads = [read for rule in rules() for read in rule.policy_reads if read.table == name]
    return [dict(getattr(read, "conditions", ())) for read in reads]


def reads_in_python(name: str) -> bool:
    """Whether a module outside the rules names the table."""
    rooms = (path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).parts[0] not in NOT_READERS)
    return any(re.search(rf'"{re.escape(name)}"', path.read_text(encoding="utf-8")) for path in rooms)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.name)
def test_a_key_is_a_word_somebody_can_ask_with(declared: Declaration, tables: PolicyTables) -> None:
    frame = tables.table(declared.name).stated
    for column in declared.key:
        if column in WORDS:
            assert set(frame[column]) <= WORDS[column], f"no claim and no record says {column} so"
    if "site_group" in declared.key:
        groups = {*tables.table("sites").stated["site_group"], *tables.table("dx.groups").stated["site_group"]}
        assert set(frame["site_group"]) <= groups, "no site and no diagnosis is of this group"
    if declared.key == ("modifier",):
        assert set(frame["modifier"].str.len_chars()) <= {2}


@pytest.mark.parametrize(
    "declared", [d for d in DECLARED if d.key[:1] == ("code",) and not d.is_range], ids=lambda d: d.name
)
def test_a_code_is_written_as_claims_write_it(declared: Declaration, tables: PolicyTables) -> None:
    codes = tables.table(declared.name).stated["code"]
    strange = [c for c in codes.unique() if not CODE.fullmatch(c) and not re.fullmatch(r"[A-TV-Z]\d[0-9A-Z]{1,5}", c)]
    assert strange == [] or declared.name in OF_ANSWERS
