"""Show and diff: what a person reads."""

import json
from datetime import date as D

from beamclaim.policy import PolicyAnswers
from beamclaim.policy.diff import diff
from beamclaim.policy.show import show

LAST, FIRST = D(2025, 12, 31), D(2026, 1, 1)


def test_the_change_of_the_year_is_listed_whole(policy: PolicyAnswers) -> None:
    changed = diff(policy.tables, LAST, FIRST)
    ended = {c.key[0] for c in changed.changes if (c.table, c.kind) == ("radonc.codes", "ends")}
    assert ended >= {"77385", "77386", "77014", "77401", *(f"G60{n:02d}" for n in range(1, 18))}
    assert {c.key[0] for c in changed.changes if (c.table, c.kind) == ("radonc.codes", "begins")} == {
        "77436", "77437", "77438", "77439",
    }  # fmt: skip
    meanings = {c.key[0]: c for c in changed.changes if (c.table, c.kind) == ("radonc.delivery", "changes")}
    assert set(meanings) == {"77402", "77407", "77412"}
    assert (meanings["77412"].before["level"], meanings["77412"].after["level"]) == ("complex", "3")
    guidance = [c for c in changed.changes if (c.table, c.key) == ("radonc.guidance", ("77387",))]
    assert (guidance[0].before, guidance[0].after) == ({"part": "both"}, {"part": "professional"})
    assert {("77407", "77387")} <= {c.key for c in changed.changes if c.table == "guidance.inside_delivery"}
    assert all(c.source for c in changed.changes if c.table == "radonc.codes")


def test_an_ordinary_night_changes_nothing(policy: PolicyAnswers) -> None:
    changed = diff(policy.tables, D(2026, 2, 3), D(2026, 2, 4))
    assert (changed.changes, changed.editions) == ((), ())
    assert "nothing changes" in changed.text()


def test_the_end_of_an_edition_is_no_change_of_policy(policy: PolicyAnswers) -> None:
    changed = diff(policy.tables, D(2026, 6, 30), D(2026, 7, 1))
    assert not [c for c in changed.changes if c.table == "ncci"]
    assert ("ncci", "ends") in {(e.table, e.kind) for e in changed.editions}


def test_difference_and_answer_fit_the_page_and_json(policy: PolicyAnswers) -> None:
    changed = diff(policy.tables, LAST, FIRST)
    shown = show(policy, "77386", LAST, setting="hospital_outpatient", payer_line="medicare_ffs")
    for words in (changed.text(), shown.text()):
        assert max(map(len, words.splitlines())) <= 100
    assert json.loads(json.dumps(changed.as_dict()))["first"] == "2025-12-31"
    assert json.loads(json.dumps(shown.as_dict()))["day"] == "2025-12-31"


def test_show_gives_values_days_and_sources(policy: PolicyAnswers) -> None:
    shown = show(policy, "77386", LAST, setting="hospital_outpatient", payer_line="medicare_ffs")
    delivery = next(e for e in shown.entries if e.table == "radonc.delivery")
    assert delivery.values["level"] == "complex"
    assert delivery.last_day == LAST
    assert set(delivery.sources) <= set(shown.sources)
    ended = show(policy, "77386", FIRST, setting="hospital_outpatient", payer_line="medicare_ffs")
    assert {e.table: e.status for e in ended.entries}["radonc.codes"] == "none"


def test_show_names_what_is_missing(policy: PolicyAnswers) -> None:
    words = show(policy, "77407", D(2026, 9, 30), payer_line="medicare_ffs").missing
    assert any(w.startswith("mue 77407: 2026-09-30 lies outside") for w in words)
    assert any("ICD-10-CM October 2026 was not read" in w for w in show(policy, "C61", D(2026, 10, 2)).missing)
    assert show(policy, "XYZ", LAST).missing == ("no table lists XYZ",)
