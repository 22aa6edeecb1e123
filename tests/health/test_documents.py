"""The documentation site: its pages exist, its links lead somewhere, and what it says of the samples is what they say."""

import io
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import yaml

from beamclaim.ingest.dicom import evidence_of
from beamclaim.ingest.fhir import read_fhir
from beamclaim.ingest.hl7v2 import read_hl7v2
from beamclaim.model.tables.evidence import Evidence
from beamclaim.policy.thresholds import load_thresholds, threshold_rows
from beamclaim.synthetic import fhir
from beamclaim.synthetic.dicom.plan_parts import written as written_plan
from beamclaim.synthetic.dicom.plans import KINDS, plan
from beamclaim.synthetic.dicom.records import Session, session_record, summary_record, written

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FIXTURES = ROOT / "tests/fixtures"
EVIDENCE = DOCS / "explanation/evidence.md"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated pages."""
    folder = tmp_path_factory.mktemp("site") / "reference"
    subprocess.run([sys.executable, DOCS / "build.py", folder], cwd=ROOT, check=True, capture_output=True)
    return folder


def pages(reference: Path) -> dict[str, str]:
    """Every page of the site by its path."""
    found = {str(p.relative_to(DOCS)): p for p in DOCS.rglob("*.md") if p.parts[len(DOCS.parts)] != "reference"}
    found |= {f"reference/{p.relative_to(reference)}": p for p in reference.rglob("*.md")}
    return {name: path.read_text() for name, path in found.items()}


def navigated(entries: Iterable[dict[str, object]]) -> set[str]:
    """The pages of a navigation and of what is below it."""
    out: set[str] = set()
    for entry in entries:
        for value in entry.values():
            out |= {value} if isinstance(value, str) else navigated(value)  # type: ignore[arg-type]
    return out


def test_the_navigation_names_every_page_and_no_other(reference: Path) -> None:
    named = navigated(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    there = pages(reference).keys()
    assert named <= there
    assert {p for p in there if not p.startswith(("reference/rules/", "decisions/"))} == named


def test_links_between_pages_lead_somewhere(reference: Path) -> None:
    all_pages = pages(reference)
    for name, text in all_pages.items():
        for target in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", text):
            there = (DOCS / name).parent.joinpath(target).resolve()
            assert str(there.relative_to(DOCS)) in all_pages, f"{name} links to {target}"


def test_every_threshold_is_on_its_page_with_its_source(reference: Path) -> None:
    text = (reference / "thresholds.md").read_text()
    assert load_thresholds().version in text
    for row in threshold_rows():
        assert (
            f"| `{row.name}` | {row.value:g} | {row.unit} | {row.meaning} | {row.confidence} | {row.source} |" in text
        )


def test_the_results_of_the_samples_are_those_of_today() -> None:
    results = runpy.run_path(str(DOCS / "results.py"))
    page: Callable[[str, Iterable[str]], str] = results["page"]
    text = EVIDENCE.read_text()
    # Ten plans of each kind take long to write; what they are told to be is held by the tests of technique.
    assert page(text, [name for name in results["TABLES"] if name != "technique"]) == text, "python docs/results.py"
    told = text.partition("<!-- technique -->")[2].partition("\n## ")[0]
    assert re.findall(r"^\| ([a-z ]+) \|", told, re.M)[1:-1] == [kind.replace("_", " ") for kind in KINDS]
    assert "**no**" not in text


def statements() -> Evidence:
    """What all samples and what the tests write of every kind says."""
    out = Evidence()
    for path in FIXTURES.glob("dicom/**/*.dcm"):
        out.extend(evidence_of(path.read_bytes(), 0, load_thresholds()))
    for kind in KINDS:
        out.extend(evidence_of(written_plan(plan(kind, 0)), 0, load_thresholds()))
    out.extend(evidence_of(written(session_record(Session())), 0, load_thresholds()))
    out.extend(evidence_of(written(summary_record(Session(), fractions=2)), 0, load_thresholds()))
    bundles = [*(p.read_bytes() for p in FIXTURES.glob("fhir/*.json")), fhir.bundle(fhir.resources(fhir.Course()))]
    for read, files in ((read_fhir, bundles), (read_hl7v2, [p.read_bytes() for p in FIXTURES.glob("hl7v2/*/*.hl7")])):
        for data in files:
            for part in read(io.BytesIO(data), 0):
                out.extend(part)
    return out


def test_every_name_a_reader_states_is_explained(reference: Path) -> None:
    sections = re.split(r"^## ", (reference / "facts.md").read_text(), flags=re.M)
    words: dict[str, set[str]] = {}
    for section in sections:
        source = section.split(":")[0].split("\n")[0].replace(" ", "").lower()
        words.setdefault(source, set()).update(re.findall(r"[a-z_0-9]+", section))
    missing = {
        (s.source, s.name)
        for s in statements().assertions
        if s.name not in words[next(w for w in ("dicom", "fhir", "hl7v2") if s.source.startswith(w))]
    }
    assert not missing
