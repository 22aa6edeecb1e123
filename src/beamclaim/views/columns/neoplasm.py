"""Diagnoses of a line, site of its plan → its target: the neoplasm that is treated, or null where unknown.

The order says what is treated: behind the encounter code stands the treated neoplasm (source N116). Of a line of a course that
lists several the site of the plan must say the same: a metastasis listed behind its primary is the target only where the plan
treats it. Nodes behind their primary belong to its target, and a plan of nodes is one of their primary. `line.target` is
what courses, nearest lines and the limits of a site go by.

The ICD-10-CM chapters are the classification's own layout (CDC/NCHS), not a payer's rule: neoplasms
are C00–D49 by letters, so C4A, C7A and C7B lie inside; secondary ones are C77–C79 and C7B.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import no_course
from beamclaim.views.view import Frames

NEOPLASM = r"^(?:C[0-9]|D[0-4])"
SECONDARY = re.compile(r"C7[789B]")
#: Codes a site goes by, as metastasis and as primary.
_SITES = "dx.secondary_site"

TARGET = ColumnGroup()


def first_neoplasm(diagnoses: pl.Expr) -> pl.Expr:
    """From a list column of codes in claim order to one code, or null where no neoplasm is listed."""
    return diagnoses.list.eval(pl.element().filter(pl.element().str.contains(NEOPLASM))).list.first()


def neoplasms(diagnoses: pl.Expr) -> pl.Expr:
    """The neoplasms among a text column of codes joined with `;`, joined again; `""` where none is listed."""
    codes = diagnoses.str.split(";")
    return codes.list.eval(pl.element().filter(pl.element().str.contains(NEOPLASM))).list.join(";")


@dataclass(frozen=True, slots=True)
class SiteCodes:
    """How the codes of a treated site begin: as a metastasis there, as a primary; and whether nodes are what is treated."""

    secondary: tuple[str, ...]
    primary: tuple[str, ...]
    is_nodal: bool = False


def treated_neoplasm(listed: Sequence[str], site: SiteCodes | None, nodes: tuple[str, ...]) -> str | None:
    """The neoplasms of a line in order, and the site its plan treats (None: not known) → the one treated, None where that is unknown.

    `nodes`: how the codes of metastases in lymph nodes begin. Where only one comes into question it is that one: a plan of another site raises a question of its own (DXN105).
    """
    if not listed:
        return None
    first, is_metastasis = listed[0], SECONDARY.match(listed[0]) is not None
    others = [code for code in listed[1:] if code != first and (is_metastasis or not code.startswith(nodes))]
    if not others:
        return first
    if site is None:
        return None
    if first.startswith(site.secondary + site.primary) or (site.is_nodal and not is_metastasis):
        return first
    metastases = () if is_metastasis else (code for code in others if SECONDARY.match(code))
    return next((code for code in metastases if code.startswith(site.secondary)), None)


@TARGET.columns(
    ViewColumn("line.target", pl.String, "the neoplasm treated: the first-listed one, or the one the plan says"),
    reads=("line.first_neoplasm", "line.neoplasms", "line.date", "course.key", "plan.site_group"),
)
def with_target(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """The first-listed neoplasm of the line; of a line of a course what order and plan agree on."""
    by_order = pl.col("line.first_neoplasm")
    if no_course(frames):
        return lines.with_columns(by_order.alias("line.target"))
    about = ["line.neoplasms", "plan.site_group", "_era"]
    dated = lines.with_columns(frames.policy.eras((_SITES,)).column(lines["line.date"]).alias("_era"))
    planned = dated.filter(pl.col("course.key").is_not_null()).select(about).unique().drop_nulls("line.neoplasms")
    asked = planned.select(pl.col("plan.site_group").alias("site_group"), pl.col("_era").alias("day"))
    answers = frames.policy.resolve(_SITES, asked)
    nodes = _codes_of_nodes(frames)
    treated = [
        treated_neoplasm(_codes(codes), site, nodes)
        for codes, site in zip(planned["line.neoplasms"], _sites(answers), strict=True)
    ]
    by_plan = pl.Series("_by_plan", treated, dtype=pl.String)
    of_course = pl.when(pl.col("course.key").is_null()).then(by_order).otherwise("_by_plan")
    return (
        dated.join(planned.with_columns(by_plan), on=about, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(of_course.alias("line.target"))
        .drop("_era", "_by_plan")
    )


def _sites(answers: pl.DataFrame) -> list[SiteCodes | None]:
    """Policy answers about the sites of plans → row by row the codes they go by; None where no row knows the site."""
    return [
        None if row is None else SiteCodes(_codes(secondary), _codes(primary), bool(is_nodal))
        for row, secondary, primary, is_nodal in answers.select("row.id", "secondary", "primary", "is_nodal").rows()
    ]


def _codes_of_nodes(frames: Frames) -> tuple[str, ...]:
    """How the codes of metastases in lymph nodes begin."""
    codes = frames.words(_SITES, "secondary")
    return tuple(
        code
        for site, is_nodal in frames.words(_SITES, "is_nodal").items()
        if is_nodal
        for code in _codes(codes.get(site))
    )


def _codes(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
