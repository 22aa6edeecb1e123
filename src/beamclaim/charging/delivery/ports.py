"""Conventional delivery by areas, ports and blocks: hospitals to 2025."""

from beamclaim.charging import charge, col, one_of, param, step, unknown
from beamclaim.charging.delivery.method import DAY, HELD, KIND, by


@charge(
    "delivery",
    view="sessions",
    day=DAY,
    applies=by("ports", "conventional"),
    hold=HELD,
    cites=("CODINGAHEAD-77402", "AAPC-LEVELS", "ASTRO-FAQ-DELIV"),
)
def ports():
    areas, fields, blocks = col("session.areas"), col("session.fields"), col("session.blocks")
    many_areas, many_ports = (
        param("radonc.ports.areas_complex", on=DAY),
        param("radonc.ports.ports_intermediate", on=DAY),
    )
    one_area = areas <= 1
    return (
        step(
            "ports_complex",
            any_of={
                "many_areas": areas >= many_areas,
                "custom_blocks": one_of(blocks, "custom"),
                "electrons": one_of(KIND, "electron", "mixed"),
                # Tangents, wedges, rotation, field in field: the form of a course does not say them.
                "tangents_or_wedges": unknown(),
            },
        ),
        step(
            "ports_intermediate",
            any_of={"two_areas": (areas > 1) & (areas < many_areas), "many_ports": one_area & (fields >= many_ports)},
        ),
        step("ports_simple", all_of={"one_area": one_area, "few_ports": fields < many_ports}),
    )
