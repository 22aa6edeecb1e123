"""The target of a claim: the neoplasm first listed, a metastasis before its primary.

The ICD-10-CM chapters are the classification's own layout (CDC/NCHS), not a payer's rule: neoplasms
are C00–D49 by letters, so C4A, C7A and C7B lie inside; secondary ones are C77–C79 and C7B.
"""

import polars as pl

NEOPLASM = r"^(?:C[0-9]|D[0-4])"
SECONDARY = r"^(?:C7[789B])"


def target(diagnoses: pl.Expr) -> pl.Expr:
    """From a list column of codes in claim order to one code, or null where no neoplasm is listed."""
    element = pl.element()
    secondary = diagnoses.list.eval(element.filter(element.str.contains(SECONDARY))).list.first()
    first = diagnoses.list.eval(element.filter(element.str.contains(NEOPLASM))).list.first()
    return pl.coalesce(secondary, first)


def neoplasms(diagnoses: pl.Expr) -> pl.Expr:
    """The neoplasms among a text column of codes joined with `;`, joined again; `""` where none is listed."""
    codes = diagnoses.str.split(";")
    return codes.list.eval(pl.element().filter(pl.element().str.contains(NEOPLASM))).list.join(";")
