"""The policy tables: their names, key and value columns, and where their files lie."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

#: Columns every policy row has, in this order, after its key and value columns.
ROW = ("scope", "setting", "first_day", "last_day", "source", "at", "confidence", "observed_on")
SETTINGS = ("hospital_outpatient", "freestanding", "professional")
PAYER_LINES = ("medicare_ffs", "medicare_advantage", "medicaid", "commercial", "tricare", "workers_comp", "self_pay")
CONFIDENCES = ("high", "medium", "low")
CAPS = ("error", "warning", "info")

TEXT, WHOLE, FLAG = pl.String, pl.Int64, pl.Boolean


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a table is: its file, key, typed values, and what it answers.

    `constant` gives the row columns its file leaves out because every row has the same. `is_range`: the key is one
    code, matched by the inclusive lexical prefixes `code_from` to `code_to`; of the ranges that hold a code the one
    with the highest `priority` answers. `is_edition`: copies of dated editions; the last day of a row is the last day
    its edition was read for, not the end of what it says.
    """

    name: str
    file: str
    key: tuple[str, ...]
    value: dict[str, Any]
    doc: str
    constant: dict[str, str] = field(default_factory=dict)
    is_range: bool = False
    is_edition: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of its file, in order."""
        key = ("code_from", "code_to", "priority") if self.is_range else self.key
        return (*key, *self.value, *(c for c in ROW if c not in self.constant))


_EVERYONE = {"scope": "us", "setting": "any"}
_MEDICARE_HOSPITAL = {"scope": "us/medicare", "setting": "hospital_outpatient", "at": "", "observed_on": ""}

DECLARED: tuple[Declaration, ...] = (
    Declaration(
        "radonc.codes", "codes/radonc.codes.csv", ("code",), {"category": TEXT, "successor": TEXT},
        "The life of a code: with no row in force on a day, the code is not valid on it", _EVERYONE,
    ),
    Declaration(
        "radonc.known", "codes/radonc.known.csv", ("code",), {},
        "Codes that the physician fee schedule or hospital files hold on a day", _EVERYONE, is_edition=True,
    ),
    Declaration(
        "radonc.range", "codes/radonc.range.csv", ("code",), {"family": TEXT},
        "What counts as a procedure code of the radiation range", _EVERYONE, is_range=True,
    ),
    Declaration(
        "radonc.delivery", "codes/radonc.delivery.csv", ("code",),
        {
            "level": TEXT, "technique": TEXT, "era": TEXT, "is_imrt": FLAG, "includes_guidance": FLAG,
            "equivalent": TEXT, "per": TEXT,
        },
        "Treatment delivery codes and what they mean on a day", _EVERYONE,
    ),
    Declaration(
        "radonc.weekly_management", "codes/radonc.weekly_management.csv", ("code",), {},
        "Weekly treatment management by a physician", _EVERYONE,
    ),
    Declaration(
        "radonc.planning_imrt", "codes/radonc.planning_imrt.csv", ("code",), {}, "Planning of IMRT", _EVERYONE,
    ),
    Declaration(
        "radonc.guidance", "codes/radonc.guidance.csv", ("code",), {"equivalent": TEXT, "part": TEXT},
        "Image guidance; the part of the service the code may stand for", _EVERYONE,
    ),
    Declaration(
        "mpfs.indicators", "codes/mpfs.indicators.csv", ("code",), {"status": TEXT, "pctc": TEXT, "status_tc": TEXT},
        "Medicare physician fee schedule: status, PC/TC indicator (null: unknown), status of the technical part",
        {"scope": "us/medicare", "setting": "any"}, is_edition=True,
    ),
    Declaration(
        "opps.status", "codes/opps.status.csv", ("code",), {"status_indicator": TEXT, "apc": TEXT, "flags": TEXT},
        "Medicare hospital outpatient status indicator and payment class", _MEDICARE_HOSPITAL, is_edition=True,
    ),
    Declaration(
        "setting.not_payable", "codes/setting.not_payable.csv", ("code",),
        {
            "reason": TEXT, "instead": TEXT, "with_modifier": TEXT, "unless_modifier": TEXT,
            "unless_bill_type": TEXT, "unless_revenue": TEXT,
        },
        "Codes that may not be billed in a setting, and what lifts that", {"scope": "us/medicare"},
    ),
    Declaration(
        "imrt.class_by_diagnosis", "diagnoses/imrt.class_by_diagnosis.csv", ("code",), {"class": TEXT},
        "Simple or complex IMRT delivery by diagnosis, where the diagnosis is the treated site",
        _EVERYONE, is_range=True,
    ),
    Declaration(
        "imrt.class_by_site", "diagnoses/imrt.class_by_site.csv", ("site_group",), {"class": TEXT},
        "Simple or complex IMRT delivery by treated site, without compensators", _EVERYONE,
    ),
    Declaration(
        "sites", "diagnoses/sites.csv", ("site",), {"site_group": TEXT},
        "Plain words for a treated site, and the group they mean", _EVERYONE,
    ),
    Declaration(
        "modifiers", "edits/modifiers.csv", ("modifier",), {"opens_pair": FLAG, "anatomic": FLAG},
        "Modifiers the hospital claim editor takes", _EVERYONE, is_edition=True,
    ),
    Declaration(
        "modifier_conflicts", "edits/modifier_conflicts.csv", ("column1", "column2"), {"reason": TEXT},
        "Modifiers that may not share a line, in both orders", {"setting": "any"},
    ),
    Declaration(
        "modifier.distinct", "edits/modifier.distinct.csv", ("modifier",), {},
        "Modifiers that say a service is distinct", _EVERYONE,
    ),
    Declaration(
        "modifier.opens_pair", "edits/modifier.opens_pair.csv", ("modifier",), {},
        "Modifiers that open a pair with indicator 1", _EVERYONE,
    ),
    Declaration(
        "modifier.repeat", "edits/modifier.repeat.csv", ("modifier",), {"same_physician": FLAG},
        "Modifiers that say a service was repeated", _EVERYONE,
    ),
    Declaration(
        "ncci", "edits/ncci.csv", ("column1", "column2"), {"indicator": TEXT},
        "Hospital procedure pairs: 0 never together, 1 with a modifier that opens the pair",
        {**_MEDICARE_HOSPITAL, "confidence": "medium"}, is_edition=True,
    ),
    Declaration(
        "cpt.pairs", "edits/cpt.pairs.csv", ("column1", "column2"), {"component": TEXT, "reason": TEXT},
        "Services not reported together in any setting",
    ),
    Declaration(
        "imrt.plan_bundle", "edits/imrt.plan_bundle.csv", ("code",),
        {"plan_code": TEXT, "same_claim": FLAG, "days_before": WHOLE, "days_after": WHOLE},
        "Services inside IMRT planning: on one claim, and for how many days around the plan",
    ),
    Declaration(
        "imrt.verification", "edits/imrt.verification.csv", ("code",), {},
        "Simulations not billable when they verify the fields of an IMRT course", _EVERYONE,
    ),
    Declaration(
        "guidance.inside_delivery", "edits/guidance.inside_delivery.csv", ("column1", "column2"), {"component": TEXT},
        "Image guidance inside a delivery code: TC its technical part, blank all of it", _EVERYONE,
    ),
    Declaration(
        "mue", "edits/mue.csv", ("code",), {"limit": WHOLE, "mai": TEXT},
        "Most units of a code a day and provider; adjudication indicator 1 line, 2 absolute, 3 reviewable",
        {"scope": "us/medicare", "at": "", "observed_on": ""}, is_edition=True,
    ),
    Declaration(
        "course_limits", "edits/course_limits.csv", ("code", "per"), {"limit": WHOLE, "kind": TEXT},
        "Most units of a code per session, plan, course, five fractions …",
    ),
    Declaration(
        "filing_limits", "payers/filing_limits.csv", (),
        {"calendar_years": WHOLE, "days": WHOLE, "days_out_of_network": WHOLE, "counts_from": TEXT},
        "How long after the service a first claim may be filed",
    ),
    Declaration(
        "payers", "payers/payers.csv", ("payer_id",),
        {"payer": TEXT, "payer_name": TEXT, "payer_line": TEXT, "reviewer": TEXT},
        "The policy payer a payer id belongs to", _EVERYONE,
    ),
)  # fmt: skip

#: Parameters are a table too: its rows stand in YAML, one file a topic.
PARAMETERS = Declaration("parameters", "parameters", ("parameter",), {"value": TEXT}, "Numbers and words rules ask for")

BY_NAME: dict[str, Declaration] = {d.name: d for d in (*DECLARED, PARAMETERS)}
