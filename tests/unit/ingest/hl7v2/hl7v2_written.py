"""Messages written for the tests: made-up patients of a made-up clinic."""

from io import BytesIO

from beamclaim.ingest.hl7v2 import Mapping, read_hl7v2
from beamclaim.model.tables.evidence import Evidence

PID = "PID|1||P1^^^HOME^MR~999^^^SSA^SS||TEST^PATIENT||19610402|M"

DFT = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260304081500||DFT^P03^DFT_P03|M1|P|2.5.1",
    "EVN|P03|20260304081500",
    PID,
    "PV1|1|O",
    "FT1|1|T1||20260303^20260303|20260304|CG|4401^TREATMENT^L|||1|1450.00&USD||RO||||||C61^^I10~Z51.0^^I10|1003000126^DOE^JANE"
    "|1003000126^DOE^JANE||F77||77412^^C4|76~LT",
    "FT1|2|T2||20260303|20260304|CR|4401^TREATMENT^L|||1|||RO||||||C61^^I10||||||77412^^C4",
    "FT1|3|T3||20260304|20260304|CG|4402^TREATMENT^L|||1",
    "FT1|4|T4||20260304|20260304|PY|CASH^PAYMENT^L|||1|20.00&USD",
    "DG1|1||C79.51^^I10||20260301|F|||||||||2",
    "DG1|2||C61^^I10||20260301|F|||||||||1",
    "IN1|1|PLAN^PLAN|00123|MADE UP PAYER",
]

MDM = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260227101500||MDM^T02^MDM_T02|M2|P|2.5.1",
    "EVN|T02|20260227101500",
    PID,
    "PV1|1|O",
    "TXA|1|RTRX|TX|20260227||||||||DOC17|||||LA||AV|||1003000126^DOE^JANE^^^^^^^^^^^^20260227103000",
    "OBX|1|TX|RTRX||THE TEXT OF THE PRESCRIPTION STAYS OUT||||||F",
]

ORU = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260305101500||ORU^R01^ORU_R01|M3|P|2.5.1",
    PID,
    "OBR|1|PL1|FL1|WKPHYS^WEEKLY CHECK^L|||20260305090000|||||||||||||||20260305100000|||F|||||||1003000126&DOE&JANE",
    "OBX|1|TX|WKPHYS^WEEKLY CHECK^L||ALL WELL||||||F|||20260305090000",
    "OBR|2|PL2|FL2|NOTE^NOTE^L|||20260306|||||||||||||||20260306|||P",
]

SIU = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260301101500||SIU^S12^SIU_S12|M4|P|2.5.1",
    "SCH|A1|A1F||||ROUTINE|ROUTINE|TX^TREATMENT^L|||^^^20260303081000^20260303083000|||||1003000126^DOE^JANE||||1003000126^DOE^JANE"
    "|||||BOOKED",
    PID,
    "RGS|1|A",
    "AIS|1|A|TX^TREATMENT^L|20260303081000",
    "AIG|1|A|LA1^LINAC 1^L|MACHINE^^L",
    "AIL|1|A|VAULT1",
]

OMG = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260220101500||OMG^O19^OMG_O19|M5|P|2.5.1",
    PID,
    "ORC|NW|ORD1|FIL1||||||20260220100000|||1003000126^DOE^JANE",
    "OBR|1|ORD1|FIL1|PHYS^SPECIAL PHYSICS^L",
]

ADT = [
    r"MSH|^~\&|ADT|HOME|BEAMCLAIM|HOME|20260220101500||ADT^A40^ADT_A39|M6|P|2.5.1",
    "EVN|A40|20260220101500",
    PID,
    "MRG|P0^^^HOME^MR",
]

STAY = [
    r"MSH|^~\&|ADT|HOME|BEAMCLAIM|HOME|20260220101500||ADT^A03^ADT_A03|M7|P|2.5.1",
    "EVN|A03|20260220101500",
    PID,
    "PV1|1|I|WARD^1^1||||||||||||||||V1|||||||||||||||||||||||||20260210080000|20260214",
]

ALL = {"DFT": DFT, "MDM": MDM, "ORU": ORU, "SIU": SIU, "OMG": OMG, "ADT": ADT, "STAY": STAY}


def written(lines: list[str], end: str = "\r") -> bytes:
    """The bytes of a message."""
    return "".join(line + end for line in lines).encode("latin-1")


def changed(lines: list[str], **fields: str) -> list[str]:
    """A message with fields replaced: `FT1_4="2026"` is the fourth field of its first FT1."""
    lines = list(lines)
    for name, value in fields.items():
        segment, number = name.split("_")
        at = next(i for i, line in enumerate(lines) if line.startswith(segment))
        parts = lines[at].split("|")
        place = int(number) - (segment == "MSH")
        parts += [""] * (place + 1 - len(parts))
        parts[place] = value
        lines[at] = "|".join(parts)
    return lines


def read(data: bytes, mapping: Mapping | None = None) -> Evidence:
    """All the evidence of a file."""
    evidence = Evidence()
    for part in read_hl7v2(BytesIO(data), 0, mapping):
        evidence.extend(part)
    return evidence


def said(evidence: Evidence, subject: str) -> dict[str, dict[str, str | None]]:
    """Key → name → value of a subject; when each was told is left out."""
    found: dict[str, dict[str, str | None]] = {}
    for s in evidence.assertions:
        if s.subject == subject and s.name != "told_at":
            assert s.name not in found.setdefault(s.key, {}), f"{s.name} said twice of {s.key}"
            found[s.key][s.name] = s.value
    return found


def codes(evidence: Evidence) -> list[str]:
    """The case codes of the faults, like E-HL7-012."""
    return [f.found.rpartition("(")[2].rstrip(")") for f in evidence.faults]
