"""What the tests of the listener send, and how they speak to it: over a socket of this host."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from beamclaim.listener.connections import Connections, Limits
from beamclaim.listener.desk import Desk
from beamclaim.listener.frames import END, START
from beamclaim.listener.inbox import Inbox
from beamclaim.listener.message_queue import MessageQueue

DFT = [
    r"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|20260303081500||DFT^P03^DFT_P03|M1|P|2.5.1",
    "EVN|P03|20260303081500",
    "PID|1||P1^^^HOME^MR||CANARY^PATIENT||19610402|M",
    "FT1|1|T1||20260303|20260304|CG|4401^TREATMENT^L|||1|||||||||||||||77412^^C4",
]


def message(control_id: str = "M1", **fields: str) -> bytes:
    """A charge; `FT1_4="…"` replaces a field."""
    lines = list(DFT)
    for name, value in {"MSH_10": control_id, **fields}.items():
        segment, number = name.split("_")
        at = next(i for i, line in enumerate(lines) if line.startswith(segment))
        parts = lines[at].split("|")
        place = int(number) - (segment == "MSH")
        parts += [""] * (place + 1 - len(parts))
        parts[place] = value
        lines[at] = "|".join(parts)
    return "".join(line + "\r" for line in lines).encode("latin-1")


class Sender:
    """One connection to the listener."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)

    async def ask(self, raw: bytes) -> bytes:
        """A message in its frame, and the reply out of its own."""
        self.send(START + raw + END)
        return await self.reply()

    async def reply(self) -> bytes:
        """The next reply."""
        framed = await asyncio.wait_for(self.reader.readuntil(END), 20)
        assert framed.startswith(START)
        return framed[1:-2]

    async def is_closed(self) -> bool:
        """Whether the listener ends the connection without another byte."""
        try:
            return await asyncio.wait_for(self.reader.read(1), 20) == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        """Ends the connection from this side."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class Place:
    """A listener on a socket, with its inbox."""

    def __init__(self, socket: str, listener: Connections, desk: Desk, told: list[str]) -> None:
        self.socket, self.listener, self.desk, self.told = socket, listener, desk, told
        self.senders: list[Sender] = []

    async def sender(self) -> Sender:
        """A new connection."""
        self.senders.append(Sender(*await asyncio.open_unix_connection(self.socket)))
        return self.senders[-1]


@asynccontextmanager
async def listening(folder: Path, limits: Limits = Limits()) -> AsyncIterator[Place]:  # noqa: B008
    """A listener with an inbox in a folder, until the block ends."""
    told: list[str] = []
    socket = str(folder.parent / "s")
    with Inbox(folder) as inbox:
        desk = Desk(inbox, log=told.append)
        queue = MessageQueue(desk)
        listener = Connections(queue.answer, desk.refusal, limits)
        server = await asyncio.start_unix_server(listener.connection, socket)
        worker = asyncio.get_running_loop().create_task(queue.work())
        place = Place(socket, listener, desk, told)
        try:
            yield place
        finally:
            server.close()
            await listener.stop()
            for sender in place.senders:
                await sender.close()
            worker.cancel()
            await asyncio.wait((worker,))
            queue.close()


def run(talk: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a conversation."""
    asyncio.run(talk())


def kept(folder: Path) -> list[Path]:
    """The accepted messages of an inbox."""
    return sorted(folder.glob("[!.]*/*.hl7"))


def apart(folder: Path) -> list[Path]:
    """Its quarantined messages."""
    return sorted(folder.glob(".quarantine/*.hl7"))
