"""Files, claims and what belongs to them."""

import polars as pl

from beamclaim.model.tables.declaration import CLAIM, DAY, KEY, LINE, MONEY, PLACE, TEXT, UNITS, Column, Table

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
        Column("file.status", TEXT, "read; refused; passed_over (found in a folder or archive, and no claim file)"),
        Column("file.error", TEXT, "why it could not be opened; null when it was read"),
    ),
)

INTERCHANGES = Table(
    "interchanges",
    "ISA … IEA envelope",
    (
        *PLACE,
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
        CLAIM,
        *PLACE,
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
        LINE,
        CLAIM,
        *PLACE,
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
        CLAIM,
        *PLACE,
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
        CLAIM,
        *PLACE,
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
        LINE,
        *PLACE,
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
        *PLACE,
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
        *PLACE,
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
        CLAIM,
        LINE,
        *PLACE,
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
        CLAIM,
        LINE,
        *PLACE,
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
        LINE,
        *PLACE,
        Column("reference.qualifier", TEXT, "REF01"),
        Column("reference.value", TEXT, "REF02", True),
    ),
)

DATES = Table(
    "dates",
    "DTP at claim or line level (434, 435, 431, 472, 573 …)",
    (
        CLAIM,
        LINE,
        *PLACE,
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
        CLAIM,
        LINE,
        *PLACE,
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
        *PLACE,
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
        LINE,
        *PLACE,
        Column("fault.kind", TEXT, "envelope, count, element, unknown_segment, missing, not_read, duplicate_interchange"),
        Column("fault.path", TEXT, "element in the words of the format: `2400/3 SV101-2`, `SE01`, `row 4 column date`"),
        Column("fault.expected", TEXT, "what was expected, in plain words"),
        Column("fault.found", TEXT, "what was found, as a class and never as the value: `11 characters, letter in place 4`"),
        Column("fault.repair", TEXT, "bytes that would put it right without changing what is billed; null when a person must"),
    ),
)
# fmt: on
