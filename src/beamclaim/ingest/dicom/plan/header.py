"""What a plan's header says: patient, label, intent, site, references to other objects, patient setups."""

from datetime import datetime

from beamclaim.ingest.assertions import Subject
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import PATIENT, SOP_CLASS
from beamclaim.ingest.dicom.person import persona_text
from beamclaim.model.persona import Persona

BIRTH_DATE, SEX, FRAME = 0x00100030, 0x00100040, 0x00200052
MANUFACTURER, MODEL = 0x00080070, 0x00081090
LABEL, PLAN_NAME, PLAN_DATE, PLAN_TIME, GEOMETRY = 0x300A0002, 0x300A0003, 0x300A0006, 0x300A0007, 0x300A000C
INTENT, PROTOCOLS, SITES, PRESCRIPTION_TEXT = 0x300A000A, 0x300A0009, 0x300A000B, 0x300A000E
STRUCTURE_SETS, REFERENCED_UID, PLANS, RELATIONSHIP = 0x300C0060, 0x00081155, 0x300C0002, 0x300A0055
SETUPS, SETUP_NUMBER, SETUP_TECHNIQUE, SYNCHRONIZATION = 0x300A0180, 0x300A0182, 0x300A01B0, 0x300A0410
COMPENSATION, SIGNAL = 0x00189170, 0x00189171

PLAN_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8"})
CLINICAL = frozenset({"curative", "palliative", "prophylactic"})
NOT_CLINICAL = frozenset({"verification", "machine_qa", "research", "service"})
GEOMETRIES = frozenset({"patient", "treatment_device"})
RELATIONSHIPS = frozenset({"prior", "alternative", "predecessor", "verified_plan", "concurrent"})
MOTION = {"none": "none", "breath_hold": "breath_hold", "gating": "gating", "tracking": "tracking"}
"""Respiratory Motion Compensation Technique (0018,9170) in words of the course form, where they mean the same."""


def read_patient(root: DicomItem) -> None:
    """States id, birth_date and sex of the patient, and whose the object is; the name only tells two people apart."""
    planning, written = root.object, root.long_text(PATIENT)
    planning.recorder.patient = persona_text(root, written)
    about = Subject("patient", written or planning.subject.key)
    if planning.recorder.patient is None:
        root.fault(PATIENT, expected="a patient id", found="none", kind="missing")
    else:
        planning.add("id", Persona.read(planning.recorder.patient).name, at=root.at(PATIENT), about=about)
    born, sex = root.day(BIRTH_DATE), root.long_text(SEX)
    if born is not None:
        planning.add("birth_date", born.isoformat(), at=root.at(BIRTH_DATE), about=about)
    if sex in ("M", "F", "O"):
        planning.add("sex", sex, at=root.at(SEX), about=about)
    elif sex is not None:
        root.fault(SEX, expected="M, F or O", found="another word")


def read_header(root: DicomItem) -> None:
    """States label, plan_name, planned_on, geometry, intent, site, protocols, texts, frame and sop class."""
    planning = root.object
    root.need(LABEL, "a plan label")
    root.need(GEOMETRY, "PATIENT or TREATMENT_DEVICE")
    if label := root.long_text(LABEL):
        planning.add("label", label, at=root.at(LABEL), reason="a hint for a person, never evidence")
    planning.add_text("plan_name", root, PLAN_NAME)
    planned, at = root.day(PLAN_DATE), root.time(PLAN_TIME)
    if planned is not None:
        value = datetime.combine(planned, at).isoformat() if at else planned.isoformat()
        planning.add("planned_on", value, at=root.at(PLAN_DATE), reason="day the plan was last changed")
    if geometry := root.term(GEOMETRY):
        if geometry not in GEOMETRIES:
            root.fault(GEOMETRY, expected="PATIENT or TREATMENT_DEVICE", found="another word")
            reason = (
                "RT Plan Geometry (300A,000C) is no word of the standard; plans for verification were seen to have such"
            )
            planning.add("is_clinical", None, at=root.at(GEOMETRY), reason=reason, settled_by="physicist")
        planning.add(
            "geometry", geometry, at=root.at(GEOMETRY), reason="patient geometry alone does not prove 3D planning"
        )
    _intent(root)
    planning.add_text("site", root, SITES)
    planning.add_text("treatment_protocols", root, PROTOCOLS)
    planning.add_text("prescription_description", root, PRESCRIPTION_TEXT)
    planning.add_text("manufacturer", root, MANUFACTURER)
    planning.add_text("model", root, MODEL)
    if frame := root.uid(FRAME):
        planning.add("frame_of_reference", frame, at=root.at(FRAME))
    sop_class = root.uid(SOP_CLASS)
    if sop_class is not None and sop_class not in PLAN_CLASSES:
        reason = "no plan class of the standard; read as a plan for its modality and beams"
        planning.add("private_sop_class", sop_class, at=root.at(SOP_CLASS), reason=reason)


