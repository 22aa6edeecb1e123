"""Waivers: read strictly, set apart what they cover while they hold, and never say whose claim it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from beamclaim.errors import SettingError
from beamclaim.findings.finding import Finding, Fix, Waiver
from beamclaim.findings.result import Result
from beamclaim.findings.waivers import covers, read_waivers, set_apart, waivers_view
from beamclaim.rules import registry
from beamclaim.testing.findings import findings_of

YAML = """\
# decided with the payer
- rule: COD101
  claim: 00123
  line: 3
  code: c61.0
  reason: "the payer's letter"
  who: R. Lead
  until: 2026-12-31
- {rule: UNT, scope: medicare_ffs, reason: a study, who: R. Lead, until: 2026-01-01}
"""
TOML = """\
# decided with the payer
[[waiver]]
rule = "COD101"
claim = "00123"
line = 3
code = "c61.0"
reason = "the payer's letter"
who = "R. Lead"
until = 2026-12-31

[[waiver]]
rule = "UNT"
scope = "medicare_ffs"
reason = "a study"
who = "R. Lead"
until = "2026-01-01"
"""
FINDING = Finding(
    id="1", rule="COD101", name="code-not-in-force", title="", severity="error", risk="rejection", message="", claim="00123", line=3,
    course=None, fraction=None, date=None, code="C610", charge=Decimal(100), where=None, facts=(), policy=(),
    fix=Fix("review", "", "coder"), cause="", charged_lines=((1, Decimal(100)),), payer="M100", payer_line="medicare_ffs",
    setting="professional",
)  # fmt: skip


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Waiver]]:
    def reader(text: str, name: str = "waivers.yaml") -> list[Waiver]:
        (tmp_path / name).write_text(text)
        return read_waivers(tmp_path / name)

    return reader


Reader = Callable[..., list[Waiver]]


def is_covered(waiver: Waiver, finding: Finding) -> bool:
    return not findings_of([finding]).where(~covers(waiver))


def test_yaml_and_toml_say_the_same(read: Reader) -> None:
    from_yaml, from_toml = read(YAML), read(TOML, "waivers.toml")
    assert [replace(w, where=from_yaml[0].where) for w in from_yaml] == [
        replace(w, where=from_yaml[0].where) for w in from_toml
    ]
    first, second = from_yaml
    assert (first.claim, first.line, first.code, first.until, first.number) == (
        "00123",
        3,
        "C610",
        date(2026, 12, 31),
        1,
    )
    assert second.codes == {r.code for r in registry.find("UNT")}


@pytest.mark.parametrize(
    ("text", "name", "start"), [(YAML, "w.yaml", b"rule: COD101"), (TOML, "w.toml", b"[[waiver]]")]
)
def test_a_waiver_knows_where_it_stands(read: Reader, text: str, name: str, start: bytes) -> None:
    text = text.replace("decided", "entschieden für")
    where = read(text, name)[0].where
    assert text.encode()[where.start :].startswith(start)
    assert (where.path, where.segment) == ("waiver 1", 2)


CANARY = "ZQCANARY"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("claim:", "claims:", "line 3: unknown key 'claims'"),
        ("  who: R. Lead\n", "", "line 2: the waiver has no who"),
        ('  reason: "the payer\'s letter"', "  reason:", "line 6: the waiver has no reason"),
        ("until: 2026-12-31\n-", "until: 2026-13-31\n-", "line 8: until is no day"),
        ("until: 2026-12-31\n-", "until: next year\n-", "line 8: until is no day"),
        ("rule: COD101", "rule: COD999", "line 2: no rule answers to 'COD999'"),
        ("scope: medicare_ffs, ", "", "line 9: the waiver says not what it is for"),
        ("scope: medicare_ffs", "scope: everyone", "line 9: scope is none of all, medicare_ffs"),
        ("  line: 3", "  line: three", "line 4: line is a number"),
        (f"  claim: {CANARY}\n", "", "line is a number, and the claim it belongs to is given with it"),
        ("  line: 3", "  line: [3]", "line 4: a waiver holds words only"),
        ("  line: 3", "  claim: 5", "line 4: the key 'claim' stands twice"),
        ("- rule: COD101\n", "rule: COD101\n", "this is not YAML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line_and_without_the_claim(
    read: Reader, old: str, new: str, said: str
) -> None:
    text = YAML.replace("00123", CANARY)
    assert old in text
    with pytest.raises(SettingError) as refused:
        read(text.replace(old, new, 1))
    assert said in str(refused.value)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[waiver]]", "[waiver]", "this is not TOML"),
        ("line = 3", "lines = 3", "line 5: unknown key 'lines'"),
        ("line = 3", "line = 3.5", "line 5: line is not a text"),
        ("# decided", 'title = "x"\n# decided', "nothing but [[waiver]] tables"),
        ('rule = "UNT"', "", "line 11: the waiver has no rule"),
    ],
)
def test_toml_is_read_as_strictly(read: Reader, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(TOML.replace(old, new, 1), "w.toml")
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]"])
def test_no_waivers_are_no_error(read: Reader, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["x", "- x", "a: b", "- [", "[" * 5000, "- rule: &a COD101\n  ? [x]\n  : y", "\x00"])
def test_g22_what_is_no_list_of_waivers_is_refused_in_words(read: Reader, text: str) -> None:
    with pytest.raises(SettingError):
        read(text)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_waivers(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"- rule: \xff\xfe")
    with pytest.raises(SettingError, match="not UTF-8"):
        read_waivers(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({}, True), ({"line": 4}, False), ({"line": None}, False), ({"claim": "123"}, False), ({"code": "C61"}, False),
        ({"rule": "COD102"}, False), ({"payer": None}, True),
    ],
)  # fmt: skip
def test_a_waiver_covers_what_it_says_and_nothing_else(read: Reader, change: dict[str, object], covered: bool) -> None:
    assert is_covered(read(YAML)[0], replace(FINDING, **change)) is covered  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "covered"),
    [("all", True), ("medicare_ffs", True), ("professional", True), ("commercial", False), ("freestanding", False)],
)
def test_a_scope_is_everyone_a_payer_line_or_a_setting(read: Reader, scope: str, covered: bool) -> None:
    waiver = read(YAML.replace("UNT", "COD101").replace("medicare_ffs", scope))[1]
    assert is_covered(waiver, FINDING) is covered
    assert is_covered(waiver, replace(FINDING, payer_line=None, setting=None)) is (scope == "all")


def test_what_is_waived_counts_nowhere_until_the_waiver_ends(read: Reader) -> None:
    waivers = read(YAML)
    held = Result("0", "p", date(2026, 12, 31), findings=findings_of([FINDING]))
    set_apart(held, waivers)
    assert not held.findings and not held.by_rule
    assert (held.charge_at_risk, held.claims_with_errors) == (Decimal(0), 0)
    assert [(w.finding, w.waiver.number) for w in held.waived] == [(FINDING, 1)]
    over = Result("0", "p", date(2027, 1, 1), findings=findings_of([FINDING]))
    set_apart(over, waivers)
    assert (list(over.findings), len(over.waived)) == ([FINDING], 0)


def test_only_a_waiver_that_was_put_to_the_test_can_be_idle(read: Reader) -> None:
    waivers = read(YAML)
    run = Result("0", "p", date(2025, 12, 31))
    set_apart(run, waivers)

    def asked(codes: set[str], claims: set[str]) -> list[bool]:
        return waivers_view(waivers, run, codes, claims)["waiver.was_asked"].to_list()

    units = {r.code for r in registry.find("UNT")}
    assert asked({"COD101"}, {"00123"}) == [True, False]
    assert asked({"COD101"}, set()) == [False, False]
    assert asked({"COD101", *units}, {"00123"}) == [True, True]
    assert asked({"COD101", *sorted(units)[:-1]}, {"00123"}) == [True, False]
