"""Files, claims and what belongs to them."""

import polars as pl

from beamclaim.model.tables.declaration import CLAIM, DAY, KEY, LINE, MONEY, PLACE, TEXT, UNITS, Table, TableColumn

# fmt: off
FILES = Table(
    "files",
    "file received (a member of an archive is a file of its own)",
    (
        TableColumn("file", pl.UInt32, "index of the file in this run"),
        TableColumn("file.path", TEXT, "label: the path as given; `archive.zip!member` inside an archive; `-` standard input"),
        TableColumn("file.sha256", TEXT, "hash of the decompressed bytes"),
        TableColumn("file.size", pl.Int64, "decompressed bytes"),
        TableColumn("file.kind", TEXT, "837P, 837I, claims_csv, claims_jsonl, course, x12 (no claim read), mixed, unknown"),
        TableColumn("file.is_history", pl.Boolean, "context given with --history: seen by rules, gets no findings"),
        TableColumn("file.claims", pl.UInt32, "claims read"),
        TableColumn("file.lines", pl.UInt32, "service lines read"),
        TableColumn("file.status", TEXT, "read; refused; passed_over (found in a folder or archive, and no claim file)"),
        TableColumn("file.error", TEXT, "why it could not be opened; null when it was read"),
    ),
)

INTERCHANGES = Table(
    "interchanges",
    "ISA … IEA envelope",
    (
        *PLACE,
        TableColumn("interchange.sender", TEXT, "ISA06, trimmed"),
        TableColumn("interchange.receiver", TEXT, "ISA08, trimmed"),
        TableColumn("interchange.control", TEXT, "ISA13"),
        TableColumn("interchange.sent_on", DAY, "ISA09"),
        TableColumn("interchange.usage", TEXT, "ISA15: P production, T test"),
        TableColumn("interchange.sha256", TEXT, "hash of the bytes ISA to IEA"),
        TableColumn("interchange.element", TEXT, "element separator"),
        TableColumn("interchange.component", TEXT, "component separator (ISA16)"),
        TableColumn("interchange.repetition", TEXT, "repetition separator (ISA11)"),
        TableColumn("interchange.terminator", TEXT, "segment terminator"),
    ),
)

CLAIMS = Table(
    "claims",
    "claim (837P, 837I, or the rows of one claim in a claims table)",
    (
        CLAIM,
        *PLACE,
        TableColumn("loop_end", pl.Int64, "byte past the last segment of the claim, its lines included"),
        TableColumn("claim.number", TEXT, "CLM01, the patient control number", True),
        TableColumn("claim.form", TEXT, "837P or 837I"),
        TableColumn("claim.version", TEXT, "implementation version (ST03 or GS08); null for a claims table"),
        TableColumn("claim.charge", MONEY, "CLM02; null for a claims table (the lines carry the charges)"),
        TableColumn("claim.setting", TEXT, "billing setting where the source says it (claims table), else null"),
        TableColumn("claim.place_of_service", TEXT, "CLM05-1 of an 837P; `place_of_service` of the first row of a claims table"),
        TableColumn("claim.bill_type", TEXT, "three digits, CLM05-1 with CLM05-3 (131); null where not said"),
        TableColumn("claim.frequency", TEXT, "CLM05-3: 1 original, 7 replacement, 8 void, 2 3 4 interim, 5 late charges, Q reopening"),
        TableColumn("claim.submitted_on", DAY, "day the claim was made: BHT04; `submitted_on` of a claims table"),
        TableColumn("claim.first_day", DAY, "statement from date (DTP 434); null where not said"),
        TableColumn("claim.last_day", DAY, "statement through date (DTP 434); null where not said"),
        TableColumn("claim.payer", TEXT, "payer id (2010BB NM109)"),
        TableColumn("claim.payer_name", TEXT, "payer name"),
        TableColumn("claim.filing_code", TEXT, "SBR09 of the destination payer"),
        TableColumn("claim.payer_line", TEXT, "payer line where the source says it (claims table); else null: it follows SBR09"),
        TableColumn("claim.payer_sequence", TEXT, "SBR01: P, S, T …"),
        TableColumn("claim.mac", TEXT, "jurisdiction of the Medicare contractor, e.g. J15, JE; null unknown"),
        TableColumn("claim.patient", TEXT, "medical record number (REF EA); `patient` of a claims table", True),
        TableColumn("claim.member", TEXT, "member id of the patient's loop (2010BA NM109; 2010CA has none, so the subscriber's)", True),
        TableColumn("claim.first_name", TEXT, "first name of the patient", True),
        TableColumn("claim.birth_date", DAY, "birth date of the patient", True),
        TableColumn("claim.sex", TEXT, "M, F, U"),
        TableColumn("claim.billing_npi", TEXT, "billing provider NPI (2010AA NM109)"),
        TableColumn("claim.rendering_npi", TEXT, "rendering provider NPI (2310B 837P, 2310D 837I); `\"\"` when the 837 names none"),
        TableColumn("claim.attending_npi", TEXT, "attending provider NPI (2310A 837I); `\"\"` when the 837 names none"),
        TableColumn("claim.authorization", TEXT, "REF G1; `\"\"` none"),
        TableColumn("claim.original_claim", TEXT, "REF F8 or `original_claim`; `\"\"` none"),
        TableColumn("claim.condition_codes", TEXT, "HI BG codes joined with `;`; `\"\"` none"),
        TableColumn("claim.diagnoses", TEXT, "ICD-10-CM codes in claim order, principal first, no dot, upper case, joined with `;`"),
    ),
)

