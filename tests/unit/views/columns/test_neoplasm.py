"""Which of the neoplasms of a line is treated, by their order and by the site of its plan."""

import pytest

from beamclaim.views.columns.neoplasm import SiteCodes, treated_neoplasm

SPINE = SiteCodes(("C7951", "C7952"), ("C412", "C72"))
PROSTATE = SiteCodes(("C7982",), ("C61",))
NODES = SiteCodes(("C77", "C7B01"), ("C81", "C85"), is_nodal=True)
ABDOMEN = SiteCodes(("C772", "C787"), ("C17", "C22"))


@pytest.mark.parametrize(
    ("listed", "site", "treated"),
    [
        (["C61", "C7951"], PROSTATE, "C61"),
        (["C61", "C7951"], SPINE, "C7951"),
        (["C7951", "C61"], SPINE, "C7951"),
        # Order says bone, plan says prostate: nobody knows which is right.
        (["C7951", "C61"], PROSTATE, None),
        (["C3411", "C61"], PROSTATE, None),
        (["C61", "C7951"], None, None),
        # Only one comes into question.
        (["C61"], SPINE, "C61"),
        (["C61"], None, "C61"),
        (["C50412", "C773"], None, "C50412"),
        (["C50412", "C50412"], None, "C50412"),
        # Nodes behind their primary, involved or elective, are one target with it.
        (["C50412", "C773"], NODES, "C50412"),
        (["C50412"], NODES, "C50412"),
        (["C61", "C772"], ABDOMEN, "C61"),
        (["C773", "C50412"], NODES, "C773"),
        ([], SPINE, None),
    ],
)
def test_order_and_plan_say_together_what_is_treated(
    listed: list[str], site: SiteCodes | None, treated: str | None
) -> None:
    assert treated_neoplasm(listed, site, NODES.secondary) == treated
