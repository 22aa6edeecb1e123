"""Claims as JSON lines → the edits the hospital editor raises, as JSON lines: claim, code and edit, or claim and edit alone.

Runs in an environment of its own, since the editor needs a later Python than Beamclaim does; imports nothing of ours.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pyoce  # type: ignore[import-not-found]


def _objections(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(code, edit) for a line, ("", edit) for a diagnosis."""
    for line in answer["lineItemList"]:
        edits = {*line["hcpcsEditList"], *line["revenueEditList"], *line["serviceDateEditList"]}
        edits |= {edit for modifier in line["hcpcsModifierInputList"] for edit in modifier["editList"]}
        yield from ((line["hcpcs"], edit) for edit in edits)
    for diagnosis in (answer["principalDiagnosisCode"], *answer["secondaryDiagnosisCodeList"]):
        yield from (("", edit) for edit in diagnosis["editList"])


def _asked(claim: dict[str, Any]) -> dict[str, Any]:
    days = sorted(line["date"].replace("-", "") for line in claim["lines"])
    first, *others = claim["diagnoses"]
    return {
        "claimId": claim["claim"],
        "billType": "131",
        "dateStarted": days[0],
        "dateEnded": days[-1],
        "receiptDate": days[-1],
        "age": str(claim["age"]),
        "sex": {"M": "1", "F": "2"}[claim["sex"]],
        "principalDiagnosisCode": {"diagnosis": first},
        "secondaryDiagnosisCodeList": [{"diagnosis": code} for code in others],
        "lineItemList": [
            {
                "serviceDate": line["date"].replace("-", ""),
                "hcpcs": line["code"],
                "revenueCode": line["revenue_code"],
                "unitsInput": str(line["units"]),
                "charge": "10000",
                "hcpcsModifierInputList": [{"hcpcsModifier": modifier} for modifier in line["modifiers"]],
            }
            for line in claim["lines"]
        ],
    }


if __name__ == "__main__":
    for row in sys.stdin:
        claim = json.loads(row)
        answer = pyoce.process_claim(_asked(claim))
        objections = sorted(set(_objections(answer)))
        print(json.dumps({"claim": claim["claim"], "objections": objections}))
