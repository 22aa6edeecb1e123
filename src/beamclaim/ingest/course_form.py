"""The course form (`*.course.json`) → courses and what belongs to them.

One object, a list of objects, or JSON lines. An absent key, and `null`, are unknown; two places say
more: `signed_by: null` is *seen and unsigned* (`""`), and an empty list is *none* (`""`). A key
that is not of the form refuses the file; a value that does not fit is null and a fault.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, BinaryIO

import polars as pl

from beamclaim.errors import InputError
from beamclaim.ingest import values
from beamclaim.ingest.file_read import FileRead
from beamclaim.ingest.json_tree import Node, Number, Tree, shown
from beamclaim.ingest.values import Unfit
from beamclaim.model.tables import FAULTS, TABLES, key_of
from beamclaim.model.value_sets import (
    BLOCKS,
    FRACTION_STATUSES,
    GUIDANCE,
    LEVELS,
    MACHINE_KINDS,
    MODALITIES,
    MOTION_PROOFS,
    MOTIONS,
    PAYER_LINES,
    PROCEDURE_KINDS,
    SETTINGS,
    STAY_KINDS,
    TECHNIQUES,
    UNKNOWN,
)

LARGEST = 64 * 1024 * 1024

Reading = Callable[[Node], Any]


def _text(read: Callable[[str], Any] = values.plain) -> Reading:
    """A text; empty is unknown."""

    def take(node: Node) -> Any:
        if node.kind != "a text":
            raise Unfit("a text", node.kind)
        written = str(node.value).strip()
        return read(written) if written else None

    return take


def _label(node: Node) -> str | None:
    """A name or number given by the clinic, kept as text: `1` and `"1"` are one plan."""
    if isinstance(node.value, Number):
        return str(node.value)
    label: str | None = _text()(node)
    return label


def _signature(node: Node) -> str:
    """Who signed; nobody is said by null or by an empty text."""
    return "" if node.value is None else _text()(node) or ""


def _truth(node: Node) -> bool:
    if not isinstance(node.value, bool):
        raise Unfit("true or false", node.kind)
    return node.value


def _number(read: Callable[[str], Any]) -> Reading:
    """A number, also when it stands in quotes."""

    def take(node: Node) -> Any:
        if not isinstance(node.value, str):
            raise Unfit("a number", node.kind)
        return read(node.value.strip())

    return take


def _decimal(whole: int, places: int) -> Callable[[str], Decimal]:
    """A number from 0 with at most so many digits before the point, and so many that are not 0 behind it."""

    def read(text: str) -> Decimal:
        before, _, after = text.partition(".")
        digits = before + after
        if not (digits.isascii() and digits.isdigit() and before and len(before) <= whole and len(text) <= 40):
            raise Unfit(f"a number from 0 with at most {whole} digits before the point", values.shape(text))
        if len(after.rstrip("0")) > places:
            raise Unfit(f"at most {places} decimals", values.shape(text))
        return Decimal(text).quantize(Decimal(1).scaleb(-places))  # only zeros go

    return read


def _share(text: str) -> Decimal:
    value = _decimal(1, 4)(text)
    if value > 1:
        raise Unfit("a share from 0 to 1", "a number over 1")
    return value


def _list(read: Callable[[str], str]) -> Reading:
    """A list of texts joined with `;`; empty is none."""

    def take(node: Node) -> str:
        if not isinstance(node.value, list):
            raise Unfit("a list of texts", node.kind)
        return ";".join(_entry(read, place, item) for place, item in enumerate(node.value))

    return take


def _entry(read: Callable[[str], str], place: int, node: Node) -> str:
    if node.kind != "a text":
        raise Unfit("a list of texts", f"{node.kind} at [{place}]")
    try:
        return read(str(node.value).strip())
    except Unfit as unfit:
        raise Unfit(unfit.expected, f"{unfit.found} at [{place}]") from None


def _word(*words: str) -> Callable[[str], str]:
    return values.one_of(frozenset(words))


_day = _text(values.day)
_count = _number(values.small)
_units = _number(values.units)

_MODALITY = _text(_word(*MODALITIES))
_LEVEL = _text(_word(*LEVELS))
_MOTION = _text(_word(*MOTIONS, UNKNOWN))
_EVIDENCE = _list(_word(*MOTION_PROOFS))

PLAN: dict[str, Reading] = {
    "plan": _label,
    "site": _text(),
    "modality": _MODALITY,
    "technique": _text(_word(*TECHNIQUES, UNKNOWN)),
    "compensator": _truth,
    "isocenters": _count,
    "motion_management": _MOTION,
    "motion_evidence": _EVIDENCE,
    "fractions_planned": _count,
    "dose_gy": _number(_decimal(6, 3)),
    "approved_by": _text(),
    "approved_on": _day,
    "energy_mv": _number(_decimal(6, 3)),
    "fields": _count,
    "areas": _count,
    "blocks": _text(_word(*BLOCKS)),
    "proton_level": _LEVEL,
    "machine_kind": _text(_word(*MACHINE_KINDS)),
}  # fmt: skip

FRACTION: dict[str, Reading] = {
    "fraction": _count,
    "plan": _label,
    "started_at": _text(lambda written: values.moment(written) if len(written) > 10 else values.day(written)),
    "status": _text(_word(*FRACTION_STATUSES)),
    "delivered_fraction": _number(_share),
    "reason": _text(),
    "isocenters": _count,
    "motion_management": _MOTION,
    "motion_evidence": _EVIDENCE,
    "modality": _MODALITY,
    "guidance": _list(_word(*GUIDANCE)),
    "machine": _label,
    "session": _label,
    "physician": _text(values.npi),
}

PROCEDURE: dict[str, Reading] = {
    "kind": _text(_word(*PROCEDURE_KINDS)),
    "level": _LEVEL,
    "date": _day,
    "plan": _label,
    "count": _count,
    "signed_by": _signature,
    "requested": _truth,
    "reported": _truth,
    "reason": _text(),
    "distinct": _text(),
}  # fmt: skip

DOCUMENT: dict[str, Reading] = {"item": _text(), "date": _day, "signed_by": _signature, "reference": _label}

AUTHORIZATION: dict[str, Reading] = {
    "number": _label,
    "code": _text(values.code),
    "units": _units,
    "first_day": _day,
    "last_day": _day,
}

CHARGE: dict[str, Reading] = {
    "charge": _label,
    "date": _day,
    "code": _text(values.code),
    "modifiers": _list(values.modifier),
    "units": _units,
}

STAY: dict[str, Reading] = {"kind": _text(_word(*STAY_KINDS)), "first_day": _day, "last_day": _day}

PRIOR: dict[str, Reading] = {"site": _text(), "ended_on": _day}

PATIENT: dict[str, Reading] = {"id": _label, "birth_date": _day, "sex": _text(values.sex)}

PAYER: dict[str, Reading] = {"id": _label, "name": _text(), "line": _text(_word(*PAYER_LINES))}

COURSE: dict[str, Reading] = {
    "course": _label,
    "setting": _text(_word(*SETTINGS)),
    "diagnoses": _list(values.diagnosis),
    "ended_on": _day,
    "records_complete": _truth,
    "documents_complete": _truth,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A list of the form: the table its objects go to, their keys, what a column is called before its dot."""

    table: str
    keys: Mapping[str, Reading]
    noun: str


