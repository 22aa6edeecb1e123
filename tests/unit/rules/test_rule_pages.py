"""What a page lacks is said with the file and what to write."""

from dataclasses import replace
from pathlib import Path

import pytest
from declared_rules import declared

from beamclaim.rules.pages import HEADINGS, page_problems

WHOLE = "# UNT199 some-rule\n\n" + "\n\nText.\n\n".join(HEADINGS) + "\n\n### One\n```case\n2026-02-03  77407\n```\n"


def problems(folder: Path, text: str | None) -> tuple[str, ...]:
    page = folder / "some_rule.md"
    if text is not None:
        page.write_text(text)
    return page_problems(replace(declared(), page=page))


def test_a_whole_page_lacks_nothing(tmp_path: Path) -> None:
    assert problems(tmp_path, WHOLE) == ()


def test_a_rule_without_a_page_is_told_where_to_write_it(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, None)
    assert said.startswith(f"{tmp_path}/some_rule.md is missing: write it beside some_rule.py, with ## What it finds")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace("some-rule", "another"), "begins with '# UNT199 another': its first line is '# UNT199 some-rule'"),
        (WHOLE.replace("## Sources\n", ""), "lacks the heading '## Sources'"),
        (WHOLE.replace("```case", "```python"), "holds no case: under '## Cases' write one that fires and one that does not"),
        (WHOLE.replace("## Sources", "## X").replace("## Why it matters", "## Sources").replace("## X", "## Why it matters"),
         "the headings stand in the order ## What it finds, ## Why it matters"),
    ],
)  # fmt: skip
def test_each_thing_a_page_lacks_is_named(tmp_path: Path, text: str, said: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert str(tmp_path / "some_rule.md") in problem
    assert said in problem
