"""Headlines: a run in two sentences and a few sums, for who must decide what to do first."""

from beamclaim.findings.result import Result
from beamclaim.model.value_sets import RISKS
from beamclaim.outputs.report.cause import Causes, Share, severities
from beamclaim.outputs.report.printable import counted, dollars

#: Fixes a headline speaks of at most.
_FEW = 5


def headline(result: Result, causes: Causes) -> tuple[str, str]:
    """The run in two sentences: what may go out, and what is at risk and how few fixes settle most of it.

    The second is empty where no charge is at risk.
    """
    return _whether(result), _how_much(result, causes)


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


def _how_much(result: Result, causes: Causes) -> str:
    risk = result.charge_at_risk
    if not risk:
        return ""
    sums = causes.settled()
    enough = next((n for n, amount in enumerate(sums, start=1) if 2 * amount >= risk), len(sums))
    first = min(enough, _FEW)
    if first == len(sums):
        return f"{dollars(risk)} is at risk; {'one fix settles it' if first == 1 else f'{first} fixes settle it'}"
    fixes = "one fix settles" if first == 1 else f"{first} fixes settle"
    most = "most" if 2 * sums[first - 1] >= risk else dollars(sums[first - 1])
    return f"{dollars(risk)} is at risk; {fixes} {most} of it"


def risks(causes: Causes) -> list[Share]:
    """The run by what may happen to the claims; a line may stand under more than one risk."""
    return sorted(causes.shares("risk"), key=lambda share: RISKS.index(share.name))


def work(causes: Causes) -> list[Share]:
    """The run by who acts, the dearest first."""
    return sorted(causes.shares("who"), key=lambda share: (-share.charge, -share.findings, share.name))
