"""The course form: what its keys become, what is refused, where every part stands."""

import io
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from beamclaim.errors import InputError
from beamclaim.ingest import json_tree
from beamclaim.ingest.course_form import read_course
from beamclaim.ingest.course_form.form import COURSE, LISTS, OBJECTS
from beamclaim.ingest.course_form.layout import layout
from beamclaim.ingest.course_form.reader import read_by_tree, read_fast
from beamclaim.ingest.json_tree import Tree
from beamclaim.model.tables import TABLES, key_of
from beamclaim.model.tables.frames import Tables

FORM = Path(__file__).parents[2] / "fixtures" / "courses" / "prostate.course.json"


def book_of(data: bytes | str) -> Tables:
    return Tables.gather(read_course(io.BytesIO(data.encode() if isinstance(data, str) else data), file=2))


def course(**keys: Any) -> Tables:
    return book_of(json.dumps({"course": "C", **keys}))


def faults(book: Tables) -> list[tuple[str, str]]:
    return [(path, found) for path, found in book["faults"].select("fault.path", "fault.found").iter_rows()]


def test_every_key_of_the_form_has_its_column() -> None:
    book = book_of(FORM.read_bytes())
    assert not book["faults"].height
    (row,) = book["courses"].iter_rows(named=True)
    assert row["course.id"] == "C1"
    assert (row["course.patient"], row["course.birth_date"], row["course.sex"]) == ("P1", date(1961, 4, 2), "M")
    assert (row["course.payer"], row["course.payer_line"]) == ("M100", "medicare_ffs")
    assert (row["course.setting"], row["course.diagnoses"]) == ("hospital_outpatient", "C61;Z510")
    assert (row["course.records_complete"], row["course.documents_complete"]) == (True, None)
    assert row["course.ended_on"] == date(2025, 5, 2)
    (plan,) = book["plans"].iter_rows(named=True)
    assert (plan["plan.id"], plan["plan.dose_gy"], plan["plan.energy_mv"]) == ("1", Decimal("78.000"), Decimal("6.000"))
    assert (plan["plan.compensator"], plan["plan.motion_evidence"], plan["plan.proton_level"]) == (False, "", None)
    assert book["prior_radiation"]["prior.ended_on"].to_list() == [date(2021, 5, 1)]
    assert book["authorizations"]["authorization.units"].to_list() == [Decimal("39.000")]
    assert book["stays"]["stay.kind"].to_list() == ["inpatient"]
    assert book["charges"].select("charge.id", "charge.code", "charge.modifiers").rows() == [
        ("CH1", "77385", "76"),
        ("CH2", "G6015", ""),
    ]


def test_a_fraction_has_a_day_and_perhaps_a_time() -> None:
    fractions = book_of(FORM.read_bytes())["fractions"]
    assert fractions["fraction.day"].to_list() == [date(2025, 3, 3), date(2025, 3, 4), None]
    assert fractions["fraction.started_at"].to_list() == [datetime(2025, 3, 3, 8, 10), None, None]
    assert fractions["fraction.plan"].to_list() == ["1", "1", "1"]
    assert fractions["fraction.guidance"].to_list() == ["cbct;surface", "", None]
    assert fractions["fraction.motion_evidence"].to_list() == [None, "system", None]
    assert fractions["fraction.delivered_fraction"].to_list() == [None, Decimal("0.4000"), None]


def test_unsigned_is_not_unknown() -> None:
    book = book_of(FORM.read_bytes())
    assert book["procedures"]["procedure.signed_by"].to_list() == ["MD-1", "", None]
    assert book["procedures"]["procedure.count"].to_list() == [1, 2, 1]
    assert book["procedures"]["procedure.requested"].to_list() == [None, True, None]
    assert book["documents"]["document.signed_by"].to_list() == ["MD-1", ""]


def test_every_part_is_found_again_in_the_file() -> None:
    data = FORM.read_bytes()
    said = json.loads(data)
    book = book_of(data)
    for name in LISTS:
        table = book[name]
        assert [json.loads(data[s:e]) for s, e in table.select("start", "end").iter_rows()] == said[name]
        assert table["course.key"].to_list() == [key_of(2, 0)] * table.height
        assert table["segment"].to_list() == [data[:s].count(b"\n") + 1 for s in table["start"]]


