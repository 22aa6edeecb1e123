"""What a line is for: the diagnoses it points to, or all of the claim where lines have no pointers."""

from datetime import date

import polars as pl
import pytest

from beamclaim.model.tables import CLAIMS, LINES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.lines import VIEW as LINES_VIEW
from beamclaim.views.view import Frames

POLICY = PolicyAnswers(load_policy())


def treated(form: str | None, pointers: str | None, diagnoses: str | None) -> tuple[str | None, str | None]:
    """The diagnoses of one line, and the neoplasms among them."""
    claim = dict.fromkeys(CLAIMS.schema) | {"claim.key": 1, "file": 0, "claim.form": form, "claim.diagnoses": diagnoses}
    line = dict.fromkeys(LINES.schema) | {"claim.key": 1, "line.key": 2, "file": 0, "line.pointers": pointers}
    book = Tables(
        {"claims": pl.DataFrame([claim], schema=CLAIMS.schema), "lines": pl.DataFrame([line], schema=LINES.schema)}
    )
    view = Frames(book, POLICY, Assumptions(date(2026, 2, 10))).of(LINES_VIEW, ("line.diagnoses", "line.neoplasms"))
    return view["line.diagnoses"].item(), view["line.neoplasms"].item()


@pytest.mark.parametrize(
    ("form", "pointers", "expected"),
    [
        ("837P", "2", ("C7A090", "C7A090")),
        ("837P", "3;1", ("Z923;Z510", "")),
        ("837P", "", ("Z510;C7A090;Z923", "C7A090")),
        ("837P", "9", ("", "")),
        ("837P", None, (None, None)),
        # An 837I has no pointers, whatever a table of claims says of them.
        ("837I", "1", ("Z510;C7A090;Z923", "C7A090")),
        ("837I", None, ("Z510;C7A090;Z923", "C7A090")),
        (None, "2", ("C7A090", "C7A090")),
    ],
)
def test_a_line_is_for_what_it_points_to(form: str | None, pointers: str | None, expected: tuple[str, str]) -> None:
    assert treated(form, pointers, "Z510;C7A090;Z923") == expected


def test_diagnoses_that_are_not_known_stay_unknown() -> None:
    assert treated("837I", "", None) == (None, None)
    assert treated("837P", "1", None) == (None, None)


def test_a_claim_without_diagnoses_has_none_to_point_to() -> None:
    assert treated("837I", "", "") == ("", "")
