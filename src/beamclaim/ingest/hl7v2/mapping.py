"""A site's YAML → the layouts of its senders of HL7 v2: what each puts where. Refused when it is odd.

How a charge is taken back is agreed between two systems. `types`: further words of FT1-6 that mean a credit. `below_zero`: a
charge of an amount (FT1-11) below zero is a `credit`, or a `charge` all the same. `same_id`: a second charge of one id
(FT1-2) and other content in a later message `replaces` the first, or is `another`. What is left out is asked.

::

    senders:
      - application: ARIA            # MSH-3, first component
        facility: RADONC             # MSH-4, first component; left out: any
        version: "2025-03"           # of this mapping; it is named wherever the mapping decides
        code: FT1-25                 # where the procedure code stands; left out: FT1-25, else FT1-7
        modifiers: FT1-26
        plan: ZPM-3.1                # the plan's name; a Z segment is the first one behind the charge
        fraction: ZPM-4
        reversals: {types: [RV], below_zero: credit, same_id: replaces}   # how it takes a charge back
        charges: {"4401234": {code: "77412", modifiers: [TC]}}   # charge-master number → CPT or HCPCS
        documents: {RTRX: signed_prescription}                   # TXA-2 or OBR-4 → documentation item
        appointments: {TX: treatment}                            # AIS-3 or SCH-8 → treatment, simulation, …
        orders: {PHYS: special_physics}                          # OBR-4 → procedure kind
        patient_issuer: HOSP         # PID-3.4 of the number that is the patient's, where PID-3 lists several
    issuers:                         # who gives patients their numbers, for every kind of file
      - names: [HOSP, "https://ehr.example/mrn", "urn:oid:2.16.840.1.113883.19"]   # all names of one issuer
        default: true                # a number whose issuer no source names is of this one
        leading_zeros: ignored       # 00012345 is 12345
        case: ignored                # ab12 is AB12
        suffix: "-[0-9]{2}"          # 12345-01 is 12345
"""

import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from beamclaim.errors import PolicyError
from beamclaim.ingest import values
from beamclaim.ingest.values import Unfit

_ADDRESS = re.compile(r"([A-Z][A-Z0-9]{2})-([1-9][0-9]{0,2})(?:\.([1-9][0-9]?))?(?:\.([1-9][0-9]?))?")
_LARGEST = 16 * 1024 * 1024


def _address(text: object) -> object:
    match = _ADDRESS.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ValueError("write a place as FT1-25, ZPM-3.1 or ZPM-3.1.2")
    segment, field, component, subcomponent = match.groups()
    return Address(
        segment=segment, field=int(field), component=int(component or 0), subcomponent=int(subcomponent or 0)
    )


def _code(text: str) -> str:
    try:
        return values.code(text)
    except Unfit as unfit:
        raise ValueError(f"expected {unfit.expected}") from None


def _modifier(text: str) -> str:
    try:
        return values.modifier(text)
    except Unfit as unfit:
        raise ValueError(f"expected {unfit.expected}") from None


def _pattern(text: object) -> object:
    try:
        return re.compile(f"(?:{text})$") if isinstance(text, str) and text else text
    except re.error:
        raise ValueError("write what may follow a number as a regular expression: -[0-9]{2}") from None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Address(_Strict):
    """A place in a message: segment, field, component and subcomponent by their numbers; 0 is the whole."""

    segment: str
    field: int
    component: int = 0
    subcomponent: int = 0


class Charge(_Strict):
    """What a number of the charge master stands for."""

    code: Annotated[str, AfterValidator(_code)]
    modifiers: list[Annotated[str, AfterValidator(_modifier)]] = []


class Reversals(_Strict):
    """How a sender takes a charge back, beside FT1-6 and a quantity below zero; null: it is asked."""

    types: list[str] = []
    below_zero: Literal["credit", "charge"] | None = None
    same_id: Literal["replaces", "another"] | None = None


Place = Annotated[Address, BeforeValidator(_address)]


class Sender(_Strict):
    """The layout of one sender; nothing said is the standard's own."""

    application: str = ""
    facility: str | None = None
    version: str = ""
    code: Place | None = None
    modifiers: Place | None = None
    plan: Place | None = None
    fraction: Place | None = None
    reversals: Reversals = Reversals()
    charges: dict[str, Charge] = {}
    documents: dict[str, str] = {}
    appointments: dict[str, str] = {}
    orders: dict[str, str] = {}
    patient_issuer: str = ""

    @property
    def reason(self) -> str:
        """How a value that the mapping decided came about."""
        return f"by the mapping of {self.application}, version {self.version}"


class _Named(Sender):
    application: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]


Pattern = Annotated[re.Pattern[str] | None, BeforeValidator(_pattern)]


class NumberIssuer(_Strict):
    """One who gives patients their numbers: all names of it, and what makes no other number."""

    names: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    default: bool = False
    leading_zeros: Literal["ignored", "kept"] = "kept"
    case: Literal["ignored", "kept"] = "kept"
    suffix: Pattern = None


class Mapping(_Strict):
    """The layouts of a site's senders, and who gives its patients their numbers."""

    senders: list[_Named] = []
    issuers: list[NumberIssuer] = []

    def of(self, application: str, facility: str) -> Sender:
        """The layout of a sender: the one that names its facility before the one that names none."""
        layouts = [s for s in self.senders if s.application == application and s.facility in (facility, None)]
        return max(layouts, key=lambda s: s.facility is not None, default=STANDARD_LAYOUT)


STANDARD_LAYOUT = Sender()


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, in which a key given twice is refused."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [key.value for key, _ in node.value]
        if len(set(map(str, keys))) != len(keys):
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: a key is given twice")
        return super().construct_mapping(node, deep)


def load_mapping(path: Path) -> Mapping:
    """The mapping of a YAML file. Raises PolicyError, with the place and the remedy, for anything it does not know."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror or 'cannot be opened'}; check the name") from None
    if len(data) > _LARGEST:
        raise PolicyError(f"{path}: more than {_LARGEST} bytes; a mapping is smaller")
    try:
        mapping = Mapping.model_validate(yaml.load(data, _Loader))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError(f"{path}: not YAML that can be read: {_line(str(error))}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(p) for p in first["loc"]) or "the file"
        raise PolicyError(f"{path}: {at}: {first['msg']}; correct or remove it") from None
    known = [(s.application, s.facility) for s in mapping.senders]
    if twice := next((s for s in known if known.count(s) > 1), None):
        raise PolicyError(f"{path}: {twice[0]} is given twice with the same facility; keep one")
    names = [name.casefold() for issuer in mapping.issuers for name in issuer.names]
    if len(set(names)) < len(names) or sum(issuer.default for issuer in mapping.issuers) > 1:
        raise PolicyError(f"{path}: a name stands for two issuers, or two are the default; keep one")
    return mapping


def _line(text: str) -> str:
    return " ".join(text.split())
