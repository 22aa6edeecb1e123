"""The listener: HL7 v2 messages over MLLP into an inbox, each acknowledged only when it is safely stored."""

import asyncio
import ipaddress
import os
import signal
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from beamclaim.errors import SettingError
from beamclaim.ingest.hl7v2 import Mapping, load_mapping
from beamclaim.ingest.hl7v2.cases import BUSY, OTHER_BYTES, ErrorCase
from beamclaim.listener.acknowledgment import Verdict, acknowledge, judge, refuse
from beamclaim.listener.inbox import Arrival, Full, Inbox, Unsafe
from beamclaim.listener.mllp import Limits, Listener, Network

#: Messages written in one flush at most.
GROUP = 64
_LOCAL_SOCKET = "unix:"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ListenOptions:
    """Where to listen (`host:port` or `unix:PATH`), where to keep, and who may speak."""

    folder: Path
    bind: str = "127.0.0.1:2575"
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    plain_network: bool = False
    allow: tuple[str, ...] = ()
    mapping: Path | None = None
    limits: Limits = field(default_factory=Limits)


class Desk:
    """Takes messages in, several at a time: judged, stored, answered. Works in a thread of its own."""

    def __init__(self, inbox: Inbox, mapping: Mapping | None = None, tell: Tell = lambda _: None) -> None:
        self.counts: Counter[str] = Counter()
        self._inbox = inbox
        self._mapping = mapping
        self._tell = tell

    def take(self, messages: Sequence[bytes]) -> list[bytes]:
        """The replies to a group of messages, in order; what they say is already on disk. Raises Unsafe."""
        now = datetime.now()
        verdicts = [self._judged(raw) for raw in messages]
        arrivals = [
            _arrival(verdict, raw, now) for verdict, raw in zip(verdicts, messages, strict=True) if verdict.code != "AR"
        ]
        try:
            kept = iter(self._inbox.keep(arrivals) if arrivals else [])
        except Full as full:
            self._tell(str(full))
            return [self._refused(refuse(raw, BUSY), now) for raw in messages]
        replies = []
        for verdict in verdicts:
            if verdict.code == "AR":
                replies.append(self._refused(verdict, now))
                continue
            outcome, reply = next(kept)
            replies.append(reply)
            self.counts[outcome] += 1
            if outcome == "other":
                self._note("kept apart", verdict, OTHER_BYTES)
            elif outcome == "quarantined":
                self._note("kept apart", verdict, *(trouble.case for trouble in verdict.troubles))
        return replies

    def _judged(self, raw: bytes) -> Verdict:
        """The verdict; a message that our own code fails on is refused, and the others are served."""
        try:
            return judge(raw, self._mapping)
        except Exception as error:
            self._tell(f"internal error: {type(error).__name__} on a message of {len(raw)} bytes; please report it")
            return refuse(raw, BUSY)

    def refusal(self, head: bytes, case: ErrorCase) -> bytes:
        """The reply to bytes that are no whole message."""
        return self._refused(refuse(head, case), datetime.now())

    def _refused(self, verdict: Verdict, now: datetime) -> bytes:
        self.counts["refused"] += 1
        self._note("refused", verdict, *(trouble.case for trouble in verdict.troubles))
        return acknowledge(verdict, now)

    def _note(self, outcome: str, verdict: Verdict, *cases: ErrorCase) -> None:
        """One line a problem: what became of the message, why, and its hash; nothing of the message itself."""
        why = sorted({f"{case.code} {case.words}" for case in cases if case.reply != "AA"})
        self._tell(f"{outcome}: {'; '.join(why)} (sha256 {verdict.sha256[:16]})")


def _arrival(verdict: Verdict, raw: bytes, now: datetime) -> Arrival:
    return Arrival(
        verdict.sender,
        verdict.control_id,
        verdict.sha256,
        raw,
        verdict.month,
        verdict.code,
        acknowledge(verdict, now),
        now.isoformat(timespec="seconds"),
        lambda: acknowledge(verdict, now, OTHER_BYTES),
    )


class Queue:
    """Messages waiting for the desk: what comes while a group is written makes the next group."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_over = False
        self._waiting: asyncio.Queue[tuple[bytes, asyncio.Future[bytes]]] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, "inbox")

    async def answer(self, raw: bytes) -> bytes:
        """The reply to a message, once it is stored. Raises ConnectionAbortedError when the inbox has failed."""
        if self._is_over:
            raise ConnectionAbortedError
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((raw, reply))
        return await reply

    async def work(self) -> None:
        """Takes groups until it is cancelled; a failure of the inbox ends it, unanswered, with everybody who waits."""
        loop = asyncio.get_running_loop()
        while True:
            group = [await self._waiting.get()]
            while len(group) < GROUP and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            try:
                replies = await loop.run_in_executor(self._thread, self._desk.take, [raw for raw, _ in group])
            except Exception:
                self._is_over = True
                while not self._waiting.empty():
                    group.append(self._waiting.get_nowait())
                for _, waiting in group:
                    waiting.cancel()
                raise
            for reply, (_, waiting) in zip(replies, group, strict=True):
                if not waiting.done():
                    waiting.set_result(reply)

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown()


def listen(options: ListenOptions, tell: Tell, ready: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Listens until SIGTERM or SIGINT and gives what was counted. Raises SettingError, PolicyError or Unsafe.

    `tell` takes lines for the log; they hold counts, codes and hashes. `ready` is called with the address once it listens.
    """
    refuse_exposure(options)
    context = tls(options)
    allowed = networks(options.allow)
    mapping = load_mapping(options.mapping) if options.mapping else None
    with Inbox(options.folder) as inbox:
        return asyncio.run(_serve(options, Desk(inbox, mapping, tell), context, allowed, ready))


