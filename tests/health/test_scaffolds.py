"""What `make new-rule`, `new-table` and `new-view` write is green at its first run, in a copy of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = (
    "src",
    "scripts",
    "changelog.d",
    "tests/pages",
    "tests/health/test_rules.py",
    "CHANGELOG.md",
    "pyproject.toml",
)
RUFF = Path(sys.executable).with_name("ruff")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with a new table, a rule that asks it, a new view, and a rule asked of that."""
    home = tmp_path_factory.mktemp("copy")
    for name in NEEDED:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, home / name)
    for words in (
        "table NAME=edits/physics.exempt",
        "rule CODE=UNT910 NAME=more-than-one-unit TABLE=physics.exempt",
        "view NAME=claim_sizes",
        "rule CODE=UNT911 NAME=more-than-one-line VIEW=claim_sizes TABLE=",
    ):
        done = run(home, "scripts/scaffold.py", *words.split())
        assert done.returncode == 0, done.stderr
    return home


def run(home: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(home / "src")}
    return subprocess.run(
        [sys.executable, *command], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


def test_the_new_rules_keep_what_their_pages_promise(copy: Path) -> None:
    done = run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "tests/pages",
        "tests/health/test_rules.py",
        "-k",
        "UNT9 or changelog",
    )
    assert done.returncode == 0, done.stdout
    assert " failed" not in done.stdout


def test_what_is_written_is_in_the_house_style(copy: Path) -> None:
    for words in (("check", "--quiet"), ("format", "--check", "--quiet")):
        done = subprocess.run([RUFF, *words, "src"], cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_a_new_table_says_nobody_asks_it_until_a_rule_does(copy: Path) -> None:
    declared = (copy / "src/beamclaim/policy/declarations/edits.py").read_text()
    assert '"physics.exempt"' in declared
    assert "the rule that will ask it" not in declared


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("rule CODE=XYZ1 NAME=over-daily-maximum", "three letters of a family and three digits; families are AUT"),
        ("rule CODE=UNT912 NAME=Maximum", "small letters with hyphens"),
        ("rule CODE=UNT912 NAME=more-than-one-unit", "is there already"),
        ("table NAME=nowhere/x.y", "families are "),
        ("view NAME=Claims", "in the plural and in small letters"),
    ],
)
def test_a_wrong_word_is_refused_with_the_words_there_are(copy: Path, words: str, refusal: str) -> None:
    done = run(copy, "scripts/scaffold.py", *words.split())
    assert done.returncode == 2
    assert refusal in done.stderr