def _intent(root: DicomItem) -> None:
    intent = root.term(INTENT)
    if intent is None:
        return
    planning = root.object
    planning.add("intent", intent, at=root.at(INTENT), reason="often a default of the planning system")
    if intent in NOT_CLINICAL:
        reason = "not a plan to treat by; plans made anonymous for research carry MACHINE_QA or RESEARCH too"
        planning.add("is_clinical", "false", at=root.at(INTENT), reason=reason)
    elif intent in CLINICAL:
        planning.add("is_clinical", "true", at=root.at(INTENT))
    else:
        planning.add(
            "is_clinical",
            None,
            at=root.at(INTENT),
            reason="Plan Intent (300A,000A) is no term of the standard",
            settled_by="physicist",
        )


def read_references(root: DicomItem) -> None:
    """States structure_set, and the plans this one refers to by their relationship."""
    if root.term(GEOMETRY) == "patient":
        root.need(STRUCTURE_SETS, "the structure set a plan in patient geometry is made on")
    for item in root.items(STRUCTURE_SETS):
        if uid := item.uid(REFERENCED_UID):
            root.object.add("structure_set", uid, at=item.at(REFERENCED_UID))
    for item in root.items(PLANS):
        relationship, uid = item.term(RELATIONSHIP), item.uid(REFERENCED_UID)
        if relationship == "verified_plan" and root.term(INTENT) != "verification":
            reason = "it refers to another plan as VERIFIED_PLAN, as only a plan for verification may"
            root.object.add("is_clinical", None, at=item.at(RELATIONSHIP), reason=reason, settled_by="physicist")
        if uid and relationship in RELATIONSHIPS:
            root.object.add(relationship, uid, at=item.at(REFERENCED_UID))
        elif uid:
            root.object.add(
                "related_plan", uid, at=item.at(REFERENCED_UID), reason="no relationship of the standard is given"
            )


def read_setups(root: DicomItem, used: frozenset[int]) -> frozenset[str]:
    """States setup_technique and motion_management of the setups treatment beams use; returns the techniques.

    Motion management here is intent, never proof that it was done (PS3.3 C.8.8.12).
    """
    items = [*root.items(SETUPS)]
    chosen = [item for item in items if item.integer(SETUP_NUMBER) in used] or items
    planning, techniques = root.object, set[str]()
    for item in chosen:
        if (technique := item.term(SETUP_TECHNIQUE)) and technique not in techniques:
            planning.add("setup_technique", technique, at=item.at(SETUP_TECHNIQUE))
            techniques.add(technique)
    planned = [each for item in chosen for each in item.items(SYNCHRONIZATION)]
    terms = [(item, term) for item in planned for term in map(str.lower, item.texts(COMPENSATION))]
    for item in planned:
        for signal in item.texts(SIGNAL):
            planning.add("motion_signal", signal.lower(), at=item.at(SIGNAL))
    words = {MOTION.get(term) for _, term in terms}
    if len(words) == 1:
        item, (word,) = terms[0][0], words
        if word is not None:
            planning.add("motion_management", word, at=item.at(COMPENSATION), reason="intent of the plan, not delivery")
        else:
            reason = "a compensation technique the course form has no word for"
            planning.add("motion_management", None, at=item.at(COMPENSATION), reason=reason, settled_by="physicist")
    elif words:
        reason = "patient setups plan different motion management"
        planning.add("motion_management", None, at=root.at(SETUPS), reason=reason, settled_by="physicist")
    return frozenset(techniques)
