"""Claims as a table (CSV, or JSON lines with the same keys) → claims, lines, diagnoses, faults.

An absent column or key is unknown (null), but for `pointers`, whose default is all. An empty cell is
none for `modifiers` and `authorization`, `1` for `frequency`, all for `pointers`, else unknown. What
cannot be read is null and a fault.

Rows with the same claim, patient, payer, payer_sequence, frequency, original_claim, setting and
submitted_on are one claim, wherever they stand. A chunk ends where the claim number changes, so a
claim lies in one chunk unless its rows are apart; then its later lines come in later chunks under the
key of the first, and what only those later rows say of the whole claim is a fault.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import polars as pl

from beamclaim.ingest import csv_rows
from beamclaim.ingest.claim_rows import COLUMNS, ClaimRow, from_csv, from_json, locate_key, read_header
from beamclaim.ingest.csv_rows import locate_cell
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.values import Unfit, joined
from beamclaim.model.tables import CLAIMS, DIAGNOSES, FAULTS, LINES, Table, key_of
from beamclaim.model.value_sets import FORM_OF_SETTING

__all__ = ["COLUMNS", "locate_cell", "locate_key", "read_claims_csv", "read_claims_jsonl"]

CHUNK_ROWS = 40_000
"""A chunk ends at the first change of claim past so many rows, and at a quarter more in any case."""

_BLOCK = 1 << 20
_REMEMBERED = 100_000

_EMPTY: dict[str, Any] = {"modifiers": (), "authorization": "", "frequency": "1", "pointers": ()}

_IDENTITY = (
    "claim", "patient", "payer", "payer_sequence", "frequency", "original_claim", "setting", "submitted_on",
)  # fmt: skip
"""Rows that agree in these are one claim."""

_SHARED = (
    "payer_name", "payer_line", "birth_date", "sex", "diagnoses", "bill_type", "condition_codes", "mac", "billing_npi",
)  # fmt: skip
"""What the rows of one claim must not contradict each other in."""

_DIAGNOSES = _SHARED.index("diagnoses")


def read_claims_csv(
    stream: BinaryIO, *, file: int, is_history: bool = False, chunk_rows: int = CHUNK_ROWS
) -> Iterator[dict[str, pl.DataFrame]]:
    """Claims CSV → chunks of tables; the last holds the row of `files`, its path left null.

    Raises InputError when the header is not that of a claims table.
    """
    received = _Received(stream)
    rows = csv_rows.rows(received)
    header = read_header(rows)
    table = _ClaimsTable(file, "row", "column", lambda raw, base, name: locate_cell(raw, base, header, name))
    yield from table.read(from_csv(rows, header), header, chunk_rows)
    yield table.last(received, "claims_csv", is_history)


def read_claims_jsonl(
    stream: BinaryIO, *, file: int, is_history: bool = False, chunk_rows: int = CHUNK_ROWS
) -> Iterator[dict[str, pl.DataFrame]]:
    """Claims as JSON lines → chunks of tables, as `read_claims_csv`; lists may be JSON lists or `;`-separated text.

    Raises InputError at the first key that is not known; chunks given before it stand.
    """
    received = _Received(stream)
    table = _ClaimsTable(file, "line", "key", locate_key)
    yield from table.read(from_json(received), list(COLUMNS), chunk_rows)
    yield table.last(received, "claims_jsonl", is_history)


_Locate = Callable[[bytes, int, str], tuple[int, int] | None]


class _Received:
    """The blocks of a stream, hashed and counted as they pass."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        while block := self._stream.read(_BLOCK):
            self._sha256.update(block)
            self.size += len(block)
            yield block

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


class _Claim:
    """A claim while its rows are gathered: the row it began with, the last one, what they say of the whole claim."""

    __slots__ = ("diagnosed_at", "first", "is_new", "key", "last", "shared")

    def __init__(self, key: int, row: int, shared: tuple[Any, ...], is_new: bool) -> None:
        self.key = key
        self.first = self.last = self.diagnosed_at = row
        self.shared = shared
        self.is_new = is_new


