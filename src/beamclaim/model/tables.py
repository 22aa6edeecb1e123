"""The tables every reader fills and every rule reads: names, types, meaning, what identifies a person.

One word for one thing: column names are ``noun.property``. Days are dates without time zone, money
is ``Decimal(18, 2)``, units ``Decimal(15, 3)``. Two kinds of nothing are kept apart everywhere:

* null: *unknown*: the source could not say (an absent CSV column, an unreadable value);
* ``""`` in a text column: the source says there is *none* (no modifier, no authorization).

Every row knows its place: ``file`` (index into ``files``), ``start`` and ``end`` (byte offsets of the
row's own segment, composite or CSV row, first and past the last) and ``segment`` (number of that
segment or row in the file, from 1). Lists in a text column are joined with ``;``.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

MONEY = pl.Decimal(18, 2)
UNITS = pl.Decimal(15, 3)
TEXT = pl.String
DAY = pl.Date
KEY = pl.UInt64


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its type, what it means, whether it identifies a person."""

    name: str
    dtype: Any
    doc: str
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """Column name → Polars type, in order."""
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """No rows, right types."""
        return pl.DataFrame(schema=self.schema)


_PLACE = (
    Column("file", pl.UInt32, "index of the file in `files`"),
    Column("start", pl.Int64, "first byte of the row's own segment, composite or CSV row"),
    Column("end", pl.Int64, "byte past its last one (terminator not included)"),
    Column("segment", pl.UInt32, "number of the segment or row in the file, from 1"),
)
_CLAIM = Column("claim.key", KEY, "the claim the row belongs to")
_LINE = Column("line.key", KEY, "the service line the row belongs to; null at claim level")

# fmt: off
FILES = Table(
    "files",
    "file received (a member of an archive is a file of its own)",
    (
        Column("file", pl.UInt32, "index of the file in this run"),
        Column("file.path", TEXT, "label: the path as given; `archive.zip!member` inside an archive; `-` standard input"),
        Column("file.sha256", TEXT, "hash of the decompressed bytes"),
        Column("file.size", pl.Int64, "decompressed bytes"),
        Column("file.kind", TEXT, "837P, 837I, claims_csv, claims_jsonl, course, x12 (no claim read), mixed, unknown"),
        Column("file.is_history", pl.Boolean, "context given with --history: seen by rules, gets no findings"),
        Column("file.claims", pl.UInt32, "claims read"),
        Column("file.lines", pl.UInt32, "service lines read"),
        Column("file.error", TEXT, "why it could not be opened; null when it was read"),
    ),
)

INTERCHANGES = Table(
    "interchanges",
    "ISA … IEA envelope",
    (
        *_PLACE,
        Column("interchange.sender", TEXT, "ISA06, trimmed"),
        Column("interchange.receiver", TEXT, "ISA08, trimmed"),
        Column("interchange.control", TEXT, "ISA13"),
        Column("interchange.sent_on", DAY, "ISA09"),
        Column("interchange.usage", TEXT, "ISA15: P production, T test"),
        Column("interchange.sha256", TEXT, "hash of the bytes ISA to IEA"),
        Column("interchange.element", TEXT, "element separator"),
        Column("interchange.component", TEXT, "component separator (ISA16)"),
        Column("interchange.repetition", TEXT, "repetition separator (ISA11)"),
        Column("interchange.terminator", TEXT, "segment terminator"),
    ),
)

