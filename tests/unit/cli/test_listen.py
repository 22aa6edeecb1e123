"""`beamclaim listen` refuses what would expose patients in one sentence, and its help answers at once."""

from pathlib import Path

import pytest

from beamclaim.cli.main import main as beam


def test_its_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["listen", "--help"]) == 0
    told = capsys.readouterr().out
    assert "Example" in told and "beamclaim listen inbox/" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--bind", "0.0.0.0:2575"], "--plain-network"),
        (["--bind", "nowhere"], "is no address"),
        (["--tls-cert", "me.pem"], "--tls-cert and --tls-key go together"),
        (["--allow", "everybody"], "--allow takes an address or a network"),
        (["--mapping", "none.yaml"], "none.yaml"),
        (["--largest", "11"], "Invalid value"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beam(["listen", str(tmp_path / "in"), *words]) == 2
    told = capsys.readouterr()
    assert says in told.err and told.err.count("\n") == 1
    assert not (tmp_path / "in").exists()