@pytest.mark.parametrize("form", ["list", "lines", "one"])
def test_one_course_a_list_or_lines(form: str) -> None:
    one, two = '{"course": "A", "plans": [{"plan": 5}]}', '{"course": "B", "plans": [{"plan": 6, "fields": "x"}]}'
    data = {"list": f" [{one},\n{two}]", "lines": f"{one}\n\n{two}\n", "one": f"\ufeff{two}"}[form]
    book = book_of(data)
    assert book["courses"]["course.id"].to_list() == (["B"] if form == "one" else ["A", "B"])
    assert book["plans"]["course.key"].to_list() == book["courses"]["course.key"].to_list()
    prefix = "" if form == "one" else "[1]."
    assert faults(book) == [(f"{prefix}plans[0].fields", "1 character: A")]


@pytest.mark.parametrize(
    ("keys", "path", "column"),
    [
        ({"plans": [{"technique": "IMRT"}]}, "plans[0].technique", "plan.technique"),
        ({"plans": [{"isocenters": "two"}]}, "plans[0].isocenters", "plan.isocenters"),
        ({"plans": [{"isocenters": -1}]}, "plans[0].isocenters", "plan.isocenters"),
        ({"plans": [{"isocenters": 1.5}]}, "plans[0].isocenters", "plan.isocenters"),
        ({"plans": [{"fields": 65536}]}, "plans[0].fields", "plan.fields"),
        ({"plans": [{"compensator": "no"}]}, "plans[0].compensator", "plan.compensator"),
        ({"plans": [{"dose_gy": 1e99}]}, "plans[0].dose_gy", "plan.dose_gy"),
        ({"plans": [{"dose_gy": "1.2345"}]}, "plans[0].dose_gy", "plan.dose_gy"),
        ({"plans": [{"motion_evidence": "system"}]}, "plans[0].motion_evidence", "plan.motion_evidence"),
        ({"plans": [{"site": 7}]}, "plans[0].site", "plan.site"),
        ({"fractions": [{}, {"started_at": "2025-03-03T08:10:00Z"}]}, "fractions[1].started_at", "fraction.day"),
        ({"fractions": [{"started_at": "03/04/2025"}]}, "fractions[0].started_at", "fraction.day"),
        ({"fractions": [{"started_at": "2025-03-03T25:10"}]}, "fractions[0].started_at", "fraction.started_at"),
        ({"fractions": [{"guidance": ["cbct", "xray"]}]}, "fractions[0].guidance", "fraction.guidance"),
        (
            {"fractions": [{"delivered_fraction": 1.2}]},
            "fractions[0].delivered_fraction",
            "fraction.delivered_fraction",
        ),
        ({"fractions": [{"physician": "1234567890"}]}, "fractions[0].physician", "fraction.physician"),
        ({"fractions": [{"status": "done"}]}, "fractions[0].status", "fraction.status"),
        ({"procedures": [{"count": "x"}]}, "procedures[0].count", "procedure.count"),
        ({"procedures": [{"signed_by": False}]}, "procedures[0].signed_by", "procedure.signed_by"),
        ({"documents": [{"date": "2025-13-01"}]}, "documents[0].date", "document.date"),
        ({"stays": [{"kind": "hotel"}]}, "stays[0].kind", "stay.kind"),
        ({"charges": [{"code": "7738"}]}, "charges[0].code", "charge.code"),
        ({"diagnoses": ["cancer"]}, "diagnoses", "course.diagnoses"),
        ({"setting": "office"}, "setting", "course.setting"),
        ({"records_complete": 1}, "records_complete", "course.records_complete"),
        ({"patient": {"birth_date": "1961"}}, "patient.birth_date", "course.birth_date"),
        ({"patient": "Bob"}, "patient", "course.patient"),
        ({"payer": {"line": "blue"}}, "payer.line", "course.payer_line"),
    ],
)
def test_an_unfit_value_is_null_and_a_fault_at_its_bytes(keys: dict[str, Any], path: str, column: str) -> None:
    text = json.dumps({"course": "C", **keys})
    book = book_of(text)
    (fault,) = book["faults"].iter_rows(named=True)
    assert (fault["fault.path"], fault["fault.kind"]) == (path, "element")
    value: Any = json.loads(text)
    for step in path.replace("[", ".").replace("]", "").split("."):
        value = value[int(step)] if step.isdigit() else value[step]
    assert text[fault["start"] : fault["end"]] == (value if isinstance(value, str) else json.dumps(value))
    name = next(name for name, table in TABLES.items() if column in table.schema)
    assert book[name][column].to_list()[-1] is None


