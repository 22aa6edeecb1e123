"""Which part of a service a line bills, who bills it, and whose tables hold for it: line by line, not claim by claim."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from beamclaim.model.tables import CLAIMS, LINES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.lines import VIEW
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())
HOSPITAL = {"claim.form": "837I", "claim.bill_type": "851", "claim.billing_npi": "H", "claim.attending_npi": "A"}
PHYSICIAN = {"claim.form": "837P", "claim.place_of_service": "22", "claim.billing_npi": "G"}
COLUMNS = ("line.component", "line.provider", "line.setting", "line.practice")


def line(**cells: Any) -> tuple[Any, ...]:
    """Component, provider, setting and practice of one line, 0961 where the cells do not say its revenue code."""
    cells = {"line.revenue_code": "0961", "line.modifiers": "", "line.rendering_npi": "", **cells}
    claim = dict.fromkeys(CLAIMS.schema) | {"claim.key": 1, "file": 0} | _of(cells, "claim.")
    row = dict.fromkeys(LINES.schema) | {"claim.key": 1, "line.key": 2} | _of(cells, "line.")
    tables = Tables(
        {"claims": pl.DataFrame([claim], schema=CLAIMS.schema), "lines": pl.DataFrame([row], schema=LINES.schema)}
    )
    return Frames(tables, POLICY, Assumptions(date(2026, 12, 1))).of(VIEW, COLUMNS).select(COLUMNS).row(0)


def _of(cells: dict[str, Any], beginning: str) -> dict[str, Any]:
    return {name: value for name, value in cells.items() if name.startswith(beginning)}


@pytest.mark.parametrize("revenue", ["0960", "0974", "0989"])
def test_professional_fees_of_a_critical_access_hospital_are_the_physicians(revenue: str) -> None:
    assert line(**HOSPITAL, **{"line.revenue_code": revenue}) == ("professional", "A", "professional", "A")


@pytest.mark.parametrize(("revenue", "bill"), [("0333", "851"), ("0959", "851"), ("0990", "851"), ("0961", "131")])
def test_every_other_line_of_a_hospital_is_its_technical_part(revenue: str, bill: str) -> None:
    cells = HOSPITAL | {"claim.bill_type": bill, "line.revenue_code": revenue, "line.modifiers": "26"}
    assert line(**cells) == ("technical", "H", "hospital_outpatient", "H")


def test_who_rendered_the_line_goes_before_who_attended() -> None:
    assert line(**HOSPITAL, **{"line.rendering_npi": "R"})[1] == "R"
    assert line(**HOSPITAL | {"claim.attending_npi": ""})[1] is None
    assert line(**HOSPITAL | {"claim.attending_npi": None})[1] is None
    assert line(**HOSPITAL, **{"line.rendering_npi": None})[1] is None


@pytest.mark.parametrize("unknown", ["claim.bill_type", "line.revenue_code"])
def test_what_would_decide_and_is_unknown_leaves_the_part_unknown(unknown: str) -> None:
    cells = HOSPITAL | {"claim.setting": "hospital_outpatient", unknown: None}
    assert line(**cells) == (None, None, None, None)


def test_one_of_bill_type_and_revenue_code_may_decide_alone() -> None:
    cells = HOSPITAL | {"claim.setting": "hospital_outpatient"}
    assert line(**cells | {"claim.bill_type": None, "line.revenue_code": "0333"})[0] == "technical"
    assert line(**cells | {"claim.bill_type": "131", "line.revenue_code": None})[0] == "technical"


def test_a_physicians_own_claim_has_no_revenue_code() -> None:
    cells = PHYSICIAN | {"line.revenue_code": None, "line.modifiers": "26", "line.rendering_npi": "R"}
    assert line(**cells) == ("professional", "R", "professional", "G")
