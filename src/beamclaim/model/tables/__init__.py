"""The tables every reader fills and every rule reads: names, types, meaning, what identifies a person.

One word for one thing: column names are ``noun.property``. Days are dates without time zone, money
is ``Decimal(18, 2)``, units ``Decimal(15, 3)``. Two kinds of nothing are kept apart everywhere:

* null: *unknown*: the source could not say (an absent CSV column, an unreadable value);
* ``""`` in a text column: the source says there is *none* (no modifier, no authorization).

Every row knows its place: ``file`` (index into ``files``), ``start`` and ``end`` (byte offsets of the
row's own segment, composite or CSV row, first and past the last) and ``segment`` (number of that
segment or row in the file, from 1). Lists in a text column are joined with ``;``.
"""

from beamclaim.model.tables.claims import (
    ADJUDICATIONS,
    ADJUSTMENTS,
    CLAIMS,
    DATES,
    DIAGNOSES,
    FAULTS,
    FILES,
    HEALTH_CODES,
    INTERCHANGES,
    LINES,
    NOTES,
    PAYERS,
    PROVIDERS,
    REFERENCES,
    SEGMENTS,
    SUBSCRIBERS,
)
from beamclaim.model.tables.course import (
    AUTHORIZATIONS,
    CHARGES,
    COURSES,
    DOCUMENTS,
    FRACTIONS,
    PLANS,
    PRIOR_RADIATION,
    PROCEDURES,
    STAYS,
)
from beamclaim.model.tables.declaration import Table, TableColumn, key_of
from beamclaim.model.tables.evidence import ASSERTIONS, BEAMS, DELIVERIES

# fmt: off
TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        FILES, INTERCHANGES, CLAIMS, LINES, DIAGNOSES, HEALTH_CODES, PROVIDERS, SUBSCRIBERS, PAYERS, ADJUSTMENTS,
        ADJUDICATIONS, REFERENCES, DATES, NOTES, SEGMENTS, FAULTS, COURSES, PLANS, FRACTIONS, PROCEDURES, DOCUMENTS,
        AUTHORIZATIONS, CHARGES, STAYS, PRIOR_RADIATION, ASSERTIONS, BEAMS, DELIVERIES,
    )
}

__all__ = [
    "ADJUDICATIONS",
    "ADJUSTMENTS",
    "ASSERTIONS",
    "AUTHORIZATIONS",
    "BEAMS",
    "CHARGES",
    "CLAIMS",
    "COURSES",
    "DATES",
    "DELIVERIES",
    "DIAGNOSES",
    "DOCUMENTS",
    "FAULTS",
    "FILES",
    "FRACTIONS",
    "HEALTH_CODES",
    "INTERCHANGES",
    "LINES",
    "NOTES",
    "PAYERS",
    "PLANS",
    "PRIOR_RADIATION",
    "PROCEDURES",
    "PROVIDERS",
    "REFERENCES",
    "SEGMENTS",
    "STAYS",
    "SUBSCRIBERS",
    "TABLES",
    "Table",
    "TableColumn",
    "key_of",
]
# fmt: on
