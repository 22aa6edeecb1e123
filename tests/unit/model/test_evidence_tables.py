"""The rows readers write are the tables they fill: same names, same order."""

import pytest

from beamclaim.model.tables import ASSERTIONS, BEAMS, DELIVERIES, FAULTS, Table
from beamclaim.model.tables.evidence import Assertion, Beam, Delivery, Evidence


@pytest.mark.parametrize(("row", "table"), [(Assertion, ASSERTIONS), (Beam, BEAMS), (Delivery, DELIVERIES)])
def test_a_row_has_the_columns_of_its_table_in_order(row: type, table: Table) -> None:
    assert [c.name.rpartition(".")[2] for c in table.columns] == list(row._fields)  # type: ignore[attr-defined]


def test_no_rows_have_the_types_of_their_tables() -> None:
    frames = Evidence().frames()
    for table in (ASSERTIONS, BEAMS, DELIVERIES, FAULTS):
        assert frames[table.name].schema == table.empty().schema
