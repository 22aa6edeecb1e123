"""Every closed list of words of the product, once → readers, guards, command line, views, JSON schema and documents derive from it.

A list is a `Literal`, so that the type checker knows its words, and the tuple of them in the order people are shown.
A word that is missing here is a word nobody takes; a list that is spelled a second time elsewhere fails
`tests/health/test_value_sets.py`. What a format defines for itself (FHIR statuses, DICOM terms, X12 qualifiers) stays with its reader.
"""

from typing import Literal, get_args

UNKNOWN = "unknown"
"""A source may write that it does not know; nobody has to."""

# --- who bills, and whom ---

Setting = Literal["hospital_outpatient", "freestanding", "professional"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
"""Where and how it is billed."""

ClaimForm = Literal["837P", "837I"]
CLAIM_FORMS: tuple[ClaimForm, ...] = get_args(ClaimForm)
FORM_OF_SETTING: dict[str, ClaimForm] = {
    "hospital_outpatient": "837I",
    "freestanding": "837P",
    "professional": "837P",
}
"""Billing setting → the claim form it is billed on."""
PRACTITIONER_SETTINGS: tuple[Setting, ...] = tuple(s for s in SETTINGS if FORM_OF_SETTING[s] == CLAIM_FORMS[0])
"""Settings billed as a practitioner bills; the others as a hospital does."""

PayerLine = Literal[
    "medicare_ffs", "medicare_advantage", "medicaid", "commercial", "tricare", "workers_comp", "self_pay"
]
PAYER_LINES: tuple[PayerLine, ...] = get_args(PayerLine)
"""Line of business of a payer; the first is Original Medicare, for which the national tables hold."""
ORIGINAL_MEDICARE: PayerLine = PAYER_LINES[0]
SELF_PAY: PayerLine = PAYER_LINES[-1]
"""No coverage, or none that is used."""
PAYER_LINE_LABELS: dict[str, str] = {
    "medicare_ffs": "Medicare",
    "medicare_advantage": "Medicare Advantage",
    "medicaid": "Medicaid",
    "commercial": "commercial",
    "tricare": "TRICARE",
    "workers_comp": "workers' compensation",
    "self_pay": "self pay",
}
"""Payer line → what people call it."""

PayerSequence = Literal["P", "S", "T", "A", "B", "C", "D", "E", "F", "G", "H", "U"]
PAYER_SEQUENCES: tuple[PayerSequence, ...] = get_args(PayerSequence)
"""Primary, secondary, tertiary, the fourth to eleventh, unknown: SBR01."""

ClaimFrequency = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "Q"]
CLAIM_FREQUENCIES: tuple[ClaimFrequency, ...] = get_args(ClaimFrequency)

Sex = Literal["M", "F", "U"]
SEXES: tuple[Sex, ...] = get_args(Sex)

# --- what a rule says, and who acts on it ---