CLAIMS = Table(
    "claims",
    "claim (837P, 837I, or the rows of one claim in a claims table)",
    (
        _CLAIM,
        *_PLACE,
        Column("loop_end", pl.Int64, "byte past the last segment of the claim, its lines included"),
        Column("claim.number", TEXT, "CLM01, the patient control number", True),
        Column("claim.form", TEXT, "837P or 837I"),
        Column("claim.version", TEXT, "implementation version (ST03 or GS08); null for a claims table"),
        Column("claim.charge", MONEY, "CLM02; null for a claims table (the lines carry the charges)"),
        Column("claim.setting", TEXT, "billing setting where the source says it (claims table), else null"),
        Column("claim.place_of_service", TEXT, "CLM05-1 of an 837P; `place_of_service` of the first row of a claims table"),
        Column("claim.bill_type", TEXT, "three digits, CLM05-1 with CLM05-3 (131); null where not said"),
        Column("claim.frequency", TEXT, "CLM05-3: 1 original, 7 replacement, 8 void, 2 3 4 interim"),
        Column("claim.submitted_on", DAY, "day the claim was made: BHT04; `submitted_on` of a claims table"),
        Column("claim.first_day", DAY, "statement from date (DTP 434); null where not said"),
        Column("claim.last_day", DAY, "statement through date (DTP 434); null where not said"),
        Column("claim.payer", TEXT, "payer id (2010BB NM109)"),
        Column("claim.payer_name", TEXT, "payer name"),
        Column("claim.filing_code", TEXT, "SBR09 of the destination payer"),
        Column("claim.payer_line", TEXT, "payer line where the source says it (claims table); else null: it follows SBR09"),
        Column("claim.payer_sequence", TEXT, "SBR01: P, S, T …"),
        Column("claim.mac", TEXT, "jurisdiction of the Medicare contractor, e.g. J15, JE; null unknown"),
        Column("claim.patient", TEXT, "medical record number (REF EA); `patient` of a claims table", True),
        Column("claim.member", TEXT, "member id of the patient's loop (2010BA NM109; 2010CA has none, so the subscriber's)", True),
        Column("claim.first_name", TEXT, "first name of the patient", True),
        Column("claim.birth_date", DAY, "birth date of the patient", True),
        Column("claim.sex", TEXT, "M, F, U"),
        Column("claim.billing_npi", TEXT, "billing provider NPI (2010AA NM109)"),
        Column("claim.rendering_npi", TEXT, "rendering provider NPI (2310B 837P, 2310D 837I); `\"\"` when the 837 names none"),
        Column("claim.authorization", TEXT, "REF G1; `\"\"` none"),
        Column("claim.original_claim", TEXT, "REF F8 or `original_claim`; `\"\"` none"),
        Column("claim.condition_codes", TEXT, "HI BG codes joined with `;`; `\"\"` none"),
        Column("claim.diagnoses", TEXT, "ICD-10-CM codes in claim order, principal first, no dot, upper case, joined with `;`"),
    ),
)

LINES = Table(
    "lines",
    "service line",
    (
        _LINE,
        _CLAIM,
        *_PLACE,
        Column("loop_start", pl.Int64, "first byte of the line's loop (LX); the row itself in a claims table"),
        Column("loop_end", pl.Int64, "byte past the loop's last segment"),
        Column("line.number", pl.UInt32, "LX01, or `line` of a claims table; as numbered in the file"),
        Column("line.date", DAY, "first day of service (DTP 472; a claims table's `date`)"),
        Column("line.date_to", DAY, "last day of service; equals line.date for a single day"),
        Column("line.code", TEXT, "procedure code (SV101-2, SV202-2), upper case; `\"\"` none (a revenue-only line)"),
        Column("line.modifiers", TEXT, "up to four, in order, joined with `;`; `\"\"` none; null unknown"),
        Column("line.units", UNITS, "SV104 / SV205"),
        Column("line.unit_basis", TEXT, "UN units, MJ minutes, DA days"),
        Column("line.charge", MONEY, "SV102 / SV203"),
        Column("line.place_of_service", TEXT, "SV105, else the claim's; null on an 837I"),
        Column("line.revenue_code", TEXT, "SV201; null on an 837P"),
        Column("line.pointers", TEXT, "diagnosis pointers joined with `;`; `\"\"` all diagnoses; null unknown"),
        Column("line.rendering_npi", TEXT, "rendering provider of the line (2420A), else the claim's; `\"\"` none named"),
        Column("line.authorization", TEXT, "REF G1 of the line, else the claim's; `\"\"` none"),
        Column("line.control", TEXT, "line item control number (REF 6R); `\"\"` none"),
    ),
)

DIAGNOSES = Table(
    "diagnoses",
    "diagnosis on a claim",
    (
        _CLAIM,
        *_PLACE,
        Column("diagnosis.position", pl.UInt16, "place in claim order from 1 (principal, then other); null for admitting, reason, cause"),
        Column("diagnosis.qualifier", TEXT, "ABK principal, ABF other, ABJ admitting, APR reason, ABN external cause; BK, BF … ICD-9"),
        Column("diagnosis.code", TEXT, "ICD-10-CM, upper case, no dot"),
        Column("diagnosis.present_on_admission", TEXT, "Y, N, U, W; `\"\"` none"),
    ),
)

