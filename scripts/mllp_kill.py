"""Kills the listener while it receives, and counts: nothing lost, nothing doubled.

Senders post messages to `beamclaim listen` and keep a ledger of what was acknowledged; the listener is killed (SIGKILL) at
random moments and started again; a sender resends what it has no reply for. Afterwards the ledger is held against the
inbox. Run from the repository: `python scripts/mllp_kill.py`. Exit status 1 when anything is lost, doubled or changed.
"""

import argparse
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from beamclaim.ingest.hl7v2 import read_hl7v2

START, END = b"\x0b", b"\x1c\x0d"


def message(number: int, seed: int) -> bytes:
    """A charge of a made-up patient; its control id is its number."""
    chance = random.Random(f"{seed}/{number}")
    day = f"2026{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    segments = [
        rf"MSH|^~\&|OIS|RADONC|BEAMCLAIM|HOME|{day}081500||DFT^P03^DFT_P03|K{seed}-{number}|P|2.5.1",
        f"EVN|P03|{day}081500",
        f"PID|1||P{chance.randint(1, 400)}^^^RADONC^MR||TEST^PATIENT||19600101|F",
        f"FT1|1|T{number}||{day}|{day}|CG|{chance.choice(['77402', '77407', '77412'])}^^C4|||1|||RO||||||C50.911^^I10"
        f"||||||{chance.choice(['77402', '77407', '77412'])}^^C4",
        "ZPM|" + "x" * chance.randint(0, 4000),
    ]
    return "".join(s + "\r" for s in segments).encode()


class Listener:
    """The listener as a process that is killed and started again on the same port."""

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.options = options
        self.port = 0
        self.starts = 0
        self.start()

    def start(self) -> None:
        """Starts it and waits until it listens."""
        words = [
            sys.executable,
            "-m",
            "beamclaim",
            "listen",
            str(self.folder),
            "--bind",
            f"127.0.0.1:{self.port}",
            *self.options,
        ]
        self._process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        if "listening on" not in line:
            raise SystemExit(f"the listener did not start: {line.strip()}")
        self.port = int(line.split("listening on 127.0.0.1:")[1].split(",")[0])
        self.starts += 1

    def kill(self) -> bool:
        """SIGKILL; whether it was still alive then."""
        was_alive = self._process.poll() is None
        self._process.kill()
        self._process.communicate()
        return was_alive

    def end(self) -> str:
        """SIGTERM, and what it says at the end."""
        self._process.terminate()
        return self._process.communicate()[1].strip()


class Ledger:
    """What the senders were told."""

    def __init__(self) -> None:
        self.replies: dict[int, bytes] = {}
        self.seconds: list[float] = []
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()


def send(numbers: list[int], seed: int, listener: Listener, ledger: Ledger) -> None:
    """Sends messages one after the other and each until it is acknowledged; now and then one again that was."""
    chance = random.Random(f"{seed}/{numbers[0]}")
    stream: socket.socket | None = None
    for number in numbers:
        turns = (
            [number]
            if number == numbers[0] or chance.random() > 0.02
            else [number, chance.choice(numbers[: numbers.index(number)])]
        )
        for turn in turns:
            while True:
                try:
                    if stream is None:
                        stream = socket.create_connection(("127.0.0.1", listener.port), timeout=30)
                    began = time.perf_counter()
                    stream.sendall(START + message(turn, seed) + END)
                    reply = b""
                    while not reply.endswith(END):
                        step = stream.recv(65536)
                        if not step:
                            raise ConnectionError
                        reply += step
                except OSError:
                    with ledger.lock:
                        ledger.counts["cut off"] += 1
                    if stream is not None:
                        stream.close()
                    stream = None
                    time.sleep(0.02)
                    continue
                with ledger.lock:
                    note(ledger, turn, reply, time.perf_counter() - began, seed)
                break
    if stream is not None:
        stream.close()


def note(ledger: Ledger, number: int, reply: bytes, seconds: float, seed: int) -> None:
    """Enters a reply: the same message must have the same reply again."""
    ledger.seconds.append(seconds)
    if f"MSA|AA|K{seed}-{number}\r".encode() not in reply:
        ledger.counts["not accepted"] += 1
    if number in ledger.replies:
        ledger.counts["sent again after AA"] += 1
        ledger.counts["other reply"] += ledger.replies[number] != reply
    ledger.replies[number] = reply


def main() -> int:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, "inbox")
        listener = Listener(folder)
        shares = [list(range(first, given.messages, given.senders)) for first in range(given.senders)]
        threads = [threading.Thread(target=send, args=(s, given.seed, listener, ledger)) for s in shares if s]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for point in sorted(chance.sample(range(given.messages // 20, given.messages * 19 // 20), given.kills)):
            while len(ledger.replies) < point:
                time.sleep(0.001)
            time.sleep(chance.random() / 50)
            ledger.counts["kills that landed"] += listener.kill()
            listener.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        said = listener.end()
        return judge(folder, given.seed, ledger, took, said)


def judge(folder: Path, seed: int, ledger: Ledger, took: float, said: str) -> int:
    """Holds the ledger against the inbox."""
    found: Counter[int] = Counter()
    changed = charges = 0
    for path in sorted(folder.glob("*/*.hl7")):
        raw = path.read_bytes()
        number = int(raw.split(b"|")[9].split(b"-")[1])
        found[number] += 1
        changed += raw != message(number, seed)
        with path.open("rb") as stream:
            for evidence in read_hl7v2(stream, 0):
                charges += sum(s.subject == "charge" and s.name == "code" for s in evidence.assertions)
    lost = [n for n in ledger.replies if not found[n]]
    doubled = [n for n, times in found.items() if times > 1]
    strays = [n for n in found if n not in ledger.replies]
    parts = len(list(folder.glob("*/.*.part"))) + len(list(folder.glob(".quarantine/*.hl7")))
    waits = sorted(ledger.seconds)
    print(f"{len(ledger.replies)} messages acknowledged in {took:.1f} s, {len(waits) / took:.0f} a second")
    print(
        f"reply after {1e3 * waits[len(waits) // 2]:.1f} ms (median), {1e3 * waits[len(waits) * 99 // 100]:.1f} ms (p99)"
    )
    print("; ".join(f"{name} {count}" for name, count in sorted(ledger.counts.items())))
    print(f"files {found.total()}, charges read from them {charges}")
    print(f"lost {len(lost)}, doubled {len(doubled)}, changed {changed}, unknown {len(strays)}, left over {parts}")
    print(said.splitlines()[-1] if said else "the listener said nothing")
    bad = len(lost) + len(doubled) + changed + len(strays) + parts + charges - found.total()
    return 1 if bad or ledger.counts["not accepted"] or ledger.counts["other reply"] else 0


if __name__ == "__main__":
    sys.exit(main())
