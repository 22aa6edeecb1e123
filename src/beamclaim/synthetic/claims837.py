"""Writes rows of the claims table as an 837P or 837I: synthetic claims for tests, demonstrations and benchmarks.

Every name in it is invented. The result is a whole interchange with true counts, and an independent
validator finds nothing wrong with it; `beamclaim` reads back the same claims.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from beamclaim.model.value_sets import FORM_OF_SETTING

_VERSION = {"837P": "005010X222A1", "837I": "005010X223A2"}
_FILING = {
    "medicare_ffs": "MB", "medicare_advantage": "16", "medicaid": "MC", "commercial": "CI", "tricare": "CH", "workers_comp": "WC",
}  # fmt: skip
_PLACE = {"freestanding": "11", "professional": "22"}
Row = Mapping[str, Any]


def _words(value: Any) -> list[str]:
    """A list, or `;`-separated text, as a list."""
    if value is None:
        return []
    items = value if isinstance(value, list | tuple) else str(value).split(";")
    return [str(x).strip() for x in items if str(x).strip()]


def form_of(row: Row) -> str:
    """837P or 837I, from the setting."""
    return FORM_OF_SETTING[str(row.get("setting") or "freestanding")]


class InterchangeWriter:
    """One ISA … IEA under construction; segments are counted as they come."""

    def __init__(self, form: str, *, control: int = 1, sender: str = "BEAMCLINIC", day: str = "2026-01-05") -> None:
        self.form = form
        self._control, self._day = control, day.replace("-", "")
        self._out: list[str] = []
        self._hl = 0
        self._sender = sender

    def write(self, claims: Iterable[Sequence[Row]], *, submitted_on: str | None = None) -> bytes:
        """The interchange with one transaction set; each claim is the list of its rows."""
        control = f"{self._control:09}"
        when = (submitted_on or self._day).replace("-", "")
        add = self._out.append
        add(
            f"ISA*00*          *00*          *ZZ*{self._sender:<15}*ZZ*{'BEAMPAYER':<15}*{when[2:]}*0800*^*00501*{control}*0*T*:"
        )
        add(f"GS*HC*{self._sender}*BEAMPAYER*{when}*0800*{self._control}*X*{_VERSION[self.form]}")
        first = len(self._out)
        add(f"ST*837*0001*{_VERSION[self.form]}")
        add(f"BHT*0019*00*{self._control}*{when}*0800*CH")
        add(f"NM1*41*2*{self._sender} RADIATION*****46*TGJ23")
        add("PER*IC*BILLING OFFICE*TE*5555550100")
        add("NM1*40*2*BEAMPAYER*****46*66783JJT")
        for rows in claims:
            self._claim(rows)
        add(f"SE*{len(self._out) - first + 1}*0001")
        add(f"GE*1*{self._control}")
        add(f"IEA*1*{control}")
        return ("~\n".join(self._out) + "~\n").encode()

    def _claim(self, rows: Sequence[Row]) -> None:
        head = rows[0]
        add = self._out.append
        hospital = self.form == "837I"
        self._hl += 1
        billing = self._hl
        add(f"HL*{billing}**20*1")
        add(f"PRV*BI*PXC*{'261QX0203X' if hospital else '2085R0001X'}")
        add(
            f"NM1*85*2*{'BEAM HOSPITAL' if hospital else 'BEAM ONCOLOGY'}*****XX*{head.get('billing_npi') or '2200200014'}"
        )
        add("N3*1 ISOCENTER WAY")
        add("N4*SPRINGFIELD*OH*454011234")
        add("REF*EI*123456789")
        self._hl += 1
        add(f"HL*{self._hl}*{billing}*22*0")
        sequence = head.get("payer_sequence") or "P"
        filing = _FILING.get(str(head.get("payer_line")), "ZZ")
        if filing == "MB" and hospital:
            filing = "MA"
        add(f"SBR*{sequence}*18*******{filing}")
        add(f"NM1*IL*1*TESTPATIENT*{_first_name(head)}****MI*{_member(head)}")
        add("N3*2 COUCH LANE")
        add("N4*SPRINGFIELD*OH*454011234")
        add(f"DMG*D8*{str(head.get('birth_date') or '1960-01-01').replace('-', '')}*{head.get('sex') or 'U'}")
        add(f"NM1*PR*2*{str(head.get('payer_name') or 'PAYER')[:60].upper()}*****PI*{head.get('payer') or 'UNKNOWN'}")
        total = sum(_cents(r.get("charge")) for r in rows)
        frequency = head.get("frequency") or "1"
        if hospital:
            bill = str(head.get("bill_type") or "131")[:2]
            add(f"CLM*{head['claim']}*{_money(total)}***{bill}:A:{frequency}**A*Y*Y")
            add(f"DTP*434*RD8*{_statement_days(rows)}")
            add("CL1*3*1*01")
        else:
            place = head.get("place_of_service") or _PLACE.get(str(head.get("setting")), "11")
            add(f"CLM*{head['claim']}*{_money(total)}***{place}:B:{frequency}*Y*A*Y*Y")
        if head.get("authorization"):
            add(f"REF*G1*{head['authorization']}")
        if head.get("original_claim"):
            add(f"REF*F8*{head['original_claim']}")
        if head.get("patient"):
            add(f"REF*EA*{head['patient']}")
        self._codes(head, hospital)
        if hospital:
            add(f"NM1*71*1*ATTENDING*ANNA****XX*{head.get('attending_npi') or '2400400018'}")
            add("PRV*AT*PXC*2085R0001X")
            if head.get("rendering_npi"):
                add(f"NM1*82*1*RENDERING*RITA****XX*{head['rendering_npi']}")
        elif head.get("rendering_npi"):
            add(f"NM1*82*1*RENDERING*RITA****XX*{head['rendering_npi']}")
            add("PRV*PE*PXC*2085R0001X")
        for row in rows:
            self._line(row, head, hospital)

    def _codes(self, head: Row, hospital: bool) -> None:
        codes = [c.replace(".", "").upper() for c in _words(head.get("diagnoses"))]
        if codes and not hospital:
            for at in range(0, len(codes), 12):
                part = [f"{'ABK' if at + i == 0 else 'ABF'}:{c}" for i, c in enumerate(codes[at : at + 12])]
                self._out.append("HI*" + "*".join(part))
        elif codes:
            self._out.append(f"HI*ABK:{codes[0]}")
            if codes[1:]:
                self._out.append("HI*" + "*".join(f"ABF:{c}" for c in codes[1:]))
        conditions = _words(head.get("condition_codes"))
        if conditions:
            self._out.append("HI*" + "*".join(f"BG:{c}" for c in conditions))

    def _line(self, row: Row, head: Row, hospital: bool) -> None:
        """A service line; what it shares with the claim is said once, there."""
        add = self._out.append
        add(f"LX*{row['line']}")
        procedure = ":".join(["HC", str(row["code"]), *_words(row.get("modifiers"))])
        units = row.get("units") or "1"
        charge = _money(_cents(row.get("charge")))
        if hospital:
            add(f"SV2*{row.get('revenue_code') or '0333'}*{procedure}*{charge}*UN*{units}")
        else:
            count = len(_words(row.get("diagnoses")))
            pointers = _words(row.get("pointers")) or [str(i + 1) for i in range(min(count, 4))]
            place = row.get("place_of_service") or ""
            place = "" if place == head.get("place_of_service") else place
            add(f"SV1*{procedure}*{charge}*UN*{units}*{place}**{':'.join(pointers)}")
        day, until = str(row["date"]).replace("-", ""), str(row.get("date_to") or row["date"]).replace("-", "")
        add(f"DTP*472*D8*{day}" if day == until else f"DTP*472*RD8*{day}-{until}")
        rendering = row.get("rendering_npi")
        if rendering and rendering != head.get("rendering_npi"):
            add(f"NM1*82*1*COVERING*CARL****XX*{rendering}")
            if not hospital:
                add("PRV*PE*PXC*2085R0001X")


def write(rows: Iterable[Row], *, control: int = 1) -> list[bytes]:
    """Rows of the claims table as interchanges, one per form, day made and batch of claims, in order of appearance."""
    batches: dict[tuple[str, str], dict[tuple[str, ...], list[Row]]] = {}
    for row in rows:
        day = str(row.get("submitted_on") or "2026-01-05")
        claim = tuple(
            str(row.get(k) or "")
            for k in ("claim", "patient", "payer", "payer_sequence", "frequency", "original_claim")
        )
        batches.setdefault((form_of(row), day), {}).setdefault(claim, []).append(row)
    return [
        InterchangeWriter(form, control=control + i, day=day).write(claims.values())
        for i, ((form, day), claims) in enumerate(batches.items())
    ]


def _statement_days(rows: Sequence[Row]) -> str:
    """From the first to the last day of service; a last day that is no day stands on its line alone."""
    first = min(str(row["date"]) for row in rows)
    last = max(
        str(row[name]) for row in rows for name in ("date", "date_to") if name == "date" or _is_day(row.get(name))
    )
    return f"{first.replace('-', '')}-{last.replace('-', '')}"


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _cents(value: Any) -> int:
    if value in (None, ""):
        return 0
    whole, _, part = str(value).partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}" if cents % 100 else str(cents // 100)


def _member(row: Row) -> str:
    return "M" + "".join(c for c in str(row.get("patient") or row["claim"]) if c.isalnum()).upper()


def _first_name(row: Row) -> str:
    return "PAT" + "".join(c for c in str(row.get("patient") or "X") if c.isalpha()).upper()
