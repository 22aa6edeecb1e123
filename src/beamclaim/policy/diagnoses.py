"""ICD-10-CM releases → whether a diagnosis code is valid on a day, and what may be said between two releases.

One row per code, one column per release. Asked by `answers.PolicyAnswers`, and by the rules as `diagnosis_validity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.sources import PolicySource

#: The name under which the validity of diagnoses is asked, which is no table.
ICD10CM = "icd10cm"
#: Its list of releases, in a policy folder.
RELEASES = "diagnoses/icd10cm.releases.csv"
_STATUS = {"v": "valid", "c": "category", "-": "absent"}


@dataclass(frozen=True, slots=True, eq=False)
class Diagnoses:
    """What each release says of each code: valid, category (needs more characters) or absent.

    `releases`: release, first_day, last_day, source, in order of time. `codes`: code and one column per release. A code
    in no release is absent from all. Inside a release's days its word is high; between two releases that say the same,
    that stands, medium; where they differ, before the first and after the last, the answer is unknown.
    """

    releases: pl.DataFrame
    codes: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Diagnoses":
        """The releases in `folder`. Raises PolicyError when the packed codes do not fit the list of releases."""
        days = {"first_day": pl.Date, "last_day": pl.Date}
        releases = pl.read_csv(folder / "icd10cm.releases.csv", schema_overrides=days)
        packed = pl.read_csv((folder / "icd10cm.csv.gz").read_bytes(), infer_schema=False)
        if packed.columns != ["code", *releases["release"].to_list()]:
            raise PolicyError(
                "icd10cm.csv.gz line 1: its columns are not code and, in order, the releases of icd10cm.releases.csv. "
                "Pack it again."
            )
        return cls(releases, packed)

    def with_release(self, codes: pl.DataFrame, first_day: date, last_day: date, source: str) -> "Diagnoses":
        """These and one more release (code, status); it takes the place of one with the same first day."""
        name = f"{first_day:%Y-%m}"
        row = pl.DataFrame({"release": [name], "first_day": [first_day], "last_day": [last_day], "source": [source]})
        releases = pl.concat([self.releases.filter(pl.col("release") != name), row]).sort("first_day")
        before = self.codes.drop(name, strict=False)
        added = codes.select("code", pl.col("status").alias(name))
        packed = before.join(added, on="code", how="full", coalesce=True).with_columns(
            pl.exclude("code").fill_null("-")
        )
        return Diagnoses(releases, packed.select("code", *releases["release"].to_list()))

    @property
    def sources(self) -> list[str]:
        """The ids of the sources the releases rest on."""
        return self.releases["source"].to_list()

    def validity(self, asks: pl.DataFrame, as_of: date | None, sources: Mapping[str, PolicySource]) -> pl.DataFrame:
        """For (code, day): `status`, `row.cap`, `source`, `missing_release`, in the order asked.

        `status` is valid, category, absent or null (unknown); `missing_release` names the release that would tell.
        Codes may carry a dot; an empty code is unknown.
        """
        bare = pl.col("code").str.strip_chars().str.to_uppercase().str.replace_all(".", "", literal=True)
        asked = asks.select(pl.when(bare != "").then(bare).alias("code"), "day").join(
            self.codes, on="code", how="left", maintain_order="left"
        )
        known = self.releases if as_of is None else self.releases.filter(pl.col("first_day") <= as_of)
        status, cap, source = (pl.lit(None, pl.String) for _ in range(3))
        rows = known.rows(named=True)
        for before, after in pairwise(rows):
            one, two = pl.col(before["release"]).fill_null("-"), pl.col(after["release"]).fill_null("-")
            between = (pl.col("day") > before["last_day"]) & (pl.col("day") < after["first_day"]) & (one == two)
            independent = sources[before["source"]].voice != sources[after["source"]].voice
            status = pl.when(between).then(one).otherwise(status)
            cap = pl.when(between).then(pl.lit("error" if independent else "warning")).otherwise(cap)
            source = pl.when(between).then(pl.lit(f"{before['source']};{after['source']}")).otherwise(source)
        for release in rows:
            inside = pl.col("day").is_between(release["first_day"], release["last_day"])
            status = pl.when(inside).then(pl.col(release["release"]).fill_null("-")).otherwise(status)
            cap = pl.when(inside).then(pl.lit("error")).otherwise(cap)
            source = pl.when(inside).then(pl.lit(release["source"])).otherwise(source)
        is_asked = pl.col("code").is_not_null()
        answer = asked.select(
            pl.when(is_asked).then(status).replace_strict(_STATUS, return_dtype=pl.String).alias("status"),
            pl.when(is_asked).then(cap).alias("row.cap"),
            pl.when(is_asked).then(source).alias("source"),
            pl.when(is_asked).then(_release_of("day")).alias("missing_release"),
        )
        return answer.with_columns(pl.when(pl.col("status").is_null()).then("missing_release").alias("missing_release"))


def _release_of(day: str) -> pl.Expr:
    """The release in force on a day, by its month: they come each April and October."""
    year, month = pl.col(day).dt.year(), pl.col(day).dt.month()
    autumn = pl.when(month >= 10).then(year).otherwise(year - 1)
    return (
        pl.when(month.is_between(4, 9))
        .then(pl.concat_str(pl.lit("ICD-10-CM April "), year))
        .otherwise(pl.concat_str(pl.lit("ICD-10-CM October "), autumn))
    )
