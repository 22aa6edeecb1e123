"""The changelog is gathered from fragments, and a change without one is noticed."""

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/changelog.py"
LOG = """# Changelog

## 0.2.0 (unreleased)

### Added
- An older sentence.

## 0.1.0

### Fixed
- The first release.
"""


@pytest.fixture
def changelog() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_sentences_go_under_their_headings_in_the_top_section(changelog: dict[str, Any]) -> None:
    log = changelog["gathered"](LOG, {"added": ["A new one."], "policy": ["A row."]})
    assert log == LOG.replace("### Added\n", "### Added\n- A new one.\n").replace(
        "- An older sentence.\n", "- An older sentence.\n\n### Policy\n- A row.\n"
    )


def test_the_fragments_that_are_here_are_right(changelog: dict[str, Any]) -> None:
    assert changelog["faults"]() == []


@pytest.mark.parametrize("name", ["17.added.md", "17-speed.changed.md", "3.rule.md"])
def test_a_fragment_is_named_by_issue_and_kind(changelog: dict[str, Any], name: str) -> None:
    assert changelog["NAME"].fullmatch(name)


@pytest.mark.parametrize("name", ["added.md", "17.news.md", "17.added.txt"])
def test_other_names_of_fragments_are_refused(changelog: dict[str, Any], name: str) -> None:
    assert not changelog["NAME"].fullmatch(name)
