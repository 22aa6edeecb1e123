"""The YAML files of parameters → one frame of rows like those of a table: numbers and words a rule asks for by name."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from beamclaim.errors import PolicyError
from beamclaim.policy.declarations import PARAMETERS
from beamclaim.policy.declarations.form import ROW
from beamclaim.policy.read_table import check_rows
from beamclaim.policy.sources import PolicySource, line_of, read_yaml, refuse_unknown

_TEXTS = (*PARAMETERS.columns, "row.file", "row.label", "row.unit", "row.read_by")


def read_parameters(folder: Path, sources: Mapping[str, PolicySource]) -> pl.DataFrame:
    """Every row of every parameter of a policy folder, checked and graded, `value` as text.

    Beside the columns of a table: `row.label`, `row.unit` and `row.read_by` (who reads it, where no rule asks), as the file
    says. The name of a parameter is folder, file and entry joined with dots. Raises PolicyError with file and line.
    """
    home = folder / "parameters"
    rows = [row for path in sorted(home.rglob("*.yaml")) for row in _rows_of(path, home)]
    text = pl.DataFrame(rows, schema={**dict.fromkeys(_TEXTS, pl.String), "row.line": pl.UInt32})
    return check_rows(PARAMETERS, text, sources)


def _rows_of(path: Path, home: Path) -> list[dict[str, object]]:
    """The rows of one file as text, one per value."""
    rows: list[dict[str, object]] = []
    prefix = ".".join(path.relative_to(home).with_suffix("").parts)
    for name, entry in read_yaml(path).items():
        line = line_of(path, str(name))
        if not isinstance(entry, dict) or not isinstance(entry.get("values"), list):
            raise PolicyError(f"{path.name} line {line}: {name} needs label, unit and a list of values.")
        refuse_unknown(path, str(name), entry, {"label", "unit", "read_by", "values"})
        place = {
            "row.file": path.name, "row.line": line,
            **{f"row.{word}": str(entry.get(word, "")) for word in ("label", "unit", "read_by")},
        }  # fmt: skip
        for value in entry["values"]:
            refuse_unknown(path, str(name), value, {"value", *ROW})
            if "value" not in value:
                raise PolicyError(f"{path.name} line {line}: a row of {name} has no value.")
            cells = {c: "" if value.get(c) is None else str(value[c]) for c in ROW}
            rows.append({"parameter": f"{prefix}.{name}", "value": str(value["value"]), **cells, **place})
    return rows