LINES = Table(
    "lines",
    "service line",
    (
        LINE,
        CLAIM,
        *PLACE,
        TableColumn("loop_start", pl.Int64, "first byte of the line's loop (LX); the row itself in a claims table"),
        TableColumn("loop_end", pl.Int64, "byte past the loop's last segment"),
        TableColumn("line.number", pl.UInt32, "LX01, or `line` of a claims table; as numbered in the file"),
        TableColumn("line.date", DAY, "first day of service (DTP 472; a claims table's `date`)"),
        TableColumn("line.date_to", DAY, "last day of service; equals line.date for a single day"),
        TableColumn("line.code", TEXT, "procedure code (SV101-2, SV202-2), upper case; `\"\"` none (a revenue-only line)"),
        TableColumn("line.modifiers", TEXT, "up to four, in order, joined with `;`; `\"\"` none; null unknown"),
        TableColumn("line.units", UNITS, "SV104 / SV205"),
        TableColumn("line.unit_basis", TEXT, "UN units, MJ minutes, DA days"),
        TableColumn("line.charge", MONEY, "SV102 / SV203"),
        TableColumn("line.place_of_service", TEXT, "SV105, else the claim's; null on an 837I"),
        TableColumn("line.revenue_code", TEXT, "SV201; null on an 837P"),
        TableColumn("line.pointers", TEXT, "diagnosis pointers joined with `;`; `\"\"` all diagnoses; null unknown"),
        TableColumn("line.rendering_npi", TEXT, "rendering provider of the line (2420A 837P, 2420C 837I), else the claim's; `\"\"` none named"),
        TableColumn("line.authorization", TEXT, "REF G1 of the line, else the claim's; `\"\"` none"),
        TableColumn("line.control", TEXT, "line item control number (REF 6R); `\"\"` none"),
    ),
)

DIAGNOSES = Table(
    "diagnoses",
    "diagnosis on a claim",
    (
        CLAIM,
        *PLACE,
        TableColumn("diagnosis.position", pl.UInt16, "place in claim order from 1 (principal, then other); null for admitting, reason, cause"),
        TableColumn("diagnosis.qualifier", TEXT, "ABK principal, ABF other, ABJ admitting, APR reason, ABN external cause; BK, BF … ICD-9"),
        TableColumn("diagnosis.code", TEXT, "ICD-10-CM, upper case, no dot"),
        TableColumn("diagnosis.present_on_admission", TEXT, "Y, N, U, W; `\"\"` none"),
    ),
)

HEALTH_CODES = Table(
    "health_codes",
    "other HI code: condition, occurrence, value, procedure, DRG …",
    (
        CLAIM,
        *PLACE,
        TableColumn("health_code.qualifier", TEXT, "BG condition, BH occurrence, BI span, BE value, BBR/BBQ procedure, DR DRG …"),
        TableColumn("health_code.code", TEXT, "the code"),
        TableColumn("health_code.first_day", DAY, "date, or first day of a range"),
        TableColumn("health_code.last_day", DAY, "last day of a range; equals first_day for one day"),
        TableColumn("health_code.amount", MONEY, "amount of a value code"),
    ),
)

PROVIDERS = Table(
    "providers",
    "provider named (NM1) at billing, claim or line level",
    (
        TableColumn("claim.key", KEY, "null at billing level: it holds for every claim up to the next billing provider"),
        LINE,
        *PLACE,
        TableColumn("provider.role", TEXT, "NM101: 85 billing, 87 pay-to, 82 rendering, DN P3 referring, DQ supervising, 77 service facility, 71 attending, 72 operating"),
        TableColumn("provider.loop", TEXT, "2010AA, 2310B, 2420A …"),
        TableColumn("provider.npi", TEXT, "NM109 with qualifier XX; `\"\"` none"),
        TableColumn("provider.name", TEXT, "NM103"),
        TableColumn("provider.taxonomy", TEXT, "PRV03 that follows; `\"\"` none"),
    ),
)

