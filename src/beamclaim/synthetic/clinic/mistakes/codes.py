"""COD: the wrong code."""

from datetime import date, timedelta

from beamclaim.synthetic.clinic.chart import Chart
from beamclaim.synthetic.clinic.mistakes.mistake import (
    Place,
    add_line,
    at,
    delivery_lines,
    hand_over_course,
    lines,
    middle,
    mistake,
    recode,
    remove,
    withhold_course,
)


@mistake("COD101", "guidance under a code that ended with 2025")
def _guidance_of_2025(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77387"], since="2026"))
    return recode(row, "77014") if row and row["units"] == "1" else None


@mistake("COD101", "IMRT delivery of 2026 under a code of 2025", also=["SEQ104", "EVD105", "AUT102"])
def _delivery_of_2025(chart: Chart) -> list[Place] | None:
    row = middle(delivery_lines(chart, since="2026")) if chart.days[0] >= "2026" else None
    fits = row and chart.regimen.is_imrt and chart.where == "hospital"
    return recode(row, "77386") if row and fits else None


@mistake("COD102", "weekly management on the hospital's claim")
def _management_by_the_hospital(chart: Chart) -> list[Place] | None:
    claim_rows = lines(chart, ["77427"], setting="professional", since="2025")
    hospital = {r["date"]: r for r in lines(chart, setting="hospital", since="2025")}
    if not (chart.payer.is_medicare and claim_rows and claim_rows[0]["date"] in hospital):
        return None
    withhold_course(chart)
    remove(chart, claim_rows[:1])
    return add_line(chart, hospital[claim_rows[0]["date"]], "77427")


@mistake("COD102", "a hospital's code in an office under Medicare")
def _cpt_in_an_office(chart: Chart) -> list[Place] | None:
    row = middle([r for r in lines(chart, ["G6012", "G6004"]) if "2025" <= r["date"] < "2026"])
    if not (row and chart.payer.is_medicare):
        return None
    withhold_course(chart)
    return recode(row, "77412" if row["code"] == "G6012" else "77402")


@mistake("COD103", "complex IMRT for a prostate, the diagnosis alone known")
def _complex_by_diagnosis(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77385"])) if not chart.regimen.compensator else None
    if row is None:
        return None
    withhold_course(chart)
    return recode(row, "77386")


@mistake("COD103", "simple IMRT for a complex site, the plan known", also=["EVD105", "AUT102"])
def _simple_by_plan(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77386"]))
    hand_over_course(chart)
    return recode(row, "77385") if row and row["units"] == "1" else None


@mistake("COD104", "the compensator's code without compensators", also=["EVD105", "AUT102"])
def _compensator_code(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["G6015"]))
    if row is None:
        return None
    hand_over_course(chart)
    return recode(row, "G6016")


@mistake("COD105", "level three for a single isocenter without motion management", also=["EVD106", "EVD105", "AUT102"])
def _level_too_high(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77407"], since="2026"))
    if row is None or row["units"] != "1":
        return None
    hand_over_course(chart)
    return recode(row, "77412")


@mistake("COD105", "level one for IMRT", also=["EVD105", "AUT102"])
def _level_too_low(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77407"], since="2026"))
    if row is None or row["units"] != "1" or not chart.regimen.is_imrt:
        return None
    hand_over_course(chart)
    return recode(row, "77402")


# Two delivery codes stand on one day then, whatever they mean.
@mistake("COD106", "one session under a CPT and a G code", also=["BND105", "UNT104"])
def _both_codes(chart: Chart) -> list[Place] | None:
    row = middle(lines(chart, ["77385", "77386"], setting="freestanding"))
    if row is None or row["units"] != "1":
        return None
    withhold_course(chart)
    return [*at(row), *add_line(chart, row, "G6015")]


@mistake("COD107", "a code of the radiation range that does not exist")
def _slip_of_the_pen(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77338"], until="2026-06-30")
    return recode(rows[0], "77337") if rows else None


# The respiratory study goes with the plan.
@mistake("COD108", "IMRT delivered, and its plan never billed", also=["COD111"])
def _no_plan(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77385", "77386", "G6015", "G6016"])
    if not rows:
        return None
    withhold_course(chart)
    remove(chart, lines(chart, ["77301"]))
    return [place for row in rows for place in at(row)]


@mistake("COD109", "delivery under another revenue code")
def _other_revenue(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivery_lines(chart) if r["setting"] == "hospital_outpatient" and r["code"] != "77373"])
    if row is None:
        return None
    row["revenue_code"] = "0324"
    return at(row)


@mistake("COD110", "a session of the stay billed apart", wrinkle="inpatient")
def _session_of_the_stay(chart: Chart) -> list[Place] | None:
    stay = chart.course["stays"][0]
    inside = [day for day in chart.days if stay["first_day"] < day < stay["last_day"]]
    rows = [r for r in delivery_lines(chart) if r["date"] > stay["last_day"]]
    if not inside or not rows or rows[0]["date"][:4] != inside[-1][:4]:
        return None
    hand_over_course(chart)
    return add_line(chart, rows[0], rows[0]["code"], day=inside[-1])


@mistake("COD110", "delivery billed while the patient was an inpatient")
def _inpatient(chart: Chart) -> list[Place] | None:
    row = middle([r for r in delivery_lines(chart) if r["setting"] == "hospital_outpatient"])
    if row is None:
        return None
    day = date.fromisoformat(row["date"])
    around = [(day + timedelta(days=n)).isoformat() for n in (-1, 1)]
    hand_over_course(chart)["stays"] = [{"kind": "inpatient", "first_day": around[0], "last_day": around[1]}]
    return at(row)


@mistake("COD111", "the respiratory study added where no plan it goes with was made")
def _study_without_plan(chart: Chart) -> list[Place] | None:
    rows = lines(chart, ["77307", "77321"], since="2025", until="2026-06-30")
    if not rows or lines(chart, ["77293", "77295", "77301"]):
        return None
    return add_line(chart, rows[0], "77293")
