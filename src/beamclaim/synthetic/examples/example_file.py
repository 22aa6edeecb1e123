"""Claims of a department, one by one → a file of them, and of each what is right or wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.synthetic.clinic.regimens import Payer
from beamclaim.synthetic.demonstration import ClaimFiles

#: A line of a claim: day, code with its modifiers (`77407-76`), units where they are not one.
Line = tuple[str, ...]


#: Who pays in the examples, under ids that the files invent.
_PAYERS = (
    Payer("M100", "Original Medicare", "medicare_ffs"),
    Payer("EMH01", "Example Mutual Health", "commercial"),
    Payer("C400", "Example commercial plan", "commercial"),
    Payer("87726", "UnitedHealthcare", "medicare_advantage"),
    Payer("A200", "Example Medicare Advantage plan", "medicare_advantage"),
    Payer("D300", "Example state Medicaid", "medicaid"),
)


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a claim is for. `diagnoses` in claim order; `payer` the id and line of business of who pays."""

    id: str
    born: str
    sex: str
    diagnoses: str
    payer: tuple[str, str] = ("M100", "medicare_ffs")

    @property
    def pays(self) -> dict[str, str]:
        """The payer as the cells of a claim."""
        (payer,) = (p for p in _PAYERS if (p.id, p.line) == self.payer)
        return {"payer": payer.id, "payer_name": payer.name, "payer_line": payer.line}


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """One claim in plain words: what was done, what is wrong with it (blank: nothing), and the rules that say so.

    `open`: rules that cannot tell, where right or wrong hangs on a fact that nobody gives.
    """

    claim: str
    what: str
    wrong: str = ""
    rules: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(slots=True)
class ExampleFile:
    """The claims of one file, all made on one day."""

    name: str
    title: str
    form: str
    made_on: str
    head: dict[str, str]
    control: int
    answers: list[ClaimAnswer] = field(default_factory=list)
    _clinic: ClaimFiles = field(default_factory=ClaimFiles)

    def bill(
        self, number: str, patient: Patient, what: str, *lines: Iterable[Line], wrong: str = "",
        rules: tuple[str, ...] = (), open: tuple[str, ...] = (), **head: str,
    ) -> None:  # fmt: skip
        """Enters one claim; its lines are sorted by day, as a billing system writes them."""
        of_patient = (patient.id, patient.born, patient.sex, patient.diagnoses)
        all_lines = sorted((line for part in lines for line in part), key=lambda line: line[0])
        self._clinic.bill(self.name, number, of_patient, all_lines, **{**self.head, **patient.pays, **head})
        self.answers.append(ClaimAnswer(number, what, wrong, rules, open))

    @property
    def claims(self) -> list[list[dict[str, Any]]]:
        """The claims as rows of the claims table."""
        return self._clinic.files[self.name]

    @property
    def bytes(self) -> bytes:
        """The interchange."""
        return InterchangeWriter(self.form, control=self.control, day=self.made_on).write(self.claims)


def each(days: Iterable[str], procedure: str, units: str = "1") -> list[Line]:
    """The same service on each of some days."""
    return [(day, procedure, units) for day in days]
