"""What the 837P and 837I guides allow: versions read, loops, what opens them, which segment may stand in which."""

from beamclaim.ingest.x12.guide import HierarchyLevel, Inner, Outline

#: Implementation version → form. Anything else is named and skipped.
FORMS = {
    "005010X222": "837P",
    "005010X222A1": "837P",
    "005010X222A2": "837P",
    "005010X223": "837I",
    "005010X223A1": "837I",
    "005010X223A2": "837I",
    "005010X223A3": "837I",
}
TITLE = "an 837P 005010X222 (A1, A2) or 837I 005010X223 (A1, A2, A3)"

#: Known segments by loop: in both forms, then what only one of the two allows.
_SHARED = {
    "ST": "BHT",
    "1000A": "NM1 PER",
    "1000B": "NM1",
    "2000A": "HL PRV CUR",
    "2010AA": "NM1 N3 N4 REF PER",
    "2010AB": "NM1 N3 N4",
    "2010AC": "NM1 N3 N4 REF",
    "2000B": "HL SBR PAT",
    "2010BA": "NM1 N3 N4 DMG REF PER",
    "2010BB": "NM1 N3 N4 REF",
    "2000C": "HL PAT",
    "2010CA": "NM1 N3 N4 DMG REF PER",
    "2300": "CLM DTP PWK CN1 AMT REF K3 NTE CRC HI HCP",
    "2320": "SBR CAS AMT OI MOA",
    "2330A": "NM1 N3 N4 REF",
    "2330B": "NM1 N3 N4 DTP REF",
    "2400": "LX PWK DTP REF AMT NTE HCP",
    "2410": "LIN CTP REF",
    "2430": "SVD CAS DTP AMT",
}
_PROFESSIONAL = {
    "2300": "CR1 CR2",
    "2310A": "NM1 REF",
    "2310B": "NM1 PRV REF",
    "2310C": "NM1 N3 N4 REF PER",
    "2310D": "NM1 REF",
    "2310E": "NM1 N3 N4",
    "2310F": "NM1 N3 N4",
    "2330C": "NM1 REF",
    "2330D": "NM1 REF",
    "2330E": "NM1 REF",
    "2330F": "NM1 REF",
    "2330G": "NM1 REF",
    "2400": "SV1 SV5 CR1 CR3 CRC QTY MEA CN1 K3 PS1",
    "2420A": "NM1 PRV REF",
    "2420B": "NM1 REF",
    "2420C": "NM1 N3 N4 REF",
    "2420D": "NM1 REF",
    "2420E": "NM1 N3 N4 REF PER",
    "2420F": "NM1 REF",
    "2420G": "NM1 N3 N4",
    "2420H": "NM1 N3 N4",
    "2440": "LQ FRM",
}
_INSTITUTIONAL = {
    "2300": "CL1",
    "2310A": "NM1 PRV REF",
    "2310B": "NM1 REF",
    "2310C": "NM1 REF",
    "2310D": "NM1 REF",
    "2310E": "NM1 N3 N4 REF",
    "2310F": "NM1 REF",
    "2320": "MIA",
    "2330C": "NM1 REF",
    "2330D": "NM1 REF",
    "2330E": "NM1 REF",
    "2330F": "NM1 REF",
    "2330G": "NM1 REF",
    "2330H": "NM1 REF",
    "2330I": "NM1 REF",
    "2400": "SV2",
    "2420A": "NM1 REF",
    "2420B": "NM1 REF",
    "2420C": "NM1 REF",
    "2420D": "NM1 REF",
}

