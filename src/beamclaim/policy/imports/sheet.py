"""A published CMS file (txt, csv, xlsx, inside a zip) → its rows as text, cell by cell."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from beamclaim.errors import InputError

_HEAD = 40
_READ = {".txt", ".csv", ".xlsx"}


@dataclass(frozen=True, slots=True)
class CmsSheet:
    """A file's rows.

    `label`: the path as given, `archive.zip!member` inside an archive. `sha256`: of the member's bytes. `rows`: text
    columns `0`, `1` …, trimmed, blank cells empty, and `row`, the number of the row from 1.
    """

    label: str
    sha256: str
    rows: pl.DataFrame

    @property
    def head(self) -> list[list[str]]:
        """The first forty rows, where titles and headers stand."""
        return [list(r) for r in self.rows.head(_HEAD).drop("row").rows()]

    @property
    def name(self) -> str:
        """The name of the file itself, lower case."""
        return self.label.replace("!", "/").rsplit("/", 1)[-1].lower()


def sheets(path: Path) -> Iterator[CmsSheet]:
    """Every sheet of a file: of a zip each txt, csv and xlsx in it; the txt or csv where it holds the same as xlsx.

    Raises InputError: the file cannot be opened or is of no kind that CMS publishes.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: it cannot be opened ({error.strerror}).") from error
    if zipfile.is_zipfile(io.BytesIO(content)) and path.suffix.lower() != ".xlsx":
        yield from _members(path, content)
    elif path.suffix.lower() in _READ:
        yield _sheet(str(path), path.suffix.lower(), content)
    else:
        raise InputError(f"{path}: a txt, csv, xlsx or zip file is expected, as CMS publishes them.")


def _members(path: Path, content: bytes) -> Iterator[CmsSheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [n for n in archive.namelist() if Path(n).suffix.lower() in _READ]
        plain = {str(Path(n).with_suffix("")).lower() for n in names if not n.lower().endswith(".xlsx")}
        names = [
            n for n in names if not (n.lower().endswith(".xlsx") and str(Path(n).with_suffix("")).lower() in plain)
        ]
        if not names:
            raise InputError(f"{path}: the archive holds no txt, csv or xlsx file.")
        for name in sorted(names):
            try:
                inside = archive.read(name)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise InputError(f"{path}!{name}: it cannot be unpacked ({error}).") from error
            yield _sheet(f"{path}!{name}", Path(name).suffix.lower(), inside)


def _sheet(label: str, suffix: str, content: bytes) -> CmsSheet:
    frame = _workbook(label, content) if suffix == ".xlsx" else _text(label, content)
    frame = frame.select(pl.all().cast(pl.String).fill_null("").str.strip_chars(" \t\r\n\ufeff\u00a0"))
    frame = frame.rename({name: str(i) for i, name in enumerate(frame.columns)})
    rows = frame.with_row_index("row", offset=1).select(*frame.columns, "row")
    return CmsSheet(label, hashlib.sha256(content).hexdigest(), rows)


def _text(label: str, content: bytes) -> pl.DataFrame:
    head = content[:65536].decode("utf-8-sig", "replace").splitlines()[:_HEAD]
    tabs, commas = max((h.count("\t") for h in head), default=0), max((h.count(",") for h in head), default=0)
    mark, many = ("\t", tabs) if tabs else (",", commas)
    if not tabs and not label.lower().endswith(".csv"):
        lines = content.decode("utf-8-sig", "replace").splitlines()  # fixed width: one column
        return pl.DataFrame({"0": lines}, schema={"0": pl.String})
    # The first line alone would say how many columns there are, and it is a title.
    content = mark.encode() * many + b"\n" + content.removeprefix(b"\xef\xbb\xbf")
    names = {str(i): pl.String for i in range(many + 1)}
    try:
        return pl.read_csv(
            content, has_header=False, separator=mark, schema=names, encoding="utf8-lossy", truncate_ragged_lines=True
        ).slice(1)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{label}: its rows cannot be read ({error}). Is it the file as CMS published it?") from error


def _workbook(label: str, content: bytes) -> pl.DataFrame:
    try:
        import fastexcel
    except ImportError as error:
        raise InputError(
            f"{label}: reading a workbook needs fastexcel: pip install 'beamclaim[xlsx]', or import the txt or csv file."
        ) from error
    try:
        book = fastexcel.read_excel(content)
        return book.load_sheet(0, header_row=None, dtypes="string").to_polars()
    except Exception as error:  # the library raises errors of its own making
        raise InputError(f"{label}: the workbook cannot be read ({type(error).__name__}).") from error
