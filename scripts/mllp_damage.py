"""Sends sound and damaged messages over one connection at a time, restarts the listener, and holds every reply to its message.

A sender writes several messages ahead and takes the replies in their order, as interface engines do; some of the messages are
damaged, and the listener is killed (SIGKILL) and ended (SIGTERM) in between. Each message must have its own right reply, a
broken frame one at most, and nothing may be lost, doubled or kept that was refused. Where the connection ends, what has no
reply is sent again on a new one. Run from the repository: `python scripts/mllp_damage.py`. Exit status 1 when anything is wrong.
"""

import argparse
import contextlib
import random
import socket
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mllp_kill import END, START, Listener, message

LARGEST = 1 << 20
"""Bytes of a message the listener takes in this run."""


def framed(raw: bytes) -> bytes:
    """A message in its frame."""
    return START + raw + END


def at_a_third(raw: bytes, inserted: bytes) -> bytes:
    """A message with bytes put into it, behind its header."""
    at = raw.index(b"\rPID") + 8
    return raw[:at] + inserted + raw[at:]


def without(raw: bytes, name: bytes) -> bytes:
    """A message without a segment."""
    return b"".join(line for line in raw.splitlines(keepends=True) if not line.startswith(name))


@dataclass(frozen=True)
class Damage:
    """What is done to a message, the reply it earns, and whether the connection ends with it."""

    name: str
    bytes_of: Callable[[bytes], bytes]
    code: str
    ends: bool = False
    is_over: bool = True
    """Whether the listener can see its end; else it waits for what comes behind."""


SOUND = Damage("sound", framed, "AA")
DAMAGES = (
    Damage("start byte inside", lambda raw: framed(at_a_third(raw, START)), "AR", ends=True),
    Damage("end byte inside", lambda raw: framed(at_a_third(raw, END[:1])), "AR", ends=True),
    Damage("end inside", lambda raw: framed(at_a_third(raw, END)), "AR", ends=True),
    Damage("no end", lambda raw: START + raw, "AR", ends=True, is_over=False),
    Damage("no start", lambda raw: raw + END, "", ends=True),
    Damage("too large", lambda raw: framed(raw + b"ZXX|" + b"x" * LARGEST + b"\r"), "AR", ends=True),
    Damage("two in a frame", lambda raw: framed(raw + raw), "AR"),
    Damage("unknown version", lambda raw: framed(raw.replace(b"|P|2.5.1", b"|P|9.9")), "AR"),
    Damage("a type not read", lambda raw: framed(raw.replace(b"DFT^P03^DFT_P03", b"VXU^V04^VXU_V04")), "AR"),
    Damage("cut before the charge", lambda raw: framed(raw[: raw.index(b"\rFT1") + 1]), "AE"),
    Damage("no patient", lambda raw: framed(without(raw, b"PID")), "AE"),
    Damage(
        "a day that is none",
        lambda raw: framed(raw.replace(b"|CG|", b"|20260230|CG|").replace(b"||2026", b"||2x26", 2)),
        "AE",
    ),
)


@dataclass(frozen=True)
class Sent:
    """A message to send, by its number and what is done to it."""

    number: int
    damage: Damage

    def wire(self, seed: int) -> bytes:
        """Its bytes on the wire."""
        return self.damage.bytes_of(message(self.number, seed))


