"""Messages of HL7 v2 in several files become charges of courses: each once, none silently lost or doubled."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from beamclaim.app.facts import FactsOptions, facts
from beamclaim.courses.facts import Facts
from beamclaim.errors import PolicyError


def charges(
    control_id: str = "M1", sender: str = "OIS", kind: str = "DFT^P03", code: str = "77386", **more: str
) -> bytes:
    """A message with one charge."""
    lines = [
        rf"MSH|^~\&|{sender}|RO|BC|H|{more.get('sent', '20260105120000')}||{kind}|{control_id}|{more.get('processing', 'P')}|2.5.1",
        "PID|1||P1^^^H^MR||TEST^PATIENT||19610402|M",
        f"FT1|1|{more.get('charge', 'T1')}||20260105|20260105|CG|{more.get('master', '')}|||1|||RO||||||||||||{code}^^C4",
    ]
    return "\r".join([*lines, *filter(None, [more.get("extra")])]).encode() + b"\r"


def ask(folder: Path, *messages: bytes, mapping: Path | None = None) -> Facts:
    for n, message in enumerate(messages):
        (folder / f"{n}.hl7").write_bytes(message)
    found = facts(FactsOptions((str(folder),), as_of=date(2026, 3, 1), mapping=mapping))
    assert [f.error for f in found.files] == [None] * len(messages)
    return found


def told(found: Facts) -> list[str]:
    """The codes of all charges, `?` where it is unknown."""
    return [row.get("code", "?") for account in found.courses for row in account.form.get("charges", [])]


def notes(found: Facts) -> list[str]:
    accounts = found.courses
    return sorted({n.kind for a in accounts for n in a.observations} | {n.kind for n in found.observations})


@pytest.mark.parametrize(
    ("second", "codes", "said"),
    [
        (charges(), ["77386"], []),
        (charges(sent="20260106120000"), ["77386"], ["control_id_reused"]),
        (charges(code="77385"), ["?"], ["control_id_reused"]),
        (charges(sender="OTHER", charge="T2"), ["77386", "77386"], []),
        (charges("M2", charge="T2"), ["77386", "77386"], []),
    ],
)
def test_one_control_id_of_one_sender_is_one_message_in_however_many_files(
    tmp_path: Path, second: bytes, codes: Sequence[str], said: list[str]
) -> None:
    found = ask(tmp_path, charges(), second)
    assert told(found) == codes
    assert notes(found) == said
    (account,) = found.courses
    assert [fact for fact, _ in account.conflicts] == (["charges[0].code"] if codes == ["?"] else [])


def test_messages_without_a_control_id_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    nameless = charges("")
    assert told(ask(tmp_path, nameless, nameless, charges("", charge="T2"))) == ["77386", "77386"]


@pytest.mark.parametrize(
    "message",
    [charges("M2", kind="VXU^V04"), charges("M2", processing="T"), charges(extra="ZPM|1")],
    ids=["type", "test", "Z"],
)
def test_what_of_a_message_is_not_read_is_said(tmp_path: Path, message: bytes) -> None:
    assert "not_read" in notes(ask(tmp_path, message, charges("M3")))


def test_a_mapping_says_what_a_number_of_the_house_stands_for(tmp_path: Path) -> None:
    mapping = tmp_path / "senders.yaml"
    mapping.write_text(
        'senders: [{application: OIS, version: "1", charges: {"4401": {code: "77412", modifiers: [TC]}}}]'
    )
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    house = charges(code="", master="4401").replace(b"^^C4", b"")
    assert told(ask(inbox, house)) == []
    (account,) = ask(inbox, house, mapping=mapping).courses
    assert account.form["charges"][0]["code"] == "77412"
    assert any("by the mapping of OIS, version 1" in (w.reason or "") for _, w in account.sources)
    mapping.write_text("senders: 7")
    with pytest.raises(PolicyError):
        ask(inbox, house, mapping=mapping)
