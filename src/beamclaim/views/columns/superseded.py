"""Claims → which of them are the same services again: replaced or voided ones, and copies to a later payer.

One row per claim comes in and goes out, three Boolean columns wider. Called once, by `claims`. The work grows with the
number of claims, however many of one patient carry one number: of the claims that may take the place of another only
the strongest of each kind is looked at.
"""

import polars as pl

#: A reopening (Q) takes the place of the claim it reopens, as a replacement does.
_KINDS = {"7": "replacement", "Q": "replacement", "8": "void"}
#: Who is seen later, and of two that are seen at once which one stands: the same one whichever file came first.
_STRENGTH = ["claim.made_on", "content", "claim.key"]

#: A claim of more days has a wrong one; its first days say enough.
_LONGEST_DAYS = 400


def with_superseded_and_copies(claims: pl.DataFrame) -> pl.DataFrame:
    """Adds `claim.is_superseded`, `claim.may_be_superseded` and `claim.is_copy`; none is ever null.

    Reads patient.key, claim.key, number, form, frequency, original_claim, made_on, billing_npi, payer, payer_sequence,
    line_charges, first_service, last_service, diagnoses, and is_history.
    """
    rank = pl.col("claim.payer_sequence").replace_strict({"P": 1, "S": 2, "T": 3}, default=4, return_dtype=pl.Int8)
    is_void = pl.col("claim.frequency") == "8"
    superseded, perhaps = _superseded_keys(claims)
    marked = claims.with_columns(
        (pl.col("claim.key").is_in(superseded.implode()) | is_void).fill_null(False).alias("claim.is_superseded"),
        # Of a claim that names nobody it is not known whose services they are again.
        (
            (rank > rank.min().over("patient.key", "claim.number", "claim.form", "claim.billing_npi"))
            & pl.col("patient.key").is_not_null()
        )
        .fill_null(False)
        .alias("claim.is_copy"),
    )
    may_be = pl.col("claim.key").is_in(perhaps.implode()) & ~pl.col("claim.is_superseded")
    return marked.with_columns(may_be.alias("claim.may_be_superseded"))


def _superseded_keys(claims: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Keys of the claims whose place another one takes: the claim it names, else the one whose number it carries.

    And of those of which one it takes is one, where it names none that was seen (REF F8 is the payer's number).
    """
    # Two replacements of one claim on one day: one of them stands.
    content = pl.struct("claim.line_charges", "claim.first_service", "claim.last_service", "claim.diagnoses").hash(
        seed=0
    )
    kind = pl.col("claim.frequency").replace_strict(_KINDS, default="other", return_dtype=pl.String)
    seen = claims.select(
        "patient.key", "claim.key", "claim.number", "claim.made_on", "is_history", "claim.original_claim",
        "claim.billing_npi", "claim.payer", "claim.first_service", "claim.last_service",
        content.alias("content"), kind.fill_null("other").alias("kind"),
    )  # fmt: skip
    successors = seen.filter(pl.col("kind") != "other")
    if successors.is_empty():
        return seen["claim.key"].clear(), seen["claim.key"].clear()
    naming = successors.with_columns(pl.col("claim.original_claim").alias("claim.number"))
    # REF F8 is the payer's number; where it names no claim that was seen, the claim keeps its own number.
    keeping = successors.join(_met(naming, _extreme(seen, first=True), "claim.key"), on="claim.key", how="anti")
    keys = [_met(_extreme(s, first=False), seen, "claim.key_of_claim") for s in (naming, keeping)]
    superseded = pl.concat([*keys, _overtaken(successors)]).to_series().unique()
    lost = keeping.join(_met(keeping, _extreme(seen, first=True), "claim.key"), on="claim.key", how="anti")
    is_standing = ~pl.col("claim.key").is_in(superseded.implode())
    return superseded, _perhaps(lost.filter(is_standing), seen.filter(is_standing))


def _overtaken(successors: pl.DataFrame) -> pl.DataFrame:
    """The keys of the successors that are not the last of those that name one claim, seen or not."""
    naming = successors.filter(pl.col("claim.original_claim") != "", pl.col("patient.key").is_not_null())
    order = [
        ~pl.col("is_history"),
        pl.col("claim.made_on"),
        pl.col("kind") == "void",
        pl.col("content"),
        pl.col("claim.key"),
    ]
    last = naming.sort(order).unique(["patient.key", "claim.original_claim"], keep="last", maintain_order=True)
    return naming.join(last, on="claim.key", how="anti").select("claim.key")


def _perhaps(successors: pl.DataFrame, claims: pl.DataFrame) -> pl.Series:
    """The keys of the claims one of which a successor that names none takes the place of: its patient's, biller's, payer's and days'."""
    # The last two of a day speak for all: a claim never takes its own place.
    order = [~pl.col("is_history"), pl.col("claim.made_on"), pl.col("claim.key")]
    about = ["patient.key", "day", "claim.billing_npi", "claim.payer"]
    last = _by_day(successors).sort(order).group_by(about, maintain_order=True).tail(2)
    pairs = last.join(_by_day(claims.filter(pl.col("kind") != "void")), on=["patient.key", "day"], suffix="_of_claim")
    # What either does not say may be the same.
    is_same = [(pl.col(c) == pl.col(f"{c}_of_claim")).fill_null(True) for c in ("claim.billing_npi", "claim.payer")]
    is_not_later = (pl.col("claim.made_on_of_claim") <= pl.col("claim.made_on")) & (
        pl.col("is_history_of_claim") >= pl.col("is_history")
    )
    is_other = pl.col("claim.key") != pl.col("claim.key_of_claim")
    return pairs.filter(*is_same, is_not_later, is_other)["claim.key_of_claim"].unique()


def _by_day(claims: pl.DataFrame) -> pl.DataFrame:
    """One row per claim and day of its service, as far as a claim may sensibly reach."""
    first, last = pl.col("claim.first_service"), pl.col("claim.last_service")
    until = pl.min_horizontal(last, first.dt.offset_by(f"{_LONGEST_DAYS}d"))
    days = claims.filter(first <= last).with_columns(pl.date_ranges(first, until).alias("day"))
    return days.explode("day")


def _extreme(rows: pl.DataFrame, *, first: bool) -> pl.DataFrame:
    """Of each patient, number, history and kind the first or the last row: if that one meets nothing, none of them does."""
    return rows.sort(_STRENGTH).unique(
        ["patient.key", "claim.number", "is_history", "kind"], keep="first" if first else "last", maintain_order=True
    )


def _met(successors: pl.DataFrame, claims: pl.DataFrame, key: str) -> pl.DataFrame:
    """The keys (of successors: `claim.key`, of claims: `claim.key_of_claim`) where a successor is not seen before a claim of its number."""
    pairs = successors.join(claims, on=["patient.key", "claim.number"], suffix="_of_claim")
    made_on, earlier = pl.col("claim.made_on"), pl.col("claim.made_on_of_claim")
    is_at_once = (made_on == earlier) & (pl.col("is_history") == pl.col("is_history_of_claim"))
    # A claim never takes its own place: it is its own twin, and not weaker.
    is_twin = is_at_once & (pl.col("kind") == pl.col("kind_of_claim"))
    is_weaker = (pl.col("content_of_claim") < pl.col("content")) | (
        (pl.col("content_of_claim") == pl.col("content")) & (pl.col("claim.key_of_claim") < pl.col("claim.key"))
    )
    is_not_later = (earlier <= made_on) & (pl.col("is_history_of_claim") >= pl.col("is_history"))
    return pairs.filter(is_not_later & (~is_twin | is_weaker)).select(pl.col(key).alias("claim.key"))
