"""Cells of a policy row → the row as a sentence: what it is about and what it says. Declared with its table (`says`).

The days, for whom it holds and how sure it is are said of every row alike, by the report. Blank cells are absent.
"""

from beamclaim.policy.declarations.form import Cells

_DAYS_OF = {"line.date": "date of service", "claim.last_day": "last day"}


def life(c: Cells) -> str:
    """A code; its days and successor follow."""
    return f"{c['code']}: "


def listed(c: Cells) -> str:
    """A code of the fee files."""
    return f"{c['code']}: listed in the fee files"


def delivery(c: Cells) -> str:
    """What a delivery code means."""
    guidance = {"yes": "guidance inside", "no": "guidance apart"}.get(c.get("includes_guidance", ""))
    technique = {"imrt": "IMRT", "srs": "SRS", "sbrt": "SBRT"}.get(c.get("technique", ""), c.get("technique"))
    return f"{c['code']}: {_joined(technique, _level(c.get('level')), c.get('per') and 'per ' + c['per'], guidance)}"


def weekly_management(c: Cells) -> str:
    """Weekly management."""
    return f"{c['code']}: weekly management"


def imrt_planning(c: Cells) -> str:
    """Planning of IMRT."""
    return f"{c['code']}: IMRT planning"


def guidance(c: Cells) -> str:
    """Image guidance, and its part."""
    return f"{c['code']}: {_joined(c.get('equivalent'), c.get('part') and c['part'] + ' part')}"


def indicators(c: Cells) -> str:
    """Status and PC/TC indicator on the fee schedule."""
    return f"{c['code']}: status {c.get('status', 'not known')}, PC/TC indicator {c.get('pctc', 'not known')}"


def hospital_status(c: Cells) -> str:
    """Status indicator of a hospital."""
    return f"{c['code']}: status indicator {c.get('status_indicator', 'not known')}"


def form_statuses(c: Cells) -> str:
    """The statuses a form is not paid under."""
    return f"{c['form']}: not paid under status {c.get('refused', '').replace(';', ', ')}"


def not_payable(c: Cells) -> str:
    """Why a code is not payable in a setting, and what is."""
    marks = f" with {c['with_modifier']}" if "with_modifier" in c else ""
    instead = f"; instead {c['instead']}" if "instead" in c else ""
    return f"{c['code']}{marks}: not payable here, {_plain(c.get('reason', ''))}{instead}"


def class_by_diagnosis(c: Cells) -> str:
    """The class of IMRT of a range of diagnoses."""
    first, last = c.get("code_from", ""), c.get("code_to", "")
    return f"{first if first == last else f'{first} to {last}'}: {c.get('class', '')} IMRT, by diagnosis"


def class_by_site(c: Cells) -> str:
    """The class of IMRT of a treated site."""
    return f"{_plain(c['site_group'])}: {c.get('class', '')} IMRT, by treated site"


def modifier_conflict(c: Cells) -> str:
    """Two modifiers that clash."""
    return f"{c['column1']} with {c['column2']}: {c.get('reason', 'not on one line')}"


def hospital_pair(c: Cells) -> str:
    """A pair, and whether a modifier opens it."""
    opens = {"0": "never together", "1": "together only with a modifier that opens the pair"}
    return f"{c['column1']} with {c['column2']}: {opens.get(c.get('indicator', ''), 'a pair')}"


def pair(c: Cells) -> str:
    """Two codes never reported together."""
    return f"{c['column1']} with {c['column2']}: {c.get('reason', 'not reported together')}"


def addon(c: Cells) -> str:
    """An add-on code, and what it goes with."""
    services = c.get("primaries", "").replace(";", " or ")
    return f"{c['code']}: an add-on code, with {services or 'a service the contractor names'}"


def primary(c: Cells) -> str:
    """A service an add-on may go with."""
    return f"{c['column2']}: may be added to {c['column1']}"


def plan_bundle(c: Cells) -> str:
    """A service inside IMRT planning, on its claim or in its days."""
    ends = f"{c['days_after']} days after it" if c.get("days_after", "0") != "0" else "its day"
    window = f"{c.get('days_before', '0')} days before it to {ends}" if "days_before" in c else ""
    one = "on its claim" if c.get("same_claim") == "yes" else ""
    where = f"{' ' if one or window else ''}{_joined(one, window)}"
    return f"{c['code']}: inside the IMRT plan {c.get('plan_code', '')}{where}"


def inside_delivery(c: Cells) -> str:
    """Guidance inside delivery, whole or its technical part."""
    part = "its technical part is inside" if c.get("component") == "TC" else "inside"
    return f"{c['column2']} beside {c['column1']}: {part}"


def daily_maximum(c: Cells) -> str:
    """Most units of a day."""
    return f"{c['code']}: at most {c.get('limit', 'an unknown number')} a day and provider"


def course_limit(c: Cells) -> str:
    """Most units of a session, plan, course …"""
    return f"{c['code']}: at most {c.get('limit', '')} per {_plain(c.get('per', ''))}"


def filing_limit(c: Cells) -> str:
    """How long a first claim may be filed, and from when that counts."""
    days = f"{c['days']} days" if "days" in c else ""
    number = c.get("calendar_years", "")
    years = f"{int(number):,} calendar year{'' if number == '1' else 's'}" if number.isdigit() else ""
    away = f"{c['days_out_of_network']} days out of network" if "days_out_of_network" in c else ""
    counts_from = c.get("counts_from", "line.date")
    return f"first claim within {_joined(years, days, away)}, counted from the {_DAYS_OF.get(counts_from, counts_from)}"


def authorization(c: Cells) -> str:
    """A service the payer wants authorized."""
    return f"{c['code']}: needs an authorization"


def encounter_asked(c: Cells) -> str:
    """A service whose claim asks for an encounter code."""
    return f"{c['code']}: its claim asks for {c.get('encounter', 'an encounter code')}"


def distinct(c: Cells) -> str:
    """A modifier of a distinct service."""
    return f"{c['modifier']}: says that the service is distinct"


def repeated(c: Cells) -> str:
    """A modifier of a repeated service."""
    return f"{c['modifier']}: says that the service is repeated"


def _joined(*words: str | None) -> str:
    return ", ".join(_plain(word) for word in words if word)


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _level(level: str | None) -> str | None:
    return f"level {level}" if level and level.isdigit() else level
