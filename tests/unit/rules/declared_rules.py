"""Rules written as their authors write them: the text of a file, declared as if it stood in a family."""

from pathlib import Path
from types import ModuleType

from beamclaim.rules.declaration import Rule
from beamclaim.rules.registry import rule_of

HEAD = "from beamclaim.rules import *  # noqa: F403\nfrom beamclaim.rules import rule\n\n"


def module(body: str, *, name: str = "some_rule", folder: Path = Path("/families/units")) -> ModuleType:
    """The module of a file `name`.py with this text."""
    made = ModuleType(f"beamclaim.rules.units.{name}")
    made.__file__ = str(folder / f"{name}.py")
    exec(compile(HEAD + body, made.__file__, "exec"), vars(made))  # the text is the test's own
    return made


def declared(
    *, applies: str = "yes()", fires: str = "yes()", form: str = "", answers: str = "", code: str = "UNT199",
    name: str = "some_rule", view: str = "lines", message: str = "{line.code} is wrong", before: str = "",
) -> Rule:  # fmt: skip
    """A rule with these parts; what is not given is harmless. `before` stands above the rule."""
    return rule_of(
        module(
            f"""{before}

@rule({code!r}, title="Wrong", view={view!r}, applies={applies}, at="line.code", message={message!r}, to_do="Mend it", {form})
def {name}():
    return dict(fires={fires}, {answers})
""",
            name=name,
        )
    )
