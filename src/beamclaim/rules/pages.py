"""A rule → what its page lacks, as sentences that say the file and what to write; nothing for a page that is whole.

A rule is a file and a page beside it, with headings in a fixed order. Called by the tests and by whoever scaffolds a rule.
"""

from beamclaim.rules.declaration import Rule

#: The headings of a page, in order; `## Cases` holds what the tests run.
HEADINGS = ("## What it finds", "## Why it matters", "## What to do", "## Sources", "## Cases")


def page_problems(rule: Rule) -> tuple[str, ...]:
    """What is missing from the page of a rule, or stands in the wrong place."""
    if not rule.page.is_file():
        return (f"{rule.page} is missing: write it beside {rule.source.name}, with {', '.join(HEADINGS)}",)
    text = rule.page.read_text(encoding="utf-8")
    problems = []
    title = f"# {rule.code} {rule.name}"
    if not text.startswith(f"{title}\n"):
        problems.append(f"{rule.page} begins with {text.partition(chr(10))[0]!r}: its first line is {title!r}")
    places = {heading: text.find(f"\n{heading}\n") for heading in HEADINGS}
    problems += [f"{rule.page} lacks the heading {heading!r}" for heading, at in places.items() if at < 0]
    present = [heading for heading, at in places.items() if at >= 0]
    if present != sorted(present, key=places.__getitem__):
        problems.append(f"{rule.page}: the headings stand in the order {', '.join(HEADINGS)}")
    if "```case\n" not in text and "```x12\n" not in text:
        problems.append(f"{rule.page} holds no case: under '## Cases' write one that fires and one that does not")
    return tuple(problems)
