"""COD105. The delivery level billed is not the one the record of the day supports."""

from beamclaim.rules import any_of, code_in, col, either, if_seen, one_of, rule, text, total, unknown, value, when, yes

LEVELS = "delivery.rank"
TECHNIQUES = "delivery.level_by_technique"
TOP = code_in("radonc.delivery", technique="external_beam", level="3")
DELIVERED = code_in("radonc.delivery", technique="external_beam")
DAY = ("patient.key", "line.date")


@rule(
    "COD105",
    title="Delivery level is not the one the record supports",
    formerly=("delivery-level",),
    view="lines",
    # A day without a session is EVD101's.
    applies=DELIVERED & if_seen(col("day.sessions") > 0, yes()),
    at="line.code",
    message="{line.code} is billed; the record of {line.date} supports {supported}",
    to_do="Compare the treatment record of the day with the level",
    who="coder",
    risk="repayment",
    cites=("HCN-2026", "UHC-IMRT-2026", "OPENPAYER-77402", "OPENPAYER-77407", "SDN-2026"),
    rests_on=(LEVELS, TECHNIQUES),
    needs=("the level of this technique",),
    optional=("day.sessions",),
)
def delivery_level_not_supported():
    modality, technique = col("day.modality"), col("day.technique")
    photons, mixed = one_of(modality, "photon"), one_of(modality, "mixed")
    skin = one_of(modality, "electron") & one_of(technique, "total_skin_electron")
    flat = one_of(technique, "2d")
    moved = when(flat, unknown(), yes())
    trigger = mixed | skin | (photons & (col("day.isocenters") > 1)) | (photons & col("day.motion_managed") & moved)
    billed, plain = value(LEVELS, "rank"), value(TECHNIQUES, "rank", of="day.technique")
    # Levels are those of photons and electrons; whatever else was delivered has codes of its own.
    other = ~one_of(modality, "photon", "electron", "mixed")
    over = ~trigger & (TOP | other | (billed > plain))
    under = ~TOP & (trigger | (billed < plain))
    # Another line of the day may carry the level: then this one is a second line for the session (BND105).
    carried = any_of(DELIVERED & when(trigger, TOP, billed >= plain), over=DAY)
    # With a session for each unit of the day, every line stands for a session of its own.
    own_session = col("day.sessions") >= total("line.units", over=DAY, where=DELIVERED)
    return dict(
        fires=over | (under & (~carried | own_session)),
        risk=either(over, "repayment", "underpayment"),
        to_do=either(
            over,
            "Bill what the record supports; if the line was paid, have the overpayment confirmed and returned",
            "Compare the record with the level and bill what was delivered: this level leaves money",
        ),
        supported=when(
            other,
            text("none of these levels: what was delivered has codes of its own"),
            when(trigger, text("the highest level"), value(TECHNIQUES, "code", of="day.technique")),
        ),
    )
