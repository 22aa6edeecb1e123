"""`import beamclaim` is the public door: its page runs, it loads nothing before it is used, and it offers what the commands do."""

import doctest
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import beamclaim
from beamclaim.app.check import CheckOptions

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/python.md"
HEAVY = {"polars", "numpy", "pyarrow", "pydicom"}


@pytest.fixture
def at_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "treatments").symlink_to(ROOT / "tests/fixtures/dicom/records/vmat_2026")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("at_the_examples")
def test_the_page_about_python_says_what_happens() -> None:
    text = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S))
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(example.examples) > 10
    failures: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=failures.append)
    assert not failures, "".join(failures)


def loaded(code: str) -> set[str]:
    """Modules that are loaded after some code ran in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_beamclaim_loads_nothing_heavy() -> None:
    modules = loaded("import beamclaim")
    assert not HEAVY & modules
    assert {m for m in modules if m.startswith("beamclaim.")} == {"beamclaim.model", "beamclaim.model.value_sets"}


def test_help_is_light() -> None:
    modules = loaded("from beamclaim.cli.main import main\nmain(['--help'])\nmain(['check', '--help'])")
    assert not HEAVY & modules


def test_a_check_loads_nothing_synthetic_and_nothing_of_tests() -> None:
    modules = loaded("import beamclaim\nbeamclaim.check('examples/hospital-2026-01.837')")
    assert "polars" in modules
    assert not {m for m in modules if m.startswith(("beamclaim.synthetic", "beamclaim.testing", "hypothesis"))}


def test_check_takes_every_option_there_is() -> None:
    offered = set(inspect.signature(beamclaim.check).parameters)
    assert offered == set(inspect.signature(CheckOptions).parameters) - {"held"}


@pytest.mark.parametrize("name", beamclaim.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(beamclaim, name)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'cheque'"):
        beamclaim.cheque  # noqa: B018
