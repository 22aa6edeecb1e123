"""Whatever bytes come: evidence or an InputError, never a crash; faults never show a value."""

import json
import random
from typing import Any

import pytest
from fhir_reading import SAMPLES, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beamclaim.errors import InputError
from beamclaim.synthetic import fhir as writing

REAL = [path.read_bytes() for path in sorted(SAMPLES.glob("*.bundle.json")) if path.stat().st_size < 13_000]
RESOURCES = writing.resources(writing.Course(fractions=1, motion="gating"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "reference", "value", "code"]), inner)
    ),
    max_leaves=6,
)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tolerant(data: bytes) -> None:
    try:
        read(data)
    except InputError as error:
        assert str(error)


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every place of a tree, as container and key."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append((value, key))
        _places(value[key], found)
    return found


@QUICK
@given(st.integers(0, 2**32), st.lists(ANYTHING, min_size=1, max_size=4))
def test_a_tree_with_strange_values_is_read(seed: int, values: list[Any]) -> None:
    chance = random.Random(seed)
    given_ = json.loads(json.dumps(chance.sample(RESOURCES, 6)))
    places = _places(given_, [])
    for value in values:
        container, key = chance.choice(places)
        if key in container if isinstance(container, dict) else key < len(container):
            container[key] = value
    tolerant(json.dumps(given_).encode())
    tolerant(writing.ndjson([g for g in given_ if isinstance(g, dict)]) or b"{}")


@QUICK
@given(st.integers(0, 2**32))
def test_damaged_samples_are_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice(REAL))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        match chance.randrange(6):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + chance.randrange(1, 200)]
            case 2:
                data[at:at] = bytes(chance.choice(b'{}[]",:0\n\\') for _ in range(chance.randrange(1, 4)))
            case 3:
                data[at:at] = data[at : at + chance.randrange(1, 2000)]
            case _:  # another letter or digit: still JSON
                data[at] = chance.choice(b"0123456789abcXYZ-/") if bytes([data[at]]).isalnum() else data[at]
        if not data:
            break
    tolerant(bytes(data))


@QUICK
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    tolerant(data)
    tolerant(b'{"resourceType":"Patient"}\n' + data)


@pytest.mark.parametrize(
    "member", ["subject", "extension", "code", "performedPeriod", "identifier", "meta", "basedOn", "status"]
)
@pytest.mark.parametrize("value", [7, True, "SECRET", [], {}, [[]], [None], {"a": "SECRET"}, ["SECRET"], None])
def test_a_member_of_another_kind_is_never_shown(member: str, value: Any) -> None:
    resource = {**next(r for r in RESOURCES if r["id"].endswith("fraction-1")), member: value}
    evidence = read([resource])
    assert "SECRET" not in str(evidence.faults)


def test_big_flat_and_deep_files_are_bounded() -> None:
    tolerant(json.dumps({"resourceType": "Bundle", "entry": [{}] * 20_000}).encode())
    nested: Any = {"resourceType": "Patient", "id": "p"}
    for _ in range(15):
        nested = {"resourceType": "Bundle", "entry": [{"resource": nested}]}
    assert [s.value for s in read(nested).assertions] == ["p"]
    tolerant(
        b'{"resourceType":"Procedure","extension":' + b'[{"url":"a","extension":' * 400 + b"[]" + b"}]" * 400 + b"}"
    )
