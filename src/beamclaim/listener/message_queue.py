"""Messages of many connections → groups for the desk, and each reply back to who waits for it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from beamclaim.listener.desk import Desk

#: Messages written in one flush at most.
GROUP = 64


class MessageQueue:
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
