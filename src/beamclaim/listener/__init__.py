"""HL7 v2 messages over MLLP → files in an inbox, each acknowledged once it is on disk; `beamclaim facts` reads the folder.

In: bytes of connections. Out: a reply a message, and an inbox (`inbox.py` says how it lies on disk). Begin with
`service.py`, which wires `connections.py` (sockets, limits) over `frames.py`, `message_queue.py`, `desk.py` (judged,
stored, answered), `judgment.py`, `acknowledgment.py`; `exposure.py` refuses what would leave patient data open. Called
by `cli/listen.py`. Never knows a rule, a policy or a course.
"""
