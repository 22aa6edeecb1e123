"""A course file → one chunk of tables: courses, their lists, `faults`, and the row of `files`.

Called by the router. The fast way takes what is plainly fit; a course that is not is read again by the tree reader, and
a file whose frame is not plain, or which is to be refused, is read by the tree reader alone.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from beamclaim.errors import InputError
from beamclaim.ingest.course_form.fast_reader import FastReader
from beamclaim.ingest.course_form.form import LISTS
from beamclaim.ingest.course_form.layout import layout
from beamclaim.ingest.course_form.tree_reader import TreeReader
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.json_tree import Tree

LARGEST = 64 * 1024 * 1024


def read_course(stream: BinaryIO, *, file: int, is_history: bool = False) -> Iterator[dict[str, pl.DataFrame]]:
    """The courses of a file → one chunk of tables, with the row of `files`, its path left null.

    Raises InputError when the file is not JSON, is larger than 64 MiB, or has a key the form does not know.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"a course file of more than {LARGEST} bytes; give its courses in several files")
    tables = read_fast(data, file) or read_by_tree(data, file)
    became = FileRead("course", None, hashlib.sha256(data).hexdigest(), len(data))
    tables["files"] = became.row(file, is_history=is_history)
    yield tables


def read_by_tree(data: bytes, file: int) -> dict[str, pl.DataFrame]:
    """Every course by the tree reader; what is no JSON anywhere is refused before anything is read."""
    tree = Tree(data)
    many, is_one = 0, False
    for _, in_list in tree.each():
        many += 1
        is_one = many == 1 and not in_list
    if not many:
        raise InputError("no course in the file; give one object, a list of objects, or one object a line")
    reader = TreeReader(tree, file)
    for place, (node, _) in enumerate(tree.each()):
        reader.read(node, "" if is_one else f"[{place}].")
    return reader.tables()


def read_fast(data: bytes, file: int) -> dict[str, pl.DataFrame] | None:
    """Every course by its columns, the doubtful ones by the tree; None where the tree reader has to read, or refuse, the whole file."""
    places = layout(data)
    if places is None:
        return None
    reader = FastReader(data, places)
    try:
        reader.read()
        tables = reader.tables(file)
        if not reader.doubtful:
            return tables
        tree = Tree(data)
        again = TreeReader(tree, file)
        for place in sorted(reader.doubtful):
            node = tree.value_at(int(places.starts[place]), int(places.depths[place]))
            again.read(node, "" if places.is_one else f"[{place}].")
    except (ValueError, RecursionError, InputError):
        return None
    left_out = again.tables()
    # Rows stand in the order of the file; faults, of the reading.
    return left_out | {name: pl.concat([tables[name], left_out[name]]).sort("start") for name in ("courses", *LISTS)}
