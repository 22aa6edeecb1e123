"""What a claim says of its payer → the payer of the policy tables, line of business and contractor; or why nobody knows.

One question per distinct combination of payer id, name, form, SBR09, line and day; a batch has few. The order of asking: the
clinic's own table (`payer.own`), the id on its form, the name, the one against the other, the federal program, then the line
and the contractor. What is not sure is a `Doubt`, never a guess. Asked by `views/columns/payer.py` and `policy show`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from beamclaim.errors import PolicyError, nearest
from beamclaim.model.value_sets import CLAIM_FORMS, ORIGINAL_MEDICARE, PAYER_LINES
from beamclaim.policy.payer_names import NameReading, PayerNames

if TYPE_CHECKING:
    from beamclaim.policy.tables import PolicyTables

#: What stands for a payer no row and no coverage names, where a payer is said and our tables do not know it.
UNLISTED = "\x00other"
MEDICARE = "original-medicare"
"""The payer of Original Medicare, which need not be said."""
_RAILROAD = "railroad-medicare"
#: Kind of payer whose federal members have rules of their own.
_BLUE = "Blues plan"
#: The word of a line for cover that has no line of ours.
_NO_LINE = "none"
PAYER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""How scopes name a payer."""

Doubt = Literal["unknown", "shared", "contradiction", "line", "ended"]
"""Nobody knows the payer; several payers share the id; id and name name two; the line is none of the payer's; the id has ended."""


@dataclass(frozen=True, slots=True)
class PayerWords:
    """What a claim says of its payer. `is_federal`: the member number is one of the federal program of the Blues.

    `assumed_line`: the line a run gives for claims that say none.
    """

    payer_id: str | None = None
    name: str | None = None
    form: str | None = None
    filing_code: str | None = None
    payer_line: str | None = None
    is_federal: bool = False
    day: date | None = None
    assumed_line: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimPayer:
    """Whose a claim is. `payer` null: not known; `line`, `mac` null: not known. `why`: the doubt in words.

    `is_named`: the claim names one payer, if one nobody knows. `has_mac`: a contractor with a jurisdiction may stand behind it.
    """

    payer: str | None = None
    line: str | None = None
    mac: str | None = None
    reviewer: str | None = None
    doubt: Doubt | None = None
    why: str = ""
    is_named: bool = True
    has_mac: bool = True

    @property
    def asked(self) -> str | None:
        """What policy is asked with: the payer, `UNLISTED` where the claim names one nobody knows, null where it may be any."""
        if self.payer is None and self.doubt == "unknown" and self.is_named:
            return UNLISTED
        return self.payer


@dataclass(frozen=True, slots=True)
class _IdRow:
    payer: str
    form: str
    line: str | None
    mac: str | None
    shared: str
    first_day: date | None
    last_day: date | None

    def fits(self, form: str | None) -> bool:
        return form is None or self.form in ("any", form)

    def has_begun(self, day: date | None) -> bool:
        return day is None or self.first_day is None or self.first_day <= day

    def has_ended(self, day: date | None) -> bool:
        return day is not None and self.last_day is not None and self.last_day < day


@dataclass(frozen=True, slots=True)
class _OwnRow:
    payer_id: str
    name: str
    form: str
    payer: str
    line: str | None
    reviewer: str | None
    first_day: date | None
    last_day: date | None

    def fits(self, payer_id: str, name: str, said: PayerWords) -> bool:
        in_force = said.day is None or (self.first_day or said.day) <= said.day <= (self.last_day or said.day)
        return (
            self.payer_id in ("", payer_id)
            and self.name in ("", name)
            and (not self.form or said.form in (None, self.form))
            and in_force
        )


@dataclass(frozen=True, slots=True)
class _Payer:
    name: str
    lines: tuple[str, ...]
    parent: str | None
    kind: str | None
    is_family: bool
    takes_over: bool


