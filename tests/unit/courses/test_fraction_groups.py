"""Fraction groups are phases: each a plan row with its own fractions, beams, dose and numbering."""

from datetime import timedelta

from evidence_rows import DAY, Row, assertion, beam, kinds, one, treatment, unknown

from beamclaim.model.tables.evidence import Assertion

GROUPS = (
    assertion("plan", "1.2", "label", "PELVIS"),
    assertion("plan", "1.2", "frame_of_reference", "7.7"),
    *(
        row
        for group, fractions, dose in ((1, "26", "46.8"), (2, "10", "18"), (3, "13", "23.4"))
        for row in (
            assertion("plan", f"1.2/{group}", "fraction_group", str(group)),
            assertion("plan", f"1.2/{group}", "fractions_planned", fractions),
            assertion("plan", f"1.2/{group}", "dose_gy", dose),
            assertion("plan", f"1.2/{group}", "technique", "imrt_static"),
            beam(number=group)._replace(group=group),
        )
    ),
)


def _given(*groups: int | None) -> list[Row]:
    """A fraction of a group a day, each numbered from 1 in its group; None: its record names no group."""
    counts: dict[int | None, int] = {}
    rows: list[Row] = []
    for day, group in enumerate(groups):
        counts[group] = counts.get(group, 0) + 1
        at = DAY + timedelta(days=day)
        rows.append(treatment(at=at, fraction=counts[group], group=group, beam=group or 2, beam_name=f"B{group or 2}"))
    return rows


def test_each_group_is_a_plan_of_the_course_with_its_own_fractions_and_dose() -> None:
    record = one(*GROUPS, *_given(1, 1, 2, 3))
    assert [(p["plan"], p["fractions_planned"], p["dose_gy"]) for p in record.form["plans"]] == [
        ("PELVIS (group 1)", 26, "46.8"), ("PELVIS (group 2)", 10, "18"), ("PELVIS (group 3)", 13, "23.4"),
    ]  # fmt: skip
    assert not record.conflicts


def test_fractions_are_numbered_within_their_group() -> None:
    record = one(*GROUPS, *_given(1, 1, 2, 2, 3))
    assert [(f["plan"][-2], f["fraction"], f["status"]) for f in record.form["fractions"]] == [
        ("1", 1, "complete"), ("1", 2, "complete"), ("2", 1, "complete"), ("2", 2, "complete"), ("3", 1, "complete"),
    ]  # fmt: skip
    assert not {"number_repeated", "beyond_plan", "number_skipped"} & set(kinds(record))


def test_a_record_without_its_group_takes_the_only_one_that_has_its_beams() -> None:
    record = one(*GROUPS, *_given(None))
    assert record.form["fractions"][0]["plan"] == "PELVIS (group 2)"
    assert "plan_inferred" in kinds(record)


def test_a_record_whose_beam_is_in_two_groups_is_of_a_group_nobody_knows() -> None:
    shared = beam(number=2)._replace(group=3)
    record = one(*GROUPS, shared, *_given(None, 2))
    (loose, sure) = record.form["fractions"]
    assert "plan" not in loose and "status" not in loose and sure["status"] == "complete"
    assert "several fraction groups" in unknown(record)["fractions[0].plan"]
    assert "group_unknown" in kinds(record)


def test_a_group_the_plan_does_not_have_is_taken_for_none_of_several_and_for_the_only_one() -> None:
    record = one(*GROUPS, treatment(group=9))
    assert "plan" not in record.form["fractions"][0]
    only: list[Row] = [
        assertion("plan", "1.3", "label", "ONE"),
        assertion("plan", "1.3", "frame_of_reference", "7.7"),
        beam("1.3"),
    ]
    record = one(*only, treatment("1.3", group=9))
    assert record.form["fractions"][0]["plan"] == "ONE" and kinds(record).count("other_group") == 1


def test_groups_of_a_plan_that_is_not_there_are_those_its_records_name() -> None:
    record = one(
        treatment(group=1, fractions_planned=26),
        treatment(group=2, at=DAY + timedelta(days=1), fractions_planned=10),
    )
    assert [(p["plan"], p["fractions_planned"]) for p in record.form["plans"]] == [
        ("plan 1 (group 1)", 26),
        ("plan 1 (group 2)", 10),
    ]
    assert [f["fraction"] for f in record.form["fractions"]] == [1, 1]


def test_a_summary_counts_the_fractions_of_each_group() -> None:
    done = assertion("plan", "1.2", "current_treatment_status", "completed", "dicom_summary", file=5)
    counts = [
        assertion("plan", f"1.2/{group}", "fractions_delivered", number, "dicom_summary", file=5)
        for group, number in ((1, "2"), (2, "1"))
    ]
    assert one(*GROUPS, done, *counts, *_given(1, 1, 2)).form["records_complete"] is True
    assert one(*GROUPS, done, *counts, *_given(1, 2, 2)).conflicts


def test_what_is_said_of_the_whole_plan_is_of_none_of_its_groups_and_is_told() -> None:
    whole = [
        assertion("plan", "1.2", "fractions_planned", "49", "fhir"),
        assertion("plan", "1.2", "site", "pelvis"),
        assertion("plan", "1.2", "site", "axilla"),
    ]
    record = one(*GROUPS, *whole, *_given(1))
    assert [p["fractions_planned"] for p in record.form["plans"]] == [26, 10, 13]
    assert "of_whole_plan" in kinds(record) and not record.conflicts
    assert "several sites" in unknown(record)["plans[0].site"]


def test_the_dose_grid_of_one_group_proves_nothing_of_another() -> None:
    waiting = [assertion("plan", f"1.2/{n}", "technique_if_targets", "3d_conformal") for n in (1, 2)]
    rows: list[Row] = [row for row in GROUPS if not (isinstance(row, Assertion) and row.name == "technique")]
    around = [
        assertion("plan", "1.2", "structure_set", "5.5"),
        assertion("structure_set", "5.5", "has_targets", "true", "dicom_structure_set"),
        assertion("dose", "6.6", "has_dose_grid", "true", "dicom_dose"),
        assertion("dose", "6.6", "dicom_plan", "1.2", "dicom_dose"),
        assertion("dose", "6.6", "fraction_group", "2", "dicom_dose"),
    ]
    plans = one(*rows, *waiting, *around).form["plans"]
    assert [p.get("technique") for p in plans] == [None, "3d_conformal", None]