class _ClaimsTable:
    """The rows of one file becoming tables; keeps what a later chunk must know of the earlier ones."""

    def __init__(self, file: int, row_word: str, cell_word: str, locate: _Locate) -> None:
        self.file = file
        self._row_word = row_word
        self._cell_word = cell_word
        self._locate = locate
        self._names: list[str] = []
        self._held: list[ClaimRow] = []
        self._claim_count = self._line_count = 0
        self._faults: list[tuple[Any, ...]] = []
        self._read: dict[str, dict[str | None, Any]] = {name: {None: None} for name in COLUMNS}
        self._unfit: dict[str, dict[str | None, Unfit]] = {name: {} for name in COLUMNS}
        self._seen: dict[bytes, tuple[int, tuple[Any, ...]]] = {}

    def read(self, rows: Iterable[ClaimRow], names: list[str], chunk_rows: int) -> Iterator[dict[str, pl.DataFrame]]:
        """The chunks of tables of these rows, whose cells stand in the order of `names`; the rest waits for `last`."""
        number_at = names.index("claim")
        self._names = names
        for row in rows:
            if not row.cells:
                self._note_odd(row, None)
                continue
            held = self._held
            if len(held) >= chunk_rows and (
                row.cells[number_at] != held[-1].cells[number_at] or len(held) >= chunk_rows * 5 // 4
            ):
                yield self._tables()
            self._held.append(row)

    def last(self, received: _Received, kind: str, is_history: bool) -> dict[str, pl.DataFrame]:
        """The last chunk, with the row of `files`."""
        tables = self._tables()
        became = FileRead(kind, None, received.sha256, received.size, self._claim_count, self._line_count)
        tables["files"] = became.row(self.file, is_history=is_history)
        return tables

    def _fault(
        self, row: ClaimRow, expected: str, found: str, *, name: str | None = None, kind: str = "element",
        claim: int | None = None,
    ) -> None:  # fmt: skip
        """Notes a fault of a row, or of one cell of it; `claim` is the claim the row belongs to."""
        path = f"{self._row_word} {row.number}"
        place = None
        if name is not None:
            path = f"{path} {self._cell_word} {name}"
            place = self._locate(row.raw, row.start, name)
        start, end = place or (row.start, row.end)
        line = None if claim is None else key_of(self.file, row.start)
        self._faults.append((claim, line, self.file, start, end, row.number, kind, path, expected, found, None))

    def _values(self, name: str, cells: Sequence[str | None]) -> list[Any]:
        read = self._read[name]
        if len(read) > _REMEMBERED:
            read = self._read[name] = {None: None}
            self._unfit[name].clear()
        for text in set(cells) - read.keys():
            assert text is not None  # None is always read
            value: Any = ()
            if written := text.strip():
                try:
                    value = COLUMNS[name](written)
                except Unfit as unfit:
                    value = unfit.value
                    self._unfit[name][text] = unfit
            read[text] = _EMPTY.get(name) if value == () else value
        return [read[text] for text in cells]

    def _tables(self) -> dict[str, pl.DataFrame]:
        """The tables of the rows held, which are then let go."""
        rows, self._held = self._held, []
        cells: dict[str, Sequence[str | None]] = dict.fromkeys(COLUMNS, [None] * len(rows))
        cells["pointers"] = [""] * len(rows)
        if rows:
            cells |= dict(zip(self._names, zip(*(r.cells for r in rows), strict=True), strict=True))
        values = {name: self._values(name, cells[name]) for name in COLUMNS}
        gathered, owners = self._gather(rows, values)
        self._note_unfit(rows, cells, owners)
        last_days = self._last_days(rows, values, cells["date_to"], owners)
        tables = {
            "claims": self._claims(rows, values, [c for c in gathered if c.is_new]),
            "lines": self._lines(rows, values, owners, last_days),
            "diagnoses": self._diagnoses(rows, [c for c in gathered if c.is_new]),
            "faults": pl.DataFrame(sorted(self._faults, key=lambda f: f[3:5]), schema=FAULTS.schema, orient="row"),
        }
        self._faults = []
        self._claim_count += tables["claims"].height
        self._line_count += len(rows)
        return tables

    def _gather(self, rows: list[ClaimRow], values: dict[str, list[Any]]) -> tuple[list[_Claim], list[_Claim]]:
        """The claims of these rows in order of first appearance, and the claim of each row."""
        claims: dict[tuple[Any, ...], _Claim] = {}
        owners = []
        identities = zip(*(values[name] for name in _IDENTITY), strict=True)
        shares = zip(*(values[name] for name in _SHARED), strict=True)
        for at, (said, shared) in enumerate(zip(identities, shares, strict=True)):
            # Rows without a claim number cannot be known to be one claim.
            identity = (rows[at].start,) if said[0] is None else said
            claim = claims.get(identity)
            if claim is None:
                claim = claims[identity] = self._begin(identity, rows[at], at, shared)
            claim.last = at
            owners.append(claim)
            if shared != claim.shared:
                self._merge(claim, rows[at], at, shared)
        for identity, claim in claims.items():
            self._seen[_digest(identity)] = (claim.key, claim.shared)
        return list(claims.values()), owners

    def _begin(self, identity: tuple[Any, ...], row: ClaimRow, at: int, shared: tuple[Any, ...]) -> _Claim:
        if earlier := self._seen.get(_digest(identity)):
            return _Claim(earlier[0], at, earlier[1], is_new=False)
        return _Claim(key_of(self.file, row.start), at, shared, is_new=True)

    def _merge(self, claim: _Claim, row: ClaimRow, at: int, shared: tuple[Any, ...]) -> None:
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
                self._fault(row, expected, found, name=name, claim=claim.key)
        claim.shared = tuple(merged)

    def _note_unfit(self, rows: list[ClaimRow], cells: dict[str, Sequence[str | None]], owners: list[_Claim]) -> None:
        for name, unfit in self._unfit.items():
            if unfit and not unfit.keys().isdisjoint(cells[name]):
                for row, owner, text in zip(rows, owners, cells[name], strict=True):
                    if text in unfit:
                        self._fault(row, unfit[text].expected, unfit[text].found, name=name, claim=owner.key)
        for row, owner, number in zip(rows, owners, cells["claim"], strict=True):
            if number is None or not number.strip():
                self._fault(row, "a claim number", "none", name="claim", kind="missing", claim=owner.key)
            self._note_odd(row, owner.key)

    def _note_odd(self, row: ClaimRow, claim: int | None) -> None:
        for odd in row.oddities:
            self._fault(row, odd.expected, odd.found, name=odd.name, claim=claim)

    def _last_days(
        self, rows: list[ClaimRow], values: dict[str, list[Any]], cells: Sequence[str | None], owners: list[_Claim]
    ) -> list[Any]:
        """The last day of each row: `date_to`; the day itself where that is not given; null where it cannot be read."""
        days: list[Any] = []
        for row, owner, first, last, text in zip(rows, owners, values["date"], values["date_to"], cells, strict=True):
            if last is not None and first is not None and last < first:
                self._fault(row, "a day not before the first one", "an earlier day", name="date_to", claim=owner.key)
                days.append(None)
            else:
                days.append(last if text and text.strip() else first)
        return days

    def _claims(self, rows: list[ClaimRow], values: dict[str, list[Any]], claims: list[_Claim]) -> pl.DataFrame:
        firsts = [c.first for c in claims]
        shared = dict(zip(_SHARED, zip(*(c.shared for c in claims), strict=True), strict=True)) if claims else {}
        own = {name: [values[name][at] for at in firsts] for name in COLUMNS if name not in _SHARED}
        lists = {name: list(map(joined, shared.get(name, ()))) for name in ("diagnoses", "condition_codes")}
        said = {f"claim.{name}": column for name, column in {**own, **shared, **lists}.items()}
        return _frame(
            CLAIMS, len(claims),
            {
                **said,
                **self._places([rows[at] for at in firsts]),
                "claim.key": [c.key for c in claims],
                "loop_end": [rows[c.last].end for c in claims],
                "claim.number": own["claim"],
                "claim.form": [FORM_OF_SETTING.get(setting) for setting in own["setting"]],
                "claim.charge": [None] * len(claims),
            },
        )  # fmt: skip

    def _lines(
        self, rows: list[ClaimRow], values: dict[str, list[Any]], owners: list[_Claim], last_days: list[Any]
    ) -> pl.DataFrame:
        places = self._places(rows)
        said = {f"line.{name}": column for name, column in values.items()}
        return _frame(
            LINES, len(rows),
            {
                **said,
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

    def _diagnoses(self, rows: list[ClaimRow], claims: list[_Claim]) -> pl.DataFrame:
        said = [
            (claim, place, code)
            for claim in claims
            for place, code in enumerate(claim.shared[_DIAGNOSES] or (), 1)
        ]  # fmt: skip
        return _frame(
            DIAGNOSES, len(said),
            {
                **self._places([rows[claim.diagnosed_at] for claim, _, _ in said]),
                "claim.key": [claim.key for claim, _, _ in said],
                "diagnosis.position": [place for _, place, _ in said],
                "diagnosis.qualifier": ["ABK" if place == 1 else "ABF" for _, place, _ in said],
                "diagnosis.code": [code for _, _, code in said],
            },
        )  # fmt: skip

    def _places(self, rows: list[ClaimRow]) -> dict[str, list[Any]]:
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


def _digest(identity: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(repr(identity).encode(errors="surrogatepass"), digest_size=16).digest()
