"""Lines with the site group that policy table `sites` gives the words of a plan's site."""

import polars as pl

from beamclaim.policy import PolicyAnswers
from beamclaim.views.claims import CIRCUMSTANCES

SITE_GROUP = "plan.site_group"
_TABLE = "sites"


def with_site_group(lines: pl.DataFrame, policy: PolicyAnswers) -> pl.DataFrame:
    """Adds `plan.site_group`; null where no site is known, or the table does not have its words on the day of the line."""
    era = policy.eras((_TABLE,)).column(lines["line.date"]).alias("day")
    words = {c.column: pl.col(c.column).alias(c.policy_word) for c in CIRCUMSTANCES}
    asked = lines.select(pl.col("plan.site").str.to_lowercase().alias("site"), *words.values()).with_columns(era)
    distinct = asked.unique()
    groups = distinct.with_columns(policy.resolve(_TABLE, distinct)["site_group"].alias(SITE_GROUP))
    found = asked.join(groups, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    return lines.with_columns(found[SITE_GROUP])
