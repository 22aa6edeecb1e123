"""What a plan's header says: patient, label, intent, site, references to other objects, patient setups."""

from datetime import datetime

from beamclaim.ingest.dicom.witness import PATIENT, SOP_CLASS, Item

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
RELATIONSHIPS = frozenset({"prior", "alternative", "predecessor", "verified_plan", "concurrent"})
MOTION = {"none": "none", "breath_hold": "breath_hold", "gating": "gating", "tracking": "tracking"}
"""Respiratory Motion Compensation Technique (0018,9170) in words of the course form, where they mean the same."""


def read_patient(root: Item) -> None:
    """States id, birth_date and sex of the patient; the name is never read."""
    witness = root.witness
    key = witness.patient or witness.key
    if witness.patient is None:
        witness.fault(root.at(PATIENT), "a patient id", "none", "missing")
    else:
        witness.say("id", witness.patient, root.at(PATIENT), subject="patient", key=key)
    born, sex = root.day(BIRTH_DATE), root.text(SEX)
    if born is not None:
        witness.say("birth_date", born.isoformat(), root.at(BIRTH_DATE), subject="patient", key=key)
    if sex in ("M", "F", "O"):
        witness.say("sex", sex, root.at(SEX), subject="patient", key=key)
    elif sex is not None:
        witness.fault(root.at(SEX), "M, F or O", "another word")


def read_header(root: Item) -> None:
    """States label, plan_name, planned_on, geometry, intent, site, protocols, texts, frame and sop class."""
    witness = root.witness
    root.need(LABEL, "a plan label")
    root.need(GEOMETRY, "PATIENT or TREATMENT_DEVICE")
    if label := root.text(LABEL):
        witness.say("label", label, root.at(LABEL), "a hint for a person, never evidence")
    witness.tell("plan_name", root, PLAN_NAME)
    planned, at = root.day(PLAN_DATE), root.clock(PLAN_TIME)
    if planned is not None:
        value = datetime.combine(planned, at).isoformat() if at else planned.isoformat()
        witness.say("planned_on", value, root.at(PLAN_DATE), "day the plan was last changed")
    if geometry := root.term(GEOMETRY):
        witness.say("geometry", geometry, root.at(GEOMETRY), "patient geometry alone does not prove 3D planning")
    _intent(root)
    witness.tell("site", root, SITES)
    witness.tell("treatment_protocols", root, PROTOCOLS)
    witness.tell("prescription_description", root, PRESCRIPTION_TEXT)
    witness.tell("manufacturer", root, MANUFACTURER)
    witness.tell("model", root, MODEL)
    if frame := root.uid(FRAME):
        witness.say("frame_of_reference", frame, root.at(FRAME))
    sop_class = root.uid(SOP_CLASS)
    if sop_class is not None and sop_class not in PLAN_CLASSES:
        reason = "no plan class of the standard; read as a plan for its modality and beams"
        witness.say("private_sop_class", sop_class, root.at(SOP_CLASS), reason)


def _intent(root: Item) -> None:
    intent = root.term(INTENT)
    if intent is None:
        return
    witness = root.witness
    witness.say("intent", intent, root.at(INTENT), "often a default of the planning system")
    if intent in NOT_CLINICAL:
        reason = "not a plan to treat by; plans made anonymous for research carry MACHINE_QA or RESEARCH too"
        witness.say("is_clinical", "false", root.at(INTENT), reason)
    elif intent in CLINICAL:
        witness.say("is_clinical", "true", root.at(INTENT))
    else:
        witness.say("is_clinical", None, root.at(INTENT), "the intent is no term of the standard", "physicist")


def read_references(root: Item) -> None:
    """States structure_set, and the plans this one refers to by their relationship."""
    if root.term(GEOMETRY) == "patient":
        root.need(STRUCTURE_SETS, "the structure set a plan in patient geometry is made on")
    for item in root.items(STRUCTURE_SETS):
        if uid := item.uid(REFERENCED_UID):
            root.witness.say("structure_set", uid, item.at(REFERENCED_UID))
    for item in root.items(PLANS):
        relationship, uid = item.term(RELATIONSHIP), item.uid(REFERENCED_UID)
        if uid and relationship in RELATIONSHIPS:
            root.witness.say(relationship, uid, item.at(REFERENCED_UID))
        elif uid:
            root.witness.say("related_plan", uid, item.at(REFERENCED_UID), "no relationship of the standard is given")


def read_setups(root: Item, used: frozenset[int]) -> frozenset[str]:
    """States setup_technique and motion_management of the setups treatment beams use; returns the techniques.

    Motion management here is intent, never proof that it was done (PS3.3 C.8.8.12).
    """
    items = root.items(SETUPS)
    chosen = [item for item in items if item.whole(SETUP_NUMBER) in used] or items
    witness, techniques = root.witness, set[str]()
    for item in chosen:
        if (technique := item.term(SETUP_TECHNIQUE)) and technique not in techniques:
            witness.say("setup_technique", technique, item.at(SETUP_TECHNIQUE))
            techniques.add(technique)
    planned = [each for item in chosen for each in item.items(SYNCHRONIZATION)]
    terms = [(item, term) for item in planned for term in map(str.lower, item.texts(COMPENSATION))]
    for item in planned:
        for signal in item.texts(SIGNAL):
            witness.say("motion_signal", signal.lower(), item.at(SIGNAL))
    words = {MOTION.get(term) for _, term in terms}
    if len(words) == 1:
        item, (word,) = terms[0][0], words
        if word is not None:
            witness.say("motion_management", word, item.at(COMPENSATION), "intent of the plan, not delivery")
        else:
            reason = "a compensation technique the course form has no word for"
            witness.say("motion_management", None, item.at(COMPENSATION), reason, "physicist")
    elif words:
        reason = "patient setups plan different motion management"
        witness.say("motion_management", None, "(300A,0180)", reason, "physicist")
    return frozenset(techniques)
