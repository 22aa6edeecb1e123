"""Findings that a named person let stand, with the waiver each stands under: a sequence, opened one by one."""

from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

from beamclaim.findings.finding import Waived, Waiver
from beamclaim.findings.schema import Findings


class WaivedFindings(Sequence[Waived]):
    """Findings in the order of the run, and the waiver of each: `numbers` are places in `waivers`."""

    def __init__(
        self, findings: Findings | None = None, numbers: pl.Series | None = None, waivers: Sequence[Waiver] = ()
    ) -> None:
        self.findings = Findings() if findings is None else findings
        self.numbers = pl.Series([], dtype=pl.UInt32) if numbers is None else numbers
        self.waivers = tuple(waivers)

    def under(self) -> Iterator[tuple[Waiver, Findings]]:
        """Each waiver that covers a finding, in the order of the first one it covers, with all it covers."""
        for number in self.numbers.unique(maintain_order=True):
            yield self.waivers[number], self.findings.where(self.numbers == number)

    def __len__(self) -> int:
        return len(self.findings)

    @overload
    def __getitem__(self, index: int) -> Waived: ...
    @overload
    def __getitem__(self, index: slice) -> "WaivedFindings": ...
    def __getitem__(self, index: int | slice) -> "Waived | WaivedFindings":
        if isinstance(index, slice):
            return WaivedFindings(self.findings[index], self.numbers[index], self.waivers)
        return Waived(self.findings[index], self.waivers[self.numbers[index]])

    def __iter__(self) -> Iterator[Waived]:
        for finding, number in zip(self.findings, self.numbers, strict=True):
            yield Waived(finding, self.waivers[number])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]
