"""What must hold for every rule, unasked (architecture, section 14)."""

import csv
import io
import json
import random
import re
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.result import Result
from beamclaim.outputs.report import columns
from beamclaim.outputs.report.csv import write_csv
from beamclaim.outputs.report.json import write_json
from beamclaim.rules import registry
from beamclaim.testing.cases import COLUMNS
from beamclaim.testing.random_tables import Row, courses, rows

# A world costs a whole run of every rule; a failing one is small enough to read without shrinking.
SLOW = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
TODAY = date(2026, 11, 23)
#: Asked of one batch, not of one patient.
BATCH = {"FMT006", "FMT007"}
Verdict = tuple[str, Any, Any, Any, str]


def table(given_rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(given_rows)
    return out.getvalue()


def asked(given_rows: list[Row], course: dict[str, Any] | None = None, **options: Any) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        path.write_text(table(given_rows))
        more: tuple[str, ...] = ()
        if course is not None:
            form = Path(folder) / "c.course.json"
            form.write_text(json.dumps(course))
            more = (str(form),)
        return check(CheckOptions((str(path),), course=more, as_of=TODAY, **options)).result


def verdicts(result: Result, without: set[str] = frozenset()) -> Counter[Verdict]:  # type: ignore[assignment]
    """Every verdict that is stored, by the subject's own names."""
    fired = [(f.rule, f.claim, f.line, f.message, f.severity) for f in result.findings if f.rule not in without]
    open_ = [
        (u.rule, u.claim, u.line, ",".join(u.missing), "cannot_tell") for u in result.undecided if u.rule not in without
    ]
    return Counter(fired + open_)


def subjects(result: Result) -> list[Verdict]:
    """The verdicts by what they are about: what is said once of a claim names its first line, and of one pair one rule speaks."""
    of_claims = {rule.code for rule in registry.rules() if rule.about}
    of_pairs = set(registry.pair_order())
    return [
        ("of a pair" if rule in of_pairs else rule, claim, None if rule in of_claims else line, *rest)
        for rule, claim, line, *rest in verdicts(result)
    ]


def coverage(result: Result, without: set[str] = frozenset()) -> dict[str, tuple[int, ...]]:  # type: ignore[assignment]
    return {
        c.rule: (c.fires, c.clear, c.cannot_tell, c.not_applicable)
        for c in result.coverage
        if c.rule not in without and not c.rule.startswith("FMT")
    }


def report(result: Result) -> tuple[str, str]:
    """The run as JSON and as CSV, without the folder it was read from."""
    out, table = io.StringIO(), io.StringIO(newline="")
    write_json(result, out)
    write_csv(result, table)
    folders = {json.dumps(f.path)[1:-1].rpartition("/")[0] for f in result.files}
    pattern = "|".join(map(re.escape, sorted(folders)))
    return re.sub(pattern, "", out.getvalue()), re.sub(pattern, "", table.getvalue())


@SLOW
@given(rows(), courses())
def test_one_patient_at_a_time_is_all_at_once(world: list[Row], course: dict[str, Any]) -> None:
    whole = asked(world, course)
    parts = [asked([r for r in world if r["patient"] == p], course) for p in sorted({r["patient"] for r in world})]
    assert verdicts(whole, BATCH) == sum((verdicts(p, BATCH) for p in parts), Counter())


@SLOW
@given(rows(), courses())
def test_buckets_on_disk_are_one_book(world: list[Row], course: dict[str, Any]) -> None:
    whole, cut = asked(world, course), asked(world, course, held=0)
    assert verdicts(whole) == verdicts(cut)
    assert coverage(whole) == coverage(cut)
    assert report(whole) == report(cut)


@SLOW
@given(rows(), courses(), st.integers(0, 1 << 30))
def test_the_order_of_rows_does_not_matter(world: list[Row], course: dict[str, Any], seed: int) -> None:
    shuffled = list(world)
    random.Random(seed).shuffle(shuffled)
    # Within one claim the first row says what the claim says; worlds say it the same on every row.
    one, other = asked(world, course), asked(shuffled, course)
    assert coverage(one) == coverage(other)
    assert Counter((r, c, n, s) for r, c, n, _, s in verdicts(one)) == Counter(
        (r, c, n, s) for r, c, n, _, s in verdicts(other)
    )


@SLOW
@given(rows(), st.integers(1, 3))
def test_blocks_of_any_size_and_files_in_any_order_give_the_same_bytes(world: list[Row], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.csv" for n in range(2)]
        for n, path in enumerate(paths):
            path.write_text(table(world[n::2]))
        one, other = (check(CheckOptions(tuple(map(str, p)), as_of=TODAY)).result for p in (paths, paths[::-1]))
        whole = report(one)
        assert whole[1] == report(other)[1]
        usual, columns.BLOCK = columns.BLOCK, size
        try:
            assert report(one) == whole
        finally:
            columns.BLOCK = usual


def hidden(course: dict[str, Any], what: str) -> dict[str, Any]:
    """The course without one kind of fact."""
    less: dict[str, Any] = json.loads(json.dumps(course))
    if what == "records":
        del less["records_complete"]
    elif what == "times":
        for fraction in less["fractions"]:
            fraction["started_at"] = fraction["started_at"][:10]
    else:
        for plan in less["plans"]:
            plan.pop(what, None)
    return less


@SLOW
@given(
    rows(), courses(), st.sampled_from(("records", "times", "site", "compensator", "technique", "fractions_planned"))
)
def test_hiding_evidence_never_flips_a_verdict(world: list[Row], course: dict[str, Any], what: str) -> None:
    seen, blind = asked(world, course), asked(world, hidden(course, what))
    # Two payers' claims may share a number: what fires on either has fired.
    before: dict[tuple[str, str, int | None], bool] = {}
    for r, c, n, _, s in subjects(seen):
        before[r, c, n] = before.get((r, c, n), False) or s != "cannot_tell"
    for rule, claim, line, _, severity in subjects(blind):
        if severity != "cannot_tell":
            assert before.get((rule, claim, line)), f"{rule} fires on {claim} line {line} only when {what} is hidden"
    open_ = {(r, c, n) for r, c, n, _, s in subjects(blind) if s == "cannot_tell"}
    still = {(r, c, n) for r, c, n, _, s in subjects(blind) if s != "cannot_tell"}
    for (rule, claim, line), fired in before.items():
        if fired:
            assert (rule, claim, line) in open_ | still, (
                f"{rule} on {claim} line {line} goes clear when {what} is hidden"
            )


@SLOW
@given(rows())
def test_nothing_fires_before_the_policy_begins(world: list[Row]) -> None:
    early = [
        {**r, "date": r["date"].replace("2025", "2008").replace("2026", "2009"), "submitted_on": "2009-12-31"}
        for r in world
    ]
    dated = {r.code for r in registry.rules() if any(":" in n for n in r.reads)} - {"UNT108"}
    # A modifier that stands twice contradicts itself in any year.
    early = [{**r, "modifiers": ";".join(dict.fromkeys(r["modifiers"].split(";")))} for r in early]
    fired = {f.rule for f in asked(early).findings} & dated
    assert not fired, f"rules that answer by policy fire on days no row holds: {sorted(fired)}"


@SLOW
@given(rows())
def test_how_the_name_of_a_payer_is_written_does_not_matter(world: list[Row]) -> None:
    written = [{**r, "payer_name": f" {r['payer_name'].lower().replace(' ', '  ')}. "} for r in world]
    assert verdicts(asked(world)) == verdicts(asked(written))


@SLOW
@given(rows(), courses())
def test_two_runs_say_the_same(world: list[Row], course: dict[str, Any]) -> None:
    one, other = asked(world, course), asked(world, course)
    assert [(f.id, f.message, f.cause) for f in one.findings] == [(f.id, f.message, f.cause) for f in other.findings]
    assert one.undecided == other.undecided
