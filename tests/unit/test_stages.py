"""What a stage takes counts once, for the innermost stage alone."""

import time

import pytest

from beamclaim import stages
from beamclaim.stages import StageCost, stage


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> dict[stages.Stage, StageCost]:
    costs: dict[stages.Stage, StageCost] = {}
    monkeypatch.setattr(stages, "costs", costs)
    return costs


def work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_seconds_of_a_stage_inside_another_count_for_itself_alone(fresh: dict[stages.Stage, StageCost]) -> None:
    with stage("policy"):
        work(0.02)
        with stage("views"):
            work(0.06)
    assert 0.02 <= fresh["policy"].cpu_seconds < 0.06 <= fresh["views"].cpu_seconds
    assert fresh["views"].peak_mb > 1


def test_a_stage_that_comes_again_is_added_to(fresh: dict[stages.Stage, StageCost]) -> None:
    for _ in range(2):
        with stage("ask"):
            work(0.01)
    assert fresh["ask"].cpu_seconds >= 0.02


def test_a_stage_that_fails_is_counted(fresh: dict[stages.Stage, StageCost]) -> None:
    with pytest.raises(ValueError), stage("prove"):
        raise ValueError
    with stage("ask"):
        pass
    assert set(fresh) == {"prove", "ask"}
