"""Claims as a table (CSV, or JSON lines with the same keys) → claims, lines, diagnoses, faults.

An absent column or key is unknown (null), but for `pointers`, whose default is all. An empty cell is
none for `modifiers` and `authorization`, `1` for `frequency`, all for `pointers`; none for `rendering_npi` in a
row that names an `attending_npi`; else unknown. What
cannot be read is null and a fault.

Rows with the same claim, patient, payer, payer_sequence, frequency, original_claim, setting and
submitted_on are one claim, wherever they stand. A chunk ends where the claim number changes, so a
claim lies in one chunk unless its rows are apart; then its later lines come in later chunks under the
key of the first, and what only those later rows say of the whole claim is a fault.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import polars as pl

from beamclaim.ingest import values
from beamclaim.ingest.flat_tables.declaration import FlatColumn, FlatTable
from beamclaim.ingest.flat_tables.reader import CHUNK_ROWS, Cells, FlatReader, Frames, read_flat_csv, read_flat_jsonl
from beamclaim.ingest.flat_tables.rows import FlatRow
from beamclaim.ingest.values import joined
from beamclaim.model.tables import CLAIMS, DIAGNOSES, LINES, Table, key_of
from beamclaim.model.value_sets import CLAIM_FREQUENCIES, FORM_OF_SETTING, PAYER_LINES, PAYER_SEQUENCES, SETTINGS

CLAIMS_TABLE = FlatTable(
    "a claims table",
    "a service line",
    (
        FlatColumn("claim", values.plain),
        FlatColumn("payer", values.plain),
        FlatColumn("payer_name", values.plain),
        FlatColumn("payer_line", values.one_of(PAYER_LINES)),
        FlatColumn("setting", values.one_of(SETTINGS)),
        FlatColumn("patient", values.plain),
        FlatColumn("birth_date", values.day),
        FlatColumn("sex", values.sex),
        FlatColumn("diagnoses", values.each(values.diagnosis), is_list=True),
        FlatColumn("line", values.ordinal),
        FlatColumn("date", values.day),
        FlatColumn("code", values.code),
        FlatColumn("modifiers", values.each(values.modifier), empty=(), is_list=True),
        FlatColumn("units", values.units),
        FlatColumn("charge", values.money),
        FlatColumn("place_of_service", values.place_of_service),
        FlatColumn("revenue_code", values.revenue_code),
        FlatColumn("rendering_npi", values.npi),
        FlatColumn("billing_npi", values.npi),
        FlatColumn("authorization", values.plain, empty=""),
        FlatColumn("frequency", values.one_of(CLAIM_FREQUENCIES), empty="1"),
        FlatColumn("submitted_on", values.day),
        FlatColumn("pointers", values.each(values.pointer), empty=(), absent="", is_list=True),
        FlatColumn("date_to", values.day),
        FlatColumn("bill_type", values.bill_type),
        FlatColumn("payer_sequence", values.one_of(PAYER_SEQUENCES)),
        FlatColumn("condition_codes", values.each(values.condition), is_list=True),
        FlatColumn("original_claim", values.plain),
        FlatColumn("mac", values.plain),
        FlatColumn("attending_npi", values.npi),
    ),
    key="claim",
    key_is="a claim number",
    key_says="it says which rows are one claim",
)

_IDENTITY = (
    "claim", "patient", "payer", "payer_sequence", "frequency", "original_claim", "setting", "submitted_on",
)  # fmt: skip
"""Rows that agree in these are one claim."""

_SHARED = (
    "payer_name", "payer_line", "birth_date", "sex", "diagnoses", "bill_type", "condition_codes", "mac", "billing_npi",
    "attending_npi",
)  # fmt: skip
"""What the rows of one claim must not contradict each other in."""

_DIAGNOSES = _SHARED.index("diagnoses")


def read_claims_csv(
    stream: BinaryIO, *, file: int, is_history: bool = False, chunk_rows: int = CHUNK_ROWS
) -> Iterator[Frames]:
    """Claims CSV → chunks of tables; the last holds the row of `files`, its path left null.

    Raises InputError when the header is not that of a claims table.
    """
    yield from read_flat_csv(
        stream,
        CLAIMS_TABLE,
        ClaimsOfRows(file),
        kind="claims_csv",
        file=file,
        is_history=is_history,
        chunk_rows=chunk_rows,
    )


def read_claims_jsonl(
    stream: BinaryIO, *, file: int, is_history: bool = False, chunk_rows: int = CHUNK_ROWS
) -> Iterator[Frames]:
    """Claims as JSON lines → chunks of tables, as `read_claims_csv`; lists may be JSON lists or `;`-separated text.

    Raises InputError at the first key that is not known; chunks given before it stand.
    """
    yield from read_flat_jsonl(
        stream,
        CLAIMS_TABLE,
        ClaimsOfRows(file),
        kind="claims_jsonl",
        file=file,
        is_history=is_history,
        chunk_rows=chunk_rows,
    )


class _Claim:
    """A claim while its rows are gathered: the row it began with, the last one, what they say of the whole claim."""

    __slots__ = ("diagnosed_at", "first", "is_new", "key", "last", "shared")

    def __init__(self, key: int, row: int, shared: tuple[Any, ...], is_new: bool) -> None:
        self.key = key
        self.first = self.last = self.diagnosed_at = row
        self.shared = shared
        self.is_new = is_new


class ClaimsOfRows:
    """The shape of claims: rows that agree in `_IDENTITY` are one; remembers the claims of earlier chunks."""

    def __init__(self, file: int) -> None:
        self.file = file
        self._seen: dict[bytes, tuple[int, tuple[Any, ...]]] = {}

    def tables(self, reader: FlatReader, rows: list[FlatRow], cells: Cells, values: dict[str, list[Any]]) -> Frames:
        """Claims, lines and diagnoses of the rows; a claim of an earlier chunk gets its further lines only."""
        gathered, owners = self._gather(reader, rows, values)
        reader.fault_cells(rows, cells, [owner.key for owner in owners])
        last_days = self._last_days(reader, rows, values, cells["date_to"], owners)
        new = [claim for claim in gathered if claim.is_new]
        return {
            "claims": self._claims(rows, values, new),
            "lines": self._lines(rows, values | {"rendering_npi": _rendering(values, cells)}, owners, last_days),
            "diagnoses": self._diagnoses(rows, new),
        }

    def _gather(
        self, reader: FlatReader, rows: list[FlatRow], values: dict[str, list[Any]]
    ) -> tuple[list[_Claim], list[_Claim]]:
        """The claims of these rows in order of first appearance, and the claim of each row."""
        claims: dict[tuple[Any, ...], _Claim] = {}
        owners = []
        identities = zip(*(values[name] for name in _IDENTITY), strict=True)
        shares = zip(*(values[name] for name in _SHARED), strict=True)
        for at, (written, shared) in enumerate(zip(identities, shares, strict=True)):
            # Rows without a claim number cannot be known to be one claim.
            identity = (rows[at].start,) if written[0] is None else written
            claim = claims.get(identity)
            if claim is None:
                claim = claims[identity] = self._begin(identity, rows[at], at, shared)
            claim.last = at
            owners.append(claim)
            if shared != claim.shared:
                self._merge(reader, claim, rows[at], at, shared)
        for identity, claim in claims.items():
            self._seen[_digest(identity)] = (claim.key, claim.shared)
        return list(claims.values()), owners

    def _begin(self, identity: tuple[Any, ...], row: FlatRow, at: int, shared: tuple[Any, ...]) -> _Claim:
        if earlier := self._seen.get(_digest(identity)):
            return _Claim(earlier[0], at, earlier[1], is_new=False)
        return _Claim(key_of(self.file, row.start), at, shared, is_new=True)

    def _merge(self, reader: FlatReader, claim: _Claim, row: FlatRow, at: int, shared: tuple[Any, ...]) -> None:
        """Fills what the claim's earlier rows leave unknown; what contradicts them is a fault, and theirs stands."""
        merged = list(claim.shared)
        for place, (name, old, new) in enumerate(zip(_SHARED, claim.shared, shared, strict=True)):
            if new is None or new == old:
                continue
            if old is None and claim.is_new:
                merged[place] = new
                if place == _DIAGNOSES:
                    claim.diagnosed_at = at
            else:
                expected = "the same in every row of the claim"
                found = "a value that its first rows lack" if old is None else "another value than in the rows before"
                reader.fault(row, expected, found, name=name, claim=claim.key)
        claim.shared = tuple(merged)

    def _last_days(
        self,
        reader: FlatReader,
        rows: list[FlatRow],
        values: dict[str, list[Any]],
        cells: Sequence[str | None],
        owners: list[_Claim],
    ) -> list[Any]:
        """The last day of each row: `date_to`; the day itself where that is not given; null where it cannot be read."""
        days: list[Any] = []
        for row, owner, first, last, text in zip(rows, owners, values["date"], values["date_to"], cells, strict=True):
            if last is not None and first is not None and last < first:
                reader.fault(row, "a day not before the first one", "an earlier day", name="date_to", claim=owner.key)
                days.append(None)
            else:
                days.append(last if text and text.strip() else first)
        return days

    def _claims(self, rows: list[FlatRow], values: dict[str, list[Any]], claims: list[_Claim]) -> pl.DataFrame:
        firsts = [c.first for c in claims]
        shared = dict(zip(_SHARED, zip(*(c.shared for c in claims), strict=True), strict=True)) if claims else {}
        own = {name: [values[name][at] for at in firsts] for name in CLAIMS_TABLE.by_name if name not in _SHARED}
        lists = {name: list(map(joined, shared.get(name, ()))) for name in ("diagnoses", "condition_codes")}
        written = {f"claim.{name}": column for name, column in {**own, **shared, **lists}.items()}
        return _frame(
            CLAIMS, len(claims),
            {
                **written,
                **self._places([rows[at] for at in firsts]),
                "claim.key": [c.key for c in claims],
                "loop_end": [rows[c.last].end for c in claims],
                "claim.number": own["claim"],
                "claim.form": [FORM_OF_SETTING.get(setting) for setting in own["setting"]],
                "claim.charge": [None] * len(claims),
            },
        )  # fmt: skip

    def _lines(
        self, rows: list[FlatRow], values: dict[str, list[Any]], owners: list[_Claim], last_days: list[Any]
    ) -> pl.DataFrame:
        places = self._places(rows)
        written = {f"line.{name}": column for name, column in values.items()}
        return _frame(
            LINES, len(rows),
            {
                **written,
                **places,
                "line.key": [key_of(self.file, row.start) for row in rows],
                "claim.key": [owner.key for owner in owners],
                "loop_start": places["start"],
                "loop_end": places["end"],
                "line.number": values["line"],
                "line.date_to": last_days,
                "line.modifiers": [joined(v) for v in values["modifiers"]],
                "line.pointers": [joined(v) for v in values["pointers"]],
            },
        )  # fmt: skip

    def _diagnoses(self, rows: list[FlatRow], claims: list[_Claim]) -> pl.DataFrame:
        written = [
            (claim, place, code)
            for claim in claims
            for place, code in enumerate(claim.shared[_DIAGNOSES] or (), 1)
        ]  # fmt: skip
        return _frame(
            DIAGNOSES, len(written),
            {
                **self._places([rows[claim.diagnosed_at] for claim, _, _ in written]),
                "claim.key": [claim.key for claim, _, _ in written],
                "diagnosis.position": [place for _, place, _ in written],
                "diagnosis.qualifier": ["ABK" if place == 1 else "ABF" for _, place, _ in written],
                "diagnosis.code": [code for _, _, code in written],
            },
        )  # fmt: skip

    def _places(self, rows: list[FlatRow]) -> dict[str, list[Any]]:
        return {
            "file": [self.file] * len(rows),
            "start": [row.start for row in rows],
            "end": [row.end for row in rows],
            "segment": [row.number for row in rows],
        }


def _frame(table: Table, height: int, columns: dict[str, Any]) -> pl.DataFrame:
    """The columns the table declares; those not given are unknown."""
    nothing = [None] * height
    return pl.DataFrame({name: columns.get(name, nothing) for name in table.schema}, schema=table.schema)


def _rendering(values: dict[str, list[Any]], cells: Cells) -> list[Any]:
    """The rendering NPI of each row: a row that names the attending physician and leaves this cell empty names none."""
    npis = zip(values["rendering_npi"], cells["rendering_npi"], values["attending_npi"], strict=True)
    return [
        "" if npi is None and attending and text is not None and not text.strip() else npi
        for npi, text, attending in npis
    ]


def _digest(identity: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(repr(identity).encode(errors="surrogatepass"), digest_size=16).digest()