Verdict = Literal["fires", "clear", "cannot_tell", "not_applicable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""How grave a finding is, gravest first; also the cap a policy row may set."""

Risk = Literal["rejection", "denial", "repayment", "underpayment", "advice"]
RISKS: tuple[Risk, ...] = get_args(Risk)
"""What comes of it when nothing is done."""

FixGrade = Literal["safe", "review", "advice"]
FIX_GRADES: tuple[FixGrade, ...] = get_args(FixGrade)
"""A repair of format; a change of what is billed, which a person decides; something to know."""

Owner = Literal[
    "biller", "coder", "physicist", "physician", "dosimetrist", "records", "front desk", "vendor"
]  # fmt: skip
OWNERS: tuple[Owner, ...] = get_args(Owner)
"""Who settles a question or mends an error; `records` is the department that keeps them."""

Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
"""How sure a row of policy is."""

# --- what was planned and delivered ---

Modality = Literal["photon", "electron", "mixed", "proton", "neutron", "kilovoltage", "brachytherapy"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)
MIXED_OF: frozenset[str] = frozenset({"photon", "electron"})
"""Given together they are the modality `mixed`."""

Technique = Literal[
    "2d", "3d_conformal", "imrt_static", "imrt_dynamic", "vmat", "imrt_compensator", "helical", "total_skin_electron",
    "electron_field", "srs", "sbrt",
]  # fmt: skip
TECHNIQUES: tuple[Technique, ...] = get_args(Technique)
STEREOTACTIC: tuple[Technique, ...] = TECHNIQUES[-2:]
"""Techniques of plans whose management is for the whole course."""
IMRT_TECHNIQUES: tuple[Technique, ...] = TECHNIQUES[2:7]
"""Planned inversely, with a fluence that varies across the field."""

Motion = Literal["none", "breath_hold", "gating", "tracking", "abdominal_compression"]
MOTIONS: tuple[Motion, ...] = get_args(Motion)
"""How motion of the patient was managed."""

MotionProof = Literal["medical_necessity", "system", "workflow_thresholds", "acquisition_and_alert", "beam_control"]
MOTION_PROOFS: tuple[MotionProof, ...] = get_args(MotionProof)
"""What the record shows of it."""

Guidance = Literal["cbct", "kv_pair", "stereoscopic", "ultrasound", "surface", "mv_portal"]
GUIDANCE: tuple[Guidance, ...] = get_args(Guidance)
"""Images a fraction was guided by."""

Level = Literal["simple", "intermediate", "complex"]
LEVELS: tuple[Level, ...] = get_args(Level)

Block = Literal["none", "simple", "custom"]
BLOCKS: tuple[Block, ...] = get_args(Block)

MachineKind = Literal["linac", "robotic_linac", "multi_source_cobalt", "proton", "kilovoltage"]
MACHINE_KINDS: tuple[MachineKind, ...] = get_args(MachineKind)

FractionStatus = Literal["complete", "partial", "interrupted_resumed", "not_delivered"]
FRACTION_STATUSES: tuple[FractionStatus, ...] = get_args(FractionStatus)
DELIVERED: tuple[FractionStatus, ...] = FRACTION_STATUSES[:3]
"""What became of a fraction that gave dose."""
DELIVERED_WHOLE: tuple[FractionStatus, ...] = tuple(status for status in DELIVERED if status != "partial")
"""What became of a fraction that gave all of it."""

ProcedureKind = Literal[
    "simulation", "clinical_planning", "motion_simulation", "imrt_planning", "planning_3d", "planning_2d", "dose_calculation",
    "special_dosimetry", "treatment_device", "mlc_device_imrt", "weekly_physics", "special_physics", "management_visit",
    "special_treatment", "guidance_review", "port_image", "brachytherapy",
]  # fmt: skip
PROCEDURE_KINDS: tuple[ProcedureKind, ...] = get_args(ProcedureKind)
"""What is done beside delivery, without a code."""

OffCampus = Literal["no", "excepted", "non_excepted"]
OFF_CAMPUS: tuple[OffCampus, ...] = get_args(OffCampus)
"""Where a hospital department stands, as far as its payment hangs on it."""

Decision = Literal["approved", "modified", "denied", "pending", "withdrawn"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
"""What a payer decided of a request for authorization."""

StayKind = Literal["inpatient", "snf_part_a"]
STAY_KINDS: tuple[StayKind, ...] = get_args(StayKind)

SIGNED_PRESCRIPTION, TWICE_DAILY_ORDER, PRIOR_RADIATION_RECORD = (
    "signed_prescription",
    "twice_daily_order",
    "prior_radiation_record",
)
"""Documents the product itself asks for; all items there are stand in the policy table `documents`."""

# --- files, and what their readers say ---

EvidenceKind = Literal["dicom", "fhir", "hl7v2"]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
"""Files of treatment systems and records, which are joined into courses."""
ClaimsTableKind = Literal["claims_csv", "claims_jsonl"]
CLAIMS_TABLE_KINDS: tuple[ClaimsTableKind, ...] = get_args(ClaimsTableKind)
FileKind = Literal["837P", "837I", ClaimsTableKind, "course", "x12", "mixed", "unknown", EvidenceKind]
FILE_KINDS: tuple[FileKind, ...] = get_args(FileKind)
"""What a file is; `x12` holds no claim that was read, `mixed` several kinds."""

FaultKind = Literal[
    "envelope", "count", "element", "unknown_segment", "missing", "not_read", "duplicate_interchange", "reference"
]  # fmt: skip
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

Source = Literal[
    "dicom_plan", "dicom_structure_set", "dicom_dose", "dicom_record", "dicom_ion_record", "dicom_summary", "dicom_image",
    "dicom_brachy_record", "dicom_second_generation", "fhir", "hl7v2",
]  # fmt: skip
SOURCES: tuple[Source, ...] = get_args(Source)
"""What kind of object or record asserts something."""

Subject = Literal[
    "patient", "condition", "course", "phase", "plan", "prescription", "volume", "session", "fraction", "structure_set", "dose",
    "procedure", "document", "charge", "authorization", "coverage", "stay", "order", "message",
]  # fmt: skip
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
"""What something is asserted of."""

BeamModality = Literal["photon", "electron", "proton", "neutron", "ion"]
BEAM_MODALITIES: tuple[BeamModality, ...] = get_args(BeamModality)

BeamTechnique = Literal[
    "static", "field_in_field", "dynamic_wedge", "segmented", "sliding_window", "conformal_arc", "vmat", "helical",
    "compensator", "electron", "pencil_beam", "scattering", "uniform_scanning", "unknown",
]  # fmt: skip
BEAM_TECHNIQUES: tuple[BeamTechnique, ...] = get_args(BeamTechnique)
"""What a beam alone is."""

DeliveryKind = Literal[
    "treatment", "continuation", "setup", "open_portfilm", "trmt_portfilm", "verification", "other"
]  # fmt: skip
DELIVERY_KINDS: tuple[DeliveryKind, ...] = get_args(DeliveryKind)
"""What a delivery was for; `other` is no word of the standard, or a type that is not there at all."""
TREATMENT_KINDS: tuple[DeliveryKind, ...] = DELIVERY_KINDS[:2]
"""Deliveries that treat."""
PREPARATION_KINDS: tuple[DeliveryKind, ...] = DELIVERY_KINDS[2:5]
"""Deliveries that set up or take a film, and never treat."""

MetersetUnit = Literal["MU", "MINUTE", "NP", "SECONDARY"]
METERSET_UNITS: tuple[MetersetUnit, ...] = get_args(MetersetUnit)
"""Monitor units, minutes, number of particles; and what a secondary meterset counts, which the standard gives no unit."""
SECONDARY_UNIT: MetersetUnit = METERSET_UNITS[3]

Termination = Literal["normal", "operator", "machine", "unknown"]
TERMINATIONS: tuple[Termination, ...] = get_args(Termination)
"""How a beam ended."""

Verification = Literal["verified", "verified_ovr", "not_verified"]
VERIFICATIONS: tuple[Verification, ...] = get_args(Verification)

MEDICAL_RECORD_NUMBERS = ("MR", "MRN")
"""Kinds of number (HL7 table 0203; MRN is no term of it, and seen) that are the medical record number."""
ACCOUNT_NUMBERS = ("AN", "ANC", "AND", "ANT", "VN")
"""Kinds of number of an account or a visit: one patient has many."""
SOCIAL_SECURITY = ("SS",)
"""Kinds of number that are never shown."""
OTHER_NUMBERS = (
    *ACCOUNT_NUMBERS, *SOCIAL_SECURITY, "BC", "BR", "DL", "DN", "DR", "EI", "EN", "FI", "GL", "GN", "HC", "LN", "MA", "MB", "MC",
    "MCD", "MCR", "MCT", "MD", "MI", "NE", "NH", "NI", "NIIP", "NPI", "PEN", "PHC", "PHE", "PHO", "PPN", "PRN", "RR",
    "SN", "SNBSN", "SR", "TAX", "UPIN", "WC", "WCN",
)  # fmt: skip
"""Kinds of number (HL7 table 0203) that are no patient's number in a record: accounts, insurances, licenses, persons who treat."""
