"""Our rows and a folder of the CMS files they came from → every row that differs, both ways, and everything that is left out.

Begin with `checks.py`: file by file, which table it is compared with. `comparison.py` compares; `fee_schedule.py`, `editor.py`,
`classification.py` and `lists.py` say what files mean. Called by `beamclaim policy verify` and by the tests, over a folder of extracts.
"""

from dataclasses import dataclass
from pathlib import Path

from beamclaim.errors import InputError, PolicyError
from beamclaim.policy.declarations import DECLARED
from beamclaim.policy.tables import PolicyTables
from beamclaim.policy.verify.checks import CHECKS, NOT_COMPARED
from beamclaim.policy.verify.comparison import Compared, LeftOut, Mismatch, compare
from beamclaim.policy.verify.files import path_of, read
from beamclaim.policy.verify.pairs import OppositePair, opposite_pairs

__all__ = ["Compared", "LeftOut", "Mismatch", "OppositePair", "Verification", "opposite_pairs", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, what was not and why, and the pairs that two tables hold in opposite order."""

    compared: tuple[Compared, ...]
    files_left_out: tuple[LeftOut, ...]
    tables_left_out: tuple[LeftOut, ...]
    opposite_pairs: tuple[OppositePair, ...]

    @property
    def agrees(self) -> bool:
        """Whether every row stands on both sides alike, and no pair both ways."""
        return not self.opposite_pairs and not any(c.mismatches for c in self.compared)


def verify(policy: PolicyTables, against: Path, tables: tuple[str, ...] = ()) -> Verification:
    """Every table that rests on CMS files (or those of `tables`) compared with the copies in the folder `against`.

    Raises InputError when a file is missing: a table that nobody could compare is not verified; PolicyError for a table
    that does not rest on such a file.
    """
    names = dict.fromkeys(c.table for c in CHECKS)
    strange = sorted(set(tables) - set(names))
    if strange:
        raise PolicyError(f"{strange[0]} has no rows that came from a CMS file here. These have: {', '.join(names)}.")
    wanted = [c for c in CHECKS if not tables or c.table in tables]
    absent = {c: [f for f in c.files if path_of(against, f) is None] for c in wanted}
    missing = [f for c in wanted for f in absent[c] if not c.is_extract]
    if missing:
        raise InputError(
            f"{against} has no {', '.join(dict.fromkeys(missing))}. Give the folder that holds the copies of the CMS "
            "files, or name the tables to verify."
        )
    compared = [compare(policy, c, [read(p) for p in _paths(against, c.files)]) for c in wanted if not absent[c]]
    unread = [
        LeftOut(f"{c.table} {c.part}".rstrip(), None, f"the folder has no {', '.join(absent[c])}")
        for c in wanted
        if absent[c]
    ]
    if tables:
        return Verification(tuple(compared), (), tuple(unread), ())
    others = [d.name for d in DECLARED if not d.whole and d.name not in names]
    pages = LeftOut(
        ", ".join(others), None, "they rest on pages, law, guidelines and our own words: no file holds them"
    )
    return Verification(
        tuple(compared), tuple(_files_left_out(against)), (*unread, pages), tuple(opposite_pairs(policy))
    )


def _paths(folder: Path, names: tuple[str, ...]) -> list[Path]:
    return [path for name in names if (path := path_of(folder, name))]


def _files_left_out(folder: Path) -> list[LeftOut]:
    """The files of the folder that no check reads; of one nobody knows, that it is new."""
    known = {f for c in CHECKS for f in c.files}
    files = (p.relative_to(folder).as_posix() for p in sorted(folder.glob("*/*")) if p.is_file())
    rooms = {f.partition("/")[0] for f in (*known, *NOT_COMPARED)}
    others = [f for f in files if f.removesuffix(".gz") not in known and f.partition("/")[0] in rooms]
    return [LeftOut(f, None, NOT_COMPARED.get(f.removesuffix(".gz"), "no table of ours is made of it")) for f in others]
