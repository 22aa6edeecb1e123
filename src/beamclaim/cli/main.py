"""The command line: `beamclaim COMMAND …`.

Nothing heavy is imported here: `--help` answers at once, and a command loads what it needs when it runs.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import beamclaim
from beamclaim.cli import check, code, demo, facts, listen, policy, rule, template
from beamclaim.errors import BeamclaimError

#: Beamclaim could not do it: bad usage, an input that cannot be opened, an output that cannot be written.
FAILED = 2
_INTERRUPTED = 130

app = typer.Typer(
    name="beamclaim",
    help="Finds what would get a radiation-oncology claim denied, and says why.\n\n"
    "\b\nExamples:\n  beamclaim check inbox/\n  beamclaim check claims.837 --course course.json --format html\n"
    "  beamclaim facts treatments/ --output courses/\n  beamclaim rule COD101\n  beamclaim policy diff 2025-12-31 2026-01-01",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)
app.command("check", help=check.HELP)(check.check)
app.command("facts", help=facts.HELP)(facts.facts)
app.command("code", help=code.HELP)(code.code)
app.command("rule", help=rule.HELP)(rule.rule)
app.command("demo", help=demo.HELP)(demo.demo)
app.command("listen", help=listen.HELP)(listen.listen)
app.command("template", help=template.HELP)(template.template)
app.add_typer(policy.app, name="policy")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"beamclaim {beamclaim.__version__}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")]


@app.callback()
def _beamclaim(*, version: Version = False) -> None:
    """What comes before a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status; every refusal is one sentence on standard error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(words, prog_name="beamclaim", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except typer.TyperException as error:
        return _refuse_usage(error)
    except BeamclaimError as error:
        return _refuse(str(error))
    except Exception as error:
        return own_up(error)


def run() -> None:
    """The entry point of the `beamclaim` command."""
    sys.exit(main())


def _refuse(sentence: str) -> int:
    _say(f"beamclaim: {sentence}")
    if os.environ.get("BEAMCLAIM_DEBUG") == "1":
        traceback.print_exc()
    return FAILED


def _refuse_usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "beamclaim"
    words = getattr(error, "format_message", error.__str__)().strip().replace("Value error, ", "")
    if context and words == context.get_help().strip():  # a command given nothing at all shows its help
        _say(words)
        return FAILED
    end = "" if words.endswith("?") else "."
    _say(f"beamclaim: {words.rstrip('.')}{end} `{command} --help` shows what is understood")
    return FAILED


def own_up(error: Exception) -> int:
    """A bug of ours. Where it happened, never with what value: the value may be a patient's."""
    here = Path(beamclaim.__file__).parent
    frames = [f for f in traceback.extract_tb(error.__traceback__) if here in Path(f.filename).parents]
    at = ""
    if frames:
        module = ".".join(Path(frames[-1].filename).relative_to(here.parent).with_suffix("").parts)
        at = f" at {module}:{frames[-1].lineno}"
    _say(
        f"beamclaim: internal error: {type(error).__name__}{at}; please report it. "
        "BEAMCLAIM_DEBUG=1 shows the full trace, which may hold claim content"
    )
    if os.environ.get("BEAMCLAIM_DEBUG") == "1":
        traceback.print_exception(error)
    return FAILED


def _say(words: str) -> None:
    # Python's own decoding of odd file names must not make the refusal itself fail.
    print(words.encode("utf-8", "backslashreplace").decode(), file=sys.stderr)
