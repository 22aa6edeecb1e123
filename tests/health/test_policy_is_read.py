"""Every table, column and parameter of policy is read by somebody, and no code of the field stands in Python."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from beamclaim.charging.registry import adjustments, charges
from beamclaim.policy import PolicyTables, load_policy
from beamclaim.policy.declarations import DECLARED, PARAMETERS
from beamclaim.policy.declarations.form import Declaration
from beamclaim.policy.page import PAGE, tables_page
from beamclaim.rules.registry import rules

SOURCE = Path(__file__).parents[2] / "src/beamclaim"
#: A module that asks the policy.
ASKS = re.compile(r"\b_?(?:policy|self|frames)\.(?:by_key|resolve|in_table|table|param|words)\(")
#: The unit of a parameter whose name ends so.
UNITS = {"_days": "days", "_minutes": "minutes", "_hours": "hours"}


@pytest.fixture(scope="module")
def tables() -> PolicyTables:
    return load_policy()


@cache
def words_of(path: Path) -> frozenset[str]:
    """The strings a module holds, without its docstrings and the formats of its f-strings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    not_words = {id(part) for node in ast.walk(tree) for part in _no_words(node)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in not_words)
    return frozenset(node.value for node in constants if isinstance(node.value, str))


def _no_words(node: ast.AST) -> Iterator[ast.AST]:
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    ):
        yield node.body[0].value
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        yield from ast.walk(node.format_spec)


def modules(*without: str) -> list[Path]:
    return [p for p in sorted(SOURCE.rglob("*.py")) if p.relative_to(SOURCE).parts[0] not in without]


