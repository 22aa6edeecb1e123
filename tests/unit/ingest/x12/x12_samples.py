"""The sample files, and ways to read them, shared by the tests of the X12 reader."""

import io
import re
from functools import cache
from pathlib import Path

import polars as pl

from beamclaim.ingest.x12 import read_x12
from beamclaim.model.tables import TABLES

FIXTURES = Path(__file__).parents[3] / "fixtures" / "x12"
SAMPLES = sorted(
    str(p.relative_to(FIXTURES))
    for p in FIXTURES.rglob("*")
    if p.is_file() and p.suffix not in {".csv"} and "LICENSES" not in p.parts
)
FORM = re.compile(rb"005010X22(2(A[12])?|3(A[123])?)")
PROFESSIONAL = next(
    s for s in SAMPLES if s.endswith("X222A1_HC837_Health_Care_Claim_Professional/pass/commercial-health-insurance.edi")
)
INSTITUTIONAL = next(
    s for s in SAMPLES if s.endswith("X223A2_HC837_Health_Care_Claim_Institutional/pass/837-institutional-claim.edi")
)
SECONDARY = next(s for s in SAMPLES if s.endswith("COB-claim-from-payer-a-to-payer-b-in-payer-to-payer.edi"))


@cache
def sample(name: str) -> bytes:
    """The bytes of a sample file."""
    return (FIXTURES / name).read_bytes()


def read(raw: bytes, chunk_bytes: int = 1 << 20, file: int = 3) -> dict[str, pl.DataFrame]:
    """All chunks of a file as one frame a table; checks names and types of each on the way."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for chunk in read_x12(io.BytesIO(raw), file=file, chunk_bytes=chunk_bytes):
        for name, frame in chunk.items():
            assert list(frame.schema.items()) == list(TABLES[name].schema.items())
            parts.setdefault(name, []).append(frame)
    return {name: pl.concat(frames) for name, frames in parts.items()}


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """A table in an order that does not depend on how it was chunked."""
    return frame.sort(frame.columns, maintain_order=True)


def claim837(*body: str, form: str = "P", envelope: bool = True) -> bytes:
    """A transaction with a provider, a subscriber and these segments behind them."""
    version = {"P": "005010X222A1", "I": "005010X223A2"}[form]
    head = [
        f"ST*837*0001*{version}", "BHT*0019*00*1*20260301*0800*CH", "NM1*41*2*SUBMITTER*****46*1",
        "NM1*40*2*RECEIVER*****46*2", "HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893", "HL*2*1*22*0",
        "SBR*P*18*******MB", "NM1*IL*1*DOE*JANE****MI*M1", "DMG*D8*19500101*F", "NM1*PR*2*PAYER*****PI*P1",
    ]  # fmt: skip
    segments = [*head, *body]
    segments.append(f"SE*{len(segments) + 1}*0001")
    if envelope:
        isa = (
            "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*0800*^*00501*000000001*0*T*:"
        )
        segments = [isa, f"GS*HC*S*R*20260301*0800*1*X*{version}", *segments, "GE*1*1", "IEA*1*000000001"]
    return ("~".join(segments) + "~").encode()


LINE_P = ("LX*1", "SV1*HC:77412*100*UN*1***1", "DTP*472*D8*20260302")
CLAIM_P = ("CLM*C1*100***11:B:1*Y*A*Y*Y", "HI*ABK:C61", *LINE_P)
CLAIM_I = ("CLM*C1*100***13:A:1**A*Y*Y", "HI*ABK:C61", "LX*1", "SV2*0333*HC:77412*100*UN*1", "DTP*472*D8*20260302")
