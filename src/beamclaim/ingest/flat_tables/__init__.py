"""Tables people export or write by hand (CSV, JSON lines) → tables of the model, by declaration.

In: bytes and a `FlatTable`, which names the columns and how a cell of each is read. Out: chunks of tables, every row
with its bytes, what cannot be read as faults. Begin with `declaration`, then `reader`; `claims` is the one table so far.
"""

from beamclaim.ingest.flat_tables.claims import read_claims_csv, read_claims_jsonl
from beamclaim.ingest.flat_tables.csv_rows import locate_cell
from beamclaim.ingest.flat_tables.json_rows import locate_key

__all__ = ["locate_cell", "locate_key", "read_claims_csv", "read_claims_jsonl"]
