"""Tables of diagnosis codes and treated sites."""

from beamclaim.policy.declarations import lives, says
from beamclaim.policy.declarations.form import EVERYONE, FLAG, MEDICARE_HOSPITAL, TEXT, WHOLE, Declaration

DIAGNOSES: tuple[Declaration, ...] = (
    Declaration(
        "imrt.class_by_diagnosis", "diagnoses/imrt.class_by_diagnosis.csv", ("code",), {"class": TEXT},
        "Simple or complex IMRT delivery by diagnosis, where the diagnosis is the treated site",
        EVERYONE, is_range=True,
        says=says.class_by_diagnosis,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "imrt.class_by_site", "diagnoses/imrt.class_by_site.csv", ("site_group",), {"class": TEXT},
        "Simple or complex IMRT delivery by treated site, without compensators", EVERYONE,
        detail="simple, complex; compensators make any site simple",
        says=says.class_by_site,
        lives=lives.CODE_SET,
    ),
    Declaration(
        "sites", "diagnoses/sites.csv", ("site",), {"site_group": TEXT},
        "Plain words for a treated site, and the group they mean", EVERYONE,
        lives=lives.STANDING,
    ),
    Declaration(
        "dx.groups", "diagnoses/dx.groups.csv", ("code",),
        {"group": TEXT, "behavior": TEXT, "site_group": TEXT, "condition": TEXT},
        "The narrowest classification group of a diagnosis, its behavior and its site", EVERYONE, is_range=True,
        detail=(
            "the narrowest classification group of a diagnosis; behavior: `malignant`, `secondary`, "
            "`in_situ`, `benign`, `uncertain`, `unspecified`, `encounter`, `prior_radiation`, `history`, "
            "`other`"
        ),
        read_by={"site_group": "policy show", "condition": "policy show: what the guideline asks beside the code"},
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.lists", "diagnoses/dx.lists.csv", ("code",), {"list": TEXT, "read": FLAG, "only_imrt": FLAG, "closed": FLAG},
        "The list of diagnoses that governs a procedure for a payer, and whether its codes were read",
        detail=(
            "the diagnosis list that governs the procedure for the payer; `read` false: in force, its codes "
            "were not read (cannot tell); `only_imrt`: reaches only IMRT, which the code alone does not show; "
            "`closed`: what is not on it is not covered, as its page says"
        ),
        lives=lives.PAYER_LISTS,
        of_payers=True,
    ),
    Declaration(
        "dx.covered", "diagnoses/dx.covered.csv", ("code",), {"list": TEXT, "necessity": TEXT, "condition": TEXT},
        "What the list of a payer says of a diagnosis: covered, conditional, not_covered", is_range=True,
        detail=(
            "what the payer's list says: `covered`, `conditional`, `not_covered` (a closed list names every "
            "other neoplasm so), `exception` (not named: asked for one by one)"
        ),
        of_payers=True,
        read_by={
            "list": "policy show: the list that says so",
            "condition": "policy show: what the list asks beside the code",
        },
        lives=lives.PAYER_LISTS,
    ),
    Declaration(
        "dx.benign", "diagnoses/dx.benign.csv", ("code",), {"kind": TEXT, "condition": TEXT},
        "Diagnoses whose irradiation asks for documented necessity", EVERYONE, is_range=True,
        detail=(
            "asks for documented necessity: `benign`, `uncertain`, `unspecified`, `not_neoplasm`; in situ is "
            "not benign"
        ),
        read_by={"condition": "policy show: what the record must show"},
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.encounter", "diagnoses/dx.encounter.csv", ("code",), {"place": TEXT, "of_visit": TEXT},
        "Encounter codes and the place they take among the diagnoses", EVERYONE,
        detail="encounter codes and their place: Z510 `first` on a visit for external-beam delivery",
        read_by={"of_visit": "policy show: which visit the place is of"},
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.encounter_asked", "diagnoses/dx.encounter_asked.csv", ("code",), {"encounter": TEXT},
        "Services whose visit asks for an encounter code", {},
        says=says.encounter_asked,
        lives=lives.CODE_EDITS,
    ),
    Declaration(
        "dx.secondary_site", "diagnoses/dx.secondary_site.csv", ("site_group",),
        {"secondary": TEXT, "primary": TEXT, "is_nodal": FLAG},
        "Beginnings of the diagnosis codes of a treated site: as metastasis, and as primary", EVERYONE,
        detail=(
            "diagnosis codes of a treated site, as metastasis and as primary; blank: none fits; `is_nodal`: lymph nodes, "
            "treated with their primary, and not involved under its code alone"
        ),
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.sex", "diagnoses/dx.sex.csv", ("code",), {"sex": TEXT}, "Diagnoses of one sex", EVERYONE, is_range=True,
        detail="diagnosis of one sex: `F`, `M`",
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.age", "diagnoses/dx.age.csv", ("code",), {"lowest": WHOLE, "highest": WHOLE},
        "Ages in whole years the hospital claim editor takes with a diagnosis",
        {"scope": "us/medicare", "setting": "any", "at": "", "confidence": "medium", "observed_on": ""},
        is_range=True, is_edition=True,
        detail="ages in whole years the hospital claim editor takes with a diagnosis; neighbors with the same ages are one row",
        lives=lives.EDITOR,
    ),
    Declaration(
        "dx.principal", "diagnoses/dx.principal.csv", ("code",), {"flag": TEXT},
        "Diagnoses the hospital claim editor does not take as principal", {**MEDICARE_HOSPITAL, "confidence": "high"},
        is_range=True, is_edition=True,
        detail=(
            "not taken as principal diagnosis: `supplementary` (edit 113; codes the editor excludes from it are left out), "
            "`manifestation` (86), `external_cause` (5); neighbors with the same flag and days are one row"
        ),
        lives=lives.EDITOR,
    ),
    Declaration(
        "dx.code_first", "diagnoses/dx.code_first.csv", ("code",), {},
        "Diagnoses whose underlying condition stands before them", EVERYONE, is_range=True, is_edition=True,
        detail=(
            "the classification says to code the underlying condition first; notes that hold only if applicable or known "
            "are left out"
        ),
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.excludes", "diagnoses/dx.excludes.csv", ("code",), {"excluded": TEXT},
        "Diagnoses that an Excludes1 note keeps from standing with others", EVERYONE, is_range=True, is_edition=True,
        detail="beginnings of the codes it may not stand with; the rarer side of each pair is the one asked",
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "dx.retreatment", "diagnoses/dx.retreatment.csv", ("code",), {},
        "Diagnoses that say there was earlier irradiation", EVERYONE,
        lives=lives.DIAGNOSES,
    ),
    Declaration(
        "lcd", "diagnoses/lcd.csv", ("document",),
        {
            "kind": TEXT, "topic": TEXT, "contractor": TEXT, "version": TEXT, "codes": TEXT, "list_read": FLAG,
        },
        "Medicare coverage documents and the days they are in force", {"setting": "any"},
        detail=(
            "Medicare coverage documents and their days, by contractor (`mac`); after `last_day` it edits "
            "nothing"
        ),
        read_by={"*": "policy show: which coverage documents were in force; dx.lists names their lists"},
        lives=lives.LCDS,
    ),
)  # fmt: skip
