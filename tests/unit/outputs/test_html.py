"""The web page is one closed file: everything escaped, nothing fetched, nothing dropped in silence."""

import base64
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

from beamclaim.findings.result import Result
from beamclaim.outputs.report import html
from beamclaim.outputs.report.html import write_html
from beamclaim.outputs.report.printable import Excerpts
from beamclaim.testing.findings import findings_of

VOID = {"meta", "input"}


class Outline(HTMLParser):
    """Tags in order, the text of a page, and whether every tag that opens is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(result: Result, excerpts: Excerpts) -> str:
    out = io.StringIO()
    write_html(result, excerpts, out)
    return out.getvalue()


def test_every_tag_is_closed_and_there_is_one_script(result: Result, excerpts: Excerpts) -> None:
    outline = Outline(page(result, excerpts))
    assert outline.open == []
    assert [tag for tag, _ in outline.tags].count("script") == 1


def test_g29_a_hostile_value_stays_text(result: Result, excerpts: Excerpts) -> None:
    written = page(result, excerpts)
    assert "<script>alert" not in written
    assert "=HYPERLINK(1)&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m\\u202e\\x9b" in written
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", written)


def test_no_request_can_leave_the_page(result: Result, excerpts: Excerpts) -> None:
    written = page(result, excerpts)
    assert "http" not in written.replace("http-equiv", "")
    assert "url(" not in written and "@import" not in written
    outline = Outline(written)
    assert not [attrs for _, attrs in outline.tags if "src" in attrs or "style" in attrs]
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in outline.tags)
    assert not [name for _, attrs in outline.tags for name in attrs if name.startswith("on")]


def test_the_policy_of_the_page_lets_its_own_script_and_style_pass(result: Result, excerpts: Excerpts) -> None:
    written = page(result, excerpts)
    metas = [attrs for tag, attrs in Outline(written).tags if tag == "meta"]
    policy = next(m["content"] or "" for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        inline = re.search(f"<{tag}>(.*?)</{tag}>", written, re.DOTALL)
        assert inline is not None
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_numbers_causes_and_gaps_are_on_the_page(result: Result, excerpts: Excerpts) -> None:
    words = " ".join(" ".join(Outline(page(result, excerpts)).words).split())
    assert (
        "20 of 25 claims should not go out as they are. $29,000.00 is at risk; one fix settles it. 22 findings;"
        in words
    )
    assert "20 lines in 20 claims $29,000.00" in words
    assert "course.sessions_delivered" in words
    assert "not read: no permission to read it; ask its owner" in words
    assert "77386: IMRT, complex; in force 2015-01-01 to 2025-12-31 (medium confidence)" in words
    assert "Sources: ASTRO-2026-CHANGES (page 2)" in words
    assert "ab" * 32 in words and "cd" * 32 in words


def test_the_value_is_marked_in_its_segment(result: Result, excerpts: Excerpts) -> None:
    assert "<code>SV1*HC:<mark>77386</mark>*1450*UN*1***1~</code>" in page(result, excerpts)


def test_what_does_not_fit_is_counted_in_words(big: Callable[[int], Result], excerpts: Excerpts) -> None:
    run = big(html.MOST + 25)
    written = page(run, excerpts)
    assert written.count('class="finding"') == html.MOST
    assert "Not shown on this page: 3 causes more with 25 findings and $36,250.00 behind them." in written


def test_a_long_cause_is_cut_and_says_so(big: Callable[[int], Result], excerpts: Excerpts) -> None:
    run = big(html.MOST_OF_A_CAUSE)
    run.findings = findings_of([replace(f, cause="one") for f in (*run.findings, replace(run.findings[0], id="x"))])
    assert "1 more finding of this cause not shown on this page" in page(run, excerpts)


def test_g14_the_same_result_gives_the_same_page(result: Result, excerpts: Excerpts) -> None:
    assert page(result, excerpts) == page(result, excerpts)


def test_a_run_without_claims_does_not_say_that_all_is_well(big: Callable[[int], Result], excerpts: Excerpts) -> None:
    written = page(big(0), excerpts)
    assert "Nothing was checked" in written
    assert "lean" not in " ".join(Outline(written).words).split("@media")[0]


def test_every_fix_of_the_work_list_leads_to_its_cause(result: Result, excerpts: Excerpts) -> None:
    outline = Outline(page(result, excerpts))
    there = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    links = [attrs["href"] or "" for tag, attrs in outline.tags if tag == "a" and "href" in attrs]
    assert sum(link.startswith("#cause-") for link in links) == 3
    assert {link.removeprefix("#") for link in links} <= there


def test_no_column_name_of_ours_stands_where_there_are_words(result: Result, excerpts: Excerpts) -> None:
    words = " ".join(" ".join(Outline(page(result, excerpts)).words).split())
    assert "date of service 2026-02-03" in words
    assert "line.date" not in words and "radonc.delivery" not in words


def test_g29_a_waiver_stands_apart_and_stays_text(waived: Result, excerpts: Excerpts) -> None:
    written = page(waived, excerpts)
    assert "<script>alert" not in written
    section = written[written.index('<section id="waived"') : written.index('<section id="files"')]
    assert "FMT003: " in section and "2026-12-31" in section
    assert Outline(written).open == []
