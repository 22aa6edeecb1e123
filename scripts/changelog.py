"""Fragments of `changelog.d/` → the top section of CHANGELOG.md; with `--check`, whether they are right and there where needed.

A fragment is `<issue>[-word].<kind>.md` with one sentence. Exit status 1 where one is named wrongly or empty, or where `src`
changed since the changelog last did and no fragment says so; the remedy is printed.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = ROOT / "CHANGELOG.md"
HEADINGS = {"added": "Added", "changed": "Changed", "fixed": "Fixed", "rule": "Rules", "policy": "Policy"}
NAME = re.compile(rf"\d+(-[a-z0-9-]+)?\.({'|'.join(HEADINGS)})\.md")


def fragments() -> list[Path]:
    """Every file of the folder but its README, in order of names."""
    return sorted(path for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md")


def faults() -> list[str]:
    """What is wrong with the fragments, a sentence each with its remedy."""
    out = [f"{p.name}: name it <issue>.<{'|'.join(HEADINGS)}>.md" for p in fragments() if not NAME.fullmatch(p.name)]
    empty = [p.name for p in fragments() if not p.read_text().strip()]
    out += [f"{name}: is empty; say in one sentence what a user notices" for name in empty]
    if not fragments() and _source_changed():
        out.append("src changed since CHANGELOG.md did: add changelog.d/<issue>.<kind>.md with one sentence")
    return out


def _source_changed() -> bool:
    """Whether a commit since the last one of the changelog touched `src`; False where there is no history to ask."""
    last = _git("log", "-1", "--format=%H", "--", LOG.name)
    return bool(last) and bool(_git("diff", "--name-only", last, "HEAD", "--", "src"))


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def gathered(log: str, sentences: dict[str, list[str]]) -> str:
    """The changelog with each sentence under its heading in the top section; headings that are missing are added."""
    head, mark, rest = log.partition("\n## ")
    section, *older = re.split(r"(?=\n## )", rest, maxsplit=1)
    for kind, lines in sentences.items():
        heading, items = f"### {HEADINGS[kind]}\n", "".join(f"- {line}\n" for line in lines)
        if heading not in section:
            section = f"{section.rstrip()}\n\n{heading}"
        section = section.replace(heading, heading + items)
    return head + mark + section + "".join(older)


def main() -> int:
    """The command."""
    wrong = faults()
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    if wrong or "--check" in sys.argv:
        return bool(wrong)
    sentences: dict[str, list[str]] = {}
    for path in fragments():
        sentences.setdefault(path.name.split(".")[-2], []).append(" ".join(path.read_text().split()))
    LOG.write_text(gathered(LOG.read_text(), sentences))
    for path in fragments():
        path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