SUBSCRIBERS = Table(
    "subscribers",
    "subscriber or dependent (NM1 IL, QC) with what follows it",
    (
        TableColumn("claim.key", KEY, "null for the claim's own subscriber loop; the claim for another payer's (2330A)"),
        *PLACE,
        TableColumn("subscriber.role", TEXT, "IL subscriber, QC patient (dependent)"),
        TableColumn("subscriber.member", TEXT, "NM109", True),
        TableColumn("subscriber.last_name", TEXT, "NM103", True),
        TableColumn("subscriber.first_name", TEXT, "NM104", True),
        TableColumn("subscriber.birth_date", DAY, "DMG02", True),
        TableColumn("subscriber.sex", TEXT, "DMG03"),
    ),
)

PAYERS = Table(
    "payers",
    "payer of a claim: the destination (2000B/2010BB) and each other one (2320/2330B)",
    (
        TableColumn("claim.key", KEY, "null for the destination payer of the claims that follow"),
        *PLACE,
        TableColumn("payer.sequence", TEXT, "SBR01"),
        TableColumn("payer.filing_code", TEXT, "SBR09"),
        TableColumn("payer.id", TEXT, "NM109 of PR"),
        TableColumn("payer.name", TEXT, "NM103 of PR"),
        TableColumn("payer.paid", MONEY, "AMT D: what this payer paid"),
    ),
)

ADJUSTMENTS = Table(
    "adjustments",
    "one reason of a CAS of a prior payer, at claim or line level",
    (
        CLAIM,
        LINE,
        *PLACE,
        TableColumn("adjustment.payer", TEXT, "SVD01 before it (line level); `\"\"` at claim level"),
        TableColumn("adjustment.group", TEXT, "CAS01: CO, PR, OA, PI"),
        TableColumn("adjustment.reason", TEXT, "CARC"),
        TableColumn("adjustment.amount", MONEY, "amount"),
        TableColumn("adjustment.quantity", UNITS, "quantity"),
    ),
)

ADJUDICATIONS = Table(
    "adjudications",
    "SVD: what a prior payer paid for a line",
    (
        CLAIM,
        LINE,
        *PLACE,
        TableColumn("adjudication.payer", TEXT, "SVD01"),
        TableColumn("adjudication.paid", MONEY, "SVD02"),
        TableColumn("adjudication.code", TEXT, "SVD03-2"),
        TableColumn("adjudication.units", UNITS, "SVD05"),
    ),
)

REFERENCES = Table(
    "references",
    "REF at claim or line level (G1, F8, D9, 6R, EA …)",
    (
        TableColumn("claim.key", KEY, "null above the claim"),
        LINE,
        *PLACE,
        TableColumn("reference.qualifier", TEXT, "REF01"),
        TableColumn("reference.value", TEXT, "REF02", True),
    ),
)

DATES = Table(
    "dates",
    "DTP at claim or line level (434, 435, 431, 472, 573 …)",
    (
        CLAIM,
        LINE,
        *PLACE,
        TableColumn("date.qualifier", TEXT, "DTP01"),
        TableColumn("date.format", TEXT, "D8, RD8, DT"),
        TableColumn("date.first_day", DAY, "day, or first day of the range"),
        TableColumn("date.last_day", DAY, "last day; equals first_day for one day"),
    ),
)

NOTES = Table(
    "notes",
    "NTE or PWK at claim or line level",
    (
        CLAIM,
        LINE,
        *PLACE,
        TableColumn("note.kind", TEXT, "NTE or PWK"),
        TableColumn("note.code", TEXT, "NTE01 / PWK01"),
        TableColumn("note.text", TEXT, "NTE02, or PWK06 (attachment control number)", True),
    ),
)

SEGMENTS = Table(
    "segments",
    "segment this reader has no table for; kept whole",
    (
        TableColumn("claim.key", KEY, "the claim it stands in, null outside one"),
        *PLACE,
        TableColumn("segment.id", TEXT, "first element"),
        TableColumn("segment.loop", TEXT, "the loop it was found in"),
        TableColumn("segment.is_known", pl.Boolean, "allowed at that place by the guide (kept, not read), or not known there"),
    ),
)

FAULTS = Table(
    "faults",
    "thing a reader could not accept; readers write it, FMT rules report it",
    (
        TableColumn("claim.key", KEY, "the claim it stands in, null outside one"),
        LINE,
        *PLACE,
        TableColumn("fault.kind", TEXT, "envelope, count, element, unknown_segment, missing, not_read, duplicate_interchange"),
        TableColumn("fault.path", TEXT, "element in the words of the format: `2400/3 SV101-2`, `SE01`, `row 4 column date`"),
        TableColumn("fault.expected", TEXT, "what was expected, in plain words"),
        TableColumn("fault.found", TEXT, "what was found, as a class and never as the value: `11 characters, letter in place 4`"),
        TableColumn("fault.repair", TEXT, "bytes that would put it right without changing what is billed; null when a person must"),
    ),
)
# fmt: on
