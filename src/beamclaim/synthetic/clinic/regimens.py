"""What the synthetic clinic treats: sites with their diagnoses, fractions and technique, and who pays.

Every regimen is one a department would give; numbers of fractions stay inside the limits payers are known
to set, so that none of them needs an explanation on the claim.
"""

from dataclasses import dataclass, replace

from beamclaim.model.value_sets import IMRT_TECHNIQUES, MOTION_PROOFS, STEREOTACTIC

IMRT = frozenset(IMRT_TECHNIQUES)
#: All five elements of motion-management evidence: the strictest reader asks for them.
EVIDENCE = MOTION_PROOFS


@dataclass(frozen=True, slots=True)
class Regimen:
    """One way of treating one problem. ``per_day`` sessions a day; ``sex`` blank for both."""

    site: str
    diagnoses: tuple[str, ...]
    technique: str
    fractions: int
    dose_gy: str
    modality: str = "photon"
    sex: str = ""
    per_day: int = 1
    isocenters: int = 1
    motion: str = "none"
    compensator: bool = False
    guidance: tuple[str, ...] = ("cbct",)
    office_only: bool = False
    boost: "Regimen | None" = None
    electrons: "Regimen | None" = None
    """Given in the same visit, after the photons."""
    is_adaptable: bool = False
    """The anatomy may change so much on the way that a new scan and plan are made."""
    is_palliative: bool = False
    """Of a metastasis, for its symptoms; another one may follow."""

    @property
    def is_imrt(self) -> bool:
        """Planned inversely and delivered as IMRT."""
        return self.technique in IMRT

    @property
    def is_stereotactic(self) -> bool:
        """SRS or SBRT: codes of its own for delivery and management."""
        return self.technique in STEREOTACTIC

    @property
    def is_superficial(self) -> bool:
        """Kilovoltage."""
        return self.modality == "kilovoltage"

    @property
    def is_guided(self) -> bool:
        """Image guidance each session, reviewed by the physician."""
        return bool(self.guidance) and not self.is_stereotactic