PARTS = {
    "prior_radiation": Part("prior_radiation", PRIOR, "prior"),
    "authorizations": Part("authorizations", AUTHORIZATION, "authorization"),
    "plans": Part("plans", PLAN, "plan"),
    "fractions": Part("fractions", FRACTION, "fraction"),
    "procedures": Part("procedures", PROCEDURE, "procedure"),
    "documents": Part("documents", DOCUMENT, "document"),
    "charges": Part("charges", CHARGE, "charge"),
    "stays": Part("stays", STAY, "stay"),
}

_NAMED = {"plan.plan": "plan.id", "fraction.fraction": "fraction.number", "charge.charge": "charge.id"}
"""Columns that are not simply noun and key."""

KEYS = (*COURSE, "patient", "payer", *PARTS)
"""The keys of a course."""


def read_course(stream: BinaryIO, *, file: int, is_history: bool = False) -> Iterator[dict[str, pl.DataFrame]]:
    """The courses of a file → one chunk of tables, with the row of `files`, its path left null.

    Raises InputError when the file is not JSON, is larger than 64 MiB, or has a key the form does not know.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"a course file of more than {LARGEST} bytes; give its courses in several files")
    tables = _CourseForm(data, file).tables()
    became = FileRead("course", None, hashlib.sha256(data).hexdigest(), len(data))
    tables["files"] = became.row(file, is_history=is_history)
    yield tables


class _CourseForm:
    """The courses of one file becoming tables."""

    def __init__(self, data: bytes, file: int) -> None:
        self._tree = Tree(data)
        self._file = file
        self._rows: dict[str, list[dict[str, Any]]] = {"courses": [], **{part.table: [] for part in PARTS.values()}}
        self._faults: list[tuple[Any, ...]] = []

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every course of the file, read."""
        given = [*self._tree]
        courses = [c for top in given for c in (top.value if isinstance(top.value, list) else [top])]
        if not courses:
            raise InputError("no course in the file; give one object, a list of objects, or one object a line")
        for place, course in enumerate(courses):
            if not isinstance(course.value, dict):
                where = self._tree.place(course.start)
                raise InputError(f"{where}: {course.kind} where a course is expected; write an object in braces")
            self._course(course, "" if len(courses) == 1 and given[0] is course else f"[{place}].")
        tables = {
            name: pl.DataFrame(
                {column: [row.get(column) for row in rows] for column in TABLES[name].schema},
                schema=TABLES[name].schema,
            )
            for name, rows in self._rows.items()
        }
        tables["faults"] = pl.DataFrame(self._faults, schema=FAULTS.schema, orient="row")
        return tables

    def _course(self, node: Node, path: str) -> None:
        members = self._members(node, KEYS, f"{path}course")
        key = key_of(self._file, node.start)
        row: dict[str, Any] = {"course.key": key, **self._place(node)}
        own = {name: members[name] for name in members if name in COURSE}
        row |= {f"course.{name}": value for name, value in self._values(own, COURSE, path).items()}
        row["course.id"] = row.pop("course.course", None)
        if "course" not in members:
            self._fault(node, f"{path}course", "the id of the course", "none", "missing")
        patient = self._object(members.get("patient"), PATIENT, f"{path}patient")
        payer = self._object(members.get("payer"), PAYER, f"{path}payer")
        row |= {
            "course.patient": patient.get("id"),
            "course.birth_date": patient.get("birth_date"),
            "course.sex": patient.get("sex"),
            "course.payer": payer.get("id"),
            "course.payer_line": payer.get("line"),
        }
        self._rows["courses"].append(row)
        for name, part in PARTS.items():
            for place, item in enumerate(self._items(members.get(name), f"{path}{name}")):
                self._part(item, part, key, f"{path}{name}[{place}]")

    def _part(self, node: Node, part: Part, key: int, path: str) -> None:
        if not isinstance(node.value, dict):
            self._fault(node, path, "an object", node.kind)
            return
        values = self._object(node, part.keys, path)
        row: dict[str, Any] = {"course.key": key, **self._place(node)}
        for name, value in values.items():
            column = f"{part.noun}.{name}"
            row[_NAMED.get(column, column)] = value
        match part.noun:
            case "fraction":
                row |= _when(values.get("started_at"))
            case "procedure":
                # Absent and null are one; a count that cannot be read stays unknown.
                row["procedure.count"] = values.get("count", 1)
        self._rows[part.table].append(row)

    def _items(self, node: Node | None, path: str) -> list[Node]:
        if node is None or node.value is None:
            return []
        if isinstance(node.value, list):
            return node.value
        self._fault(node, path, "a list of objects", node.kind)
        return []

    def _object(self, node: Node | None, keys: Mapping[str, Reading], path: str) -> dict[str, Any]:
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self._fault(node, path, "an object", node.kind)
            return {}
        return self._values(self._members(node, keys, path), keys, f"{path}.")

    def _members(self, node: Node, keys: Any, path: str) -> dict[str, Node]:
        """The members of an object, every key of them known."""
        assert isinstance(node.value, dict)
        for name, member in node.value.items():
            if name not in keys:
                near = get_close_matches(name.lower(), keys, 1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise InputError(
                    f"{self._tree.place(member.name_at)}: the key {shown(name)} is not known in {path}; "
                    f"{hint}rename or remove it (known: {', '.join(keys)})"
                )
        return node.value

    def _values(self, members: Mapping[str, Node], keys: Mapping[str, Reading], path: str) -> dict[str, Any]:
        """What the members say; those that say nothing (null) are left out."""
        values = {}
        for name, node in members.items():
            if node.value is None and keys[name] is not _signature:
                continue
            try:
                values[name] = keys[name](node)
            except Unfit as unfit:
                values[name] = unfit.value
                self._fault(node, f"{path}{name}", unfit.expected, unfit.found)
        return values

    def _fault(self, node: Node, path: str, expected: str, found: str, kind: str = "element") -> None:
        inset = 1 if node.kind == "a text" else 0
        start, end = node.start + inset, node.end - inset
        line = self._tree.line(node.start)
        self._faults.append((None, None, self._file, start, end, line, kind, path, expected, found, None))

    def _place(self, node: Node) -> dict[str, int]:
        return {"file": self._file, "start": node.start, "end": node.end, "segment": self._tree.line(node.start)}


def _when(started: date | datetime | None) -> dict[str, date | datetime | None]:
    """The day and the time of a fraction; a bare day has no time."""
    if isinstance(started, datetime):
        return {"fraction.day": started.date(), "fraction.started_at": started}
    return {"fraction.day": started, "fraction.started_at": None}
