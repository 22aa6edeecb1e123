"""The listener as it stands in a network: limits, draining, who may speak, TLS, and what is refused at the start."""

import asyncio
import ipaddress
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from mllp_senders import kept, listening, message, run

from beamclaim.errors import SettingError
from beamclaim.ingest.hl7v2.cases import ErrorCase
from beamclaim.listener.connections import Connections, Limits
from beamclaim.listener.exposure import ListenOptions, address, networks, refuse_exposure, tls
from beamclaim.listener.frames import END, START
from beamclaim.listener.service import listen

CERTIFICATES = Path(__file__).parents[2] / "fixtures" / "hl7v2" / "tls"


def test_many_connections_at_once_share_a_flush(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            senders = [await place.sender() for _ in range(20)]
            replies = await asyncio.gather(*(s.ask(message(f"M{n}")) for n, s in enumerate(senders)))
            assert all(f"MSA|AA|M{n}\r".encode() in reply for n, reply in enumerate(replies))

    run(talk)
    assert len(kept(tmp_path / "in")) == 20


def test_a_connection_too_many_is_turned_away(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", Limits(connections=1)) as place:
            first, second = await place.sender(), await place.sender()
            assert b"MSA|AA" in await first.ask(message())
            assert await second.is_closed()
            assert b"MSA|AA" in await first.ask(message("M2"))
            assert place.listener.counts["turned_away"] == 1

    run(talk)


def test_unfinished_frames_of_all_connections_have_a_limit(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", Limits(open_bytes=300_000)) as place:
            first, second = await place.sender(), await place.sender()
            first.send(START + message(FT1_8="x" * 200_000))
            await first.writer.drain()
            await asyncio.sleep(0.1)
            second.send(START + message("M2", FT1_8="x" * 200_000))
            reply = await second.reply()
            assert b"MSA|AR|M2\r" in reply and b"E-HL7-023" in reply
            first.send(END)
            assert b"MSA|AA|M1\r" in await first.reply()

    run(talk)


def test_a_slow_sender_holds_nobody_up(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", Limits(drain_seconds=0.1)) as place:
            slow, quick = await place.sender(), await place.sender()
            slow.send(START + b"MSH|")
            for number in range(5):
                assert b"MSA|AA" in await quick.ask(message(f"M{number}"))

    run(talk)


def test_stopping_answers_what_is_at_hand(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in") as place:
            idle, busy = await place.sender(), await place.sender()
            busy.send(START + message()[:50])
            await asyncio.sleep(0.1)
            stopping = asyncio.create_task(place.listener.stop())
            assert await idle.is_closed()
            busy.send(message()[50:] + END)
            assert b"MSA|AA|M1\r" in await busy.reply()
            await stopping
            assert await busy.is_closed()

    run(talk)


def test_stopping_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def talk() -> None:
        async with listening(tmp_path / "in", Limits(drain_seconds=0.2)) as place:
            hanging = await place.sender()
            hanging.send(START + b"MSH|")
            await asyncio.sleep(0.1)
            await asyncio.wait_for(place.listener.stop(), 5)
            assert await hanging.is_closed()

    run(talk)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"bind": "0.0.0.0:2575"}, "--plain-network"),
        ({"bind": "10.1.2.3:2575"}, "--plain-network"),
        ({"bind": "[::]:2575"}, "--plain-network"),
        ({"bind": "clinic.example:2575"}, "--plain-network"),
        ({"bind": "0.0.0.0:2575", "tls_cert": Path("c"), "tls_key": Path("k")}, "--tls-client-ca or --allow"),
        ({"bind": "2575"}, "is no address"),
        ({"bind": "127.0.0.1:http"}, "is no address"),
    ],
)
def test_what_would_expose_patients_is_refused(tmp_path: Path, options: dict[str, Path | str], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        refuse_exposure(ListenOptions(tmp_path / "in", **options))  # type: ignore[arg-type]
    with pytest.raises(SettingError):
        listen(ListenOptions(tmp_path / "in", **options), lambda _: None)  # type: ignore[arg-type]
    assert not (tmp_path / "in").exists()


@pytest.mark.parametrize(
    "options",
    [
        {"bind": "127.0.0.1:0"},
        {"bind": "[::1]:2575"},
        {"bind": "localhost:2575"},
        {"bind": "unix:/run/x"},
        {"bind": "0.0.0.0:2575", "plain_network": True},
        {"bind": "0.0.0.0:2575", "tls_cert": Path("c"), "tls_key": Path("k"), "tls_client_ca": Path("a")},
        {"bind": "0.0.0.0:2575", "tls_cert": Path("c"), "tls_key": Path("k"), "allow": ("10.1.2.3",)},
    ],
)
def test_what_is_safe_or_said_is_let_pass(tmp_path: Path, options: dict[str, object]) -> None:
    refuse_exposure(ListenOptions(tmp_path, **options))  # type: ignore[arg-type]


def test_tls_is_asked_for_whole(tmp_path: Path) -> None:
    for odd in (
        ListenOptions(tmp_path, tls_cert=Path("c")),
        ListenOptions(tmp_path, tls_key=Path("k")),
        ListenOptions(tmp_path, tls_client_ca=Path("a")),
        ListenOptions(tmp_path, tls_cert=tmp_path / "none", tls_key=tmp_path / "none"),
    ):
        with pytest.raises(SettingError):
            tls(odd)
    context = tls(ListenOptions(tmp_path, tls_cert=CERTIFICATES / "server.pem", tls_key=CERTIFICATES / "server.key"))
    assert context is not None and context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_networks_and_addresses() -> None:
    assert networks(["10.1.2.0/24", "::1"]) == (ipaddress.ip_network("10.1.2.0/24"), ipaddress.ip_network("::1"))
    assert address("[::1]:7") == ("::1", 7)
    with pytest.raises(SettingError):
        networks(["10.1.2.3/8"])


class Peer:
    """A stream from an address."""

    def __init__(self, host: str) -> None:
        self.host = host

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return self.host, 40000


def test_only_addresses_allowed_may_enter() -> None:
    async def answer(raw: bytes) -> bytes:
        return raw

    def refuse(head: bytes, _: ErrorCase) -> bytes:
        return head

    listener = Connections(answer, refuse, Limits(connections_per_peer=2), networks(["10.1.2.0/24"]))
    assert listener._may_enter("10.1.2.3") and not listener._may_enter("10.1.3.3") and not listener._may_enter("::1")
    listener._peers["10.1.2.3"] = 2
    assert not listener._may_enter("10.1.2.3") and listener._may_enter("10.1.2.4")


def ask(stream: socket.socket, raw: bytes) -> bytes:
    """A message sent, and the reply."""
    stream.sendall(START + raw + END)
    reply = b""
    while not reply.endswith(END):
        step = stream.recv(4096)
        if not step:
            break
        reply += step
    return reply


@pytest.mark.enable_socket
def test_tls_asks_for_the_certificate_of_the_sender(tmp_path: Path) -> None:
    options = ListenOptions(
        tmp_path / "in", "127.0.0.1:0",
        tls_cert=CERTIFICATES / "server.pem", tls_key=CERTIFICATES / "server.key", tls_client_ca=CERTIFICATES / "ca.pem",
    )  # fmt: skip
    context = tls(options)
    assert context is not None
    replies: list[bytes] = []

    async def answer(raw: bytes) -> bytes:
        replies.append(raw)
        return b"MSH|"

    def speak(port: int, own: bool) -> bytes:
        mine = ssl.create_default_context(cafile=str(CERTIFICATES / "ca.pem"))
        if own:
            mine.load_cert_chain(CERTIFICATES / "sender.pem", CERTIFICATES / "sender.key")
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 10) as bare,
                mine.wrap_socket(bare, server_hostname="localhost") as stream,
            ):
                return ask(stream, message())
        except (ssl.SSLError, ConnectionError):
            return b""

    async def talk() -> None:
        listener = Connections(answer, lambda head, _: head, Limits())
        server = await asyncio.start_server(listener.connection, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        assert await asyncio.to_thread(speak, port, True) == START + b"MSH|" + END
        assert await asyncio.to_thread(speak, port, False) == b""
        server.close()
        await listener.stop()
        await asyncio.sleep(0.05)

    run(talk)
    assert replies == [message()]


def test_the_command_listens_until_it_is_told_to_end(tmp_path: Path) -> None:
    at, folder = tmp_path / "s", tmp_path / "in"
    words = [sys.executable, "-m", "beamclaim", "listen", str(folder), "--bind", f"unix:{at}"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert f"listening on unix:{at}" in process.stderr.readline()
            assert at.stat().st_mode & 0o077 == 0
            with socket.socket(socket.AF_UNIX) as stream:
                stream.settimeout(20)
                stream.connect(str(at))
                assert b"MSA|AA|M1\r" in ask(stream, message())
                assert b"MSA|AE|M2\r" in ask(stream, message("M2", PID_3=""))
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            told = process.stderr.read()
        finally:
            process.kill()
    assert (
        "accepted 1" in told
        and "quarantined 1" in told
        and "kept apart: E-HL7-012 no patient id in PID-3 (sha256 " in told
    )
    assert "CANARY" not in told and "P1" not in told
    assert not at.exists()
    assert [path.read_bytes() for path in kept(folder)] == [message()]


def test_a_thread_may_end_it_by_signal_and_a_used_folder_is_refused(tmp_path: Path) -> None:
    options = ListenOptions(tmp_path / "in", f"unix:{tmp_path / 's'}")
    met: list[str] = []

    def ready(_: str) -> None:
        with pytest.raises(SettingError):
            listen(options, lambda _: None)
        met.append("refused")
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()

    counts = listen(options, lambda _: None, ready)
    assert met == ["refused"] and counts.total() == 0


SCRIPTS = Path(__file__).parents[3] / "scripts"


def test_damaged_messages_and_restarts_leave_every_reply_with_its_message() -> None:
    words = [sys.executable, str(SCRIPTS / "mllp_damage.py"), "--messages", "90", "--damaged", "24", "--restarts", "2"]
    done = subprocess.run([*words, "--seed", "2"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "told AA 66" in done.stdout and "wrong replies 0, lost 0, doubled 0, changed 0" in done.stdout
