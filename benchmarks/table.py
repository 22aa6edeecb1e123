"""Measured lines → the lines of one table, wide enough for a terminal of 160 columns."""

from benchmarks.measure import Measured

STAGES = ("read", "views", "policy", "ask", "prove", "render")
_HEADS = ("MB", "claims", "findings", "questions", "CPU s", "MB/CPU s", "wall s", "peak MB", "× pyx12", *STAGES)
_LABEL = 36


def heading() -> str:
    """The names of the columns; stages are per cent of the CPU seconds, what is left is start and end of the process."""
    return " ".join((f"{'':{_LABEL}}", *(f"{head:>9}" for head in _HEADS)))


def line(label: str, megabytes: float | None, measured: Measured, pyx12: float | None) -> str:
    """One workload or peer; `pyx12` is the speed of its reader in MB per CPU second, where it was measured before."""
    speed = megabytes / measured.cpu_seconds if megabytes else None
    shares = [measured.stages.get(name) for name in STAGES]
    cells = (
        _number(megabytes, 1),
        _number(measured.claims),
        _number(measured.findings),
        _number(measured.questions),
        _number(measured.cpu_seconds, 2 if measured.cpu_seconds >= 0.1 else 4),
        _number(speed, 1),
        _number(measured.wall_seconds, 2),
        _number(measured.peak_mb),
        _number(speed / pyx12 if speed and pyx12 else None, 2),
        *(f"{100 * share / measured.cpu_seconds:.0f} %" if share is not None else "" for share in shares),
    )
    return " ".join((f"{label[:_LABEL]:{_LABEL}}", *(f"{cell:>9}" for cell in cells))).rstrip()


def _number(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"