class PayerDirectory:
    """Who the payers are, by id, name and the clinic's own rows; it remembers what it was asked."""

    def __init__(self, tables: "PolicyTables") -> None:
        def rows(name: str) -> Iterator[dict[str, Any]]:
            return tables.table(name).frame.iter_rows(named=True)

        self._payers = {
            r["payer"]: _Payer(
                r["payer_name"] or r["payer"], tuple((r["payer_lines"] or "").split(";")) if r["payer_lines"] else (),
                r["parent"], r["kind"], bool(r["is_family"]), bool(r["takes_over"]),
            )
            for r in rows("payers")
        }  # fmt: skip
        self._ids: dict[str, list[_IdRow]] = {}
        for r in rows("payer.ids"):
            row = _IdRow(
                r["payer"], r["form"], r["payer_line"], r["id_mac"], r["shared"] or "no", r["first_day"], r["last_day"]
            )
            self._ids.setdefault(r["payer_id"], []).append(row)
        self.names = PayerNames(tables.table("payer.rewrites").frame, tables.table("payer.names").frame)
        self._own = [
            _OwnRow(
                (r["payer_id"] or "").strip().upper(), self.names.rewritten(r["payer_name"] or ""), r["form"] or "", r["payer"],
                r["payer_line"], r["reviewer"], r["first_day"], r["last_day"],
            )
            for r in rows("payer.own")
        ]  # fmt: skip
        # A row that asks for more goes first.
        self._own.sort(key=lambda row: -sum(bool(cell) for cell in (row.payer_id, row.name, row.form)))
        codes = list(rows("claim.filing_codes"))
        self._lines = {r["filing_code"]: (r["payer_line"], bool(r["is_sure"])) for r in codes}
        self._of_blue = {r["filing_code"]: r["of_blue"] for r in codes if r["of_blue"]}
        self._federal = next(iter(self._of_blue.values()), "")
        self._answers: dict[PayerWords, ClaimPayer] = {}

    @property
    def dated_ids(self) -> frozenset[str]:
        """Ids whose payer hangs on the day a claim is made."""
        dated = {i for i, rows in self._ids.items() if any(r.first_day or r.last_day for r in rows)}
        return frozenset(dated | {r.payer_id for r in self._own if r.first_day or r.last_day})

    @property
    def has_dated_names(self) -> bool:
        """Whether the clinic's own rows hold for a stretch of days under a name alone."""
        return any(not r.payer_id and (r.first_day or r.last_day) for r in self._own)

    def key_of(self, word: str) -> str | None:
        """The payer a person means by one word: its own key, else an id, else a name; null where that is not sure."""
        if word in self._payers:
            return word
        return self.of(PayerWords(payer_id=word)).payer or self.of(PayerWords(name=word)).payer

    def name_of(self, payer: str) -> str:
        """What people call a payer."""
        known = self._payers.get(payer)
        return known.name if known else payer

    def of(self, said: PayerWords) -> ClaimPayer:
        """Whose a claim is that says this."""
        if said not in self._answers:
            self._answers[said] = self._answer(said)
        return self._answers[said]

    # ── payer ───────────────────────────────────────────────────────────────────────────────────

    def _answer(self, said: PayerWords) -> ClaimPayer:
        payer_id = (said.payer_id or "").strip().upper()
        own = next((r for r in self._own if r.fits(payer_id, self.names.rewritten(said.name or ""), said)), None)
        name = self.names.read(said.name)
        rows = [r for r in self._ids.get(payer_id, ()) if r.fits(said.form) and r.has_begun(said.day)]
        living = [r for r in rows if not r.has_ended(said.day)]
        by_id = living or rows
        if own is not None:
            row = next((r for r in by_id if r.payer == own.payer), None)
            by_own = ClaimPayer(
                own.payer, mac=row.mac if row else None, reviewer=own.reviewer, has_mac=own.payer != _RAILROAD
            )
            return (
                replace(by_own, line=own.line) if own.line else self._with_line(by_own, said, NameReading("empty"), row)
            )
        found = self._of_id(payer_id, said, by_id, name) if by_id else self._of_name(payer_id, said, name)
        if found.payer is not None and by_id and not living:
            ended = max(r.last_day for r in by_id if r.last_day)
            found = replace(found, doubt="ended", why=f"the payer id {payer_id} ended on {ended}")
        is_blue = found.payer is not None and self._is_blue(found.payer)
        if is_blue and (said.is_federal or (said.filing_code or "").upper() in self._of_blue):
            found = replace(found, payer=self._federal)
        row = next((r for r in by_id if r.payer == found.payer), None)
        found = replace(found, mac=row.mac if row else None, has_mac=found.payer != _RAILROAD)
        found = self._with_line(found, said, name, row)
        if found.line == ORIGINAL_MEDICARE and found.doubt == "unknown" and name.kind != "other":
            # Whoever the contractor is: the line alone says whose rules hold.
            return replace(found, payer=MEDICARE, doubt=None, why="")
        return found

    def _of_name(self, payer_id: str, said: PayerWords, name: NameReading) -> ClaimPayer:
        """The payer of a claim whose id no table knows."""
        if name.kind == "payer":
            return ClaimPayer(name.payer)
        written = said.name and said.name.strip()
        if not payer_id and not written:
            return ClaimPayer(doubt="unknown", why="the claim names no payer", is_named=False)
        if name.kind == "other":
            why = f"{written} is a payer our tables have no rows of"
        elif name.kind == "silent":
            why = f"{written} names no one payer" + (f", and no table knows the id {payer_id}" if payer_id else "")
        else:
            words = [f"the {what} {word}" for what, word in (("id", payer_id), ("name", written)) if word]
            why = f"no table knows {' or '.join(words)}"
        return ClaimPayer(doubt="unknown", why=why, is_named=name.kind != "silent")

    def _of_id(self, payer_id: str, said: PayerWords, rows: Sequence[_IdRow], name: NameReading) -> ClaimPayer:
        """The payer of a claim whose id stands in the tables, with its name beside it."""
        payers = list(dict.fromkeys(r.payer for r in rows))
        taken_over = next((p for p in payers if self._payers[p].takes_over), None)
        if taken_over is not None:
            return ClaimPayer(taken_over)
        if name.kind == "payer" and name.payer in payers:
            return ClaimPayer(name.payer)
        base = [p for p in payers if p != self._federal] or payers
        if name.kind in ("payer", "other"):
            family = [p for p in base if self._is_family_of(name.payer, p)]
            if len(family) == 1:
                return ClaimPayer(family[0])
            if len(base) == 1 and name.payer == self._federal and self._is_blue(base[0]):
                return ClaimPayer(name.payer)
            says = f"the name {(said.name or '').strip()} means another payer"
            if name.payer is not None:
                says = f"the name {(said.name or '').strip()} means {self.name_of(name.payer)}"
            means = " or ".join(self.name_of(p) for p in base)
            return ClaimPayer(doubt="contradiction", why=f"the id {payer_id} means {means}, {says}")
        is_rented = any(r.shared == "funds" for r in rows) and name.kind == "unknown"
        if len(base) > 1 or any(r.shared == "yes" for r in rows) or is_rented:
            means = " and ".join(self.name_of(p) for p in base)
            others = " and others" if len(base) == 1 else ""
            named = f", and no table knows the name {(said.name or '').strip()}" if name.kind == "unknown" else ""
            return ClaimPayer(doubt="shared", why=f"{means}{others} share the id {payer_id}{named}")
        return ClaimPayer(base[0])

    def _is_blue(self, payer: str) -> bool:
        return payer in self._payers and self._payers[payer].kind == _BLUE

    def _is_family_of(self, general: str | None, payer: str) -> bool:
        """Whether the one is the general name of the family the other belongs to."""
        if general is None or general not in self._payers or not self._payers[general].is_family:
            return False
        parent = self._payers[general].parent
        return parent is not None and parent == self._payers[payer].parent

    # ── line ────────────────────────────────────────────────────────────────────────────────────

    def lines_of(self, payer: str | None) -> tuple[str, ...] | None:
        """The lines a payer has; null where no table says."""
        known = self._payers.get(payer or "")
        return None if known is None else known.lines

    def _with_line(self, found: ClaimPayer, said: PayerWords, name: NameReading, row: _IdRow | None) -> ClaimPayer:
        """The line: the claim's own, the name's, the id's, that of a payer with one; then SBR09, as far as it is sure."""
        lines = self.lines_of(found.payer)
        single = lines[0] if lines is not None and len(lines) == 1 else None
        by_code, is_sure = self._lines.get((said.filing_code or "").strip().upper(), (None, False))
        of_id = row.line if row else None
        if single == ORIGINAL_MEDICARE and not said.payer_line:
            if by_code not in (None, single) and is_sure:
                return self._line_doubt(found, f"SBR09 {said.filing_code}", by_code)
            return replace(found, line=single)
        if said.payer_line:
            if lines is not None and said.payer_line not in lines:
                return self._line_doubt(found, "the claim", said.payer_line)
            return replace(found, line=said.payer_line)
        by_words = next((line for line in (name.line, of_id, single) if line), None)
        if by_words == _NO_LINE:
            return found
        if by_words is None:
            if by_code is not None and lines is not None and by_code not in lines:
                return self._line_doubt(found, f"SBR09 {said.filing_code}", by_code) if is_sure else found
            if by_code is None and (lines is None or said.assumed_line in lines):
                return replace(found, line=said.assumed_line)
            return replace(found, line=by_code)
        if is_sure and by_code not in (None, by_words):
            return self._line_doubt(found, f"SBR09 {said.filing_code}", by_code)
        return replace(found, line=by_words)

    def _line_doubt(self, found: ClaimPayer, who: str, line: str | None) -> ClaimPayer:
        """The claim says a line its payer does not have: which of the two is right is a question of its own."""
        if found.doubt is not None:
            return found
        payer = self.name_of(found.payer) if found.payer else "its name"
        return replace(found, line=None, doubt="line", why=f"{who} says {line}, {payer} says another line")


