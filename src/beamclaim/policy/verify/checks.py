"""Every file of a folder of copies: which of our tables it is compared with, and why a file is not."""

from beamclaim.policy.verify import classification, editor, fee_schedule, lists
from beamclaim.policy.verify.comparison import Check

_CODES = "opps-ioce/hcpcs_radonc.csv"
_RESTRICTIONS = ("opps-ioce/dx10_restrictions.csv", editor.VERSIONS)
_TABULAR = ("icd10cm/icd10c-tabular-April-1-2026.xml",)
_RVU = fee_schedule.RELEASES
_EDITOR_PART, _OCTOBER = "to June 2026", "October to December 2026"

CHECKS = (
    Check("mpfs.rates", _RVU, fee_schedule.rates, key=("code", "modifier", "first_day")),
    Check("mpfs.indicators", _RVU, fee_schedule.indicators),
    Check("technical", _RVU, fee_schedule.technical_parts, fee_schedule.own_technical_parts, key=("code", "year")),
    Check("addons", _RVU, fee_schedule.add_ons, fee_schedule.own_add_ons, ("code", "year"), "physicians and offices"),
    Check("mpfs.gpci", ("mpfs/GPCI2025.csv",), fee_schedule.gpci),
    Check("mpfs.localities", ("mpfs/25LOCCO.csv",), fee_schedule.localities),
    Check("opps.status", (_CODES,), editor.status),
    Check("opps.rates", ("opps-ioce/apc_radonc.csv",), editor.payments),
    Check("radonc.codes", (_CODES, *_RVU), editor.lives, editor.own_lives, key=("code",)),
    Check("radonc.known", (_CODES, *_RVU), lists.known, key=("code", "first_day")),
    Check(
        "setting.not_payable", (_CODES, *_RVU), lists.statuses, lists.own_statuses, ("code", "setting", "year"),
        within=("code", "setting", "year"), others="COD102 goes by the status itself; the list only adds words",
    ),
    Check(
        "form.statuses", ("opps-ioce/status_indicators.csv",), lists.letters, lists.own_letters, ("letter",),
        within=("letter",), others="no code of radiation therapy has them, or they are paid or packaged",
    ),
    Check("ncci", ("opps-ioce/ncci_pairs_radonc_outpatient.csv",), editor.pairs, editor.own_pairs, part=_EDITOR_PART),
    Check("ncci", ("ncci/ptp_radonc_2026Q4.csv",), lists.october_pairs, lists.own_october_pairs, part=_OCTOBER, is_extract=True),
    Check("mue", ("ncci/mue_radonc_2026Q4.csv",), lists.maxima, key=("code", "setting", "first_day"), is_extract=True),
    Check("addons", ("opps-ioce/addon_radonc.csv", editor.VERSIONS), editor.add_ons, editor.own_add_ons, part="hospitals"),
    Check("imrt.plan_bundle", ("opps-ioce/imrt_planning_bundle.csv",), editor.plan_bundle, editor.from_editor),
    Check("modifiers", ("opps-ioce/modifiers.csv", editor.VERSIONS), editor.modifiers),
    Check("modifier_conflicts", ("opps-ioce/modifier_conflicts.csv",), editor.conflicts, editor.conflicts_from_editor),
    Check(
        "revenue_codes", ("opps-ioce/revenue_codes.csv",), lists.revenue, lists.own_revenue, ("beginning",), within=("beginning",),
        others="other departments; what the editor does with a line that has no procedure code no rule asks",
    ),
    Check("dx.age", _RESTRICTIONS, editor.ages),
    Check("dx.principal", _RESTRICTIONS, editor.principal),
    Check("dx.code_first", _TABULAR, classification.code_first, classification.own_code_first, ("code_from",)),
    Check(
        "dx.excludes", _TABULAR, classification.excludes, classification.own_excludes, ("code_from", "noted_at"),
        within=("noted_at",), others="DXN110 asks the notes of these categories; other pairs no rule asks",
    ),
    Check("icd10cm", ("icd10cm/code-list-April-2026.txt",), classification.codes, classification.own_codes),
    Check(
        "claim.places", ("place-of-service/pos_names.csv", "x12-code-values/pos.csv"), lists.places, key=("place",),
        within=("place",), others="no radiation therapy is given there, or nobody wrote what follows from it",
    ),
    Check("rarc", ("x12-code-values/remark_code.csv",), lists.remarks),
    Check("lcd", ("lcd-index/radonc_lcd_article_index_2025-08.csv",), lists.documents, lists.own_documents),
)  # fmt: skip

#: Files no table of ours is made of, and why.
NOT_COMPARED = {
    "opps-ioce/comprehensive_apc_rank_radonc.csv": "no rule asks what a comprehensive payment takes in",
    "opps-ioce/edits.csv": "the words of the editor's edits; rows of ours name their numbers and have words of their own",
    "x12-code-values/claim_status.csv": "the payer's answer to an inquiry; no table of ours holds it",
    "x12-code-values/claim_status_cat.csv": "the payer's answer to an inquiry; no table of ours holds it",
    "x12-code-values/entity_id.csv": "words of X12, which the readers of its files know",
    "x12-code-values/service_type.csv": "kinds of benefit; no claim of ours names them",
}
