"""A size and a seed → a large 837P in which nearly every line has a finding: codes of other levels, days and modifiers at random.

500 patients a transaction, 1 to 10 days of one delivery code, now and then physics, management or a plan; modifier
none, 59 or 76; one to three diagnoses. What stresses the proof of findings and their writing, where `corpus.py`
stresses the reading and the asking.
"""

from datetime import date, timedelta
from pathlib import Path

from benchmarks.corpus import Corpus

DIAGNOSES = ("C61", "C3411", "C50911", "C099", "C20", "C7931", "C7951", "C153", "Z510", "D352")
DELIVERY = {2025: ("77385", "77386", "G6015", "77412"), 2026: ("77402", "77407", "77412", "77386")}
#: What stands beside the delivery, and how often.
EXTRAS = (("77336", 0.1), ("77427", 0.1), ("77301", 0.05))
MODIFIERS = ("", "59", "76")
_SERVICE = "SV1*HC:"


class WrongCorpus(Corpus):
    """Claims nobody should send."""

    claims_per_set = 500

    def _services(self, hospital: bool) -> list[tuple[str, int, date]]:
        r = self.random
        year = r.choice((2025, 2026))
        code = r.choice(DELIVERY[year])
        monday = date(year, 1, 5) + timedelta(days=7 * r.randrange(8))
        days = sorted(r.sample(range(14), r.randint(1, 10)))
        services = [(code, r.randrange(300, 1800), monday + timedelta(days=d)) for d in days]
        services += [(extra, 250, monday + timedelta(days=days[-1])) for extra, share in EXTRAS if r.random() < share]
        return services

    def _diagnoses(self, visit: bool) -> list[str]:
        return self.random.sample(DIAGNOSES, self.random.randint(1, 3))

    def professional(self) -> list[str]:
        return [self._modified(segment) for segment in super().professional()]

    def _modified(self, segment: str) -> str:
        """A service line with a modifier or none; other segments as they are."""
        if not segment.startswith(_SERVICE):
            return segment
        at = len(_SERVICE) + 5
        modifier = self.random.choice(MODIFIERS)
        return f"{segment[:at]}:{modifier}{segment[at:]}" if modifier else segment


def write(path: Path, size_mb: float, seed: int = 3) -> int:
    """Writes at least `size_mb` megabytes to `path`, in interchanges of 500 claims; returns how many claims."""
    corpus = WrongCorpus(seed)
    written = number = 0
    with path.open("wb") as out:
        while written < size_mb * 1_000_000:
            number += 1
            for part in corpus.interchange(number, corpus.claims_per_set, institutional=False):
                written += out.write(part.encode())
    return corpus.claim
