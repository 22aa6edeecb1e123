"""The guides 837P and 837I: claims, their lines and what hangs on them, as the tables of the model.

Begin with `outline` (what stands where); `claims` and `lines` are the two main tables. Known by `GUIDE` alone.
"""

from collections.abc import Mapping

import polars as pl

from beamclaim.ingest.x12.chunk import Chunk
from beamclaim.ingest.x12.guide import Guide
from beamclaim.ingest.x12.guides.claim837 import details, diagnoses, parties
from beamclaim.ingest.x12.guides.claim837.claims import Claims
from beamclaim.ingest.x12.guides.claim837.lines import Services
from beamclaim.ingest.x12.guides.claim837.outline import FORMS, OUTLINE, TITLE
from beamclaim.ingest.x12.guides.claim837.places import place


def tables(chunk: Chunk, versions: Mapping[int, str]) -> dict[str, pl.DataFrame]:
    """Every table of the chunk; faults gather in the chunk.

    `versions` gives the implementation version of each transaction by the offset of its ST.
    """
    people = parties.read_names(chunk)
    days, qualifier = details.service_days(chunk)
    codes = diagnoses.Health.read(chunk)
    of_claims, ordered = diagnoses.diagnoses(chunk, codes)
    claims = Claims.read(chunk, people)
    services = Services.read(chunk, days, qualifier, claims)
    return {
        "claims": claims.frame(
            chunk, days, qualifier, versions, diagnoses=ordered, conditions=diagnoses.conditions(chunk, codes)
        ),
        "lines": services.frame(chunk, people, claims),
        "diagnoses": of_claims,
        "health_codes": diagnoses.health_codes(chunk, codes),
        "providers": parties.providers(chunk, people),
        "subscribers": parties.subscribers(chunk, people),
        "payers": parties.payers(chunk, people),
        "adjustments": details.adjustments(chunk),
        "adjudications": details.adjudications(chunk),
        "references": details.references(chunk),
        "dates": details.dates(chunk, days),
        "notes": details.notes(chunk),
    }


GUIDE = Guide(
    "837",
    FORMS,
    TITLE,
    OUTLINE,
    (
        "claims", "lines", "diagnoses", "health_codes", "providers", "subscribers", "payers", "adjustments",
        "adjudications", "references", "dates", "notes",
    ),
    tables,
    place,
)  # fmt: skip
