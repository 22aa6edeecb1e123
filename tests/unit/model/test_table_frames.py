"""Tables of a run: what is missing is empty, what is not as declared is refused by table, column and remedy."""

import polars as pl
import pytest

from beamclaim.model.tables import STAYS, TABLES
from beamclaim.model.tables.frames import Tables


def stays(**columns: pl.Series | pl.Expr) -> pl.DataFrame:
    return STAYS.empty().with_columns(**columns)


def test_a_table_nobody_filled_is_empty_and_typed() -> None:
    assert Tables()["stays"].schema == STAYS.schema


@pytest.mark.parametrize("name", TABLES)
def test_every_table_can_say_where_it_is_declared(name: str) -> None:
    with pytest.raises(TypeError, match=r"column \S+ is missing; .* \(model/tables/\w+\.py\)"):
        Tables({name: pl.DataFrame()})


@pytest.mark.parametrize(
    ("name", "frame", "words"),
    [
        (
            "stays",
            stays().with_columns(pl.col("stay.first_day").cast(pl.String)),
            "table stays: column stay.first_day is String, declared Date; the reader that made the frame has to cast it where the "
            "column is made (model/tables/course.py)",
        ),
        (
            "stays",
            stays().drop("stay.kind"),
            "table stays: column stay.kind is missing; the reader that made the frame has to fill it, with nulls where it does "
            "not know (model/tables/course.py)",
        ),
        (
            "stays",
            stays(extra=pl.lit(1)),
            "table stays: column extra is not declared; drop it, or declare it (model/tables/course.py)",
        ),
        ("stay", stays(), "table stay: there is no such table; did you mean stays?"),
        ("qqq", stays(), "table qqq: there is no such table; declare it in model/tables"),
    ],
    ids=["type", "missing", "extra", "near", "unknown"],
)
def test_a_frame_that_is_not_its_table_is_refused_with_column_and_remedy(
    name: str, frame: pl.DataFrame, words: str
) -> None:
    with pytest.raises(TypeError) as refused:
        Tables({name: frame})
    assert str(refused.value) == words
