"""DXN: diagnoses."""

from beamclaim.synthetic.clinic.biller import DELIVERY
from beamclaim.synthetic.clinic.chart import Chart, Row
from beamclaim.synthetic.clinic.mistakes.mistake import Place, hand_over_course, lines, middle, mistake

#: The last day of the newest ICD-10-CM release that is shipped: after it nobody can tell.
READ = "2026-09-30"


def _treating(chart: Chart) -> list[Row]:
    """The lines of one claim with delivery."""
    row = middle(lines(chart, DELIVERY))
    return [r for r in chart.rows if row is not None and r["claim"] == row["claim"]]


def _instead(rows: list[Row], old: str, new: str) -> list[Place] | None:
    """Other diagnoses on a claim; None where it does not have the old one."""
    if not rows or old not in rows[0]["diagnoses"]:
        return None
    for row in rows:
        row["diagnoses"] = row["diagnoses"].replace(old, new)
    return [(claim, None) for claim in {r["claim"]: 0 for r in rows}]


@mistake("DXN101", "a diagnosis that is not on the payer's closed list")
def _not_on_the_list(chart: Chart) -> list[Place] | None:
    rows = _treating(chart)
    fits = chart.payer.id == "60054" and chart.regimen.is_imrt and chart.days[0] >= "2026"
    if not (rows and fits):
        return None
    course = hand_over_course(chart)
    course["diagnoses"] = ["C18.7"]
    for plan in course["plans"]:
        plan["site"] = "abdomen"
    return _instead(chart.rows, chart.regimen.diagnoses[0], "C18.7")


@mistake("DXN102", "a category for a code")
def _category(chart: Chart) -> list[Place] | None:
    known = chart.days[-1] <= READ
    return _instead(_treating(chart), "C34.11", "C34.1") if known else None


@mistake("DXN103", "a benign tumour alone")
def _benign(chart: Chart) -> list[Place] | None:
    if chart.payer.id in ("87726", "60054") or chart.days[-1] > READ:
        return None
    return _instead(_treating(chart), "C71.1", "D32.0")


@mistake("DXN104", "the encounter for radiotherapy left out")
def _no_encounter(chart: Chart) -> list[Place] | None:
    return _instead(_treating(chart), "Z51.0;", "") if chart.days[-1] <= READ else None


@mistake("DXN105", "a metastasis treated, the primary alone billed", also=["UNT106", "DXN101"])
def _primary_alone(chart: Chart) -> list[Place] | None:
    if chart.regimen.site not in ("thoracic spine", "lumbar spine") or chart.days[-1] > READ:
        return None
    hand_over_course(chart)
    return _instead(_treating(chart), "C79.51;", "")


# The limit of the payer is then that of bone, and IMRT is complex or not by what is treated.
@mistake("DXN105", "the prostate treated, its metastasis alone billed", also=["UNT106", "DXN101"])
def _metastasis_alone(chart: Chart) -> list[Place] | None:
    if chart.regimen.diagnoses != ("C61", "C79.51") or chart.days[-1] > READ:
        return None
    hand_over_course(chart)
    return _instead(_treating(chart), "C61;", "")


@mistake("DXN105", "the breast treated, its nodes alone billed", also=["DXN101"])
def _nodes_alone(chart: Chart) -> list[Place] | None:
    breast, *nodes = chart.regimen.diagnoses
    if nodes != ["C77.3"] or chart.days[-1] > READ:
        return None
    hand_over_course(chart)
    return _instead(_treating(chart), f"{breast};", "")


@mistake("DXN106", "a prostate in a woman")
def _wrong_sex(chart: Chart) -> list[Place] | None:
    if chart.regimen.diagnoses[0] != "C61" or chart.days[-1] > READ:
        return None
    for row in chart.rows:
        row["sex"] = "F"
    return [(claim, None) for claim in chart.claims()]


@mistake("DXN107", "irradiated before, and no code says so")
def _retreated(chart: Chart) -> list[Place] | None:
    rows = _treating(chart)
    if not rows or chart.days[-1] > READ:
        return None
    hand_over_course(chart)["prior_radiation"] = [{"site": chart.regimen.site, "ended_on": "2021-05-01"}]
    return [(claim, None) for claim in chart.claims()]


@mistake("DXN108", "one diagnosis twice")
def _twice(chart: Chart) -> list[Place] | None:
    rows = _treating(chart)
    code = chart.regimen.diagnoses[0]
    return _instead(rows, code, f"{code};{code}") if rows else None


@mistake("DXN109", "receptor status before all else", also=["DXN104"])
def _receptor_first(chart: Chart) -> list[Place] | None:
    rows = _treating(chart)
    known = chart.days[-1] <= "2026-06-30"
    if not (rows and known and rows[0]["setting"] == "hospital_outpatient" and rows[0]["diagnoses"].find("C50") > 0):
        return None
    return _instead(rows, "Z51.0;", "Z17.0;Z51.0;")


@mistake("DXN110", "follow-up after treatment beside the treatment")
def _follow_up(chart: Chart) -> list[Place] | None:
    rows = _treating(chart)
    known = chart.days[-1] <= "2026-09-30"
    code = chart.regimen.diagnoses[-1]
    return _instead(rows, code, f"{code};Z08") if rows and known else None
