"""The documents policy rests on, and YAML files of a policy folder → values; anything not understood is refused.

`read_yaml`, `refuse_unknown` and `line_of` serve parameters and coverage too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from beamclaim.errors import PolicyError

_SOURCE_KEYS = {
    "title", "publisher", "url", "published", "retrieved", "supports", "voice", "sha256", "quote", "license", "licence",
}  # fmt: skip
_NEEDED = ("title", "publisher")


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A document a policy row rests on.

    `published` is null where no full day is known; `published_as` keeps what the copy says. Sources with one `voice`
    repeat one another and count once when independent sources are counted.
    """

    id: str
    title: str
    publisher: str
    url: str
    published: date | None
    published_as: str
    retrieved: date | None
    voice: str
    supports: str


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping of a YAML file; a key given twice is refused.

    Raises PolicyError: not YAML, a key twice, or not a mapping; names file and line.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Strict(base):  # type: ignore[misc]
        """A loader that refuses a key given twice."""

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        keys: set[Any] = set()
        for key_node, _ in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in keys:
                raise PolicyError(
                    f"{path.name} line {key_node.start_mark.line + 1}: the key {key!r} stands here twice. "
                    "One of the two would be lost without a word; remove or rename one."
                )
            keys.add(key)
        return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise PolicyError(f"{path.name}{where}: this is not YAML ({getattr(error, 'problem', error)}).") from error
    except (ValueError, TypeError) as error:  # a day that is none, a key that is a list
        raise PolicyError(f"{path.name}: a value cannot be read ({error}). Write days as 2026-01-31.") from error
    if not isinstance(loaded, dict):
        raise PolicyError(f"{path.name} line 1: a mapping is expected (name: …), one entry a name.")
    return loaded


def refuse_unknown(path: Path, name: str, entry: object, allowed: set[str]) -> None:
    """Raises PolicyError when `entry` is no mapping or has a key that is not allowed: to ignore it would be to lie."""
    if not isinstance(entry, dict):
        raise PolicyError(
            f"{path.name} line {line_of(path, name)}: an entry of {name} is a mapping of {', '.join(sorted(allowed))}."
        )
    unknown = sorted(set(map(str, entry)) - allowed)
    if unknown:
        line = line_of(path, unknown[0], after=name)
        raise PolicyError(
            f"{path.name} line {line}: {name} has the unknown key {unknown[0]!r}. Known: {', '.join(sorted(allowed))}."
        )


def line_of(path: Path, key: str, *, after: str = "") -> int:
    """The line on which `key` stands in a YAML file, after the line of the entry `after`; 1 when not found."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [i for i, text in enumerate(lines) if after and after in text]
    for i in range(starts[0] if starts else 0, len(lines)):
        if re.match(rf"[\s{{,-]*{re.escape(key)}\s*:", lines[i]) or f"{key}:" in lines[i]:
            return i + 1
    return 1


def as_day(value: object) -> date | None:
    """A full day, or null: a year or a month alone is no day."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def read_sources(folder: Path, described: Mapping[str, PolicySource]) -> dict[str, PolicySource]:
    """The sources a policy folder describes, by id; `described`: those of the folders before it.

    Raises PolicyError: an unknown key, a missing title or publisher, an id given twice.
    """
    sources: dict[str, PolicySource] = {}
    for path in (*sorted(folder.glob("sources/**/*.yaml")), *folder.glob("imported/sources.yaml")):
        for name, entry in read_yaml(path).items():
            wrong = ""
            if not isinstance(entry, dict) or not all(entry.get(key) for key in _NEEDED):
                wrong = f"needs {' and '.join(_NEEDED)}, so that a reader can find it again"
            elif name in sources or name in described:
                wrong = "is already described. Keep one of the two"
            if wrong:
                raise PolicyError(f"{path.name} line {line_of(path, str(name))}: source {name} {wrong}.")
            refuse_unknown(path, str(name), entry, _SOURCE_KEYS)
            published = entry.get("published", "")
            sources[name] = PolicySource(
                str(name), str(entry["title"]), str(entry["publisher"]), str(entry.get("url", "")), as_day(published),
                str(published), as_day(entry.get("retrieved")), str(entry.get("voice", entry["publisher"])),
                str(entry.get("supports", "")),
            )  # fmt: skip
    return sources
