"""The report for a terminal: one block per cause, nothing dropped in silence, nothing that steers the terminal."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from rich.cells import cell_len

from beamclaim.findings.finding import Undecided
from beamclaim.findings.questions import Questions
from beamclaim.findings.result import Coverage, File, Result
from beamclaim.findings.schema import Findings
from beamclaim.outputs.report.printable import Excerpts
from beamclaim.outputs.report.text import MOST_CAUSES, verdict, write_text
from beamclaim.testing.findings import findings_of

BLOCK = """\
error[COD101]: Procedure code not in force on the date of service
   = at stake     20 lines in 20 claims, $29,000.00 at risk (rejection): one fix

  --> clinic/2026-02.837 at byte 1811, claim PCN001, line 3 (2400/3 SV101-2)
   |
   | SV1*HC:77386*1450*UN*1***1~
   |        ^^^^^ 77386 was not in force on 2026-02-03
   |
   = setting      none
   = rule         77386: IMRT, complex; in force 2015-01-01 to 2025-12-31 (medium confidence)
   = source       ASTRO-2026-CHANGES (page 2)
   = to do        coder: bill the 2026 code that the plan supports
"""


def page(result: Result, excerpts: Excerpts, *, color: bool = False, width: int = 100) -> str:
    out = io.StringIO()
    write_text(result, excerpts, out, color=color, width=width)
    return out.getvalue()


def test_a_cause_begins_with_its_first_finding_in_full(result: Result, excerpts: Excerpts) -> None:
    assert page(result, excerpts).startswith(BLOCK)


def test_the_rest_of_a_cause_is_listed_and_counted(result: Result, excerpts: Excerpts) -> None:
    text = page(result, excerpts)
    assert text.count("  --> clinic/2026-02.837") == 3
    assert "   also claim PCN004 line 3  2026-02-03  77386  $1,450.00  2400/3 SV101-2\n" in text
    assert text.count("   also ") == 10
    assert "   and 7 more: --format json lists all\n" in text


def test_what_could_not_be_told_and_what_was_not_read_is_named(result: Result, excerpts: Excerpts) -> None:
    text = page(result, excerpts)
    assert "  not read  locked.837: no permission to read it; ask its owner\n" in text
    asked = "  UNT101         5  More weekly management units billed than the delivered sessions support\n"
    assert f"{asked}{' ' * 20}missing sessions delivered, course ended on: give the course (--course)\n" in text
    assert "4 rules asked: 102 clear, 5 cannot tell, 67 not applicable" in text
    assert "20 errors, 1 warning, 1 note" in text
    assert "one policy table was verified only to 2026-09-30" in text


def test_a_line_without_its_day_is_one_question(result: Result, excerpts: Excerpts) -> None:
    undecided = [Undecided(rule, "PCN001", 5, ("line.date",)) for rule in ("COD101", "UNT103")]
    coverage = [Coverage("COD101", 0, 0, 1, 0), Coverage("UNT103", 0, 0, 1, 0)]
    run = replace(result, undecided=Questions.of(undecided), coverage=coverage)
    text = page(run, excerpts)
    assert f"  {'':<6}         1  without date of service: nothing else can be told of them\n" in text
    assert f"{' ' * 20}asked again when it is given: COD101, UNT103\n" in text
    assert "  UNT103" not in text
    assert "1 question could not be answered" in text


def test_g29_no_control_character_reaches_the_terminal(result: Result, excerpts: Excerpts) -> None:
    text = page(result, excerpts)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert r"\x1b[31m\u202e\x9b" in text


def test_the_marks_stand_under_the_value_whatever_its_width(result: Result) -> None:
    def excerpt(_: object) -> tuple[bytes, int, int]:
        raw = "数量,Zoë,77386".encode()
        return raw, raw.index(b"77386"), len(raw)

    lines = page(replace(result, findings=result.findings[:1]), excerpt).splitlines()
    at = next(n for n, line in enumerate(lines) if "^" in line)
    shown, marks = lines[at - 1], lines[at]
    assert cell_len(shown[: shown.index("77386")]) == marks.index("^")
    assert marks.count("^") == 5


@pytest.mark.parametrize("width", [60, 80, 120, 500])
def test_an_excerpt_of_any_length_fits_the_page_and_keeps_the_value(result: Result, width: int) -> None:
    def excerpt(_: object) -> tuple[bytes, int, int]:
        return b"A*" * 300 + b"77386" + b"*B" * 300, 600, 605

    lines = page(replace(result, findings=result.findings[:1]), excerpt, width=width).splitlines()
    shown = next(line for line in lines if "77386" in line and "…" in line)
    assert cell_len(shown) <= min(width, 120)


def test_color_only_when_asked(result: Result, excerpts: Excerpts) -> None:
    assert "\x1b" not in page(result, excerpts)
    assert "\x1b[1;31merror[COD101]\x1b[0m" in page(result, excerpts, color=True)


def test_the_word_clean_is_kept_for_runs_without_an_open_question(result: Result, excerpts: Excerpts) -> None:
    quiet = Result("0.1.0", "ab", date(2026, 11, 23), claims=1, coverage=[Coverage("COD101", 0, 1)])
    assert "Clean" in verdict(quiet)
    unsure = replace(quiet, undecided=Questions.of([Undecided("UNT101", "C1", 1, ("course.ended_on",))]))
    unread = replace(quiet, files=[File("a", None, "unknown", 0, 0, "cannot be opened")])
    empty = replace(quiet, claims=0)
    unasked = replace(quiet, coverage=[])
    for run in (result, unsure, unread, empty, unasked):
        assert "clean" not in page(run, excerpts).lower()


def test_causes_beyond_the_most_are_counted(big: Callable[[int], Result], excerpts: Excerpts) -> None:
    text = page(big(10 * MOST_CAUSES + 25), excerpts)
    assert len(re.findall(r"^error\[", text, re.MULTILINE)) == MOST_CAUSES
    assert "\nand 3 more causes with 25 findings: --format json lists all\n" in text


def test_the_gravest_and_dearest_cause_comes_first(big: Callable[[int], Result], excerpts: Excerpts) -> None:
    run = big(25)
    run.findings = findings_of([*run.findings[:24], replace(run.findings[24], severity="warning", cause="alone")])
    heads = re.findall(r"^(error|warning)\[", page(run, excerpts), re.MULTILINE)
    assert heads == ["error", "error", "error", "warning"]


def test_what_was_waived_stands_apart_with_who_until_when_and_why(waived: Result, excerpts: Excerpts) -> None:
    text = page(waived, excerpts)
    assert "[FMT003]" not in text
    section = " ".join(text[text.index("Waived  (listed apart") : text.index("Could not be told")].split())
    assert "FMT003 1 finding, by" in section and "until 2026-12-31" in section and "(waivers.yaml line 1)" in section
    assert "  waived    1 finding, listed apart\n" in text
    assert "21 findings; 1 finding waived, 1 file could not be read, 5 questions could not be answered." in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_run_whose_only_finding_was_waived_is_not_called_clean(waived: Result) -> None:
    alone = replace(
        waived, findings=Findings(), undecided=Questions(), files=[], coverage=[Coverage("FMT003", 1, 3, 0, 0)]
    )
    assert verdict(alone) == "No finding; 1 finding waived."