HEALTH_CODES = Table(
    "health_codes",
    "other HI code: condition, occurrence, value, procedure, DRG …",
    (
        _CLAIM,
        *_PLACE,
        Column("health_code.qualifier", TEXT, "BG condition, BH occurrence, BI span, BE value, BBR/BBQ procedure, DR DRG …"),
        Column("health_code.code", TEXT, "the code"),
        Column("health_code.first_day", DAY, "date, or first day of a range"),
        Column("health_code.last_day", DAY, "last day of a range; equals first_day for one day"),
        Column("health_code.amount", MONEY, "amount of a value code"),
    ),
)

PROVIDERS = Table(
    "providers",
    "provider named (NM1) at billing, claim or line level",
    (
        Column("claim.key", KEY, "null at billing level: it holds for every claim up to the next billing provider"),
        _LINE,
        *_PLACE,
        Column("provider.role", TEXT, "NM101: 85 billing, 87 pay-to, 82 rendering, DN P3 referring, DQ supervising, 77 service facility, 71 attending, 72 operating"),
        Column("provider.loop", TEXT, "2010AA, 2310B, 2420A …"),
        Column("provider.npi", TEXT, "NM109 with qualifier XX; `\"\"` none"),
        Column("provider.name", TEXT, "NM103"),
        Column("provider.taxonomy", TEXT, "PRV03 that follows; `\"\"` none"),
    ),
)

SUBSCRIBERS = Table(
    "subscribers",
    "subscriber or dependent (NM1 IL, QC) with what follows it",
    (
        Column("claim.key", KEY, "null for the claim's own subscriber loop; the claim for another payer's (2330A)"),
        *_PLACE,
        Column("subscriber.role", TEXT, "IL subscriber, QC patient (dependent)"),
        Column("subscriber.member", TEXT, "NM109", True),
        Column("subscriber.last_name", TEXT, "NM103", True),
        Column("subscriber.first_name", TEXT, "NM104", True),
        Column("subscriber.birth_date", DAY, "DMG02", True),
        Column("subscriber.sex", TEXT, "DMG03"),
    ),
)

PAYERS = Table(
    "payers",
    "payer of a claim: the destination (2000B/2010BB) and each other one (2320/2330B)",
    (
        Column("claim.key", KEY, "null for the destination payer of the claims that follow"),
        *_PLACE,
        Column("payer.sequence", TEXT, "SBR01"),
        Column("payer.filing_code", TEXT, "SBR09"),
        Column("payer.id", TEXT, "NM109 of PR"),
        Column("payer.name", TEXT, "NM103 of PR"),
        Column("payer.paid", MONEY, "AMT D: what this payer paid"),
    ),
)

ADJUSTMENTS = Table(
    "adjustments",
    "one reason of a CAS of a prior payer, at claim or line level",
    (
        _CLAIM,
        _LINE,
        *_PLACE,
        Column("adjustment.payer", TEXT, "SVD01 before it (line level); `\"\"` at claim level"),
        Column("adjustment.group", TEXT, "CAS01: CO, PR, OA, PI"),
        Column("adjustment.reason", TEXT, "CARC"),
        Column("adjustment.amount", MONEY, "amount"),
        Column("adjustment.quantity", UNITS, "quantity"),
    ),
)

ADJUDICATIONS = Table(
    "adjudications",
    "SVD: what a prior payer paid for a line",
    (
        _CLAIM,
        _LINE,
        *_PLACE,
        Column("adjudication.payer", TEXT, "SVD01"),
        Column("adjudication.paid", MONEY, "SVD02"),
        Column("adjudication.code", TEXT, "SVD03-2"),
        Column("adjudication.units", UNITS, "SVD05"),
    ),
)

REFERENCES = Table(
    "references",
    "REF at claim or line level (G1, F8, D9, 6R, EA …)",
    (
        Column("claim.key", KEY, "null above the claim"),
        _LINE,
        *_PLACE,
        Column("reference.qualifier", TEXT, "REF01"),
        Column("reference.value", TEXT, "REF02", True),
    ),
)

