"""`ListenOptions` → a server that listens until it is told to end, and what it counted. Begin here: it wires the other modules."""

import asyncio
import os
import signal
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from beamclaim.errors import SettingError
from beamclaim.ingest.hl7v2 import load_mapping
from beamclaim.listener.connections import Connections, Network
from beamclaim.listener.desk import Desk, Log
from beamclaim.listener.exposure import LOCAL_SOCKET, ListenOptions, address, networks, refuse_exposure, tls
from beamclaim.listener.inbox import Inbox
from beamclaim.listener.message_queue import MessageQueue


def listen(options: ListenOptions, log: Log, ready: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Listens until SIGTERM or SIGINT and gives what was counted. Raises SettingError, PolicyError or Unsafe.

    `log` takes lines for the log; they hold counts, codes and hashes. `ready` is called with the address once it listens.
    """
    refuse_exposure(options)
    context = tls(options)
    allowed = networks(options.allow)
    mapping = load_mapping(options.mapping) if options.mapping else None
    with Inbox(options.folder) as inbox:
        return asyncio.run(_serve(options, Desk(inbox, mapping, log), context, allowed, ready))


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
    queue = MessageQueue(desk)
    connections = Connections(queue.answer, desk.refusal, options.limits, allowed)
    try:
        server = await _server(options, connections, context)
    except OSError as error:
        queue.close()
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "cannot be listened on"
        raise SettingError(f"{options.bind}: {why}; choose another --bind") from None
    worker = loop.create_task(queue.work())
    ready(_address(options, server))
    waiting = loop.create_task(stopped.wait())
    await asyncio.wait((waiting, worker), return_when=asyncio.FIRST_COMPLETED)
    server.close()
    await connections.stop()
    waiting.cancel()
    worker.cancel()
    ended, _ = await asyncio.wait((waiting, worker))
    queue.close()
    if options.bind.startswith(LOCAL_SOCKET):
        Path(options.bind.removeprefix(LOCAL_SOCKET)).unlink(missing_ok=True)
    for task in ended:
        if not task.cancelled():
            task.result()
    return desk.counts + connections.counts


async def _server(options: ListenOptions, connections: Connections, context: ssl.SSLContext | None) -> asyncio.Server:
    if options.bind.startswith(LOCAL_SOCKET):
        path = options.bind.removeprefix(LOCAL_SOCKET)
        server = await asyncio.start_unix_server(connections.connection, path)
        Path(path).chmod(0o600)
        return server
    host, port = address(options.bind)
    handshake = 10.0 if context else None
    return await asyncio.start_server(
        connections.connection, host, port, ssl=context, ssl_handshake_timeout=handshake, backlog=128
    )


def _address(options: ListenOptions, server: asyncio.Server) -> str:
    """Where it listens; the port as the system chose it where 0 was asked for."""
    if options.bind.startswith(LOCAL_SOCKET):
        return options.bind
    host, port = server.sockets[0].getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
