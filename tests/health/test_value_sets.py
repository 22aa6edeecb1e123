"""Closed lists of words stand once, in `model/value_sets.py`: no other module spells most of one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from beamclaim.model import value_sets

SOURCES = Path(value_sets.__file__).parents[1]
_NAMED = {
    name: frozenset(words) for name, words in vars(value_sets).items() if name.isupper() and isinstance(words, tuple)
}
#: Lists of words longer than a letter that are no part of another list.
LISTS = {
    name: words
    for name, words in _NAMED.items()
    if len(words) > 1 and max(map(len, words)) > 1 and not any(words < other for other in _NAMED.values())
}
#: Mappings that hold for some of the words of a list, and why not for all.
PARTIAL = {
    (
        "courses/plans.py",
        "TECHNIQUES",
    ): "families of the techniques that a source which does not know the kind can contradict",
    ("courses/fraction_status.py", "TERMINATIONS"): "how a beam ended that did not end normally",
    ("ingest/dicom/plan/header.py", "MOTIONS"): "DICOM has no term for abdominal compression",
    ("ingest/router.py", "FILE_KINDS"): "readers of files; the other kinds are what became of one",
    ("synthetic/claims837.py", "PAYER_LINES"): "the clinic's payers; nobody pays for himself",
    ("synthetic/claims837.py", "SETTINGS"): "places of service of the 837P; the 837I has none",
}


def words_of(node: ast.AST) -> frozenset[str]:
    """The words a list, set, tuple or mapping spells; none where it holds anything else."""
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            entries = node.elts
        case ast.Call():
            entries = node.args
        case ast.Dict():
            entries = [key for key in node.keys if key is not None]
        case _:
            return frozenset()
    words = [entry.value for entry in entries if isinstance(entry, ast.Constant) and isinstance(entry.value, str)]
    return frozenset(words) if len(words) == len(entries) else frozenset()


def spelled(source: str) -> Iterator[tuple[int, str, bool, bool]]:
    """Line, list, whether it is a mapping, whether it is whole: of everything that spells more than half of a list."""
    for node in ast.walk(ast.parse(source)):
        words = words_of(node)
        for name, closed in LISTS.items():
            if len(words) > 1 and words <= closed and 2 * len(words) > len(closed):
                assert isinstance(node, ast.expr)
                yield node.lineno, name, isinstance(node, ast.Dict), words == closed


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_no_other_module_spells_a_closed_list(path: Path) -> None:
    if path == Path(value_sets.__file__):
        return
    name = path.relative_to(SOURCES).as_posix()
    for line, closed, is_mapping, is_whole in spelled(path.read_text()):
        if is_mapping and (is_whole or (name, closed) in PARTIAL):
            continue
        assert is_mapping, f"{name}:{line} spells {closed}; import it from model/value_sets.py"
        assert is_whole, f"{name}:{line} maps most words of {closed}; map all of them, or say in PARTIAL why not"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('A = ("freestanding", "professional")', [(1, "SETTINGS", False, False)]),
        ('f("error", "warning", "info")', [(1, "SEVERITIES", False, True)]),
        ('A = {"inpatient": 1, "snf_part_a": 2}', [(1, "STAY_KINDS", True, True)]),
        ('A = ("freestanding", "home")', []),
        ('A = ["gating", "tracking"]', []),
        ('A = "professional"', []),
    ],
)
def test_a_list_spelled_again_is_seen(source: str, words: list[tuple[int, str, bool, bool]]) -> None:
    assert [hit for hit in spelled(source) if hit[1] in {w[1] for w in words} or not words] == words


def test_every_list_has_words_of_its_own_once() -> None:
    for name, words in vars(value_sets).items():
        if name.isupper() and isinstance(words, tuple):
            assert len(set(words)) == len(words), name
