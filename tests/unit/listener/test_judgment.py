"""Bad input and its answer, case by case: what is closed, refused (AR), quarantined (AE), or accepted with a note."""

import asyncio
from pathlib import Path

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message, parse_segment
from mllp_senders import apart, kept, listening, message, run

from beamclaim.listener.connections import Limits
from beamclaim.listener.frames import END, START
from beamclaim.listener.judgment import judge

HASTY = Limits(message=20_000, frame_seconds=0.3, idle_seconds=0.6)


def judged(reply: bytes) -> None:
    """An independent reader finds the reply well-formed."""
    parsed = parse_message(reply.decode("latin-1"), find_groups=False, validation_level=VALIDATION_LEVEL.TOLERANT)
    assert parsed.validate()
    assert parsed.name == "ACK"


def test_b93_no_start_byte_is_closed(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", HASTY) as place:
            sender = await place.sender()
            sender.send(message())
            assert await sender.is_closed()
            assert place.listener.counts["E-HL7-001"] == 1

    run(talk)
    assert not kept(tmp_path / "in")


@pytest.mark.parametrize("drip", [False, True])
def test_b94_a_frame_that_does_not_end_in_time_is_closed(tmp_path: Path, drip: bool) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", HASTY) as place:
            sender = await place.sender()
            sender.send(START + b"MSH")
            if drip:
                for _ in range(8):
                    sender.send(b"x")
                    await asyncio.sleep(0.06)
            assert await sender.is_closed()
            assert place.listener.counts["E-HL7-002"] == 1

    run(talk)


def test_silence_without_a_frame_is_closed(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", HASTY) as place:
            sender = await place.sender()
            assert await sender.is_closed()
            assert place.listener.counts["idle"] == 1

    run(talk)


BODY = message("BAD")
BROKEN_FRAMES = {
    "a start inside": START + BODY[:90] + START + BODY[90:] + END,
    "two starts inside": START + BODY[:70] + START + BODY[70:90] + START + BODY[90:] + END,
    "an end byte inside": START + BODY[:90] + END[:1] + BODY[90:] + END,
    "an end inside": START + BODY[:90] + END + BODY[90:] + END,
    "an end inside, at the end of a segment": START + BODY.replace(b"FT1|", END + b"\r\nFT1|") + END,
    "no end": START + BODY,
}


@pytest.mark.parametrize("name", BROKEN_FRAMES)
def test_b95_a_broken_frame_has_one_reply_and_nothing_behind_it_any(tmp_path: Path, name: str) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            sender.send(START + message("BEFORE") + END + BROKEN_FRAMES[name] + START + message("BEHIND") + END)
            assert b"MSA|AA|BEFORE\r" in await sender.reply()
            reply = await sender.reply()
            assert b"MSA|AR|BAD\r" in reply and b"E-HL7-003" in reply
            judged(reply)
            assert await sender.is_closed()
            again = await place.sender()
            assert b"MSA|AA|BEHIND\r" in await again.ask(message("BEHIND"))

    run(talk)
    assert len(kept(tmp_path / "in")) == 2 and not apart(tmp_path / "in")


@pytest.mark.parametrize("behind", [BODY + END, b"\r\n" + BODY + END, b"M"])
def test_a_sound_frame_before_a_message_without_its_start_is_taken(tmp_path: Path, behind: bytes) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            sender.send(START + message("SOUND") + END + behind)
            assert b"MSA|AA|SOUND\r" in await sender.reply()
            assert await sender.is_closed()

    run(talk)
    assert len(kept(tmp_path / "in")) == 1


def test_a_frame_cut_by_the_end_of_the_connection_is_counted_and_kept_nowhere(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            sender.send(START + message()[:90])
            await sender.close()
            await asyncio.sleep(0.1)
            assert place.listener.counts["E-HL7-003"] == 1

    run(talk)
    assert not kept(tmp_path / "in") and not apart(tmp_path / "in")


def test_who_sends_on_behind_a_refusal_still_reads_it(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", HASTY) as place:
            sender = await place.sender()
            sender.send(START + message(FT1_8="x" * 2_000_000) + END)
            await asyncio.sleep(0.2)
            assert b"MSA|AR|M1\r" in await sender.reply()
            assert await sender.is_closed()

    run(talk)


def test_b96_a_message_too_large_is_refused(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", HASTY) as place:
            sender = await place.sender()
            reply = await sender.ask(message(FT1_8="x" * 21_000))
            assert b"MSA|AR|M1\r" in reply and b"E-HL7-004" in reply
            judged(reply)
            assert await sender.is_closed()

    run(talk)
    assert not kept(tmp_path / "in") and not apart(tmp_path / "in")


MANY = message(FT1_26="~".join(["76"] * 100_000))
WITHOUT_CHARGE = b"".join(message().splitlines(keepends=True)[:3])
LATE = b"".join(message().splitlines(keepends=True)[place] for place in (0, 1, 3, 2))  # PID behind FT1


@pytest.mark.parametrize(
    ("row", "raw", "code", "case"),
    [
        ("B97", b"", "AR", "005"),
        ("B97", message()[3:], "AR", "005"),
        ("B97", b"PID|1||P1\r" + message(), "AR", "005"),
        ("B97", b"\r" + message(), "AR", "005"),
        ("B97", message() + message("M2"), "AR", "025"),
        ("B97", b"FHS|^~\\&\r" + message() + b"FTS|1\r", "AR", "025"),
        ("B98", message().replace(rb"|^~\&|", b"|^^^^|"), "AR", "006"),
        ("B98", message().replace(rb"|^~\&|", b"||"), "AR", "006"),
        ("B99", message(MSH_12="3.7"), "AR", "007"),
        ("B99", message(MSH_12=""), "AR", "007"),
        ("B99", message(MSH_9="XYZ^Z99"), "AR", "008"),
        ("B99", message(MSH_9="ACK^P03^ACK"), "AR", "008"),
        ("B100", message(""), "AE", "009"),
        ("B100", message("9" * 200), "AE", "009"),
        ("B103", message(PID_3=""), "AE", "012"),
        ("B103", LATE, "AE", "013"),
        ("L27", WITHOUT_CHARGE, "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"MDM^T02^MDM_T02"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"SIU^S12^SIU_S12"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"ORU^R01^ORU_R01"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"ORM^O01^ORM_O01"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"ADT^A40^ADT_A39"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"ADT^A11^ADT_A09"), "AE", "024"),
        ("L27", WITHOUT_CHARGE.replace(b"DFT^P03^DFT_P03", b"ADT^A08^ADT_A01"), "AA", None),
        ("B104", message(FT1_4="20260230"), "AE", "014"),
        ("B104", message(FT1_11="1,5&USD"), "AE", "015"),
        ("B104", message(FT1_11="15&EUR"), "AE", "016"),
        ("B105", message(FT1_2=r"T\X0D\FT1"), "AA", None),
        ("B105", message(FT1_2=r"T\X0D"), "AA", "017"),
        ("B106", message(FT1_2="T\xe9"), "AE", "018"),
        ("B106", message(FT1_2="T\xe9", MSH_18="UNICODE UTF-8"), "AE", "018"),
        ("B106", message(FT1_2="T\xe9", MSH_18="8859/1"), "AA", None),
        ("B107", MANY, "AR", "019"),
        ("B107", message(PID_3="~" * 100_000), "AR", "019"),
    ],
)  # fmt: skip
def test_a_message_is_judged(tmp_path: Path, row: str, raw: bytes, code: str, case: str | None) -> None:
    replies: list[bytes] = []

    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            replies.append(await sender.ask(raw))
            assert b"MSA|AA|NEXT\r" in await sender.ask(message("NEXT"))  # the connection goes on
            assert all("CANARY" not in line for line in place.told)

    run(talk)
    (reply,) = replies
    assert f"MSA|{code}".encode() in reply, row
    assert case is None or f"E-HL7-{case}".encode() in reply
    assert (b"ERR|" in reply) == (case is not None)
    assert b"CANARY" not in reply
    assert (len(kept(tmp_path / "in")), len(apart(tmp_path / "in"))) == (1 + (code == "AA"), code == "AE")
    assert judge(raw).code == code
    if row not in ("B97", "B98", "B99", "B100"):  # what is wrong in their header is echoed
        judged(reply)


def test_b101_a_resend_has_the_stored_reply_and_is_kept_once(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            first, second = await place.sender(), await place.sender()
            reply = await first.ask(message())
            assert await first.ask(message()) == reply
            assert await second.ask(message()) == reply
            assert (place.desk.counts["accepted"], place.desk.counts["again"]) == (1, 2)
        async with listening(tmp_path / "in") as place:  # after a restart too
            assert await (await place.sender()).ask(message()) == reply

    run(talk)
    assert [path.read_bytes() for path in kept(tmp_path / "in")] == [message()]


def test_b102_another_message_under_the_same_id_is_quarantined(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            assert b"MSA|AA|M1\r" in await sender.ask(message())
            reply = await sender.ask(message(FT1_10="2"))
            assert b"MSA|AE|M1\r" in reply and b"E-HL7-011" in reply
            judged(reply)
            assert await sender.ask(message(FT1_10="2")) == reply
            assert b"MSA|AA|M1\r" in await sender.ask(message(MSH_3="ANOTHER"))  # ids are each sender's own

    run(talk)
    assert (len(kept(tmp_path / "in")), len(apart(tmp_path / "in"))) == (2, 1)


def test_a_message_put_right_is_accepted_under_its_id(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            assert b"MSA|AE|M1\r" in await sender.ask(message(FT1_4="20260230"))
            assert b"MSA|AA|M1\r" in await sender.ask(message())

    run(talk)
    assert (len(kept(tmp_path / "in")), len(apart(tmp_path / "in"))) == (1, 1)


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8.2"])
@pytest.mark.parametrize("bad", [False, True])
def test_replies_are_acknowledgments_of_their_version(tmp_path: Path, version: str, bad: bool) -> None:
    replies: list[bytes] = []

    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            raw = message(MSH_12=version, **({"PID_3": "", "FT1_4": "2026"} if bad else {}))
            replies.append(await (await place.sender()).ask(raw))

    run(talk)
    assert f"MSA|{'AE' if bad else 'AA'}|M1".encode() in replies[0]
    assert b"|BEAMCLAIM|HOME|OIS|RADONC|" in replies[0]
    kind = {"2.1": b"|ACK|", "2.2": b"|ACK^P03|", "2.3": b"|ACK^P03|"}.get(version, b"|ACK^P03^ACK|")
    assert kind in replies[0]
    if version < "2.3.1":  # the judge knows no ACK of these as a whole
        for line in replies[0].decode().splitlines()[version == "2.1" :]:
            assert parse_segment(line, version=version).validate()
    else:
        judged(replies[0])


def test_a_reply_in_the_senders_own_marks(tmp_path: Path) -> None:
    odd = message(PID_3="").translate(bytes.maketrans(b"|^~\\&", b"-#+!%"))
    replies: list[bytes] = []

    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            replies.append(await (await place.sender()).ask(odd))

    run(talk)
    assert b"MSA-AE-M1\r" in replies[0]
    judged(replies[0])


def test_line_ends_between_frames_are_let_pass(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            sender = await place.sender()
            sender.send(START + message("A") + END + b"\n\r\n" + START + message("B") + END)
            assert b"MSA|AA|A\r" in await sender.reply()
            assert b"MSA|AA|B\r" in await sender.reply()

    run(talk)
