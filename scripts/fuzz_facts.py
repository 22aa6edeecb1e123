"""Damages files of HL7 v2 and FHIR, joins each copy into courses, and holds the answer against that of the sound file.

Damage never accuses and never acquits: no exception, no fraction or complete fraction the sound file does not have, no
further charge or stay, and what is missing from the answer is said (a fault, an unknown, a conflict, a note). An HL7 v2 file
that lost its end is held to the first alone: a message may end behind any segment, so the loss cannot be seen. Run from the
repository: ``python scripts/fuzz_facts.py [--damages 2000] [--seed 1]``. Exit status 1 when one of these is broken; the
number of the input is printed.
"""

import argparse
import io
import json
import random
import sys
from collections import Counter
from datetime import date
from typing import Any

from fuzz_readers import damaged, files

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.outputs.facts.json import write_json

AS_OF = date(2026, 12, 1)
LISTS = ("plans", "fractions", "charges", "documents", "stays", "authorizations")
FORMATS = {"HL7 v2": ("hl7v2/**/*.hl7", "evidence/hl7/**/*.hl7"), "FHIR": ("fhir/*.json",)}
_TAIL, _REACH = 12, 400
"""Bytes at the end of a copy that must be near the end of the sound file."""

Answer = dict[str, Any]


def answer(data: bytes) -> Answer:
    """What `facts` says of a file."""
    out = io.StringIO()
    write_json(facts(FactsOptions(("-",), as_of=AS_OF), stdin=io.BytesIO(data)), out)
    known: Answer = json.loads(out.getvalue())
    return known


def counts(known: Answer) -> Counter[str]:
    """How many of each list, and of fractions that are complete."""
    out: Counter[str] = Counter()
    for entry in known["courses"]:
        for name in LISTS:
            out[name] += len(entry["course"].get(name, ()))
        out["complete"] += sum(f.get("status") == "complete" for f in entry["course"].get("fractions", ()))
    return out


def remarks(known: Answer) -> Counter[str]:
    """All that is asked, noted or found wrong; where it stands is left out, for damage moves it."""
    rows = [*known["notes"], *known["faults"], *(f["error"] for f in known["files"] if f["error"])]
    for entry in known["courses"]:
        rows += [*entry["unknown"], *entry["conflicts"], *entry["notes"]]
    return Counter(json.dumps(_placeless(row), sort_keys=True) for row in rows)


def _placeless(row: Any) -> Any:
    if isinstance(row, dict):
        return {key: _placeless(value) for key, value in row.items() if key not in ("where", "start", "end", "line")}
    return [_placeless(each) for each in row] if isinstance(row, list) else row


def is_cut(data: bytes, copy: bytes) -> bool:
    """Whether the end of a file is gone: of HL7 v2 what is left may be a whole message, and nothing shows that more stood there."""
    return copy[-_TAIL:] not in data[-_REACH:]


def unmet(sound: Answer, after: Answer, *, may_be_less: bool) -> list[str]:
    """What an answer to a damaged copy has that it must not have, or lacks without a word."""
    before, now = counts(sound), counts(after)
    more = [name for name in ("fractions", "complete", "charges", "stays") if now[name] > before[name]]
    out = [f"{now[name]} {name}, not {before[name]}" for name in more]
    less = [name for name in LISTS if now[name] < before[name]]
    if less and not may_be_less and not remarks(after) - remarks(sound):
        out.append(f"fewer {', '.join(less)}, and nothing is said")
    return out


def run(name: str, damages: int, seed: int) -> bool:
    """Damages and joins so many copies; prints a line; False when something was broken."""
    samples = [data for pattern in FORMATS[name] for data in files(pattern)]
    sound: dict[bytes, Answer] = {}
    count: Counter[str] = Counter()
    for number in range(damages):
        chance = random.Random(f"{seed} {name} {number}")
        data = chance.choice(samples)
        copy = damaged(data, chance)
        may_be_less = name == "HL7 v2" and is_cut(data, copy)
        sound[data] = before = sound.get(data) or answer(data)
        try:
            wrong = unmet(before, answer(copy), may_be_less=may_be_less)
        except Exception as error:
            count["crashed"] += 1
            wrong = [f"{type(error).__name__}: {error}"]
        count["broken"] += bool(wrong)
        for text in wrong:
            print(f"{name} input {number} of seed {seed}: {text}", file=sys.stderr)
    print(
        f"{name:8} {len(samples):3} samples  {damages:6,} damaged  {count['crashed']} crashed  {count['broken']} broken",
        flush=True,
    )
    return not count["broken"]


def main() -> int:
    """Both formats in turn; 1 when something was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--damages", type=int, default=2_000, help="for each format")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    held = [run(name, asked.damages, asked.seed) for name in FORMATS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
