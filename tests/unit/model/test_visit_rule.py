"""The rule that tells visits apart: the same for two moments and for whole columns of them."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.model.visits import begins_visit, is_doubtful

HOUR, SIX_HOURS, SECOND = timedelta(hours=1), timedelta(hours=6), timedelta(seconds=1)
NUMBER = st.sampled_from([None, timedelta(0), HOUR, SIX_HOURS])
TIME = st.sampled_from([timedelta(0), HOUR - SECOND, HOUR, SIX_HOURS - SECOND, SIX_HOURS, timedelta(hours=9)])


@pytest.mark.parametrize(("pause", "begins"), [(HOUR - SECOND, False), (HOUR, True)], ids=["59:59", "60:00"])
def test_a_fraction_an_hour_later_begins_another_visit(pause: timedelta, begins: bool) -> None:
    assert begins_visit(pause, same_visit=HOUR) is begins


@pytest.mark.parametrize(
    ("interval", "is_told_apart", "doubt"),
    [(HOUR - SECOND, False, False), (HOUR, False, True), (HOUR, True, False), (SIX_HOURS - SECOND, False, True), (SIX_HOURS, False, False)],
)  # fmt: skip
def test_between_an_hour_and_the_usual_interval_only_other_evidence_tells(
    interval: timedelta, is_told_apart: bool, doubt: bool
) -> None:
    assert is_doubtful(interval, interval, is_told_apart, same_visit=HOUR, distinct_after=SIX_HOURS) is doubt


@settings(deadline=None)
@given(TIME, TIME, st.booleans(), NUMBER, NUMBER)
def test_single_moments_and_columns_are_judged_alike(
    pause: timedelta, interval: timedelta, told: bool, same_visit: timedelta | None, distinct_after: timedelta | None
) -> None:
    frame = pl.DataFrame({"pause": [pause], "interval": [interval], "told": [told]})
    columns = frame.select(
        begins=begins_visit(pl.col("pause"), same_visit=same_visit),
        doubt=is_doubtful(
            pl.col("pause"), pl.col("interval"), pl.col("told"), same_visit=same_visit, distinct_after=distinct_after
        ),
    )
    single = is_doubtful(pause, interval, told, same_visit=same_visit, distinct_after=distinct_after)
    assert columns.row(0) == (begins_visit(pause, same_visit=same_visit), single)
