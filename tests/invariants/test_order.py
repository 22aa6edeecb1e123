"""In whatever order lines, claims and files come, and whatever their numbers, the same is said of the same services."""

import csv
import random
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from beamclaim.app.check import CheckOptions, check
from beamclaim.findings.result import Result
from beamclaim.rules import registry
from beamclaim.synthetic.clinic import MISTAKES, clinic, plant
from beamclaim.testing.cases import COLUMNS
from beamclaim.testing.random_tables import Row

TODAY = date(2026, 11, 23)
#: What is said of a service: how often, by rule, patient, code, day, modifiers and severity, or what is missing.
Said = Counter[tuple[Any, ...]]


def spoiled() -> list[Row]:
    """The claims of patients on each of whom one mistake was planted, as far as the claims table can say it."""
    rules = {r.code for r in registry.rules()}
    mistakes = [m for m in MISTAKES if m.edit is None and m.rule in rules]
    world, _ = plant(clinic(150, 7).charts, mistakes, each=1, seed=7)
    # Two claims may carry one number: a line of theirs is told by its own.
    number: Counter[str] = Counter()
    table = []
    for row in (row for chart in world.charts for row in chart.rows):
        number[row["claim"]] += 1
        table.append(row | {"line": number[row["claim"]]})
    return table


def shuffled(table: list[Row], seed: int) -> list[list[Row]]:
    """The rows in another order, each claim in one of three files and under another number, its lines numbered as they come."""
    chance = random.Random(seed)
    claims: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        claims[row["claim"]].append(row)
    order = chance.sample(sorted(claims), len(claims))
    number = {claim: f"R{at:05}" for at, claim in enumerate(order)}
    files: list[list[Row]] = [[], [], []]
    for claim in order:
        rows = chance.sample(claims[claim], len(claims[claim]))
        chance.choice(files).extend(
            row
            | {
                "claim": number[claim],
                "line": at,
                "original_claim": number.get(row.get("original_claim", ""), row.get("original_claim", "")),
            }
            for at, row in enumerate(rows, 1)
        )
    return files


def checked(files: list[list[Row]]) -> Result:
    """What is said of the claims of some files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.csv" for n in range(len(files))]
        for path, rows in zip(paths, files, strict=True):
            with path.open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
        return check(CheckOptions(tuple(map(str, paths)), as_of=TODAY)).result


def said(files: list[list[Row]]) -> tuple[Said, Said]:
    """Findings and questions."""
    result = checked(files)
    services: dict[tuple[str | None, int | None], tuple[Any, ...]] = {}
    for row in (row for rows in files for row in rows):
        services[row["claim"], None] = (row["patient"],)
        service = (row["patient"], row["code"], str(row["date"]), row.get("modifiers", ""))
        services[row["claim"], int(row["line"])] = service
    # What is said once of a claim stands on its first line, whichever that is; the lines it names are the same.
    of_claims = {rule.code for rule in registry.rules() if rule.about}
    named = {
        f.id: tuple(sorted(services[f.claim, n] for n in f.lines)) or services.get((f.claim, None))
        for f in result.findings
    }
    found = Counter((f.rule, named[f.id], f.severity) for f in result.findings)
    questions = Counter(
        (u.rule, services.get((u.claim, None if u.rule in of_claims else u.line)), u.missing) for u in result.undecided
    )
    return found, questions


def test_the_order_of_lines_claims_and_files_changes_nothing() -> None:
    table = spoiled()
    found, questions = said([table])
    found_again, questions_again = said(shuffled(table, 1))
    assert len({rule for rule, *_ in found}) > 30
    assert (found - found_again, found_again - found) == (Counter(), Counter())
    assert (questions - questions_again, questions_again - questions) == (Counter(), Counter())
