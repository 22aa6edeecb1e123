"""The rows readers write are the tables they fill: same names, same order."""

import pytest

from beamclaim.model.tables import BEAMS, DELIVERIES, FAULTS, STATEMENTS, Table
from beamclaim.model.tables.evidence import Beam, Delivery, Evidence, Statement


@pytest.mark.parametrize(("row", "table"), [(Statement, STATEMENTS), (Beam, BEAMS), (Delivery, DELIVERIES)])
def test_a_row_has_the_columns_of_its_table_in_order(row: type, table: Table) -> None:
    assert [c.name.rpartition(".")[2] for c in table.columns] == list(row._fields)  # type: ignore[attr-defined]


def test_no_rows_have_the_types_of_their_tables() -> None:
    frames = Evidence().frames()
    for table in (STATEMENTS, BEAMS, DELIVERIES, FAULTS):
        assert frames[table.name].schema == table.empty().schema
