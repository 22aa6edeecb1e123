"""The command line answers at once, refuses in one sentence and never shows a trace or a value."""

import subprocess
import sys

import pytest

import beamclaim
from beamclaim.cli import main
from beamclaim.cli.main import main as beam
from beamclaim.model.span import Span
from beamclaim.outputs.report.printable import Excerpt

COMMANDS = [(), ("check",), ("rule",), ("policy",), ("policy", "show"), ("policy", "diff")]


def test_help_imports_nothing_heavy() -> None:
    heavy = "polars,pyarrow,numpy,pydantic,yaml,rich"
    asked = f"import beamclaim.cli.main, sys; print(sorted(set('{heavy}'.split(',')) & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert beam([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Example" in told
    assert f"beamclaim {' '.join(command)}" in told


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert beam(["--version"]) == 0
    assert capsys.readouterr().out == f"beamclaim {beamclaim.__version__}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["chek"], "Did you mean 'check'?"),
        (["check"], "Missing argument"),
        (["check", "x.837", "--nope"], "No such option: --nope"),
        (["check", "x.837", "--as-of", "01/02/2026"], "write it as 2026-03-01"),
        (["check", "x.837", "--as-of", "20260301"], "write it as 2026-03-01"),
        (["check", "x.837", "--setting", "clinic"], "'hospital_outpatient', 'freestanding', 'professional'"),
        (["check", "x.837", "--format", "xml"], "'text', 'json', 'jsonl', 'csv', 'html'"),
        (["policy", "diff", "2025-12-31"], "Missing argument"),
        (["rule", "COD101", "--all"], "not both"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beam(words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.err.startswith("beamclaim: ") and told.err.count("\n") == 1
    assert told.out == ""


@pytest.fixture
def bug() -> Exception:
    """A bug inside the product, with a patient's name in its message."""

    def excerpts(_: Span) -> None:
        raise ValueError("SECRET PATIENT")

    with pytest.raises(ValueError) as raised:
        Excerpt.of(Span("a.837", 1, 2, "SV101-2"), excerpts)
    return raised.value


def test_g39_a_bug_is_owned_up_to_without_its_value(
    bug: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BEAMCLAIM_DEBUG", raising=False)
    assert main.own_up(bug) == 2
    told = capsys.readouterr().err
    assert "internal error: ValueError at beamclaim.outputs.report.printable:" in told
    assert "please report it" in told
    assert "SECRET" not in told and "Traceback" not in told


def test_the_trace_is_there_for_who_asks(
    bug: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEAMCLAIM_DEBUG", "1")
    assert main.own_up(bug) == 2
    assert "Traceback" in capsys.readouterr().err


def test_run_exits_with_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["beamclaim", "nothing"])
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 2
