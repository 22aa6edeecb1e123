"""Claims of a run → its payers nobody knows, each once: how many claims, what charge, why, and the row that would say who it is.

`grouped` makes a few rows of each chunk as it is read; `unknown_payers` asks of all of them together. Called by `run.py` and `check.py`.
"""

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from beamclaim.findings.result import NOTHING, UnknownPayer
from beamclaim.policy.payers import ClaimPayer, PayerDirectory
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.columns.payer import FEDERAL_MEMBER, answers_of, payer_words

#: What whose a claim is hangs on; the member number only as far as it is one of the federal program.
_SAID = (
    "claim.payer", "claim.payer_name", "claim.form", "claim.setting", "claim.filing_code", "claim.payer_line", "claim.member",
    "claim.submitted_on",
)  # fmt: skip


def grouped(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Claims and lines of a chunk → one row for all claims that say the same of their payer: `_SAID`, claims, charge."""
    charges = lines.group_by("claim.key").agg(pl.col("line.charge").sum().alias("_lines"))
    is_federal = pl.col("claim.member").str.contains(FEDERAL_MEMBER).fill_null(False)
    return (
        claims.join(charges, on="claim.key", how="left")
        .with_columns(pl.when(is_federal).then(pl.lit("R00000000")).alias("claim.member"))
        .group_by(_SAID)
        .agg(pl.len().alias("claims"), pl.coalesce("claim.charge", "_lines").sum().alias("charge"))
    )


def unknown_payers(
    parts: Sequence[pl.DataFrame], directory: PayerDirectory, assumptions: Assumptions
) -> list[UnknownPayer]:
    """The payers a person has to say something of, those with the highest charges first."""
    if not parts:
        return []
    said = pl.concat(parts)
    words = payer_words(said, assumptions)
    found: dict[tuple[str, str, str], tuple[ClaimPayer, int, Decimal]] = {}
    rows = zip(words.iter_rows(named=True), said["claims"], said["charge"], strict=True)
    for (row, claims, charge), answer in zip(rows, answers_of(words, directory, assumptions), strict=True):
        if answer.doubt is not None:
            key = (row["payer_id"] or "", row["name"] or "", answer.why)
            _, before, sum_before = found.get(key, (answer, 0, NOTHING))
            found[key] = (answer, before + claims, sum_before + (charge or 0))
    payers = [
        UnknownPayer(payer_id, name, answer.doubt or "", why, claims, charge, _row(payer_id, name, answer))
        for (payer_id, name, why), (answer, claims, charge) in found.items()
    ]
    return sorted(payers, key=lambda payer: (-payer.charge, payer.payer_id, payer.name, payer.why))


def _row(payer_id: str, name: str, answer: ClaimPayer) -> str:
    """The row of `payers/payer.own.csv` that would answer; blank where the claim names no payer."""
    if not payer_id and not name:
        return ""
    own_word = "-".join(re.findall(r"[a-z0-9]+", (name or payer_id).lower()))
    payer = answer.payer or (own_word if answer.doubt == "unknown" else "")
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([payer_id, name, "", payer, answer.line or "", "", "", "", ""])
    return out.getvalue()
