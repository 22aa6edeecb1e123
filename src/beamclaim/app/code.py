"""Courses → what may be charged for them: course forms or evidence in, proposed charges with their reasons out.

The reading is that of `check --course`; the charges are decided by `charging` and `engine/propose.py`. Begin with `code`.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

import beamclaim
from beamclaim.app.run import Inputs, Run
from beamclaim.charging.registry import charges
from beamclaim.errors import SettingError
from beamclaim.findings.course_charges import CourseCharges
from beamclaim.policy import PolicyAnswers, load_policy
from beamclaim.progress import Progress, unheard
from beamclaim.views.assumptions import Assumptions


@dataclass(frozen=True, slots=True)
class CodeOptions:
    """What `code` is asked: the courses, what they may not say themselves, and which families."""

    courses: tuple[str, ...]
    as_of: date = field(default_factory=date.today)
    setting: str | None = None
    payer_line: str | None = None
    families: tuple[str, ...] = ()
    policy: Path | None = None


def code(options: CodeOptions, *, stdin: BinaryIO | None = None, progress: Progress = unheard) -> CourseCharges:
    """Courses → what may be charged for each of their sessions and procedures.

    Raises:
        SettingError: a family there is not.
        PolicyError: a policy folder that cannot be used.
    """
    known = {c.family for c in charges()}
    for family in options.families:
        if family not in known:
            raise SettingError(f"no family of charges is called {family!r}; there are {', '.join(sorted(known))}")
    policy = PolicyAnswers(load_policy(folder=options.policy, as_of=options.as_of))
    with Run() as run:
        run.read(Inputs((), courses=options.courses, as_of=options.as_of), stdin, progress)
        tables = run.run_tables()
    assumptions = Assumptions(options.as_of, options.setting, options.payer_line)
    return CourseCharges(tables, policy, assumptions, engine=beamclaim.__version__, families=options.families)
