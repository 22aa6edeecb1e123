"""What a file is, told by its first bytes and never by its name alone."""

import re

from beamclaim.ingest.flat_tables.claims import CLAIMS_TABLE
from beamclaim.ingest.flat_tables.csv_rows import BOM

ENOUGH = 64 * 1024
"""So many first bytes are looked at."""

_FOREIGN = (
    (b"%PDF-", "a PDF document; export the data it was printed from"),
    (b"PK\x03\x04", "a ZIP archive (or office document) under another name; a claims archive is named .zip"),
    (b"PK\x05\x06", "a ZIP archive under another name; a claims archive is named .zip"),
    (b"\x1f\x8b", "gzip-compressed data under another name or inside an archive; name it .gz, and pack only once"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
)
_HL7 = re.compile(rb"\x0b*(?:MSH|FHS|BHS)[^A-Za-z0-9\s\x00]")
_DICOM_FIRST = re.compile(
    rb"[\x02\x08]\x00.\x00(?:[A-Z]{2}|..\x00\x00)|\x00[\x02\x08]\x00.(?:[A-Z]{2}|\x00\x00)", re.DOTALL
)
"""A first element of group 0002 or 0008, as files without a preamble begin (PS3.5 7.1)."""
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"\s*(:?)|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_X12_NAMES = (".837", ".x12", ".edi", ".clm", ".837p", ".837i")
_COURSE_NAMES = (".course.json", ".course.jsonl")


def is_claim_name(name: str) -> bool:
    """Whether a name promises an X12 file or a course, so that other content is worth an error."""
    return name.lower().endswith((*_X12_NAMES, *_COURSE_NAMES))


def sniff(head: bytes, name: str) -> tuple[str, str]:
    """The kind of a file and, where it is unknown, what it is in words.

    Kinds: x12, claims_csv, claims_jsonl, course; dicom, fhir, hl7v2; unknown.
    """
    if not head:
        return "unknown", "an empty file; export it again"
    for mark, words in _FOREIGN:
        if head.startswith(mark):
            return "unknown", words
    if head[128:132] == b"DICM" or _DICOM_FIRST.match(head):
        return "dicom", ""
    if head[:4].count(0) >= 2 or head[1:8:2].count(0) >= 3:
        return "unknown", "UTF-16 text or binary data; save text as UTF-8"
    start = head.removeprefix(BOM).lstrip()
    if not start:
        return "unknown", "only blanks; export it again"
    if start.startswith(b"ISA"):
        return "x12", ""
    if _HL7.match(start):
        return "hl7v2", ""
    if start.startswith(b"<") and b"http://hl7.org/fhir" in start:
        return "unknown", "FHIR as XML, which is not read; export it as JSON"
    if start[:1] in b"{[":
        return _json_kind(start.decode(errors="replace"), name)
    return _text_kind(start, name)


def _json_kind(text: str, name: str) -> tuple[str, str]:
    keys = _top_keys(text)
    if "resourceType" in keys or ("entry" in keys and '"resourceType"' in text):
        return "fhir", ""
    if "claim" in keys and len(keys & CLAIMS_TABLE.by_name.keys()) > 1:
        if text.startswith("["):
            return "unknown", "claim rows in a JSON list; write one object a line, without brackets and commas"
        return "claims_jsonl", ""
    if keys & {"course", "plans", "fractions"} or name.lower().endswith(_COURSE_NAMES):
        return "course", ""
    return "unknown", 'JSON with neither "course" nor "claim" among its keys'


def _top_keys(text: str) -> set[str]:
    """The keys of the first object of a JSON text, as far as it goes."""
    keys, depth, base = set(), 0, None
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in "{[":
            depth += 1
            if base is None and sign == "{":
                base = depth
        elif sign in "}]":
            if depth == base:
                break
            depth -= 1
        elif depth == base and token.group(2):
            keys.add(token.group(1))
    return keys


def _text_kind(start: bytes, name: str) -> tuple[str, str]:
    header = re.split(rb"[\r\n]", start, maxsplit=1)[0].decode("latin-1")
    names = {cell.strip().strip('"').strip().lower() for cell in re.split(r"[,;\t|]", header)}
    if "claim" in names and (len(names & CLAIMS_TABLE.by_name.keys()) > 1 or name.lower().endswith(".csv")):
        return "claims_csv", ""
    if name.lower().endswith(_X12_NAMES):
        # Stray text in front of an interchange is a fault of its envelope; the interchange is read.
        if re.search(rb"ISA[^A-Za-z0-9\s]", start):
            return "x12", ""
        return "unknown", "named like an X12 file, but it does not begin with ISA; send the whole interchange"
    if name.lower().endswith(".csv"):
        return "unknown", "a table whose first row names no column claim"
    return "unknown", "neither an 837, a claims table nor a course"
