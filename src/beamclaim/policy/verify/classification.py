"""ICD-10-CM (a plain list of codes, a tabular list) → rows of our tables of diagnoses."""

import re
from collections.abc import Iterator

import polars as pl

from beamclaim.policy.diagnoses import ICD10CM
from beamclaim.policy.tables import PolicyTables
from beamclaim.policy.verify.comparison import LeftOut, Side, split

RELEASE = "2026-04"
_SOURCE = f"ICD10CM-{RELEASE}"
#: A note that names what comes first, and does not leave it open whether there is any.
_NAMES = r"underlying|neoplasm|malignan|transplanted organ"
_LEAVES_OPEN = r"\b(if|any|when)\b"
_CODES = re.compile(r"([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:-([A-Z]\d[0-9A-Z]))?")


def codes(files: list[pl.DataFrame]) -> Side:
    """A plain list of codes with dots: those that begin no longer one are valid, the others categories."""
    lines = files[0].select(pl.col("text").str.strip_chars().str.replace_all(".", "", literal=True).alias("code"))
    taken = split(
        lines, pl.col("code").str.contains(r"^[A-Z][0-9A-Z]{2,6}$"), "lines of chapters and blocks", "they are no codes"
    )
    bare = taken.rows.unique()
    longer = bare.filter(pl.col("code").str.len_chars() > 3)
    stems = pl.concat(
        [longer.filter(pl.col("code").str.len_chars() > n).select(pl.col("code").str.slice(0, n)) for n in range(3, 7)]
    ).unique()
    is_category = pl.col("code").is_in(stems["code"].implode())
    status = pl.when(is_category).then(pl.lit("c")).otherwise(pl.lit("v"))
    return Side(bare.with_columns(status.alias("status")), taken.left_out)


def own_codes(policy: PolicyTables) -> Side:
    """What our release of that day says of each code."""
    known = policy.diagnoses.codes
    others = len([c for c in known.columns if c not in ("code", RELEASE)])
    left_out = LeftOut(f"{others} other releases of {ICD10CM}", None, "no copy of them is in the folder")
    return Side(known.filter(pl.col(RELEASE) != "-").select("code", status=RELEASE), (left_out,))


def code_first(files: list[pl.DataFrame]) -> Side:
    """The codes whose note names an underlying condition to be coded first; those inside one of them are not said again."""
    notes = files[0].filter(pl.col("kind") == "codeFirst").unique("code", keep="first", maintain_order=True)
    names = pl.col("note").str.contains(_NAMES) & ~pl.col("note").str.contains(_LEAVES_OPEN)
    taken = split(
        notes, names, "notes that hold only if there is such a condition, or name poisoning, injury or pregnancy",
        "whether they hold nobody can tell from a claim of radiation therapy",
    )  # fmt: skip
    known = taken.rows["code"].to_list()
    inside = [c for c in known if any(c != other and c.startswith(other) for other in known)]
    rows = taken.rows.filter(~pl.col("code").is_in(inside)).select(pl.col("code").alias("code_from"))
    within = LeftOut("codes inside one that has such a note", len(inside), "the row of the wider one holds them")
    return Side(rows, (*taken.left_out, within))


def own_code_first(policy: PolicyTables) -> Side:
    """The rows of our table that the release speaks for."""
    return _of_release(policy, "dx.code_first")


def excludes(files: list[pl.DataFrame]) -> Side:
    """Each code an Excludes1 note names, with the code the note stands at."""
    notes = files[0].filter(pl.col("kind") == "excludes1").select("code", "note").rows()
    pairs = sorted({(code, at) for at, note in notes for code in _named(note)})
    return Side(pl.DataFrame(pairs, schema={"code_from": pl.String, "noted_at": pl.String}, orient="row"))


def own_excludes(policy: PolicyTables) -> Side:
    """The same of our table, whose notes stand at categories."""
    own = _of_release(policy, "dx.excludes")
    return Side(own.rows.select("code_from", noted_at=pl.col("excluded").str.slice(0, 3)), own.left_out)


def _named(note: str) -> Iterator[str]:
    """The codes in the brackets of a note, without dots; of categories from one to another each."""
    for first, last in _CODES.findall(note.rpartition("(")[2]):
        if not last:
            yield first.replace(".", "")
        elif first[0] == last[0] and (first[1:] + last[1:]).isdigit():
            yield from (f"{first[0]}{n:02}" for n in range(int(first[1:]), int(last[1:]) + 1))


def _of_release(policy: PolicyTables, table: str) -> Side:
    return split(
        policy.table(table).stated, pl.col("source").str.contains(_SOURCE), "rows of earlier releases",
        "no copy of them is in the folder",
    )  # fmt: skip
