"""A verification → text for reading: what was compared, what differs, what is left out and why."""

import textwrap
from collections.abc import Iterable, Iterator

from beamclaim.policy.verify import Verification
from beamclaim.policy.verify.comparison import Compared, LeftOut


def verification_text(done: Verification) -> str:
    """Table by table the counts of both sides and each row that differs, then what is not compared at all."""
    lines = [line for compared in done.compared for line in _of_table(compared)]
    lines += [
        f"{p.column1} {p.column2} stand in {p.table}, and in {p.other} the other way round: say which of them stays"
        for p in done.opposite_pairs
    ]
    lines += _not_compared("Files that are not compared", done.files_left_out)
    lines += _not_compared("Tables that are not compared", done.tables_left_out)
    return "\n".join(lines)


def _of_table(c: Compared) -> Iterator[str]:
    yield f"{c.table}{f' ({c.part})' if c.part else ''} with {', '.join(c.files)}"
    yield (
        f"  {c.there} rows there, {c.here} here: {c.equal} equal, {c.differ} differ, {c.only_there} only there, {c.only_here} only here"
    )
    yield from (f"  {m.key}: {m.says}" for m in c.mismatches)
    for where, left_out in (("there", c.left_out_there), ("here", c.left_out_here)):
        for one in left_out:
            count = "" if one.rows is None else f"{one.rows} "
            yield from _wrapped(f"left out {where}: {count}{one.what} ({one.why})")


def _not_compared(title: str, left_out: Iterable[LeftOut]) -> Iterator[str]:
    lines = [line for one in left_out for line in _wrapped(f"{one.what}: {one.why}")]
    if lines:
        yield title
        yield from lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 110, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
