"""Plans and the people they are of → whose a plan is, and a question to each of several people whose files name one plan."""

from collections.abc import Sequence

import polars as pl

from beamclaim.courses.course_record import Observation
from beamclaim.courses.people import SamePerson

_SHARED = Observation(
    "plan_of_several", "files of another patient id name the same plan; if it is the same person, give both one id"
)


def owners(assertions: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Which person has, or is treated by, which plan: columns person and plan."""
    planned = assertions.filter(pl.col("assertion.subject") == "plan")
    return pl.concat(
        [planned.select("person", plan="assertion.key"), deliveries.select("person", plan="delivery.plan")]
    ).unique()


def ask_about_plans(people: Sequence[SamePerson], assertions: pl.DataFrame, deliveries: pl.DataFrame) -> None:
    """Adds the question to everybody whose plan files of somebody else name too."""
    own = owners(assertions, deliveries).drop_nulls()
    # The names of resources of a record are of one system alone (`Procedure/1`); UIDs are of the whole world.
    own = own.filter(~pl.col("plan").str.contains("/", literal=True))
    for person in sorted(own.filter(pl.col("person").n_unique().over("plan") > 1)["person"].unique()):
        people[person].observations.append(_SHARED)