_PAIR = ("kv_pair",)
_BOOST = Regimen("left breast", ("C50.412",), "electron_field", 5, "10.00", modality="electron", guidance=())
_PELVIS = Regimen("cervix", ("C53.9",), "vmat", 25, "45.00", sex="F", is_adaptable=True)
_NODAL_BOOST = replace(_BOOST, site="right breast", diagnoses=("C50.411",))
#: Photons of the first scan to a smaller volume: a plan more by hand, or fields more of the same IMRT plan.
_PHOTON_BOOST = Regimen("right breast", ("C50.411",), "3d_conformal", 4, "10.00")
_CONE_DOWN = Regimen("prostate", ("C61",), "vmat", 19, "34.20")
_STRIP = Regimen("left chest wall", ("C50.912",), "electron_field", 25, "50.00", modality="electron", guidance=())
REGIMENS = (
    Regimen("prostate", ("C61",), "vmat", 28, "70.00", sex="M"),
    Regimen("prostate", ("C61",), "vmat", 20, "60.00", sex="M"),
    # The prostate is treated, whatever has spread: it stands first.
    Regimen("prostate", ("C61", "C79.51"), "vmat", 20, "55.00", sex="M"),
    Regimen("prostate", ("C61", "C77.5"), "vmat", 25, "45.00", sex="M", boost=_CONE_DOWN),
    Regimen("prostate bed", ("C61",), "imrt_dynamic", 33, "66.00", sex="M"),
    Regimen("left breast", ("C50.412",), "3d_conformal", 15, "40.05", sex="F", motion="breath_hold"),
    Regimen("right breast", ("C50.411",), "3d_conformal", 16, "42.56", sex="F"),
    Regimen("left breast", ("C50.412",), "3d_conformal", 16, "42.56", sex="F", boost=_BOOST),
    Regimen("right breast", ("C50.411",), "3d_conformal", 16, "42.56", sex="F", boost=_PHOTON_BOOST),
    Regimen("right breast", ("C50.411",), "imrt_static", 15, "40.05", sex="F"),
    # With its nodes: they stand behind the breast.
    Regimen("right breast", ("C50.411", "C77.3"), "3d_conformal", 25, "50.00", sex="F", boost=_NODAL_BOOST),
    Regimen("left breast", ("C50.412", "C77.3"), "vmat", 15, "40.05", sex="F", motion="breath_hold"),
    Regimen("right chest wall", ("C50.911", "C77.3"), "3d_conformal", 25, "50.00", sex="F", isocenters=2, is_adaptable=True),
    Regimen("lung", ("C34.11",), "vmat", 30, "60.00", is_adaptable=True),
    Regimen("left lung", ("C34.12",), "sbrt", 5, "50.00", motion="abdominal_compression"),
    Regimen("liver", ("C22.0",), "sbrt", 3, "54.00", motion="gating"),
    Regimen("oropharynx", ("C10.9",), "vmat", 35, "70.00", is_adaptable=True),
    Regimen("oropharynx", ("C10.9",), "vmat", 68, "81.60", per_day=2),
    Regimen("larynx", ("C32.9",), "imrt_compensator", 33, "66.00", compensator=True),
    Regimen("brain", ("C71.1",), "vmat", 30, "60.00"),
    Regimen("brain", ("C79.31", "C34.11"), "srs", 1, "20.00", guidance=()),
    Regimen("whole brain", ("C79.31", "C34.11"), "3d_conformal", 10, "30.00", guidance=_PAIR, is_palliative=True),
    Regimen("thoracic spine", ("C79.51", "C61"), "3d_conformal", 10, "30.00", sex="M", guidance=_PAIR, is_palliative=True),
    Regimen("lumbar spine", ("C79.51", "C50.911"), "3d_conformal", 5, "20.00", sex="F", guidance=_PAIR, is_palliative=True),
    Regimen("pelvic bone", ("C79.51", "C34.90"), "3d_conformal", 6, "24.00", guidance=_PAIR, is_palliative=True),
    Regimen("humerus", ("C79.51", "C50.911"), "2d", 7, "28.00", sex="F", guidance=(), is_palliative=True),
    Regimen("femur", ("C79.51", "C64.1"), "2d", 10, "30.00", guidance=(), is_palliative=True),
    Regimen("femur", ("C79.51", "C34.90"), "2d", 1, "8.00", guidance=(), is_palliative=True),
    Regimen("rectum", ("C20",), "vmat", 25, "45.00"),
    Regimen("esophagus", ("C15.5",), "vmat", 28, "50.40"),
    Regimen("pancreas", ("C25.0",), "vmat", 28, "50.40", motion="gating"),
    Regimen("anus", ("C21.1",), "imrt_dynamic", 30, "54.00", is_adaptable=True),
    Regimen("left chest wall", ("C50.912",), "3d_conformal", 25, "50.00", sex="F", electrons=_STRIP),
    _PELVIS,
    replace(_PELVIS, isocenters=2),
    Regimen(
        "skin of nose", ("C44.311",), "2d", 20, "50.00", modality="kilovoltage", guidance=(), office_only=True
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays. ``takes_g``: an office bills it IMRT and conventional delivery under G codes to 2025.

    Ids and names are those clearinghouses know; of ``Example …`` the id and name are invented, and no table knows them.
    """

    id: str
    name: str
    line: str
    takes_g: bool = False
    weight: int = 1
    sites: tuple[str, ...] = ()
    hospital_id: str = ""
    """On a hospital's claim, where it has another id there: a contractor's number."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its ids on claims of both forms."""
        return (self.id, self.hospital_id or self.id)

    @property
    def is_medicare(self) -> bool:
        """Original Medicare."""
        return self.line == "medicare_ffs"

    def covers(self, regimen: Regimen) -> bool:
        """Whether the diagnoses it is known to list hold this one; a careful physician asks before planning IMRT."""
        inverse = regimen.is_imrt or regimen.is_stereotactic
        return not (inverse and self.sites) or regimen.diagnoses[0].startswith(self.sites)

    def authorizes(self, day: str, code: str) -> bool:
        """Whether this payer is known to ask for a number for a delivery code on a day."""
        if self.id != "87726":
            return False
        if day >= "2026" and code in ("77402", "77407", "77412"):
            return True
        return self.line == "medicare_advantage" and code in ("77372", "77373", "77385", "77386", "G6015", "G6016")


PAYERS = (
    Payer("15202", "CGS Medicare Ohio", "medicare_ffs", hospital_id="15201", takes_g=True, weight=8),
    Payer("EMH01", "Example Mutual Health", "commercial", weight=4),
    Payer("C400", "Example commercial plan", "commercial", takes_g=True),
    Payer("87726", "UnitedHealthcare", "commercial", weight=3),
    Payer("87726", "UnitedHealthcare", "medicare_advantage", takes_g=True, weight=2),
    Payer("A200", "Example Medicare Advantage plan", "medicare_advantage", takes_g=True),
    Payer("D300", "Example state Medicaid", "medicaid", takes_g=True),
    Payer("60054", "Aetna", "commercial", sites=("C10", "C15", "C21", "C32", "C34", "C50.412", "C61")),
    Payer("62308", "Cigna", "commercial"),
    Payer("61473", "BCBS North Carolina", "commercial"),
    Payer("99727", "Humana Military", "tricare", takes_g=True),
)
CHARGES = {
    "77385": "1380.00", "77386": "1450.00", "77402": "620.00", "77407": "1495.00", "77412": "2140.00", "G6004": "540.00",
    "G6012": "910.00", "G6015": "1460.00", "G6016": "1455.00", "77373": "4100.00", "77372": "6900.00", "77401": "95.00",
    "77437": "98.00", "77436": "260.00", "77301": "5200.00", "77338": "1480.00", "77300": "410.00", "77290": "1650.00",
    "77295": "2100.00", "77307": "730.00", "77321": "640.00", "77334": "905.00", "77263": "560.00", "77293": "610.00",
    "77336": "515.00", "77427": "690.00", "77431": "390.00", "77432": "1900.00", "77435": "2200.00", "77014": "340.00",
    "77387": "165.00", "77417": "60.00", "77470": "450.00", "99204": "310.00", "99213": "185.00", "77306": "380.00",
    "G6002": "150.00",
}  # fmt: skip
