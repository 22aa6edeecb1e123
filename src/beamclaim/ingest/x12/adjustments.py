"""CAS segments → one row a reason: what a payer took off, why and how many units; the same in claims and in answers."""

from dataclasses import dataclass

import numpy as np

from beamclaim.ingest.x12.cells import money
from beamclaim.ingest.x12.chunk import Chunk, Columns
from beamclaim.ingest.x12.tokens import Cells, Flags, Ints


@dataclass(slots=True)
class AdjustmentReasons:
    """The filled reasons of some CAS (up to six each): their segment, cells and amounts."""

    rows: Ints
    reason: Cells
    cents: Ints
    has_cents: Flags
    thousandths: Ints
    has_units: Flags

    @classmethod
    def read(cls, chunk: Chunk, cas: Ints) -> "AdjustmentReasons":
        """Those of these segments; an amount or quantity that is none is a fault."""
        tokens = chunk.tokens
        count = (tokens.separators[cas] + 1) // 3
        rows = np.repeat(cas, count)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
        reason, amount, quantity = (tokens.element(rows, 3 * nth + k) for k in (2, 3, 4))
        used = (reason.end > reason.start) | (amount.end > amount.start) | (quantity.end > quantity.start)
        cents, has_cents = chunk.amounts(amount.take(used))
        thousandths, has_units = chunk.quantities(quantity.take(used))
        return cls(rows[used], reason.take(used), cents, has_cents, thousandths, has_units)

    def columns(self, chunk: Chunk) -> Columns:
        """The columns of the adjustments table that a CAS itself says."""
        return {
            "adjustment.group": chunk.text(self.rows, 1, upper=True),
            "adjustment.reason": chunk.texts.column(self.reason, upper=True),
            "adjustment.amount": money(self.cents, self.has_cents),
            "adjustment.quantity": money(self.thousandths, self.has_units, precision=15, scale=3),
        }
