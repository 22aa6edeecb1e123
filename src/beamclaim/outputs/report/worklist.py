"""The work list of the page: what is at risk of what, who has to act, and the fixes that settle most."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from beamclaim.findings.result import Result
from beamclaim.outputs.report import wording
from beamclaim.outputs.report.cause import Cause, Causes, Share
from beamclaim.outputs.report.headline import risks, work
from beamclaim.outputs.report.markup import Markup, fill, joined
from beamclaim.outputs.report.printable import counted, dollars

#: Fixes on the work list; the page names all further below.
MOST_FIXES = 8
_BAR = (
    '<svg class="share {kind}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="{width}" height="4"/></svg>'
)
_SHARE = '<li><span class="name">{name}<small>{words}</small></span> <span class="money">{money}</span>{bar}</li>\n'
_FIX = (
    '<li><a href="#cause-{number}">{todo}</a> <span class="money">{money}</span>'
    "<small>{who}{title} – {lines}</small>{bar}</li>\n"
)


def write_worklist(result: Result, causes: Causes) -> Markup:
    """The section between headline and causes; nothing where nothing was found."""
    if not causes:
        return Markup("")
    return fill(
        '<section id="work" aria-labelledby="work-title"><h2 id="work-title">What to do first</h2>\n'
        '<p class="lede">{lede}</p><ol class="fixes">\n{fixes}</ol>{more}\n'
        '<div class="shares"><div><h3>Who has to act</h3><ul>{people}</ul></div>'
        "<div><h3>What may happen to the claims</h3><ul>{risks}</ul></div></div></section>\n",
        lede=_lede(result, causes), fixes=_fixes(causes), more=_more(causes), people=_shares(work(causes), _fixes_of),
        risks=_shares(risks(causes), _risk),
    )  # fmt: skip


def _lede(result: Result, causes: Causes) -> str:
    sums = causes.settled()
    first = min(len(sums), MOST_FIXES)
    if not first or not result.charge_at_risk:
        return "Nothing here keeps a claim from going out."
    what = "This fix settles" if first == 1 else f"These {first} fixes settle"
    much = "all" if sums[first - 1] == result.charge_at_risk else dollars(sums[first - 1])
    return f"{what} {much} of the {dollars(result.charge_at_risk)} at risk. A line counts when the last of its errors is gone."


def _fixes(causes: Causes) -> Markup:
    top = causes[:MOST_FIXES]
    most = max((cause.charge for cause in top), default=Decimal(0))
    return joined(
        fill(
            _FIX, number=number, todo=cause.first.fix.text, money=dollars(cause.charge) if cause.charge else "–",
            who=f"{cause.first.fix.who.capitalize()}: " if cause.first.fix.who else "", title=cause.first.title,
            lines=_place(cause), bar=_bar(cause.charge, most, cause.severity),
        )
        for number, cause in enumerate(top, start=1)
    )  # fmt: skip


def _more(causes: Causes) -> Markup:
    if len(causes) <= MOST_FIXES:
        return Markup("")
    left = counted(len(causes) - MOST_FIXES, "more cause")
    return fill('<p class="after"><a href="#findings">{left} below</a></p>', left=left)


def extent(cause: Cause) -> str:
    """How far a cause reaches: ``8 lines in 2 claims``."""
    parts = [counted(n, noun) for n, noun in ((cause.lines, "line"), (cause.claims, "claim")) if n]
    return " in ".join(parts) or counted(len(cause.findings), "place")


def _place(cause: Cause) -> str:
    """The same, naming the claim where there is only one: ``1 line in claim H-2512``."""
    if cause.claims != 1:
        return extent(cause)
    claim = f"claim {cause.first.claim}"
    return f"{counted(cause.lines, 'line')} in {claim}" if cause.lines else claim


def _shares(shares: Sequence[Share], words: Callable[[Share], str]) -> Markup:
    most = max((share.charge for share in shares), default=Decimal(0))
    return joined(
        fill(
            _SHARE, name=(share.name or "anyone").capitalize(), words=words(share),
            money=dollars(share.charge) if share.charge else "–", bar=_bar(share.charge, most, "plain"),
        )
        for share in shares
    )  # fmt: skip


def _fixes_of(share: Share) -> str:
    return counted(share.causes, "fix", "fixes")


def _risk(share: Share) -> str:
    words = wording.RISKS.get(share.name, "")
    findings = counted(share.findings, "finding")
    only = "" if share.charge else ", nothing at risk"
    return f"{words}; {findings}{only}" if words != share.name else f"{findings}{only}"


def _bar(charge: Decimal, most: Decimal, kind: str) -> Markup:
    width = f"{100 * max(charge, Decimal(0)) / most:.2f}" if most > 0 else "0"
    return fill(_BAR, kind=kind, width=width)
