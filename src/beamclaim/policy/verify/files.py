"""A copy of a file, plain or as .gz → a frame of its rows, every cell as text. A tabular list of diagnoses: one row a note."""

import gzip
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

#: Copies whose first lines are a title.
_TITLED = {"GPCI2025.csv", "25LOCCO.csv"}
#: The notes of a tabular list that tables of ours are made of.
_NOTES = ("codeFirst", "excludes1")


def path_of(folder: Path, name: str) -> Path | None:
    """Where a file lies in the folder, plain or as .gz; null where it does not."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.exists()), None)


def read(path: Path) -> pl.DataFrame:
    """Its rows. A text file has one column `text`; a tabular list `kind`, `code` (bare), `note`, in order."""
    name = path.name.removesuffix(".gz")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if name.endswith(".xml"):
        return _notes(ElementTree.fromstring(raw))
    if name.endswith(".txt"):
        return pl.DataFrame({"text": raw.decode("utf-8").splitlines()})
    if name in _TITLED:
        return pl.read_csv(raw, has_header=False, skip_rows=3, infer_schema=False, truncate_ragged_lines=True)
    return pl.read_csv(raw, infer_schema=False)


def _notes(tabular: ElementTree.Element) -> pl.DataFrame:
    rows = [
        (kind, (entry.findtext("name") or "").replace(".", ""), note.text or "")
        for entry in tabular.iter("diag")
        for kind in _NOTES
        for notes in entry.findall(kind)
        for note in notes.findall("note")
    ]
    return pl.DataFrame(rows, schema={"kind": pl.String, "code": pl.String, "note": pl.String}, orient="row")
