"""What treatment systems and records say, as their readers found it: before it is joined into courses.

Readers of DICOM RT, FHIR and HL7 v2 fill these three tables and nothing else; `courses` joins
them. A `Assertion` says one thing about one subject and knows its own bytes; deliveries and beams are
many and alike, so they are rows of their own.
"""

from typing import Any, NamedTuple

import polars as pl

from beamclaim.model.tables.claims import FAULTS
from beamclaim.model.tables.declaration import DAY, PLACE, TEXT, Table, TableColumn

# fmt: off
ASSERTIONS = Table(
    "assertions",
    "thing a file says about a subject (start and end are the bytes of the value itself, or of the row it was worked out from)",
    (
        *PLACE,
        TableColumn("assertion.source", TEXT, "dicom_plan, dicom_structure_set, dicom_dose, dicom_record, dicom_ion_record, dicom_summary, dicom_image, dicom_brachy_record, dicom_second_generation, fhir, hl7v2"),
        TableColumn("assertion.path", TEXT, "`(300A,0070)[0].(300A,0078)`, `Procedure.status`, `OBX[2]-5`"),
        TableColumn("assertion.patient", TEXT, "patient id as the source writes it", True),
        TableColumn("assertion.subject", TEXT, "patient, condition, course, phase, plan, prescription, volume, session, fraction, structure_set, dose, procedure, document, charge, authorization, coverage, stay, order, message"),
        TableColumn("assertion.key", TEXT, "the subject's name in its source: SOP Instance UID, `Procedure/id`, `SENDER|FACILITY|MSH-10/FT1-1`"),
        TableColumn("assertion.name", TEXT, "what is said: a key of the course form where it has one, else a name of `docs/reference/facts.md`"),
        TableColumn("assertion.value", TEXT, "ISO dates and times, plain decimals, `true`/`false`, lists joined with `;`; null: looked for and inconclusive", True),
        TableColumn("assertion.reason", TEXT, "how it was worked out, or why it is unknown"),
        TableColumn("assertion.who", TEXT, "who can settle an unknown: physicist, dosimetrist, physician, coder, biller, records"),
    ),
)

BEAMS = Table(
    "beams",
    "beam of a plan in one of its fraction groups",
    (
        *PLACE,
        TableColumn("beam.path", TEXT, "`(300A,00B0)[2]`"),
        TableColumn("beam.plan", TEXT, "SOP Instance UID of the plan"),
        TableColumn("beam.group", pl.Int32, "Fraction Group Number; null when no group refers to the beam"),
        TableColumn("beam.number", pl.Int32, "Beam Number"),
        TableColumn("beam.name", TEXT, "Beam Name"),
        TableColumn("beam.is_treatment", pl.Boolean, "False: setup, port film, or no meterset"),
        TableColumn("beam.meterset", pl.Float64, "Beam Meterset of the group, in the unit of the primary dosimeter"),
        TableColumn("beam.modality", TEXT, "photon, electron, proton, neutron, ion"),
        TableColumn("beam.technique", TEXT, "what the beam alone is: static, field_in_field, dynamic_wedge, segmented, sliding_window, conformal_arc, vmat, helical, compensator, electron, pencil_beam, scattering, uniform_scanning, unknown"),
        TableColumn("beam.isocenter_x", pl.Float64, "mm, control point 0"),
        TableColumn("beam.isocenter_y", pl.Float64, "mm, control point 0"),
        TableColumn("beam.isocenter_z", pl.Float64, "mm, control point 0"),
        TableColumn("beam.machine", TEXT, "Treatment Machine Name"),
        TableColumn("beam.unit", TEXT, "unit of its meterset: MU, MINUTE, NP; null when not said"),
    ),
)