# (level, NM101) → loop
_NAMES_SHARED = {
    ("header", "41"): "1000A", ("header", "40"): "1000B",
    ("billing", "85"): "2010AA", ("billing", "87"): "2010AB", ("billing", "PE"): "2010AC",
    ("subscriber", "IL"): "2010BA", ("subscriber", "PR"): "2010BB", ("patient", "QC"): "2010CA",
    ("other_payer", "IL"): "2330A", ("other_payer", "PR"): "2330B",
}  # fmt: skip
_NAMES_PROFESSIONAL = {
    ("claim", "DN"): "2310A", ("claim", "P3"): "2310A", ("claim", "82"): "2310B", ("claim", "77"): "2310C",
    ("claim", "DQ"): "2310D", ("claim", "PW"): "2310E", ("claim", "45"): "2310F",
    ("other_payer", "DN"): "2330C", ("other_payer", "P3"): "2330C", ("other_payer", "82"): "2330D",
    ("other_payer", "77"): "2330E", ("other_payer", "DQ"): "2330F", ("other_payer", "85"): "2330G",
    ("line", "82"): "2420A", ("line", "QB"): "2420B", ("line", "77"): "2420C", ("line", "DQ"): "2420D",
    ("line", "DK"): "2420E", ("line", "DN"): "2420F", ("line", "P3"): "2420F", ("line", "PW"): "2420G", ("line", "45"): "2420H",
}  # fmt: skip
_NAMES_INSTITUTIONAL = {
    ("claim", "71"): "2310A", ("claim", "72"): "2310B", ("claim", "ZZ"): "2310C", ("claim", "82"): "2310D",
    ("claim", "77"): "2310E", ("claim", "DN"): "2310F",
    ("other_payer", "71"): "2330C", ("other_payer", "72"): "2330D", ("other_payer", "ZZ"): "2330E",
    ("other_payer", "77"): "2330F", ("other_payer", "82"): "2330G", ("other_payer", "DN"): "2330H",
    ("other_payer", "85"): "2330I",
    ("line", "72"): "2420A", ("line", "ZZ"): "2420B", ("line", "82"): "2420C", ("line", "DN"): "2420D",
}  # fmt: skip

OUTLINE = Outline(
    loops=_SHARED,
    form_loops={"837P": _PROFESSIONAL, "837I": _INSTITUTIONAL},
    levels=(
        HierarchyLevel("billing", "2000A", "HL", (3, "20"), holds=True),
        HierarchyLevel("subscriber", "2000B", "HL", (3, "22"), holds=True),
        HierarchyLevel("patient", "2000C", "HL", (3, "23"), holds=True),
        HierarchyLevel("claim", "2300", "CLM"),
    ),
    claim="claim",
    # A line begins at its LX, or at a service segment that has no LX of its own.
    line=Inner("line", "2400", "LX", services={"837P": "SV1", "837I": "SV2"}),
    other=Inner("other_payer", "2320", "SBR"),
    details={"SVD": "2430", "LIN": "2410", "LQ": "2440"},
    names=_NAMES_SHARED,
    form_names={"837P": _NAMES_PROFESSIONAL, "837I": _NAMES_INSTITUTIONAL},
)
PROFESSIONAL = OUTLINE.forms["837P"]
BILLING, SUBSCRIBER, PATIENT = (OUTLINE.level(name) for name in ("billing", "subscriber", "patient"))
CLAIM, OTHER_PAYER, LINE = (OUTLINE.level(name) for name in ("claim", "other_payer", "line"))

# Qualifiers the reader depends on.
DIAGNOSES = frozenset(["ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN"])
ORDERED_DIAGNOSES = frozenset(["ABK", "ABF", "BK", "BF"])
PRINCIPAL = frozenset(["ABK", "BK"])
ICD10 = frozenset(["ABK", "ABF", "ABJ", "APR", "ABN"])
HEALTH_CODES = frozenset(["BG", "BH", "BI", "BE", "BBR", "BBQ", "BR", "BQ", "BP", "BO", "DR", "TC"])
UNIT_BASES = frozenset(["UN", "MJ", "DA", "F2"])
PROCEDURE_KINDS = frozenset(["HC", "HP", "ER", "IV", "WK", "ZZ"])
#: Bill types (first two digits) whose lines must carry a date of service.
OUTPATIENT = frozenset(["12", "13", "14", "22", "23", "34", "71", "72", "73", "74", "75", "76", "77", "83", "85"])
