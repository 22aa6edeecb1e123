"""The shape of the package: sizes, names that stand once, spelling, and documents that name what exists."""

import ast
import importlib
import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/beamclaim"
MODULES = sorted(SOURCE.rglob("*.py"))
CODE = [*MODULES, *(p for folder in ("benchmarks", "judge", "scripts") for p in sorted((ROOT / folder).glob("*.py")))]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(p for p in sorted((ROOT / "docs").rglob("*.md")) if p.name != "0015-american-spelling.md"),
    *sorted(SOURCE.rglob("README.md")),
]
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
#: British word → the one we write; once, for code and documents alike.
SPELLING = {
    "isocentre": "isocenter", "centre": "center", "colour": "color", "licence": "license", "recognise": "recognize",
    "organise": "organize", "behaviour": "behavior", "millimetre": "millimeter", "grey": "gray",
    "favour": "favor", "judgement": "judgment", "acknowledgement": "acknowledgment", "artefact": "artifact", "analyse": "analyze",
}  # fmt: skip


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_over_400_lines() -> None:
    sizes = {named(path): len(path.read_text().splitlines()) for path in CODE}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_texts_are_joined_by_concat_str() -> None:
    """`pl.format` ended a run of DXN106 in a panic of Polars 2.1 (`tests/invariants/test_order.py` holds the claims)."""
    assert [named(path) for path in MODULES if "pl.format(" in path.read_text()] == []


def test_no_class_name_stands_twice_in_the_package() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(named(path))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_no_function_is_over_60_lines_without_a_reason_beside_it() -> None:
    # Its docstring does not count; the reason is a comment `# long: …` in its first lines.
    long = []
    for path in CODE:
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            first = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            size = (node.end_lineno or 0) - first + 1
            if size > MOST_LINES_OF_A_FUNCTION and "# long:" not in "\n".join(lines[node.lineno - 2 : first + 2]):
                long.append(f"{named(path)}:{node.lineno} {node.name} has {size} lines")
    assert long == []


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in MODULES
        if path.name == "__init__.py" and path.parent.parent == SOURCE and path.parent != SOURCE
        and len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()) < 3
    ]  # fmt: skip
    assert not silent, f"{silent}: say in a few lines what comes in, what goes out and where to begin"


def ours(path: Path) -> str:
    """What is written for readers: a document whole; of code its names, comments and docstrings, for what it prints is an answer."""
    text = path.read_text()
    if path.suffix != ".py":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
    return "\n".join([*docstrings, *(t.string for t in tokens if t.type in (tokenize.NAME, tokenize.COMMENT))])


@pytest.mark.parametrize("path", [*CODE, *DOCUMENTS], ids=named)
def test_words_are_spelled_the_american_way(path: Path) -> None:
    text = ours(path)
    wrong = {word for word in SPELLING if re.search(rf"(?<![a-z]){word}", text, re.IGNORECASE)}
    assert not wrong, f"{named(path)}: write {', '.join(SPELLING[word] for word in sorted(wrong))}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_modules_that_documents_name_exist(path: Path) -> None:
    for name in set(re.findall(r"`(beamclaim(?:\.\w+)+)`", path.read_text())) - {"beamclaim.toml"}:
        assert resolves(name), f"{named(path)} names {name}"


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return True
    return False


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_files_of_ours_that_documents_name_exist(path: Path) -> None:
    homes = (ROOT, SOURCE, SOURCE.parent, path.parent, ROOT / "docs")
    for name in set(re.findall(r"`([a-z_0-9]+(?:/[\w.-]+)*/[\w-]+\.(?:py|md|csv|yaml))`", path.read_text())):
        assert any((home / name).exists() for home in homes), f"{named(path)} names {name}"


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/how-to/python.md"])
def test_classes_that_documents_name_exist(name: str) -> None:
    classes = {
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    for word in set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", (ROOT / name).read_text())):
        assert word in classes, f"{name} names {word}"
