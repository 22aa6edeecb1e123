"""Beamclaim: a linter for radiation-oncology claims, with the evidence attached.

The public door: `check` (claims → `Result`) and `facts` (records of treatment → `Facts`), as the commands of the same name. What
they need is loaded when they are first called, so that ``import beamclaim`` and ``beamclaim --help`` cost nothing.
`docs/how-to/python.md` shows them.
"""

from collections.abc import Iterable
from datetime import date
from importlib import import_module
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from beamclaim.model.value_sets import PayerLine, Setting

if TYPE_CHECKING:
    from beamclaim.courses.facts import Facts
    from beamclaim.findings.finding import Finding
    from beamclaim.findings.result import Result

__version__ = "0.1.0"
__all__ = ["Facts", "Finding", "Result", "__version__", "check", "facts"]

Path = str | PathLike[str]
#: Where the values live that these functions give, for annotations of one's own.
_HOMES = {
    "Facts": "beamclaim.courses.facts",
    "Finding": "beamclaim.findings.finding",
    "Result": "beamclaim.findings.result",
}


def check(
    paths: Path | Iterable[Path],
    *,
    course: Path | Iterable[Path] = (),
    history: Path | Iterable[Path] = (),
    setting: Setting | None = None,
    payer_line: PayerLine | None = None,
    mac: str | None = None,
    as_of: date | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    waivers: Path | None = None,
    policy: Path | None = None,
) -> "Result":
    """Claims → every finding, what could not be told, and what was asked how often.

    `paths`, `course` and `history` take files, folders and archives, as ``beamclaim check`` does. `setting`, `payer_line` and `mac`
    count where a claim does not say them; `as_of` is the day the question is put (today). `select` and `ignore` take codes, families
    and names of rules. `policy` is a folder of tables of one's own; ``beamclaim.toml`` is read by the command alone.

    A file that cannot be read is in ``result.files`` with its error; the others are checked.

    Raises:
        SettingError: a selector answers to no rule, or the waivers are not right.
        PolicyError: a table of the policy is wrong.
    """
    from pathlib import Path

    from beamclaim.app.check import CheckOptions
    from beamclaim.app.check import check as run

    options = CheckOptions(
        _paths(paths),
        course=_paths(course),
        history=_paths(history),
        setting=setting,
        payer_line=payer_line,
        mac=mac,
        as_of=as_of or date.today(),
        select=tuple(select),
        ignore=tuple(ignore),
        waivers=None if waivers is None else fspath(waivers),
        policy=None if policy is None else Path(policy),
    )
    return run(options).result


def facts(
    paths: Path | Iterable[Path],
    *,
    setting: Setting | None = None,
    payer_line: PayerLine | None = None,
    payer: str | None = None,
    diagnoses: Iterable[str] = (),
    mapping: Path | None = None,
    as_of: date | None = None,
) -> "Facts":
    """Treatment records, plans and messages → courses, each fact with the bytes that say so.

    `paths` takes files, folders and archives of DICOM RT, FHIR and HL7 v2. `setting`, `payer_line`, `payer` and `diagnoses` count where
    no file says them. `mapping` says what senders of HL7 v2 put where. What nobody can tell is left out of a course and noted.

    Raises:
        PolicyError: the mapping cannot be used.
    """
    from pathlib import Path

    from beamclaim.app.facts import FactsOptions
    from beamclaim.app.facts import facts as run
    from beamclaim.courses import CourseDefaults

    defaults = CourseDefaults(setting, payer_line, payer, tuple(diagnoses))
    chart = None if mapping is None else Path(mapping)
    return run(FactsOptions(_paths(paths), defaults, as_of or date.today(), chart))


def _paths(paths: Path | Iterable[Path]) -> tuple[str, ...]:
    """One path or many, as text."""
    return (fspath(paths),) if isinstance(paths, str | PathLike) else tuple(fspath(path) for path in paths)


def __getattr__(name: str) -> Any:
    """`Result`, `Finding` and `Facts`, loaded when they are first named."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'beamclaim' has no attribute {name!r}")
