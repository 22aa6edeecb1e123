"""Rule + view → what a row keeps: the columns a rule needs of a view, those of a row that fires, those of a row nobody can tell.

A row that fires keeps its subject, what was read and shown, and the policy rows behind it: what a finding is made of. A row
that cannot be told keeps which of its facts are there: what its question is made of. Called by `verdicts`.
"""

from collections.abc import Sequence

import polars as pl

from beamclaim.engine.answered_view import AnsweredView
from beamclaim.engine.compile import compiled
from beamclaim.engine.day_rows import asks_about_days, asks_about_services
from beamclaim.expressions.leaves import Neighbor
from beamclaim.expressions.walks import groups
from beamclaim.expressions.windows import group_over
from beamclaim.rules.declaration import Rule
from beamclaim.views.view import View

#: The column of a row that fires that numbers its subject, for a rule about more than a row.
ABOUT = "about"
#: How the columns of a question begin that say whose it is, under names no rule reads.
ASKED = "asked:"
#: The column of a question that is true where nobody knows which services its day holds.
OPEN_DAY = "days:open"
#: The column of a question that is true where nobody knows whether all rows of its day count.
IN_DOUBT = "claims:open"


def wanted(view: View, rules: Sequence[Rule]) -> list[str]:
    """The columns of a view these rules need, whatever the policy says of them."""
    answers = [c for rule in rules for c in rule.policy_reads]
    names = [n for rule in rules for n in (*rule.reads, *rule.shows, *(x for c in answers for x in (c.of, c.on)))]
    if view.neighbors is not None and any(isinstance(c, Neighbor) for c in answers):
        names += [*view.neighbors.columns, *(key for keys in view.groups.values() for key in keys)]
    own = [*view.subject, *view.question.values(), *_circumstances(view), "is_history"]
    own += [name for name in (view.superseded, view.in_doubt) if name]
    own += [] if view.days is None else view.days.columns
    own += [name for rule in rules for name in rule.about]
    return list(dict.fromkeys([*(n for n in names if n in view.columns), *own]))


def fired(rule: Rule, answered: AnsweredView, rows: pl.Series, fires: pl.Series) -> pl.LazyFrame:
    """Of these rows those that fire, with the answers of the rule as ``answer:…``."""
    behind = sorted(x for c in rule.policy_reads for x in (c.row, c.open, c.of, c.on))
    pairs = [c.beginning for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"]
    partners = [f"{beginning}{field}" for beginning in pairs for field in ("partner", "partner_code")]
    of_days = () if answered.view.days is None else answered.view.days.columns
    names = dict.fromkeys((*answered.view.subject, *rule.reads, *rule.shows, *behind, *partners, *of_days))
    kept = {name: pl.col(name) for name in names if name in answered}
    if rule.about:
        kept[ABOUT] = pl.col(group_over(rule.about))
    answers = [name for name in rule.answers if name != "fires"]
    return _kept(rule, answered, rows, fires, columns=kept, answers=answers)


def undecided(rule: Rule, answered: AnsweredView, rows: pl.Series, is_undecided: pl.Series) -> pl.LazyFrame:
    """Of these rows those nobody can tell: whose they are (``asked:…``), which facts are there, which answers are open."""
    answers = rule.policy_reads
    circumstances = _circumstances(answered.view, is_asked_for=True)
    keys = (k for c in answers if c.kind == "pair" for k in answered.view.groups[c.of])
    first = [answered.view.first_fact] if answered.view.first_fact else []
    facts = dict.fromkeys((*first, *circumstances, *rule.reads, *(x for c in answers for x in (c.of, c.on)), *keys))
    whose = {f"{ASKED}{name}": pl.col(n) for name, n in answered.view.question.items()}
    is_open = {c.open: pl.col(c.open) for c in answers if c.open in answered}
    is_there = {n: pl.when(pl.col(n).is_not_null()).then(True) for n in facts if n in answered}
    missing = [name for name in rule.answers if name == "missing"]
    columns = whose | is_open | is_there | _open_days(rule, answered) | _in_doubt(rule, answered)
    return _kept(rule, answered, rows, is_undecided, columns=columns, answers=missing)


def _open_days(rule: Rule, answered: AnsweredView) -> dict[str, pl.Expr]:
    """Whether nobody knows which services the day of a row holds (`OPEN_DAY`), and whether a pair of codes hangs on it."""
    days = answered.view.days
    if days is None or not asks_about_days(rule, answered.view):
        return {}
    pairs = [c.open_day for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"]
    others = pl.col(days.is_open).fill_null(False) if asks_about_services(rule, answered.view) else pl.lit(False)
    is_open = pl.when(~pl.col(days.is_known) | others).then(True)
    return {OPEN_DAY: is_open} | {name: pl.col(name) for name in pairs if name in answered}


def _in_doubt(rule: Rule, answered: AnsweredView) -> dict[str, pl.Expr]:
    """Whether nobody knows which claims of the day of a row count (`IN_DOUBT`), and whether a pair of codes hangs on it."""
    name = answered.view.in_doubt
    if not name or not asks_about_days(rule, answered.view):
        return {}
    pairs = [c.in_doubt for c in rule.policy_reads if isinstance(c, Neighbor) and c.kind == "pair"]
    return {IN_DOUBT: pl.col(name)} | {pair: pl.col(pair) for pair in pairs if pair in answered}


def _circumstances(view: View, *, is_asked_for: bool = False) -> list[str]:
    """The circumstances of a view and what they follow from; all of them, or those a user can be asked for."""
    chosen = [c for c in view.circumstances if c.is_asked_for or not is_asked_for]
    return [name for c in chosen for name in (c.column, *view.columns[c.column].follows_from)]


def _kept(
    rule: Rule,
    answered: AnsweredView,
    rows: pl.Series,
    is_kept: pl.Series,
    *,
    columns: dict[str, pl.Expr],
    answers: Sequence[str],
) -> pl.LazyFrame:
    """The rows that are kept, with these columns and these answers of the rule."""
    trees = [rule.answers[name] for name in answers]
    names = [*(root for expr in columns.values() for root in expr.meta.root_names()), *rule.reads, *rule.groups]
    columns |= {f"answer:{name}": compiled(tree) for name, tree in zip(answers, trees, strict=True)}
    # Answers that look at other rows need these rows too; all else needs only what is kept.
    if groups(*trees):
        return answered.select(rows, names).select(**columns).filter(pl.lit(is_kept))
    return answered.select(rows.filter(is_kept), names).select(**columns)
