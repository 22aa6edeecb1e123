"""Fractions → what each says beside its plan, and the facts of a visit: what holds of all its fractions together.

A fact a fraction does not state is taken from its plan and counts as *planned*: enough for modality and technique, never for
isocenters or motion. Used by `sessions.py` for sessions and for days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import UNKNOWN

#: What a visit takes from its plans where they share one value, each by the name of its fact.
_OF_PLANS = ("blocks", "energy_mv", "proton_level", "machine_kind")
#: What is added up over its plans, each plan once.
_ADDED = ("fields", "areas")


@dataclass(frozen=True, slots=True)
class MotionWords:
    """What policy says of motion management: kind → whether it acts while the beam is on; evidence that shows it does."""

    is_active: Mapping[str, bool] = field(default_factory=dict)
    shows_active: Collection[str] = ()


def with_plans(fractions: pl.DataFrame, tables: Tables, motion: MotionWords) -> pl.DataFrame:
    """Fractions with what their plans say, and of each its modality and what its record shows of motion."""
    plans = tables["plans"].select(
        "course.key", pl.col("plan.id").alias("fraction.plan"), "plan.modality", "plan.technique", "plan.motion_evidence",
        "plan.site", "plan.compensator", "plan.isocenter_group", *(f"plan.{name}" for name in (*_OF_PLANS, *_ADDED)),
    )  # fmt: skip
    stated = pl.col("fraction.modality")
    is_active = pl.col("fraction.motion_management").replace_strict(
        dict(motion.is_active), default=None, return_dtype=pl.Boolean
    )
    evidence = pl.coalesce("fraction.motion_evidence", "plan.motion_evidence")
    is_shown = evidence.str.split(";").list.set_intersection(sorted(motion.shows_active)).list.len() > 0
    return fractions.join(plans, on=["course.key", "fraction.plan"], how="left", maintain_order="left").with_columns(
        pl.when(stated != "").then(stated).otherwise("plan.modality").alias("_modality"),
        is_active.alias("_is_active"),
        # What is not shown may still be so.
        pl.when(is_shown).then(pl.lit(True)).alias("_is_shown"),
        evidence.alias("_evidence"),
        # Plans of one group share their isocenters; a plan without one has its own.
        pl.coalesce("fraction.isocenter_group", "plan.isocenter_group").alias("_group"),
    )


def facts(rows: pl.DataFrame) -> pl.DataFrame:
    """Fractions with `_visit` → one row per visit: its facts, over all its fractions."""
    modality = pl.col("_modality")
    is_active, is_shown = pl.col("_is_active"), pl.col("_is_shown")
    is_partial = pl.col("fraction.status") == "partial"
    is_mixed = (modality == "photon").any() & (modality == "electron").any()
    # Beside electrons the technique of a visit is that of its photons.
    of_photons = pl.col("plan.technique").filter(modality == "photon")
    technique = pl.when(is_mixed).then(_shared(of_photons)).otherwise(agreed("plan.technique"))
    return (
        rows.group_by("_visit", maintain_order=True)
        .agg(
            pl.col("patient.key", "session.day").first(),
            pl.col("_course").min(),
            pl.when(pl.col("_is_sure").first()).then(True).alias("session.is_sure"),
            pl.col("fraction.started_at").min().alias("session.started_at"),
            pl.len().cast(pl.Int64).alias("session.fractions"),
            pl.col("fraction.number").drop_nulls().alias("session.fraction_numbers"),
            is_partial.all().alias("session.is_partial"),
            is_partial.any().alias("_some_partial"),
            (pl.col("fraction.guidance") != "").any(ignore_nulls=False).alias("session.is_guided"),
            _joined("fraction.guidance").alias("session.guidance"),
            pl.when(is_mixed).then(pl.lit("mixed")).otherwise(agreed("_modality")).alias("session.modality"),
            pl.when(technique != UNKNOWN).then(technique).alias("session.technique"),
            agreed("plan.site").alias("session.site"),
            _joined("plan.site").alias("session.sites"),
            pl.col("plan.compensator").any(ignore_nulls=False).alias("session.compensator"),
            is_active.any(ignore_nulls=False).alias("session.motion_active"),
            pl.when(is_shown.any()).then(True).alias("session.motion_shown"),
            (is_active & is_shown).any(ignore_nulls=False).alias("session.motion_managed"),
            _joined("_evidence", is_whole=False).alias("session.motion_elements"),
            agreed("fraction.physician").alias("session.physician"),
            *(agreed(f"plan.{name}").alias(f"session.{name}") for name in _OF_PLANS),
        )
        .join(_by_plan(rows), on="_visit", how="left", maintain_order="left")
    )


def _by_plan(rows: pl.DataFrame) -> pl.DataFrame:
    """`_visit` → what is added up over its plans; null where one of them does not say it."""
    isocenters = pl.col("fraction.isocenters").cast(pl.Int64)
    # Two records of one plan in a visit are one interrupted fraction: its isocenters and fields count once.
    plans = rows.group_by("_visit", "course.key", "fraction.plan").agg(
        isocenters.last(), pl.col("_group").last(), *(pl.col(f"plan.{name}").last().cast(pl.Int64) for name in _ADDED)
    )
    alone = pl.when(pl.col("_group").is_null()).then("fraction.plan").alias("_alone")
    groups = plans.group_by("_visit", "course.key", "_group", alone).agg(
        pl.when(pl.col("fraction.isocenters").null_count() == 0).then(pl.col("fraction.isocenters").max())
    )
    isocenters_of_visit = groups.group_by("_visit").agg(_summed("fraction.isocenters").alias("session.isocenters"))
    added = plans.group_by("_visit").agg(_summed(f"plan.{name}").alias(f"session.{name}") for name in _ADDED)
    return isocenters_of_visit.join(added, on="_visit")


def agreed(name: str) -> pl.Expr:
    """The one value all rows of a group share; null where one is unknown or they differ."""
    return _shared(pl.col(name))


def _shared(value: pl.Expr) -> pl.Expr:
    return pl.when((value.null_count() == 0) & (value.min() == value.max())).then(value.first())


def _summed(name: str) -> pl.Expr:
    value = pl.col(name)
    return pl.when(value.null_count() == 0).then(value.sum())


def _joined(name: str, *, is_whole: bool = True) -> pl.Expr:
    """The words of all rows of a group, each once, joined with `;`; null where one row (`is_whole` False: every row) says none."""
    value = pl.col(name)
    words = value.drop_nulls().str.split(";").list.explode().unique().sort().str.join(";").str.strip_chars_start(";")
    is_known = (value.null_count() == 0) if is_whole else (value.null_count() < pl.len())
    return pl.when(is_known).then(words)
