"""Connections → a reply for each frame they send, under limits of size, time and number.

One `Connections` a server. It asks a function for the reply to a whole message and another for the refusal of what is none; it counts
what happened and says nothing else. Called by `service.py`.
"""

import asyncio
import contextlib
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from beamclaim.ingest.hl7v2.cases import BUSY, NO_END, SLOW, UNFRAMED, ErrorCase
from beamclaim.ingest.hl7v2.framing import LARGEST
from beamclaim.listener.frames import END, START, BrokenFrame, FrameReader

_STEP = 1 << 16
"""Bytes read at a time."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Answer = Callable[[bytes], Awaitable[bytes]]
Refuse = Callable[[bytes, ErrorCase], bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sender may ask for: bytes of a message, seconds, connections; `open_bytes` are those of all frames that are not answered."""

    message: int = LARGEST
    frame_seconds: float = 30
    idle_seconds: float = 60
    reply_seconds: float = 30
    drain_seconds: float = 30
    refusal_seconds: float = 2
    connections: int = 100
    connections_per_peer: int = 10
    open_bytes: int = 48 * 1024 * 1024


class Connections:
    """The connections of a server: reads frames, asks for the reply, sends it. Counts what happened and says nothing else."""

    def __init__(self, answer: Answer, refuse: Refuse, limits: Limits, allowed: Sequence[Network] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self._answer = answer
        self._refuse = refuse
        self._limits = limits
        self._allowed = allowed
        self._tasks: dict[asyncio.Task[None], bool] = {}  # connection → whether it may be ended at once
        self._peers: Counter[str] = Counter()
        self._open_bytes = 0
        self._is_stopping = False

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its close."""
        peer = _peer(writer)
        task = asyncio.current_task()
        assert task is not None
        try:
            if not self._may_enter(peer):
                self.counts["turned_away"] += 1
                return
            self.counts["connections"] += 1
            self._peers[peer] += 1
            self._tasks[task] = True
            try:
                await self._converse(task, reader, writer)
            finally:
                del self._tasks[task]
                self._peers[peer] -= 1
                if not self._peers[peer]:
                    del self._peers[peer]
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(writer.wait_closed(), self._limits.reply_seconds)

    async def stop(self) -> None:
        """Ends idle connections at once and the others when their message is answered, or at the end of the drain time."""
        self._is_stopping = True
        for task, is_idle in list(self._tasks.items()):
            if is_idle:
                task.cancel()
        if self._tasks:
            _, left = await asyncio.wait(list(self._tasks), timeout=self._limits.drain_seconds)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=1)

    def _may_enter(self, peer: str) -> bool:
        limits = self._limits
        if self._is_stopping or len(self._tasks) >= limits.connections:
            return False
        if not peer:  # a socket of this host
            return True
        if self._peers[peer] >= limits.connections_per_peer:
            return False
        address = ipaddress.ip_address(peer)
        return not self._allowed or any(address in network for network in self._allowed)

    async def _converse(
        self, task: "asyncio.Task[None]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        frames, clock, limits = FrameReader(self._limits.message), asyncio.get_running_loop().time, self._limits
        deadline, opened, open_bytes = clock() + limits.idle_seconds, 0, 0
        try:
            while not (self._is_stopping and not frames.is_open):
                self._tasks[task] = not frames.is_open
                try:
                    data = await asyncio.wait_for(reader.read(_STEP), max(deadline - clock(), 0))
                except TimeoutError:
                    self.counts[SLOW.code if frames.is_open else "idle"] += 1
                    return
                self._tasks[task] = False
                if not data:
                    if frames.is_open:
                        self.counts[NO_END.code] += 1
                    return
                for frame in frames.feed(data):
                    open_bytes = self._recount(open_bytes, frames)
                    is_over = await self._reply(frame, writer)
                    deadline = clock() + limits.idle_seconds
                    if is_over:
                        await self._let_pass(task, reader, writer)
                        return
                open_bytes = self._recount(open_bytes, frames)
                if frames.opened != opened and frames.is_open:
                    deadline = clock() + limits.frame_seconds
                opened = frames.opened
                if self._open_bytes > limits.open_bytes and len(frames) > _STEP:
                    await self._send(self._refuse(frames.head, BUSY), writer)
                    self.counts[BUSY.code] += 1
                    await self._let_pass(task, reader, writer)
                    return
        finally:
            self._open_bytes -= open_bytes

    def _recount(self, before: int, frames: FrameReader) -> int:
        """Counts the bytes a connection holds now, for those it held before."""
        self._open_bytes += len(frames) - before
        return len(frames)

    async def _reply(self, frame: bytes | BrokenFrame, writer: asyncio.StreamWriter) -> bool:
        """Answers a frame; whether the connection is over then."""
        if isinstance(frame, bytes):
            self._open_bytes += len(frame)
            try:
                await self._send(await self._answer(frame), writer)
            finally:
                self._open_bytes -= len(frame)
            return False
        self.counts[frame.case.code] += 1
        if frame.case is not UNFRAMED:
            await self._send(self._refuse(frame.head, frame.case), writer)
        return True

    async def _let_pass(
        self, task: "asyncio.Task[None]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Ends our side and reads what a sender still sends, keeping nothing of it.

        A connection that is closed on bytes nobody read is reset, and takes with it the refusal that was not read yet.
        TLS cannot end one side alone: there it is closed at once.
        """
        if not writer.can_write_eof():
            return
        self._tasks[task] = True
        writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.refusal_seconds):
                while await reader.read(_STEP):
                    pass

    async def _send(self, reply: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(START + reply + END)
        await asyncio.wait_for(writer.drain(), self._limits.reply_seconds)


def _peer(writer: asyncio.StreamWriter) -> str:
    """The address of who speaks; empty for a socket of this host."""
    name = writer.get_extra_info("peername")
    return str(name[0]).partition("%")[0] if isinstance(name, tuple) else ""
