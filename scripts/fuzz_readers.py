"""Feeds damaged real files to every reader, and counts: nothing crashes, nothing hangs, memory stays bounded.

``python scripts/fuzz_readers.py [--seconds 20] [--seed 1]`` takes the sample files of the tests, flips, cuts, repeats,
swaps and inserts bytes, and reads each damaged copy. A reader may say faults or refuse the file with a reason; any
other exception, or a file that takes longer than `SLOW` seconds, makes the script fail and prints the seed of the input.
"""

import argparse
import gzip
import io
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from beamclaim.errors import InputError
from beamclaim.ingest.course_form import read_course
from beamclaim.ingest.dicom import read_dicom
from beamclaim.ingest.fhir import read_fhir
from beamclaim.ingest.flat_tables import read_claims_csv, read_claims_jsonl
from beamclaim.ingest.hl7v2 import read_hl7v2
from beamclaim.ingest.x12 import read_x12
from beamclaim.policy.thresholds import load_thresholds

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
SLOW = 5.0
_LARGEST = 2_000_000
THRESHOLDS = load_thresholds()

Reader = Callable[[io.BytesIO], object]
READERS: dict[str, tuple[Reader, str]] = {
    "DICOM records": (lambda s: list(read_dicom(s, 0, THRESHOLDS)), "dicom/records/**/*.dcm"),
    "DICOM plans and others": (lambda s: list(read_dicom(s, 0, THRESHOLDS)), "dicom/plans/*.dcm*"),
    "DICOM encodings": (lambda s: list(read_dicom(s, 0, THRESHOLDS)), "dicom/encodings/*.dcm"),
    "FHIR": (lambda s: list(read_fhir(s, 0)), "fhir/*.json"),
    "HL7 v2": (lambda s: list(read_hl7v2(s, 0)), "hl7v2/**/*.hl7"),
    "X12": (lambda s: list(read_x12(s, file=0)), "x12/**/*.*"),
    "claims table": (lambda s: list(read_claims_csv(s, file=0)), "intake/*.csv"),
    "claims rows": (lambda s: list(read_claims_jsonl(s, file=0)), "intake/*.jsonl"),
    "course form": (lambda s: list(read_course(s, file=0)), "courses/*.json"),
}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A copy with one to four kinds of damage."""
    raw = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(raw) + 1)
        length = rng.choice((1, 1, 2, 4, 16, 200))
        part = bytes(raw[at : at + length])
        match rng.randrange(6):
            case 0:
                raw[at : at + length] = rng.randbytes(len(part))
            case 1:
                del raw[at : at + length]
            case 2:
                raw[at:at] = rng.randbytes(length)
            case 3:
                raw[at:at] = part * rng.choice((1, 2, 50))
            case 4:
                del raw[at:]
            case _:
                raw[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"))
    return bytes(raw)


def files(pattern: str) -> list[bytes]:
    """The sample files of a kind, unpacked, none larger than the run can repeat often."""
    found = [p for p in sorted(FIXTURES.glob(pattern)) if p.is_file() and not p.name.endswith((".csv", ".txt", ".md"))]
    if not found and pattern.startswith("intake"):
        found = sorted(FIXTURES.glob(pattern))
    raw = [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in found]
    return [data for data in raw if len(data) < _LARGEST]


def run(name: str, seconds: float, seed: int) -> bool:
    """Damages and reads for so long; prints one line; False when something crashed or hung."""
    read, pattern = READERS[name]
    samples = files(pattern)
    rng = random.Random(f"{seed} {name}")
    count: Counter[str] = Counter()
    slowest, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        data = damaged(rng.choice(samples), rng)
        began = time.perf_counter()
        try:
            read(io.BytesIO(data))
            count["read"] += 1
        except InputError:
            count["refused"] += 1
        except Exception as error:
            count["crashed"] += 1
            print(
                f"{name}: {type(error).__name__} on input {sum(count.values())} of seed {seed}: {error}",
                file=sys.stderr,
            )
        slowest = max(slowest, time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:24} {len(samples):4} samples  {sum(count.values()):7,} inputs  {count['read']:7,} read  "
        f"{count['refused']:7,} refused  {count['crashed']} crashed  slowest {slowest:5.2f} s  peak {peak:4.0f} MB",
        flush=True,
    )
    return not count["crashed"] and slowest < SLOW


def main() -> int:
    """Every reader in turn; 1 when one of them crashed or hung."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    held = [run(name, asked.seconds, asked.seed) for name in READERS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
