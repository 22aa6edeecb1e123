"""Plans that replace one another: their numbers are one row, and what each is planned for is not added up."""

from datetime import timedelta

import pytest
from evidence_rows import DAY, PLAN, Row, assertion, beam, kinds, one, treatment, unknown

from beamclaim.courses import CourseRecord


def _plan(uid: str, label: str, *, planned: int = 5, **links: str) -> list[Row]:
    return [
        assertion("plan", uid, "label", label),
        assertion("plan", uid, "fractions_planned", str(planned)),
        assertion("plan", uid, "frame_of_reference", "7.7"),
        *(assertion("plan", uid, name, value) for name, value in links.items()),
        beam(uid),
    ]


def _given(**numbers: str) -> list[Row]:
    """`p2="12"`: fractions 1 and 2 of the plan 1.2, a day each."""
    days = iter(range(100))
    return [
        treatment(f"1.{plan[1:]}", fraction=int(n), at=DAY + timedelta(days=next(days)))
        for plan, each in numbers.items()
        for n in each
    ]


def _found(record: CourseRecord) -> str:
    return unknown(record)["records_complete"]


def test_numbers_go_on_along_the_predecessor() -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "NEW", predecessor="1.2"), *_given(p2="12", p3="34"))
    assert "number_skipped" not in kinds(record)
    assert "4 of 5 planned" in _found(record)
    assert [p.get("counted_with") for p in record.form["plans"]] == ["NEW", None]


def test_a_number_that_no_plan_of_the_row_delivered_is_still_missed() -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "NEW", predecessor="1.2"), *_given(p2="12", p3="45"))
    assert [o.text for o in record.observations if o.kind == "number_skipped"] == [
        "no record of fraction 3 of Prostate"
    ]


def test_a_plan_adapted_for_each_fraction_adds_nothing() -> None:
    adapted = [row for n in (3, 4, 5) for row in _plan(f"1.{n}", f"ADP{n}", predecessor="1.2")]
    record = one(*PLAN, beam(), *adapted, *_given(p3="1", p4="2", p5="3"))
    assert "3 of 5 planned" in _found(record) and "number_skipped" not in kinds(record)
    assert [p["plan"] for p in record.form["plans"] if "counted_with" not in p] == ["ADP5"]


def test_an_alternative_that_is_never_used_adds_nothing() -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "BACKUP", alternative="1.2"), *_given(p2="1"))
    assert "1 of 5 planned" in _found(record)


def test_a_copy_for_another_machine_is_counted_with_the_plan_it_has_the_label_and_frame_of() -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "Prostate"), *_given(p2="1", p3="23"))
    assert "3 of 5 planned" in _found(record) and "number_skipped" not in kinds(record)


def test_a_boost_of_the_same_label_is_a_plan_of_its_own() -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "Prostate", planned=3), *_given(p2="12345", p3="123"))
    assert "8 of 8 planned" in _found(record)
    assert not any("counted_with" in p for p in record.form["plans"])


@pytest.mark.parametrize("given", [{"p2": "12", "p3": "12"}, {"p2": "12"}])
def test_where_nobody_says_whether_the_rest_or_the_whole_was_planned_it_is_asked(given: dict[str, str]) -> None:
    record = one(*PLAN, beam(), *_plan("1.3", "NEW", planned=3, predecessor="1.2"), *_given(**given))
    assert not any("fractions_planned" in p or "counted_with" in p for p in record.form["plans"])
    assert "stand for one another" in unknown(record)["plans[0].fractions_planned"]
    assert "planned were found" not in _found(record)


def test_a_fraction_known_not_to_have_been_given_is_not_missing() -> None:
    left_out = treatment(None, source="fhir", fraction=2, status="not-done", beam=None, delivered=None)
    row = left_out._replace(plan="1.2", started_at=None, ended_at=None, kind=None)
    record = one(*PLAN, beam(), *_given(p2="13"), row)
    assert "number_skipped" not in kinds(record)


def test_fraction_groups_number_on_with_the_group_of_their_number() -> None:
    def phased(uid: str, **links: str) -> list[Row]:
        groups: list[Row] = []
        for n in (1, 2):
            groups += [
                assertion("plan", f"{uid}/{n}", "fraction_group", str(n)),
                assertion("plan", f"{uid}/{n}", "fractions_planned", "5"),
                beam(uid, number=n)._replace(group=n),
            ]
        return [*_plan(uid, "P")[:1], *(assertion("plan", uid, k, v) for k, v in links.items()), *groups]

    given = [
        treatment("1.4", fraction=1, group=1),
        treatment("1.5", fraction=2, group=1, at=DAY + timedelta(days=1)),
        treatment("1.5", fraction=1, group=2, beam=2, beam_name="B2", at=DAY + timedelta(days=2)),
    ]
    record = one(*phased("1.4"), *phased("1.5", predecessor="1.4"), *given)
    assert "3 of 10 planned" in _found(record) and "number_skipped" not in kinds(record)