def refuse_own_payers(rows: pl.DataFrame, payers: Iterable[str]) -> None:
    """Raises PolicyError for a row of the clinic's own payers that answers nobody, or with a word nobody knows."""
    known = sorted(set(payers))
    for row in rows.iter_rows(named=True):
        where = f"{row['row.file']} line {row['row.line']}"
        if not (row["payer_id"] or "").strip() and not (row["payer_name"] or "").strip():
            raise PolicyError(
                f"{where}: payer_id and payer_name are blank, so the row fits no claim. Write the id or the name as the claim has it."
            )
        if not PAYER.fullmatch(row["payer"] or ""):
            raise PolicyError(
                f"{where}: payer {row['payer'] or ''!r} is no payer of the tables and no word of your own (small letters, digits, "
                f"hyphens).{nearest(row['payer'] or '', known)} `beamclaim policy list payers` names those there are."
            )
        if row["payer_line"] is not None and row["payer_line"] not in PAYER_LINES:
            raise PolicyError(
                f"{where}: payer_line {row['payer_line']!r} is none of {', '.join(PAYER_LINES)}. Leave it blank where the claim says it."
            )
        if row["form"] and row["form"] not in CLAIM_FORMS:
            raise PolicyError(
                f"{where}: form {row['form']!r} is none of {', '.join(CLAIM_FORMS)}. Leave it blank for both."
            )
