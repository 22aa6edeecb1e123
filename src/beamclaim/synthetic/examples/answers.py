"""The page about the claim files: how to ask, and what is right or wrong about each claim."""

from collections.abc import Sequence

from beamclaim.synthetic.examples.example_file import ClaimAnswer, ExampleFile

_HEAD = """# Practise on whole files

The folder `examples/` holds three files as a department sends them: most claims are right, the others hold mistakes departments
make. Nobody in them exists. `beamclaim.synthetic.examples` writes them, and this page.

```
beamclaim check examples/hospital-2025-12.837
beamclaim check examples/hospital-2026-01.837 --history examples/hospital-2025-12.837
beamclaim check examples/office-2026-10.837 --course examples/office-2026-10.course.json --format html
```

Read a file as you would read your own and decide what is wrong with it, then ask. The answers are below: where one says
*right*, nothing is found; *cannot tell* names the rule that would need the record of treatment.
"""


def answers_page(example_files: Sequence[ExampleFile]) -> str:
    """The page, made from what the books say of themselves."""
    parts = [_HEAD]
    for file in example_files:
        parts += [f"## {file.title}", "", f"`{file.name}.837`, made on {file.made_on}", ""]
        parts += ["| claim | what was done | what is wrong | rules |", "|---|---|---|---|"]
        parts += [_row(answer) for answer in file.answers]
        parts.append("")
    return "\n".join(parts)


def _row(answer: ClaimAnswer) -> str:
    rules = [*answer.rules, *(f"{rule}: cannot tell" for rule in answer.open)]
    return f"| {answer.claim} | {answer.what} | {answer.wrong or 'right'} | {', '.join(rules)} |"