DATES = Table(
    "dates",
    "DTP at claim or line level (434, 435, 431, 472, 573 …)",
    (
        _CLAIM,
        _LINE,
        *_PLACE,
        Column("date.qualifier", TEXT, "DTP01"),
        Column("date.format", TEXT, "D8, RD8, DT"),
        Column("date.first_day", DAY, "day, or first day of the range"),
        Column("date.last_day", DAY, "last day; equals first_day for one day"),
    ),
)

NOTES = Table(
    "notes",
    "NTE or PWK at claim or line level",
    (
        _CLAIM,
        _LINE,
        *_PLACE,
        Column("note.kind", TEXT, "NTE or PWK"),
        Column("note.code", TEXT, "NTE01 / PWK01"),
        Column("note.text", TEXT, "NTE02, or PWK06 (attachment control number)", True),
    ),
)

SEGMENTS = Table(
    "segments",
    "segment this reader has no table for; kept whole",
    (
        Column("claim.key", KEY, "the claim it stands in, null outside one"),
        *_PLACE,
        Column("segment.id", TEXT, "first element"),
        Column("segment.loop", TEXT, "the loop it was found in"),
        Column("segment.is_known", pl.Boolean, "allowed at that place by the guide (kept, not read), or not known there"),
    ),
)

FAULTS = Table(
    "faults",
    "thing a reader could not accept; readers write it, FMT rules report it",
    (
        Column("claim.key", KEY, "the claim it stands in, null outside one"),
        _LINE,
        *_PLACE,
        Column("fault.kind", TEXT, "envelope, count, element, unknown_segment, missing, not_read, duplicate_interchange"),
        Column("fault.path", TEXT, "element in the words of the format: `2400/3 SV101-2`, `SE01`, `row 4 column date`"),
        Column("fault.expected", TEXT, "what was expected, in plain words"),
        Column("fault.found", TEXT, "what was found, as a class and never as the value: `11 characters, letter in place 4`"),
        Column("fault.repair", TEXT, "bytes that would put it right without changing what is billed; null when a person must"),
    ),
)

COURSES = Table(
    "courses",
    "course of treatment",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("course.id", TEXT, "`course`"),
        Column("course.patient", TEXT, "patient.id", True),
        Column("course.birth_date", DAY, "", True),
        Column("course.sex", TEXT, ""),
        Column("course.payer", TEXT, "payer.id"),
        Column("course.payer_line", TEXT, "payer.line"),
        Column("course.setting", TEXT, "billing setting"),
        Column("course.diagnoses", TEXT, "ICD-10-CM joined with `;`, no dot"),
        Column("course.ended_on", DAY, "`ended_on`; null unknown"),
        Column("course.records_complete", pl.Boolean, "null unknown"),
        Column("course.documents_complete", pl.Boolean, "null unknown"),
    ),
)

PLANS = Table(
    "plans",
    "treatment plan of a course",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("plan.id", TEXT, "`plan`"),
        Column("plan.site", TEXT, "plain words"),
        Column("plan.modality", TEXT, "photon, electron, mixed, proton, neutron, kilovoltage"),
        Column("plan.technique", TEXT, "as in the course form"),
        Column("plan.compensator", pl.Boolean, ""),
        Column("plan.isocenters", pl.UInt16, ""),
        Column("plan.motion_management", TEXT, ""),
        Column("plan.motion_evidence", TEXT, "joined with `;`; `\"\"` none shown; null unknown"),
        Column("plan.fractions_planned", pl.UInt16, ""),
        Column("plan.dose_gy", pl.Decimal(9, 3), ""),
        Column("plan.approved_by", TEXT, ""),
        Column("plan.approved_on", DAY, ""),
        Column("plan.energy_mv", pl.Decimal(9, 3), ""),
        Column("plan.fields", pl.UInt16, ""),
        Column("plan.areas", pl.UInt16, ""),
        Column("plan.blocks", TEXT, ""),
        Column("plan.proton_level", TEXT, ""),
        Column("plan.machine_kind", TEXT, ""),
    ),
)