class Asked(dict[str, str]):
    """Cells of a row that remember which of them a sentence asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __missing__(self, name: str) -> str:
        self.names.add(name)
        return "1"

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return True

    def get(self, name: str, other: str | None = None) -> str:  # type: ignore[override]
        return self[name]


@cache
def asked_by_rules() -> dict[str, set[str]]:
    """Table or parameter → what rules and charges ask of it: the words of their columns and conditions."""
    asked: dict[str, set[str]] = {}
    for reads in (q.policy_reads for questions in (rules(), charges(), adjustments()) for q in questions):
        for read in reads:
            asked.setdefault(read.table, set()).update(re.findall(r"\w+", read.field))
    return asked


def readers_in_python(name: str) -> list[frozenset[str]]:
    """The words of the modules that name a table and ask the policy."""
    paths = [SOURCE / "policy/answers.py", *modules("synthetic", "testing", "demonstration", "rules", "policy", "cli")]
    return [
        words_of(path) for path in paths if name in words_of(path) and ASKS.search(path.read_text(encoding="utf-8"))
    ]


def unread(declared: Declaration) -> set[str]:
    """Columns of a table nobody asks for; ``*`` where nobody asks it at all."""
    said = Asked()
    if declared.says is not None:
        declared.says(said)
    wholes = [d for d in DECLARED if d.part_of and d.part_of[0] == declared.name]
    columns = said.names | asked_by_rules().get(declared.name, set())
    modules_of = readers_in_python(declared.name)
    columns = columns.union(*modules_of, *(asked_by_rules().get(part.name, set()) for part in wholes))
    is_asked = declared.name in asked_by_rules() or any(set(declared.value) & words for words in modules_of) or wholes
    return {c for c in declared.value if c not in columns} if is_asked else {"*"}


@pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.name)
def test_every_column_is_asked_or_says_who_reads_it(declared: Declaration) -> None:
    missing = unread(declared)
    assert missing == set(declared.read_by), (
        f"{declared.name}: of its columns no rule, view or sentence asks for {sorted(missing) or 'none'}, and its declaration "
        f"says so of {sorted(declared.read_by) or 'none'}. Write `read_by` with who reads it, or take out the column."
    )
    assert all(len(who) > 5 for who in declared.read_by.values())


def test_every_parameter_is_asked_or_says_who_reads_it(tables: PolicyTables) -> None:
    words = frozenset().union(*map(words_of, modules("synthetic", "testing", "demonstration", "policy", "rules")))
    frame = tables.table(PARAMETERS.name).frame
    for name, read_by in frame.select("parameter", "row.read_by").unique().iter_rows():
        is_asked = name in asked_by_rules() or name in words
        assert is_asked != bool(read_by), (
            f"{name}: {'asked, and read_by says otherwise' if is_asked else 'nobody asks it'}"
        )


def test_every_parameter_has_a_meaning_and_the_unit_its_name_says(tables: PolicyTables) -> None:
    frame = tables.table(PARAMETERS.name).frame
    for name, label, unit in frame.select("parameter", "row.label", "row.unit").unique().iter_rows():
        assert label, name
        assert unit, name
        for ending, of_ending in UNITS.items():
            assert not name.endswith(ending) or unit == of_ending, f"{name} is in {unit}"


def test_the_page_of_tables_is_what_is_declared(tables: PolicyTables) -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_page(tables), "run: python scripts/policy_tables.py"


# ── codes of the field ──────────────────────────────────────────────────────────────────────────

#: Rooms whose words are those of a message format, which has codes like ours for other things.
OF_A_FORMAT = ("ingest", "listener")
#: What is left in Python, by file, and why. It may only shrink: what is gone there must be taken out here.
LEFT: dict[str, set[str]] = {
    # the word for a technical part in a table, and columns of CMS files
    "policy/declarations/says.py": {"TC"},
    "policy/imports/edition.py": {"TC"},
    # types of patient numbers (HL7 table 0203), some of which are modifiers too
    "courses/people.py": {"SS"},
    "model/persona.py": {"PI", "PT"},
    "model/value_sets.py": {"BR", "GL", "GN", "HC", "MA", "MB", "MC", "MD", "RR", "SN", "SS"},
    "policy/verify/editor.py": {"00000", "124"},
    "policy/verify/fee_schedule.py": {"TC"},
}  # fmt: skip


def codes_in(words: frozenset[str], tables: PolicyTables, room: str) -> set[str]:
    """Those of some strings that are a procedure, diagnosis, modifier, place of service, bill type or revenue code."""
    diagnoses, modifiers = _diagnoses(tables), _modifiers(tables)
    return {
        word
        for word in words - set(tables.sources)
        if re.fullmatch(r"\d{5}|[A-Z]\d{4}|\d{4}[A-Z]|0?\d{3}", word)
        or (room not in OF_A_FORMAT and (re.fullmatch(r"\d\d", word) or word in modifiers or word in diagnoses))
    }


@cache
def _modifiers(tables: PolicyTables) -> frozenset[str]:
    return frozenset(tables.table("modifiers").frame["modifier"])


@cache
def _diagnoses(tables: PolicyTables) -> frozenset[str]:
    return frozenset(tables.diagnoses.codes["code"])


def test_no_code_of_the_field_stands_in_python(tables: PolicyTables) -> None:
    left: dict[str, set[str]] = {}
    for path in modules("synthetic", "testing", "demonstration"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("ingest/x12/"):  # the guides
            codes = codes_in(words_of(path), tables, name.partition("/")[0])
            if codes:
                left[name] = codes
    more = {
        name: sorted(codes - LEFT.get(name, set())) for name, codes in left.items() if codes - LEFT.get(name, set())
    }
    gone = {
        name: sorted(codes - left.get(name, set())) for name, codes in LEFT.items() if codes - left.get(name, set())
    }
    assert more == {}, "a code belongs into a policy table with its days and source"
    assert gone == {}, "no longer there: take it out of LEFT"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("x = '77412'", {"77412"}), ("x = ['G6015', '0394T']", {"G6015", "0394T"}), ("x = {'59': 1}", {"59"}),
        ("x = 'C61'", {"C61"}), ("x = '0333'", {"0333"}), ("x = '131'", {"131"}), ("x = f'{1:02}'", set()),
        ("def f():\n    '77412'", set()), ("cites = ('N118',)", set()), ("x = 'hospital_outpatient'", set()),
    ],
)  # fmt: skip
def test_a_code_is_found_wherever_it_stands(tables: PolicyTables, tmp_path: Path, text: str, codes: set[str]) -> None:
    path = tmp_path / f"{abs(hash(text))}.py"
    path.write_text(text)
    assert codes_in(words_of(path), tables, "rules") == codes
