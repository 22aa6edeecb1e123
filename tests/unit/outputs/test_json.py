"""The JSON report has the promised keys in the promised order, and the same result gives the same bytes."""

import io
import json
from collections.abc import Callable
from typing import Any

from beamclaim.findings.result import Result
from beamclaim.outputs.report.json import write_json, write_jsonl


def document(result: Result) -> dict[str, Any]:
    out = io.StringIO()
    write_json(result, out)
    read: dict[str, Any] = json.loads(out.getvalue())
    return read


def test_the_document_has_the_promised_keys_in_order(result: Result) -> None:
    read = document(result)
    assert list(read) == ["version", "run", "files", "findings", "coverage", "undecided", "payers", "summary", "waived"]
    assert read["waived"] == []
    assert read["version"] == 1
    assert read["run"] == {
        "engine": "0.1.0", "policy": "ab" * 32, "as_of": "2026-11-23", "last_service": None, "ended_tables": [],
    }  # fmt: skip
    assert list(read["files"][0]) == ["path", "sha256", "kind", "claims", "lines", "error"]
    assert read["coverage"][0] == {"rule": "COD101", "fires": 20, "clear": 40, "cannot_tell": 0, "not_applicable": 1}
    assert read["undecided"][1] == {
        "rule": "UNT101", "claim": "PCN002", "line": 5, "missing": ["course.sessions_delivered"],
    }  # fmt: skip
    assert list(read["summary"]) == ["claims", "claims_with_errors", "charge_at_risk", "by_rule"]
    assert read["summary"]["charge_at_risk"] == "29000.00"
    assert read["summary"]["by_rule"] == {"COD101": 20, "DXN107": 1, "FMT003": 1}


def test_a_finding_has_the_promised_keys_in_order(result: Result) -> None:
    finding = document(result)["findings"][0]
    assert list(finding) == [
        "id", "rule", "name", "severity", "risk", "claim", "line", "course", "fraction", "date", "code", "message",
        "charge", "where", "facts", "policy", "fix",
    ]  # fmt: skip
    assert (finding["date"], finding["charge"], finding["line"]) == ("2026-02-03", "1450.00", 3)
    where = {"file": "clinic/2026-02.837", "start": 1811, "end": 1816, "path": "2400/3 SV101-2", "segment": 43}
    assert finding["where"] == where
    assert list(finding["where"]) == list(where)
    assert finding["facts"] == [
        {"name": "line.code", "value": "77386", "where": where},
        {"name": "line.date", "value": "2026-02-03", "where": {}},
        {"name": "claim.setting", "value": "", "where": {}},
    ]
    assert list(finding["policy"][0])[:5] == ["name", "value", "first_day", "last_day", "source"]
    assert finding["policy"][0]["last_day"] == "2025-12-31"
    assert finding["fix"] == {
        "grade": "review", "text": "bill the 2026 code that the plan supports", "who": "coder", "edit": None,
    }  # fmt: skip


def test_a_finding_on_no_place_says_null(result: Result) -> None:
    finding = document(result)["findings"][-1]
    assert (finding["where"], finding["claim"], finding["line"], finding["charge"]) == (None, None, None, None)


def test_hostile_values_come_back_as_written_and_the_bytes_are_plain_ascii(result: Result) -> None:
    out = io.StringIO()
    write_json(result, out)
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
    assert document(result)["findings"][20]["claim"] == result.findings[20].claim


def test_a_waived_finding_comes_last_with_its_waiver_and_counts_nowhere(waived: Result) -> None:
    read = document(waived)
    assert [f["rule"] for f in read["findings"]].count("FMT003") == 0
    assert "FMT003" not in read["summary"]["by_rule"]
    assert read["waived"][0]["finding"]["id"] == "id-hostile"
    assert read["waived"][0]["waiver"]["until"] == "2026-12-31"
    assert list(read["waived"][0]["waiver"]) == [
        "rule", "scope", "claim", "line", "payer", "code", "reason", "who", "until", "where",
    ]  # fmt: skip


def test_jsonl_gives_every_row_its_type(result: Result) -> None:
    out = io.StringIO()
    write_jsonl(result, out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    kinds = [row["type"] for row in rows]
    assert kinds == ["run"] + ["file"] * 4 + ["finding"] * 22 + ["undecided"] * 5 + ["coverage"] * 4 + ["summary"]
    findings = [row for row in rows if row.pop("type") == "finding"]
    assert findings == document(result)["findings"]


def test_g14_the_same_result_gives_the_same_bytes(result: Result, big: Callable[[int], Result]) -> None:
    for run in (result, big(300)):
        first, second = io.StringIO(), io.StringIO()
        write_json(run, first)
        write_json(run, second)
        assert first.getvalue() == second.getvalue()


def test_an_empty_run_is_a_whole_document(big: Callable[[int], Result]) -> None:
    read = document(big(0))
    assert (read["findings"], read["files"], read["undecided"]) == ([], [], [])
