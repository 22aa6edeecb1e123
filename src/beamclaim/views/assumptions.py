"""What the person who asks adds to the claims: the day, and what the claims may not say."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The day of asking; setting, payer line and Medicare contractor are taken where a claim does not say its own."""

    as_of: date
    setting: str | None = None
    payer_line: str | None = None
    mac: str | None = None