class Stream:
    """One connection: bytes out, replies in, in their order."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._buffer = b""

    def send(self, data: bytes) -> None:
        """Writes; a connection that has ended is met when a reply is read."""
        with contextlib.suppress(OSError):
            self._socket.sendall(data)

    def reply(self) -> bytes | None:
        """The next reply, or nothing where the connection has ended."""
        while END not in self._buffer:
            try:
                step = self._socket.recv(65_536)
            except OSError:
                return None
            if not step:
                return None
            self._buffer += step
        reply, _, self._buffer = self._buffer.partition(END)
        return reply.removeprefix(START)

    def close(self) -> None:
        """Ends it."""
        self._socket.close()


class Sender:
    """The one sender of a run, and what it was told."""

    def __init__(self, listener: Listener, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.codes: dict[int, str] = {}
        self._listener = listener
        self._seed = seed
        self._stream: Stream | None = None

    def send(self, window: list[Sent], cut: Callable[[], None] | None) -> list[Sent]:
        """Writes messages at once and takes their replies → those to be sent again. `cut` restarts the listener meanwhile."""
        if self._stream is None:
            self._stream = Stream(self._listener.port)
            self.counts["connections"] += 1
        self._stream.send(b"".join(sent.wire(self._seed) for sent in window))
        if cut is not None:
            cut()
        for place, sent in enumerate(window):
            reply = self._stream.reply()
            if reply is not None:
                self._enter(sent, reply)
            if reply is None or sent.damage.ends:
                if reply is not None and self._stream.reply() is not None:
                    self.wrong.append(f"{sent.number}: a reply behind the end of {sent.damage.name}")
                self._end()
                if reply is None and sent.damage.ends and cut is None:
                    self.counts[f"{sent.damage.name}: closed without a reply"] += 1
                    return window[place + 1 :]
                return window[place + (reply is not None) :]
        return []

    def _enter(self, sent: Sent, reply: bytes) -> None:
        """Holds a reply to its message: its own id, its own code, and the same again for the same message."""
        fields = next(line for line in reply.split(b"\r") if line.startswith(b"MSA")).split(b"|")
        code, name = fields[1].decode(), fields[2].decode()
        if (code, name) != (sent.damage.code, f"K{self._seed}-{sent.number}"):
            self.wrong.append(f"{sent.number} ({sent.damage.name}): told {code} of {name}")
        self.counts[f"{sent.damage.name}: {code}"] += 1
        self.codes[sent.number] = code

    def _end(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None


def run(given: argparse.Namespace, folder: Path) -> int:
    """Sends it all, and holds what is on disk against what was told."""
    chance = random.Random(given.seed)
    damaged = set(chance.sample(range(given.messages), given.damaged))
    kinds = deque(chance.sample(DAMAGES, len(DAMAGES)))
    queue: deque[Sent] = deque()
    for number in range(given.messages):
        kinds.rotate(number in damaged)
        queue.append(Sent(number, kinds[0] if number in damaged else SOUND))
    stops = set(chance.sample(range(given.messages), given.restarts))
    listener = Listener(folder, ("--largest", "1"))
    sender, began, restarts = Sender(listener, given.seed), time.perf_counter(), 0
    done: set[int] = set()
    while queue:
        window = [queue.popleft() for _ in range(min(chance.randint(1, given.ahead), len(queue)))]
        while queue and not window[-1].damage.is_over:
            window.append(queue.popleft())
        due = [sent.number for sent in window if sent.number in stops and sent.number not in done]
        done |= set(due)
        restarts += bool(due)
        queue.extendleft(reversed(sender.send(window, _restart(listener, hard=restarts % 2 == 1) if due else None)))
    took = time.perf_counter() - began
    listener.end()
    sender.counts["restarts"] = restarts
    return judge(folder, given, sender, took)


def _restart(listener: Listener, *, hard: bool) -> Callable[[], None]:
    def cut() -> None:
        if hard:
            listener.kill()
        else:
            listener.end()
        listener.start()

    return cut


def judge(folder: Path, given: argparse.Namespace, sender: Sender, took: float) -> int:
    """Prints the counts; 1 where a reply was wrong, or the inbox holds another thing than was told."""
    accepted = Counter(_number(path) for path in folder.glob("[!.]*/*.hl7"))
    apart = Counter(_number(path) for path in folder.glob(".quarantine/*.hl7"))
    told = {code: {n for n, known in sender.codes.items() if known == code} for code in ("AA", "AE", "AR")}
    lost = (told["AA"] - set(accepted)) | (told["AE"] - set(apart))
    stray = (set(accepted) - told["AA"]) | (set(apart) - told["AE"])
    doubled = [n for n, times in (accepted + apart).items() if times > 1]
    changed = [p for p in folder.glob("[!.]*/*.hl7") if p.read_bytes() != message(_number(p), given.seed)]
    print(f"{given.messages} messages, {given.damaged} damaged, up to {given.ahead} ahead, in {took:.1f} s")
    for name, count in sorted(sender.counts.items()):
        print(f"  {name}: {count}")
    print(
        f"told AA {len(told['AA'])}, AE {len(told['AE'])}, AR {len(told['AR'])}; on disk {len(accepted)} and {len(apart)} apart"
    )
    print(
        f"wrong replies {len(sender.wrong)}, lost {len(lost)}, doubled {len(doubled)}, changed {len(changed)}, "
        f"kept though refused {len(stray)}"
    )
    for line in sender.wrong[:10]:
        print(f"  {line}", file=sys.stderr)
    return 1 if sender.wrong or lost or doubled or changed or stray else 0


def _number(path: Path) -> int:
    return int(path.read_bytes().split(b"|")[9].split(b"-")[1])


def main() -> int:
    """Runs it in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--damaged", type=int, default=120)
    parser.add_argument("--restarts", type=int, default=8)
    parser.add_argument("--ahead", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        return run(given, Path(home, "inbox"))


if __name__ == "__main__":
    sys.exit(main())
