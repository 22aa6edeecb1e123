"""The repository itself: documents name what exists, and nothing that may not be here is here."""

import re
import subprocess
from pathlib import Path

import pytest

from beamclaim.model.tables import TABLES
from beamclaim.synthetic import demonstration
from beamclaim.views.registry import views

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/tutorial/first-batch.md")
PAGES = ("docs/how-to/facts.md", "docs/how-to/listen.md", "docs/explanation/evidence.md")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", (*DOCUMENTS, *PAGES))
def test_files_that_documents_name_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    for path in re.findall(r"`((?:docs|src|tests|benchmarks|scripts)/[\w./-]+)`", text):
        if path != "docs/reference":
            assert (ROOT / path).exists(), f"{name} names {path}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_that_documents_name_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"make ([a-z-]+)", (ROOT / name).read_text())) <= targets


def test_the_architecture_draws_the_tree_that_is_there() -> None:
    drawn = (ROOT / "ARCHITECTURE.md").read_text().split("```")[1]
    for folder in (ROOT / "src/beamclaim").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert re.search(rf"\b{folder.name}/", drawn), f"ARCHITECTURE.md does not draw {folder.name}/"


def test_every_column_is_explained() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert column.doc, column.name
    for view in views().values():
        for shown in view.columns.values():
            assert shown.doc, shown.name


def test_the_demonstration_is_what_its_module_writes() -> None:
    shipped = ROOT / "src/beamclaim/demonstration"
    written = demonstration.files()
    assert {str(p.relative_to(shipped)) for p in shipped.rglob("*") if p.is_file()} - {"README.md"} == set(written)
    for name, data in written.items():
        assert (shipped / name).read_bytes() == data, (
            f"python -m beamclaim.synthetic.demonstration writes another {name}"
        )


def test_no_text_of_others_and_no_machine_is_named() -> None:
    # Telling words of descriptors and guides; our own labels use none of them.
    banned = re.compile(
        rb"intensity modulated treatment delivery|radiation treatment management, [0-9]|/home/\w+/|/root/"
    )
    here = Path(__file__)
    for path in tracked():
        if path == here or "fixtures" in path.parts or path.suffix in (".gz", ".lock"):
            continue
        found = banned.search(path.read_bytes().lower())
        assert not found, f"{path.relative_to(ROOT)} holds {found and found[0]!r}"


def test_files_stay_small() -> None:
    modules = [p for p in tracked() if p.suffix == ".py" and "tests" not in p.parts]
    large = {p.name: n for p in modules if (n := len(p.read_text().splitlines())) > 500}
    assert large.keys() <= {"api.py"}, large