@pytest.mark.parametrize(
    ("keys", "path"),
    [({"plans": {}}, "plans"), ({"plans": [3]}, "plans[0]"), ({"fractions": "all"}, "fractions")],
)
def test_a_part_of_the_wrong_form_is_a_fault(keys: dict[str, Any], path: str) -> None:
    assert [p for p, _ in faults(course(**keys))] == [path]


def test_null_is_unknown_and_a_course_without_id_is_said() -> None:
    book = book_of('{"patient": null, "plans": null, "setting": null, "diagnoses": null}')
    (row,) = book["courses"].iter_rows(named=True)
    assert {v for k, v in row.items() if k.startswith("course.") and k != "course.key"} == {None}
    assert book["faults"].select("fault.path", "fault.kind").rows() == [("course", "missing")]


def test_a_fraction_of_a_unit_is_said_and_kept() -> None:
    book = course(charges=[{"units": 0.5}])
    assert book["charges"]["charge.units"].to_list() == [Decimal("0.500")]
    assert faults(book) == [("charges[0].units", "a part of a unit")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            '{"course": "C",\n "plnas": []}',
            'line 2 column 2: the key "plnas" is not known in course; did you mean plans?',
        ),
        (
            '{"course": "C", "plans": [{"tecnique": "vmat"}]}',
            'line 1 column 28: the key "tecnique" is not known in plans[0]',
        ),
        ('{"course": "C", "patient": {"name": "Bob"}}', 'the key "name" is not known in patient'),
        ('{"course": "A", "course": "B"}', 'line 1 column 17: the key "course" given twice'),
        ('{"course": NaN}', "line 1 column 12: a JSON value is expected"),
        ('{"course": -Infinity}', "line 1 column 12: a JSON value is expected"),
        ('{"course": "\\ud800"}', "line 1 column 12: a text with an escape that is no character"),
        ('{"course": "a\nb"}', "line 1 column 12: a text that does not end"),
        ('{"course": "ä", 5}', "line 1 column 17: a key in double quotes"),
        ('{"course": "C"', "line 1 column 15: a comma or the end of the object"),
        ("[" * 100_000, "line 1 column 65: more than 64 levels"),
        ("[1]", "line 1 column 2: a number where a course is expected"),
        ("", "no course in the file"),
        ("[]", "no course in the file"),
        (b'{"course": "\xff"}', "line 1 column 13: bytes that are not UTF-8"),
        (b" " * (64 * 1024 * 1024 + 1), "a course file of more than 67108864 bytes"),
    ],
    ids=range(16),
)
def test_a_file_that_is_no_course_is_refused_with_its_place(data: str | bytes, words: str) -> None:
    with pytest.raises(InputError) as refused:
        book_of(data)
    assert words in str(refused.value)


