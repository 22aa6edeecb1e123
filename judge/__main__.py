"""``python -m judge PYTHON [COUNT] [SEED] [--ours]``: the table, and each case in which the editor alone objected.

PYTHON is one of 3.12 or later with the editor in it (``make judge`` makes that environment); ``--ours`` shows also where Beamclaim alone
objected. Exit status 1 where the editor alone did.
"""

import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from judge.claims import Claim, Draw
from judge.compare import Answer, Objection, answers

EDITOR = Path(__file__).with_name("editor.py")


def main(python: str, count: int, seed: int, *, show_ours: bool) -> int:
    """Prints the table; 1 where an objection of the editor has no answer."""
    draw = Draw(seed)
    claims = list(draw.claims(count))
    by_name = {claim.claim: claim for claim in claims}
    with tempfile.TemporaryDirectory() as folder:
        table = answers(claims, Path(folder), (python, str(EDITOR)), known=draw.codes)
    print(f"{count} claims, {sum(len(c.lines) for c in claims)} lines, seed {seed}\n")
    print(f"{'':48}{'both':>8}{'only the editor':>18}{'other codes':>14}{'cannot tell':>14}{'only ours':>12}")
    for answer in table:
        counts = [len(o) for o in (answer.only_editor, answer.outside, answer.cannot_tell, answer.only_ours)]
        print(f"{answer.question.says:48}{answer.both:8}{counts[0]:18}{counts[1]:14}{counts[2]:14}{counts[3]:12}")
    for answer in table:
        _show("only the editor", answer, answer.only_editor, by_name)
    if show_ours:
        for answer in table:
            _show("only ours", answer, answer.only_ours, by_name)
    return 1 if any(answer.only_editor for answer in table) else 0


def _show(who: str, answer: Answer, objections: Iterable[Objection], by_name: Mapping[str, Claim]) -> None:
    for objection in objections:
        claim = by_name[objection.claim]
        lines = ", ".join("-".join((line.code, *line.modifiers)) + f" {line.date}" for line in claim.lines)
        print(
            f"\n{who}: {answer.question.says}: {objection.code or ';'.join(claim.diagnoses)}\n  {objection.claim}: {lines}"
        )


if __name__ == "__main__":
    python, *numbers = (word for word in sys.argv[1:] if word != "--ours")
    count, seed = (*map(int, numbers), *(2_000, 18)[len(numbers) :])
    sys.exit(main(python, count, seed, show_ours="--ours" in sys.argv))
