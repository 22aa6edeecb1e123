"""What `beamclaim.toml` may say."""

from pathlib import Path

import pytest

from beamclaim.errors import BeamclaimError, SettingError
from beamclaim.policy.settings import Settings, settings


def test_the_settings_name_the_policy_folder(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings(None)
    (tmp_path / "own").mkdir()
    (tmp_path / "beamclaim.toml").write_text('[policy]\nfolder = "own"\n')
    assert settings(tmp_path).policy == tmp_path / "own"
    assert settings(tmp_path).mac is None
    (tmp_path / "beamclaim.toml").write_text('[claims]\nmac = "j15"\n')
    assert settings(tmp_path) == Settings(None, "J15")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[policy\n", "this is not TOML"),
        ('[polcy]\nfolder = "own"\n', "there is no setting 'polcy'"),
        ('[policy]\nfoldr = "own"\n', r"\[policy\] has no setting 'foldr'"),
        ("policy = 3\n", r"Write \[policy\] on a line of its own"),
        ("[policy]\nfolder = 3\n", "a path in quotes"),
        ('[policy]\nfolder = "gone"\n', "is no folder"),
    ],
)
def test_a_setting_that_is_not_understood_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "beamclaim.toml").write_text(text)
    with pytest.raises(SettingError, match=says) as refused:
        settings(tmp_path)
    assert isinstance(refused.value, BeamclaimError)
    assert "beamclaim.toml" in str(refused.value)
