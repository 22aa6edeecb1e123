"""Headlines: a run in two sentences and a few sums, for who must decide what to do first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from beamclaim.findings.finding import Finding, Result
from beamclaim.outputs.report.cause import Cause, causes, severities
from beamclaim.outputs.report.shown import counted, dollars

_NONE = Decimal("0.00")
#: The risks in the order they are told.
_RISKS = ("rejection", "denial", "repayment", "underpayment", "advice")
#: Fixes a headline speaks of at most.
_FEW = 5


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the run: its name, its causes, and the charges behind their errors, each line once."""

    name: str
    causes: tuple[Cause, ...]
    charge: Decimal

    @property
    def findings(self) -> int:
        """Findings of all its causes."""
        return sum(len(cause.findings) for cause in self.causes)


def headline(result: Result) -> tuple[str, str]:
    """The run in two sentences: what may go out, and what is at risk and how few fixes settle most of it.

    The second is empty where no charge is at risk.
    """
    return _whether(result), _how_much(result)


def _whether(result: Result) -> str:
    errors = severities(result)["error"]
    if wrong := result.claims_with_errors:
        if wrong == result.claims:
            return f"{'The claim' if wrong == 1 else f'All {wrong:,} claims'} should not go out as {'it is' if wrong == 1 else 'they are'}"
        return f"{wrong:,} of {counted(result.claims, 'claim')} should not go out as {'it is' if wrong == 1 else 'they are'}"
    if errors:
        return f"{counted(errors, 'error')} in the files themselves: the receiver would send them back"
    if not result.claims:
        return "Nothing was checked"
    if result.findings:
        return f"No error in {counted(result.claims, 'claim')}; {counted(len(result.findings), 'finding')} to look at"
    return f"No finding in {counted(result.claims, 'claim')}"


def _how_much(result: Result) -> str:
    risk = result.charge_at_risk
    if not risk:
        return ""
    sums = settled(causes(result))
    enough = next((n for n, amount in enumerate(sums, start=1) if 2 * amount >= risk), len(sums))
    first = min(enough, _FEW)
    if first == len(sums):
        return f"{dollars(risk)} is at risk; {'one fix settles it' if first == 1 else f'{first} fixes settle it'}"
    fixes = "one fix settles" if first == 1 else f"{first} fixes settle"
    most = "most" if 2 * sums[first - 1] >= risk else dollars(sums[first - 1])
    return f"{dollars(risk)} is at risk; {fixes} {most} of it"


def settled(grouped: Sequence[Cause]) -> list[Decimal]:
    """Charges no longer at risk after the first fix, the first two, … of the causes that hold an error.

    A line counts when the last of its errors is gone, so that two fixes of one line are no double success.
    """
    wrong = [[f for f in cause.findings if f.severity == "error"] for cause in grouped]
    wrong = [findings for findings in wrong if findings]
    last = {key: (n, charge) for n, findings in enumerate(wrong) for f in findings for key, charge in f.charged_lines}
    gains = [_NONE] * len(wrong)
    for n, charge in last.values():
        gains[n] += charge
    return list(accumulate(gains))


def risks(result: Result) -> list[Share]:
    """The run by what may happen to the claims; a line may stand under more than one risk."""
    return _shares(result, _RISKS, lambda cause: cause.first.risk)


def work(result: Result) -> list[Share]:
    """The run by who acts, the dearest first."""
    found = _shares(result, (), lambda cause: cause.first.fix.who)
    return sorted(found, key=lambda s: (-s.charge, -s.findings, s.name))


def _shares(result: Result, order: Sequence[str], of: Callable[[Cause], str]) -> list[Share]:
    groups: dict[str, list[Cause]] = {name: [] for name in order}
    for cause in causes(result):
        groups.setdefault(of(cause), []).append(cause)
    return [
        Share(name, tuple(group), at_risk(f for c in group for f in c.findings))
        for name, group in groups.items()
        if group
    ]


def at_risk(findings: Iterable[Finding]) -> Decimal:
    """Charges behind the errors among them, each line once."""
    lines = {key: charge for f in findings if f.severity == "error" for key, charge in f.charged_lines}
    return sum(lines.values(), _NONE)
