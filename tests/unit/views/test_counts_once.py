"""A replacement takes the place of its claim once, however often it was sent."""

from datetime import date

import polars as pl
import pytest

from beamclaim.model.tables import CLAIMS, FILES, INTERCHANGES
from beamclaim.model.tables.frames import Tables
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.views.assumptions import Assumptions
from beamclaim.views.claims import VIEW as CLAIMS_VIEW
from beamclaim.views.interchanges import VIEW
from beamclaim.views.view import Frames

DAY = date(2026, 2, 10)

POLICY = PolicyAnswers(load_policy())


def claims_of(tables: Tables) -> pl.DataFrame:
    return Frames(tables, POLICY, Assumptions(DAY)).of(CLAIMS_VIEW, ())


def claim(key: int, frequency: str, **said: object) -> dict[str, object]:
    nothing = dict.fromkeys(CLAIMS.schema)
    original = "A" if frequency in "78" else ""
    return {
        **nothing, "claim.key": key, "file": 0, "start": key, "claim.number": "A", "claim.patient": "P-1",
        "claim.frequency": frequency, "claim.original_claim": original, "claim.submitted_on": DAY,
        "claim.diagnoses": "C61", **said,
    }  # fmt: skip


def standing(*claims: dict[str, object]) -> list[int]:
    """The keys of the claims that still stand."""
    book = Tables({"claims": pl.DataFrame(list(claims), schema=CLAIMS.schema)})
    return claims_of(book).filter(~pl.col("claim.is_superseded"))["claim.key"].to_list()


def test_of_two_replacements_of_one_day_one_stands() -> None:
    assert len(standing(claim(1, "1"), claim(2, "7"), claim(3, "7"))) == 1


def test_which_of_two_replacements_stands_hangs_on_what_they_say_not_on_the_order_of_files() -> None:
    def diagnosis(first: int, second: int) -> str:
        one, other = claim(first, "7", **{"claim.diagnoses": "C61"}), claim(second, "7", **{"claim.diagnoses": "C20"})
        (key,) = standing(one, other)
        return "C61" if key == first else "C20"

    assert diagnosis(2, 3) == diagnosis(3, 2)


def test_the_later_of_two_replacements_stands() -> None:
    late = claim(2, "7", **{"claim.submitted_on": date(2026, 2, 12)})
    assert standing(late, claim(3, "7"), claim(1, "1")) == [2]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
def test_a_void_leaves_nothing(order: tuple[int, int, int]) -> None:
    original, replacement, void = order
    assert standing(claim(original, "1"), claim(replacement, "7"), claim(void, "8")) == []


@pytest.mark.parametrize(("form", "setting"), [(None, None), ("837P", "professional"), ("837I", None)])
def test_a_place_of_service_says_the_setting_of_an_837p_alone(form: str | None, setting: str | None) -> None:
    given = claim(1, "1", **{"claim.form": form, "claim.place_of_service": "22"})
    book = Tables({"claims": pl.DataFrame([given], schema=CLAIMS.schema)})
    assert claims_of(book)["claim.setting"].to_list() == [setting]


def test_interchanges_without_a_number_are_not_known_to_be_the_same() -> None:
    files = [{**dict.fromkeys(FILES.schema), "file": 0, "file.path": "a.837", "file.is_history": False}]
    rows = [
        {
            **dict.fromkeys(INTERCHANGES.schema), "file": 0, "start": at, "interchange.sender": "S",
            "interchange.control": number, "interchange.sha256": digest,
        }
        for at, number, digest in ((0, None, "a"), (1, None, "b"), (2, "7", "c"), (3, "7", "d"), (4, None, "b"))
    ]  # fmt: skip
    envelopes = pl.DataFrame(rows, schema=INTERCHANGES.schema)
    book = Tables({"files": pl.DataFrame(files, schema=FILES.schema), "interchanges": envelopes})
    frames = Frames(book, POLICY, Assumptions(DAY))
    seen = frames.of(VIEW, ()).sort("start")["interchange.seen_before"].to_list()
    assert seen == [None, None, False, True, True]