async def _serve(
    options: ListenOptions,
    desk: Desk,
    context: ssl.SSLContext | None,
    allowed: Sequence[Network],
    ready: Callable[[str], None],
) -> Counter[str]:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopped.set)
    queue = Queue(desk)
    listener = Listener(queue.answer, desk.refusal, options.limits, allowed)
    try:
        server = await _server(options, listener, context)
    except OSError as error:
        queue.close()
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "cannot be listened on"
        raise SettingError(f"{options.bind}: {why}; choose another --bind") from None
    worker = loop.create_task(queue.work())
    ready(_told(options, server))
    waiting = loop.create_task(stopped.wait())
    await asyncio.wait((waiting, worker), return_when=asyncio.FIRST_COMPLETED)
    server.close()
    await listener.stop()
    waiting.cancel()
    worker.cancel()
    ended, _ = await asyncio.wait((waiting, worker))
    queue.close()
    if options.bind.startswith(_LOCAL_SOCKET):
        Path(options.bind.removeprefix(_LOCAL_SOCKET)).unlink(missing_ok=True)
    for task in ended:
        if not task.cancelled():
            task.result()
    return desk.counts + listener.counts


async def _server(options: ListenOptions, listener: Listener, context: ssl.SSLContext | None) -> asyncio.Server:
    if options.bind.startswith(_LOCAL_SOCKET):
        path = options.bind.removeprefix(_LOCAL_SOCKET)
        server = await asyncio.start_unix_server(listener.connection, path)
        Path(path).chmod(0o600)
        return server
    host, port = address(options.bind)
    handshake = 10.0 if context else None
    return await asyncio.start_server(
        listener.connection, host, port, ssl=context, ssl_handshake_timeout=handshake, backlog=128
    )


def _told(options: ListenOptions, server: asyncio.Server) -> str:
    """The address it listens on; the port as the system chose it where 0 was asked for."""
    if options.bind.startswith(_LOCAL_SOCKET):
        return options.bind
    host, port = server.sockets[0].getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def address(bind: str) -> tuple[str, int]:
    """Host and port of `host:port`. Raises SettingError."""
    host, _, port = bind.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise SettingError(f"{bind!r} is no address; write it as 127.0.0.1:2575, [::1]:2575 or unix:PATH")
    return host.strip("[]"), int(port)


def networks(allow: Sequence[str]) -> tuple[Network, ...]:
    """The networks that may speak. Raises SettingError."""
    try:
        return tuple(ipaddress.ip_network(text) for text in allow)
    except ValueError:
        raise SettingError("--allow takes an address or a network, like 10.1.2.3 or 10.1.2.0/24") from None


def refuse_exposure(options: ListenOptions) -> None:
    """Raises SettingError where patient data would cross a network unprotected, or anybody could send."""
    if options.bind.startswith(_LOCAL_SOCKET):
        return
    host, _ = address(options.bind)
    try:
        is_local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = host == "localhost"
    if is_local or options.plain_network:
        return
    if options.tls_cert is None:
        raise SettingError(
            f"{host} is not this host: messages would cross the network unencrypted. "
            "Give --tls-cert and --tls-key, listen on 127.0.0.1, or say --plain-network"
        )
    if options.tls_client_ca is None and not options.allow:
        raise SettingError("beyond this host somebody must say who may send: give --tls-client-ca or --allow")


def tls(options: ListenOptions) -> ssl.SSLContext | None:
    """TLS from 1.2 with the certificate given, None where none is. Raises SettingError."""
    if (options.tls_cert is None) != (options.tls_key is None):
        raise SettingError("--tls-cert and --tls-key go together")
    if options.tls_cert is None:
        if options.tls_client_ca is not None:
            raise SettingError("--tls-client-ca needs --tls-cert and --tls-key")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(options.tls_cert, options.tls_key)
        if options.tls_client_ca is not None:
            context.load_verify_locations(options.tls_client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError):
        raise SettingError(
            "the certificate, its key or the client CA cannot be read; give PEM files that fit"
        ) from None
    return context


__all__ = ["Desk", "ListenOptions", "Queue", "Unsafe", "listen"]
