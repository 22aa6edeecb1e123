"""PolicyAnswers as shipped, and folders of a clinic's own tables."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from beamclaim.policy import PolicyAnswers, load_policy

Ask = Callable[..., pl.DataFrame]


def policy_of(folder: Path | None = None, as_of: date | None = None) -> PolicyAnswers:
    """Our tables and those of a clinic's folder, ready to be asked."""
    return PolicyAnswers(load_policy(folder, as_of=as_of))


@pytest.fixture(scope="session")
def policy() -> PolicyAnswers:
    return policy_of(as_of=date(2026, 11, 23))


@pytest.fixture
def ask() -> Ask:
    """Asks from rows of (key …, day), all for one setting and payer; Original Medicare in a hospital when not said."""

    def asks(
        keys: str, *rows: tuple[Any, ...], setting: str | None = "hospital_outpatient",
        payer_line: str | None = "medicare_ffs", payer: str | None = None, mac: str | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        names = [*keys.split(), "day"]
        schema = {**dict.fromkeys(names, pl.String), "day": pl.Date}
        circumstances = {"setting": setting, "payer_line": payer_line, "payer": payer, "mac": mac}
        return pl.DataFrame([row[: len(names)] for row in rows], schema=schema, orient="row").with_columns(
            pl.lit(value, pl.String).alias(name) for name, value in circumstances.items()
        )

    return asks


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of a clinic's own policy folder and gives the folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return write
