"""Messages, several at a time → replies, each once what it says is on disk: judged, stored, answered.

Called by `message_queue.py`, in a thread of its own. The log gets counts, codes and hashes, nothing of a message.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from beamclaim.ingest.hl7v2 import Mapping
from beamclaim.ingest.hl7v2.cases import BUSY, OTHER_BYTES, ErrorCase
from beamclaim.listener.acknowledgment import acknowledge
from beamclaim.listener.inbox import Arrival, Full, Inbox
from beamclaim.listener.judgment import Judgment, judge, refuse

Log = Callable[[str], None]


class Desk:
    """Takes messages in, several at a time: judged, stored, answered. Works in a thread of its own."""

    def __init__(self, inbox: Inbox, mapping: Mapping | None = None, log: Log = lambda _: None) -> None:
        self.counts: Counter[str] = Counter()
        self._inbox = inbox
        self._mapping = mapping
        self._log = log

    def take(self, messages: Sequence[bytes]) -> list[bytes]:
        """The replies to a group of messages, in order; what they say is already on disk. Raises Unsafe."""
        now = datetime.now()
        judgments = [self._judge(raw) for raw in messages]
        arrivals = [
            _arrival(judgment, raw, now)
            for judgment, raw in zip(judgments, messages, strict=True)
            if judgment.code != "AR"
        ]
        try:
            stored = iter(self._inbox.keep(arrivals) if arrivals else [])
        except Full as full:
            self._log(str(full))
            return [self._refuse(refuse(raw, BUSY), now) for raw in messages]
        replies = []
        for judgment in judgments:
            if judgment.code == "AR":
                replies.append(self._refuse(judgment, now))
                continue
            outcome, reply = next(stored)
            replies.append(reply)
            self.counts[outcome] += 1
            if outcome == "other":
                self._note("kept apart", judgment, OTHER_BYTES)
            elif outcome == "quarantined":
                self._note("kept apart", judgment, *(trouble.case for trouble in judgment.troubles))
        return replies

    def _judge(self, raw: bytes) -> Judgment:
        """The judgment; a message that our own code fails on is refused, and the others are served."""
        try:
            return judge(raw, self._mapping)
        except Exception as error:
            self._log(f"internal error: {type(error).__name__} on a message of {len(raw)} bytes; please report it")
            return refuse(raw, BUSY)

    def refusal(self, head: bytes, case: ErrorCase) -> bytes:
        """The reply to bytes that are no whole message."""
        return self._refuse(refuse(head, case), datetime.now())

    def _refuse(self, judgment: Judgment, now: datetime) -> bytes:
        self.counts["refused"] += 1
        self._note("refused", judgment, *(trouble.case for trouble in judgment.troubles))
        return acknowledge(judgment, now)

    def _note(self, outcome: str, judgment: Judgment, *cases: ErrorCase) -> None:
        """One line a problem: what became of the message, why, and its hash; nothing of the message itself."""
        why = sorted({f"{case.code} {case.words}" for case in cases if case.reply != "AA"})
        self._log(f"{outcome}: {'; '.join(why)} (sha256 {judgment.sha256[:16]})")


def _arrival(judgment: Judgment, raw: bytes, now: datetime) -> Arrival:
    return Arrival(
        judgment.sender,
        judgment.control_id,
        judgment.sha256,
        raw,
        judgment.month,
        judgment.code,
        acknowledge(judgment, now),
        now.isoformat(timespec="seconds"),
        lambda: acknowledge(judgment, now, OTHER_BYTES),
    )