DELIVERIES = Table(
    "deliveries",
    "beam delivered in one record (DICOM), or fraction treated (FHIR)",
    (
        *PLACE,
        TableColumn("delivery.source", TEXT, "dicom_record, dicom_ion_record, fhir"),
        TableColumn("delivery.path", TEXT, "`(3008,0020)[1]`; `Procedure`"),
        TableColumn("delivery.record", TEXT, "SOP Instance UID, or `Procedure/id`"),
        TableColumn("delivery.patient", TEXT, "patient id as the source writes it", True),
        TableColumn("delivery.birth_date", DAY, "birth date of the patient", True),
        TableColumn("delivery.sex", TEXT, "M, F, O", True),
        TableColumn("delivery.plan", TEXT, "plan referenced: SOP Instance UID, or `Procedure/id`; null when the record names none"),
        TableColumn("delivery.frame", TEXT, "Frame of Reference UID"),
        TableColumn("delivery.group", pl.Int32, "Referenced Fraction Group Number"),
        TableColumn("delivery.fractions_planned", pl.Int32, "Number of Fractions Planned, as the record repeats it"),
        TableColumn("delivery.beam", pl.Int32, "Referenced Beam Number"),
        TableColumn("delivery.beam_name", TEXT, "Beam Name"),
        TableColumn("delivery.fraction", pl.Int32, "Current Fraction Number: counts fractions of the plan, not of the course"),
        TableColumn("delivery.day", DAY, "local day of the treatment"),
        TableColumn("delivery.started_at", pl.Datetime("us"), "first control point; else Treatment Date and Time; local to the clinic"),
        TableColumn("delivery.ended_at", pl.Datetime("us"), "last control point; null when not said"),
        TableColumn("delivery.kind", TEXT, "treatment, continuation, setup, open_portfilm, trmt_portfilm, verification, other (no word of the standard, or no such element); null: empty"),
        TableColumn("delivery.termination", TEXT, "normal, operator, machine, unknown; FHIR: the status reason"),
        TableColumn("delivery.verification", TEXT, "verified, verified_ovr, not_verified"),
        TableColumn("delivery.specified", pl.Float64, "meterset to be given by this beam; null when not said"),
        TableColumn("delivery.delivered", pl.Float64, "meterset this record gave; null when not said"),
        TableColumn("delivery.unit", TEXT, "of both metersets: MU, MINUTE, NP, or SECONDARY (of the secondary meterset, which has none of the standard); null when not said"),
        TableColumn("delivery.status", TEXT, "FHIR: status of the fraction; null for DICOM"),
        TableColumn("delivery.modality", TEXT, "photon, electron, proton, neutron, ion"),
        TableColumn("delivery.machine", TEXT, "Treatment Machine Name"),
        TableColumn("delivery.operator", TEXT, "Operators' Name", True),
        TableColumn("delivery.session", TEXT, "Treatment Session UID, or `Encounter/id`"),
        TableColumn("delivery.table_x", pl.Float64, "lateral table position, mm"),
        TableColumn("delivery.table_y", pl.Float64, "vertical table position, mm"),
        TableColumn("delivery.table_z", pl.Float64, "longitudinal table position, mm"),
        TableColumn("delivery.held", pl.Boolean, "Gating Beam Hold Transition items are there; null: the record has no such sequence"),
        TableColumn("delivery.motion", TEXT, "motion management as the source codes it, in words of the course form; null not said"),
        TableColumn("delivery.guidance", TEXT, "image guidance joined with `;`; null not said"),
        TableColumn("delivery.doubt", TEXT, "why what it says of the dose proves nothing: the file is cut or broken; null: nothing speaks against it"),
    ),
)
# fmt: on


class Assertion(NamedTuple):
    """A row of `assertions`, in its order; `value` None is *looked for and inconclusive*, with the reason."""

    file: int
    start: int
    end: int
    segment: int | None
    source: str
    path: str
    patient: str | None
    subject: str
    key: str
    name: str
    value: str | None
    reason: str | None = None
    who: str | None = None


class Beam(NamedTuple):
    """A row of `beams`, in its order."""

    file: int
    start: int
    end: int
    segment: int | None
    path: str
    plan: str
    group: int | None
    number: int | None
    name: str | None
    is_treatment: bool | None
    meterset: float | None
    modality: str | None
    technique: str | None
    isocenter_x: float | None
    isocenter_y: float | None
    isocenter_z: float | None
    machine: str | None
    unit: str | None = None


class Delivery(NamedTuple):
    """A row of `deliveries`, in its order."""

    file: int
    start: int
    end: int
    segment: int | None
    source: str
    path: str
    record: str
    patient: str | None = None
    birth_date: Any = None
    sex: str | None = None
    plan: str | None = None
    frame: str | None = None
    group: int | None = None
    fractions_planned: int | None = None
    beam: int | None = None
    beam_name: str | None = None
    fraction: int | None = None
    day: Any = None
    started_at: Any = None
    ended_at: Any = None
    kind: str | None = None
    termination: str | None = None
    verification: str | None = None
    specified: float | None = None
    delivered: float | None = None
    unit: str | None = None
    status: str | None = None
    modality: str | None = None
    machine: str | None = None
    operator: str | None = None
    session: str | None = None
    table_x: float | None = None
    table_y: float | None = None
    table_z: float | None = None
    held: bool | None = None
    motion: str | None = None
    guidance: str | None = None
    doubt: str | None = None


class Fault(NamedTuple):
    """A row of `faults` that no claim owns: something a reader could not accept, in its own words, never the value."""

    file: int
    start: int
    end: int
    segment: int | None
    kind: str
    path: str
    expected: str
    found: str


class Evidence:
    """Rows a reader found, kept as plain tuples until there are enough of them to be worth a frame."""

    __slots__ = ("assertions", "beams", "deliveries", "faults")

    def __init__(self) -> None:
        self.assertions: list[Assertion] = []
        self.beams: list[Beam] = []
        self.deliveries: list[Delivery] = []
        self.faults: list[Fault] = []

    def extend(self, other: "Evidence") -> None:
        """Adds the rows of another reading."""
        self.assertions += other.assertions
        self.beams += other.beams
        self.deliveries += other.deliveries
        self.faults += other.faults

    def frames(self) -> dict[str, pl.DataFrame]:
        """The rows as tables."""
        struck = [(None, None, *f, None) for f in self.faults]
        return {
            "assertions": pl.DataFrame(self.assertions, schema=ASSERTIONS.schema, orient="row"),
            "beams": pl.DataFrame(self.beams, schema=BEAMS.schema, orient="row"),
            "deliveries": pl.DataFrame(self.deliveries, schema=DELIVERIES.schema, orient="row"),
            "faults": pl.DataFrame(struck, schema=FAULTS.schema, orient="row"),
        }
