"""DXN105. The treated site is named by no diagnosis of the line: a metastasis under its primary, or the reverse."""

from beamclaim.rules import any_listed, code_in, col, no, none, rule, stated, unknown, value, when, yes

TABLE, GROUPS = "dx.secondary_site", "dx.groups"
SITE, LINE = "plan.site_group", "line.diagnoses"
AS_METASTASIS, AS_PRIMARY = value(TABLE, "secondary", of=SITE), value(TABLE, "primary", of=SITE)
#: Nodes that are not involved are treated under the code of their primary alone, and no code says whether they are.
MAY_BE_ELECTIVE = code_in(TABLE, of=SITE, is_nodal="true") & code_in(GROUPS, of=LINE, behavior="malignant")
SECONDARY = code_in(GROUPS, of=LINE, behavior="secondary")
#: Without a course only a line that passes over a metastasis of its own claim raises the question.
PASSED_OVER = code_in(GROUPS, of="claim.diagnoses", behavior="secondary") & ~SECONDARY


@rule(
    "DXN105",
    title="Diagnoses of the line do not name the treated site",
    formerly=("secondary-site-order",),
    view="lines",
    applies=code_in("radonc.delivery")
    & ~none(col("line.neoplasms"))
    & when(stated(col("course.key")), yes(), PASSED_OVER),
    about=("claim.key", "line.diagnoses"),
    at="line.code",
    message="the plan treats {plan.site}; the diagnoses of {lines} ({line.diagnoses}) name it neither as a metastasis nor as a primary",
    to_do="Where a metastasis was treated, list the secondary site treated first and the primary after it; "
    "where the primary was, point to the primary",
    who="coder",
    severity="warning",
    cites=("N116", "N118"),
    rests_on=(TABLE,),
    needs=("whether the nodes are involved",),
    optional=("course.key", AS_METASTASIS, AS_PRIMARY),
)
def treated_site_not_named():
    # A blank cell: no code of that kind fits the site.
    is_metastasis = when(stated(AS_METASTASIS), any_listed(col(LINE), AS_METASTASIS), no())
    named = is_metastasis | when(stated(AS_PRIMARY), any_listed(col(LINE), AS_PRIMARY), no())
    clashes = when(MAY_BE_ELECTIVE, ~named & unknown(), ~named)
    return dict(fires=when(code_in(TABLE, of=SITE), clashes, unknown()))