def test_values_without_end_in_one_course_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "MOST_VALUES", 1000)
    with pytest.raises(InputError, match="more than 1000 values"):
        book_of('{"course": [' + "0," * 1001)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_tree_holds_the_values_python_reads_and_their_bytes(value: Any, indent: int | None, is_ascii: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()
    (node,) = Tree(data)
    waiting = [(node, value)]
    while waiting:
        node, value = waiting.pop()
        assert json.loads(data[node.start : node.end]) == value
        if isinstance(node.value, dict):
            assert list(node.value) == list(value)
            waiting += [(member, value[name]) for name, member in node.value.items()]
            assert all(data[m.name_at : m.name_at + 1] == b'"' for m in node.value.values())
        elif isinstance(node.value, list):
            waiting += list(zip(node.value, value, strict=True))


KEYS = st.sampled_from(
    [*COURSE, *OBJECTS, *OBJECTS["patient"], *LISTS, *(key for each in LISTS.values() for key in each.facts)]
)
FORMS = st.recursive(
    JSON | st.sampled_from(["2025-03-03", "0.5", "77386", "C61", "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(FORMS.map(json.dumps).map(str.encode) | st.binary(max_size=80), st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_tables_or_a_refusal_in_words(data: bytes, at: int, byte: int) -> None:
    hurt = data[:at] + bytes([byte]) + data[at + 1 :]
    for given_bytes in (data, hurt, data[:at]):
        try:
            book = book_of(given_bytes)
        except InputError as refused:
            assert str(refused)
            continue
        assert book["courses"].height
        assert book["files"]["file.size"].to_list() == [len(given_bytes)]


def values_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of a value and of all values in it."""
    yield path
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from values_of(inner, (*path, step))


def with_other(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The value with another one at a path."""
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_other(value[path[0]], path[1:], other)
    return copy


WHOLE = json.loads(FORM.read_text())
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 1, -1, "", " 5 ", "1", "ä", "\0", "\U0001f600", "\x1c", [], ["cbct"], ["x"], [1], [[]], [{}], {}, {"id": {}},
     {"a": 1}, "2025-02-30", "2025-03-03T08:10", 1e99, "0.40000", "vmat", "unknown", 65536, "-0", "C61"]
)  # fmt: skip
BYTES = st.sampled_from(
    [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u0041", b"\\ud800", b"\n", b"\0", b"\1", b"NaN", b"0", b"\xff",
     b'"course": 1,', b""]
)  # fmt: skip


@st.composite
def course_files(draw: st.DrawFn) -> bytes:
    """Some courses in one of the forms, now and then with an odd value, or a byte too many or too few."""
    courses = [WHOLE] * draw(st.integers(1, 3))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(courses) - 1))
        courses[place] = with_other(courses[place], draw(st.sampled_from([*values_of(courses[place])])), draw(ODD))
    indent, is_ascii = draw(st.sampled_from([None, 1])), draw(st.booleans())
    texts = [json.dumps(each, indent=indent, ensure_ascii=is_ascii) for each in courses]
    text = draw(st.sampled_from(["\n", "", "[]"])).join(texts)
    if draw(st.booleans()):
        text = f"\ufeff [{', '.join(texts)}] {texts[0]}"
    data = text.encode()
    if draw(st.integers(0, 3)) == 0:
        at, gone = draw(st.integers(0, len(data))), draw(st.integers(0, 1))
        data = data[:at] + draw(BYTES) + data[at + gone :]
    return data


@given(course_files())
@settings(max_examples=300, deadline=None)
def test_the_fast_reader_gives_what_the_tree_gives_or_leaves_it_to_the_tree(data: bytes) -> None:
    fast = read_fast(data, 2)
    try:
        by_tree = read_by_tree(data, 2)
    except InputError:
        assert fast is None
        return
    assert fast is None or fast.keys() == by_tree.keys()
    for name, frame in (fast or {}).items():
        assert_frame_equal(frame, by_tree[name])


@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        ('"status": "complete"', '"status": "done"'),
        ('"course": "C1"', '"course": "\\u00e4\\ud83d\\ude00"'),
        ('": ', '" :\t'),
        ("{", "\r\n{ "),
    ],
    ids=["valid", "a fault", "escapes", "blanks", "lines"],
)
def test_what_is_plain_enough_is_read_fast(change: tuple[str, str]) -> None:
    text = FORM.read_text().replace(*change)
    for data in (text, f"[{text}, {text}]", f"{text}\n{text}", f"{text}[{text}]"):
        fast = read_fast(data.encode(), 0)
        assert fast is not None
        assert fast["courses"].height == data.count('"records_complete"')


def test_a_block_may_end_in_a_text_or_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps([WHOLE | {"course": 'a "quoted" {name}: \\'}, WHOLE]).encode()
    whole = layout(data)
    for size in range(1, 40):
        monkeypatch.setattr("beamclaim.ingest.course_form.layout.BLOCK_BYTES", size)
        parts = layout(data)
        assert whole is not None and parts is not None
        for field in fields(whole):
            assert getattr(parts, field.name).tolist() == getattr(whole, field.name).tolist()


def test_more_than_a_million_values_are_read() -> None:
    one = '{"course": "C", "diagnoses": [' + ", ".join(['"C61"'] * 1000) + "]}\n"
    book = book_of(one * 1001)
    assert (book["courses"].height, book["faults"].height) == (1001, 0)