FRACTIONS = Table(
    "fractions",
    "fraction of a plan, delivered or not",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("fraction.number", pl.UInt16, "`fraction`"),
        Column("fraction.plan", TEXT, "`plan`"),
        Column("fraction.day", DAY, "day of `started_at`"),
        Column("fraction.started_at", pl.Datetime("us"), "local to the clinic; null where only a day is known or nothing is"),
        Column("fraction.status", TEXT, "complete, partial, interrupted_resumed, not_delivered"),
        Column("fraction.delivered_fraction", pl.Decimal(5, 4), "share delivered of a partial one"),
        Column("fraction.reason", TEXT, ""),
        Column("fraction.isocenters", pl.UInt16, ""),
        Column("fraction.motion_management", TEXT, ""),
        Column("fraction.motion_evidence", TEXT, "joined with `;`; null unknown"),
        Column("fraction.modality", TEXT, ""),
        Column("fraction.guidance", TEXT, "joined with `;`; `\"\"` none; null unknown"),
        Column("fraction.machine", TEXT, ""),
        Column("fraction.session", TEXT, "`session`: same value, same visit; null not said"),
        Column("fraction.physician", TEXT, "NPI"),
    ),
)

PROCEDURES = Table(
    "procedures",
    "what was done beside delivery",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("procedure.kind", TEXT, "as in the course form"),
        Column("procedure.level", TEXT, ""),
        Column("procedure.date", DAY, ""),
        Column("procedure.plan", TEXT, ""),
        Column("procedure.count", pl.UInt16, "1 when absent"),
        Column("procedure.signed_by", TEXT, "`\"\"` seen and unsigned (null in the file); null unknown (absent)"),
        Column("procedure.requested", pl.Boolean, ""),
        Column("procedure.reported", pl.Boolean, ""),
        Column("procedure.reason", TEXT, ""),
        Column("procedure.distinct", TEXT, "why it is apart from another service of the day"),
    ),
)

DOCUMENTS = Table(
    "documents",
    "document in the record of a course",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("document.item", TEXT, "key of the documentation items"),
        Column("document.date", DAY, ""),
        Column("document.signed_by", TEXT, "`\"\"` seen and unsigned; null unknown"),
        Column("document.reference", TEXT, ""),
    ),
)

AUTHORIZATIONS = Table(
    "authorizations",
    "authorization of a payer for a course",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("authorization.number", TEXT, ""),
        Column("authorization.code", TEXT, ""),
        Column("authorization.units", UNITS, ""),
        Column("authorization.first_day", DAY, ""),
        Column("authorization.last_day", DAY, ""),
    ),
)

CHARGES = Table(
    "charges",
    "charge captured for a course, before a claim",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("charge.id", TEXT, ""),
        Column("charge.date", DAY, ""),
        Column("charge.code", TEXT, ""),
        Column("charge.modifiers", TEXT, "joined with `;`"),
        Column("charge.units", UNITS, ""),
    ),
)

STAYS = Table(
    "stays",
    "inpatient or Part A nursing-facility stay",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("stay.kind", TEXT, "inpatient, snf_part_a"),
        Column("stay.first_day", DAY, ""),
        Column("stay.last_day", DAY, ""),
    ),
)

PRIOR_RADIATION = Table(
    "prior_radiation",
    "earlier irradiation of the patient",
    (
        Column("course.key", KEY, "the course"),
        *_PLACE,
        Column("prior.site", TEXT, ""),
        Column("prior.ended_on", DAY, ""),
    ),
)

# fmt: on
TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        FILES,
        INTERCHANGES,
        CLAIMS,
        LINES,
        DIAGNOSES,
        HEALTH_CODES,
        PROVIDERS,
        SUBSCRIBERS,
        PAYERS,
        ADJUSTMENTS,
        ADJUDICATIONS,
        REFERENCES,
        DATES,
        NOTES,
        SEGMENTS,
        FAULTS,
        COURSES,
        PLANS,
        FRACTIONS,
        PROCEDURES,
        DOCUMENTS,
        AUTHORIZATIONS,
        CHARGES,
        STAYS,
        PRIOR_RADIATION,
    )
}  # fmt: skip


def key_of(file: int, start: int) -> int:
    """Row key: unique in a run because a row's first byte is unique in its file (20 bits file, 44 bits offset)."""
    return (file << 44) | start
