"""A size and a seed → a large synthetic 837 file: claims of radiation oncology, office and hospital, that a careful biller would send.

``python -m benchmarks.corpus 20 corpus.837`` writes 20 MB; ``--wrong`` the kind in which nearly every line has a
finding (`benchmarks/wrong.py`). The same seed gives the same bytes. No person, provider or payer in it exists.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

CLAIMS_PER_SET = 5_000
CLAIMS_PER_INTERCHANGE = 10_000
FIRST_DAY = date(2026, 1, 5)
DELIVERY = ("77402", "77407", "77412")
PLANNING = (("77301", 2600), ("77338", 900), ("77300", 140), ("77293", 310))
#: Targets that fit either sex.
DIAGNOSES = ("C3411", "C099", "C20", "C7931", "C7951", "C153")
LAST = ("ASHDOWN", "BRINKMANN", "CORVELL", "DUNMORE", "ELLERBY", "FAIRWOOD", "GARRICKSON", "HOLLOWAY-TESTCASE")
FIRST = ("ADA", "BORIS", "CLEO", "DMITRI", "ESTHER", "FINN", "GRETA", "HUGO")


def npi(random_: random.Random) -> str:
    """Ten digits with a right check digit; 1 in front as in real ones."""
    body = "1" + "".join(random_.choices("0123456789", k=8))
    digits = [int(c) for c in "80840" + body]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits, start=1))
    return body + str(-total % 10)


class Corpus:
    """Claims in order, with running numbers; `claims_per_set` patients at most stand in one ST … SE."""

    claims_per_set = CLAIMS_PER_SET

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.claim = 0
        self.npis = [npi(self.random) for _ in range(40)]

    def interchange(self, number: int, claims: int, institutional: bool) -> Iterator[str]:
        """One ISA … IEA of one form, its transactions of at most `claims_per_set` claims."""
        version = "005010X223A2" if institutional else "005010X222A1"
        yield (
            f"ISA*00*          *00*          *ZZ*CLINIC{number % 7:<9}*ZZ*PAYER0001      *260301*0800*^*00501"
            f"*{number:09}*0*T*:~\nGS*HC*CLINIC*PAYER*20260301*0800*{number}*X*{version}~\n"
        )
        sets = 0
        while claims > 0:
            sets += 1
            part = min(claims, self.claims_per_set)
            yield self.transaction(sets, part, version, institutional)
            claims -= part
        yield f"GE*{sets}*{number}~\nIEA*1*{number:09}~\n"

    def transaction(self, number: int, claims: int, version: str, institutional: bool) -> str:
        """One ST … SE."""
        out = [
            f"ST*837*{number:04}*{version}",
            f"BHT*0019*00*BATCH{number:06}*20260301*0800*CH",
            "NM1*41*2*SYNTHETIC SUBMITTER*****46*SUB0001",
            "PER*IC*HELP DESK*TE*5550100000",
            "NM1*40*2*SYNTHETIC PAYER*****46*PAYER0001",
        ]
        level = 0
        parent = 0
        for i in range(claims):
            if i % 50 == 0:
                level += 1
                parent = level
                out += self.billing(level)
            level += 1
            out += self.subscriber(level, parent)
            out += self.institutional() if institutional else self.professional()
        out.append(f"SE*{len(out) + 1}*{number:04}")
        return "~\n".join(out) + "~\n"

    def billing(self, level: int) -> list[str]:
        """A billing provider."""
        return [
            f"HL*{level}**20*1",
            "PRV*BI*PXC*2085R0001X",
            f"NM1*85*2*SYNTHETIC RADIATION ONCOLOGY*****XX*{self.random.choice(self.npis)}",
            "N3*1 BEAM ROAD",
            "N4*TESTVILLE*OH*431230000",
            "REF*EI*990000001",
        ]

    def subscriber(self, level: int, parent: int) -> list[str]:
        """A subscriber who is the patient, and the payer."""
        r = self.random
        born = date(1935, 1, 1) + timedelta(days=r.randrange(22000))
        return [
            f"HL*{level}*{parent}*22*0",
            f"SBR*P*18*GRP{r.randrange(1000):04}******{r.choice(('MB', 'CI', '16', 'MC', 'BL'))}",
            f"NM1*IL*1*{r.choice(LAST)}*{r.choice(FIRST)}****MI*M{r.randrange(10**9):09}",
            "N3*5 SAMPLE STREET",
            "N4*TESTVILLE*OH*43123",
            f"DMG*D8*{born:%Y%m%d}*{r.choice('MF')}",
            f"NM1*PR*2*SYNTHETIC PAYER*****PI*PAYER{r.randrange(9):04}",
        ]

    def _services(self, hospital: bool) -> list[tuple[str, int, date]]:
        """Code, charge and day of each line: two weeks of treatment, or a plan, all before the claim is made."""
        r = self.random
        monday = FIRST_DAY + timedelta(days=7 * r.randrange(6))
        if r.random() < 0.3:
            return [(code, price, monday + timedelta(days=1)) for code, price in PLANNING]
        code = r.choice(DELIVERY)
        days = sorted(r.sample(range(14), 10))
        out = [(code, r.randrange(300, 1800), monday + timedelta(days=d)) for d in days]
        out += [("77336", 250, monday + timedelta(days=days[i])) for i in (4, 9)]
        if not hospital:
            out += [("77427", 250, monday + timedelta(days=days[i])) for i in (4, 9)]
        return out

    def professional(self) -> list[str]:
        """A claim of an office."""
        r = self.random
        self.claim += 1
        lines = self._services(hospital=False)
        diagnoses = self._diagnoses(lines[0][0] in DELIVERY)
        pointers = ":".join(str(i) for i in range(1, len(diagnoses) + 1))
        out = [
            f"CLM*PCN{self.claim:09}*{sum(s[1] for s in lines)}***11:B:1*Y*A*Y*Y",
            f"REF*G1*AUTH{r.randrange(10**6):06}",
            f"REF*EA*MRN{r.randrange(10**6):06}",
            "HI*" + "*".join(f"{'ABF' if i else 'ABK'}:{c}" for i, c in enumerate(diagnoses)),
            f"NM1*82*1*{r.choice(LAST)}*{r.choice(FIRST)}****XX*{r.choice(self.npis)}",
            "PRV*PE*PXC*2085R0001X",
        ]
        for number, (code, charge, day) in enumerate(lines, start=1):
            out += [
                f"LX*{number}",
                f"SV1*HC:{code}*{charge}*UN*1***{pointers}",
                f"DTP*472*D8*{day:%Y%m%d}",
                f"REF*6R*{self.claim}L{number}",
            ]
            if r.random() < 0.3:
                out.append(f"NTE*ADD*SYNTHETIC NOTE ABOUT FRACTION {number}")
        return out

    def institutional(self) -> list[str]:
        """A claim of a hospital outpatient department."""
        r = self.random
        self.claim += 1
        lines = self._services(hospital=True)
        first, last = min(s[2] for s in lines), max(s[2] for s in lines)
        total = sum(s[1] for s in lines) + len(lines) / 2
        out = [
            f"CLM*PCN{self.claim:09}*{total:g}***13:A:1**A*Y*Y",
            f"DTP*434*RD8*{first:%Y%m%d}-{last:%Y%m%d}",
            "CL1*3*1*01",
            f"REF*EA*MRN{r.randrange(10**6):06}",
            *(f"HI*{'ABF' if i else 'ABK'}:{c}" for i, c in enumerate(self._diagnoses(lines[0][0] in DELIVERY))),
            f"NM1*71*1*{r.choice(LAST)}*{r.choice(FIRST)}****XX*{r.choice(self.npis)}",
        ]
        for number, (code, charge, day) in enumerate(lines, start=1):
            out += [
                f"LX*{number}",
                f"SV2*0333*HC:{code}*{charge}.50*UN*1",
                f"DTP*472*D8*{day:%Y%m%d}",
                f"REF*6R*{self.claim}L{number}",
            ]
        return out

    def _diagnoses(self, visit: bool) -> list[str]:
        """The treated neoplasm, behind the encounter code where the claim is for delivery."""
        target = self.random.choice(DIAGNOSES)
        return ["Z510", target] if visit else [target]


def write(path: Path, size_mb: float, seed: int = 1) -> int:
    """Writes about `size_mb` megabytes to `path`, every third interchange a hospital's; returns how many claims."""
    corpus = Corpus(seed)
    limit = int(size_mb * 1_000_000)
    written = number = 0
    with path.open("wb") as out:
        while written < limit:
            number += 1
            claims = max(1, min(CLAIMS_PER_INTERCHANGE, (limit - written) // 1100))
            for part in corpus.interchange(number, claims, institutional=number % 3 == 0):
                written += out.write(part.encode())
    return corpus.claim


def main() -> None:
    """The command."""
    from benchmarks import wrong

    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("megabytes", type=float)
    parser.add_argument("file", type=Path)
    parser.add_argument("seed", type=int, nargs="?", help="the same seed gives the same bytes")
    parser.add_argument("--wrong", action="store_true", help="nearly every line has a finding")
    options = parser.parse_args()
    seed = () if options.seed is None else (options.seed,)
    print((wrong.write if options.wrong else write)(options.file, options.megabytes, *seed), "claims")


if __name__ == "__main__":
    main()
