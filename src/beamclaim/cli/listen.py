"""`beamclaim listen`: HL7 v2 messages over MLLP into a folder, each acknowledged only when it is safely stored."""

from pathlib import Path
from typing import Annotated

import typer

HELP = """Receives HL7 v2 messages over MLLP and keeps each as a file.

A message is acknowledged (AA) only when it is on disk. What cannot be read is kept apart (AE), or refused (AR) and not kept.
A message that comes again gets the same reply and is kept once. SIGTERM ends it when the messages at hand are answered.

\b
Examples:
  beamclaim listen inbox/
  beamclaim listen inbox/ --bind 10.1.2.3:2575 --tls-cert me.pem --tls-key me.key --tls-client-ca partners.pem
  beamclaim listen inbox/ --bind unix:/run/beamclaim.sock --mapping senders.yaml
  beamclaim facts inbox/

\b
Beyond this host it asks for TLS (1.2 or later) and for a client CA or --allow, unless --plain-network is said.
Its log, on standard error, holds counts, codes and hashes, nothing of a message.
"""

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where messages are kept; made if it is not there.")]
Bind = Annotated[str, typer.Option(metavar="HOST:PORT", help="Where to listen; unix:PATH for a socket of this host.")]
Cert = Annotated[Path | None, typer.Option(metavar="FILE", help="Own certificate with its chain, PEM.")]
Key = Annotated[Path | None, typer.Option(metavar="FILE", help="Key of the certificate, PEM.")]
ClientCA = Annotated[Path | None, typer.Option(metavar="FILE", help="Only senders with a certificate of these, PEM.")]
Plain = Annotated[
    bool, typer.Option("--plain-network", help="Listen beyond this host without TLS. The network must be safe.")
]
Allow = Annotated[
    list[str],
    typer.Option(
        metavar="NETWORK", default_factory=list, show_default=False, help="Only these addresses; may be given again."
    ),
]
MappingFile = Annotated[Path | None, typer.Option(metavar="FILE", help="What senders put where, YAML.")]
Most = Annotated[int, typer.Option(min=1, max=10, metavar="MIB", help="Largest message.")]
Connections = Annotated[int, typer.Option(min=1, max=1000, help="Connections at once.")]


def listen(
    folder: Folder,
    *,
    bind: Bind = "127.0.0.1:2575",
    tls_cert: Cert = None,
    tls_key: Key = None,
    tls_client_ca: ClientCA = None,
    plain_network: Plain = False,
    allow: Allow,
    mapping: MappingFile = None,
    largest: Most = 10,
    connections: Connections = 100,
) -> None:
    """Listens until it is told to end, and says what it counted."""
    from beamclaim.listener.connections import Limits
    from beamclaim.listener.exposure import ListenOptions
    from beamclaim.listener.service import listen as serve

    def log(words: str) -> None:
        typer.echo(f"beamclaim: {words}", err=True)

    options = ListenOptions(
        folder, bind, tls_cert, tls_key, tls_client_ca, plain_network, tuple(allow), mapping,
        Limits(message=largest * 1024 * 1024, connections=connections),
    )  # fmt: skip
    counts = serve(options, log, lambda at: log(f"listening on {at}, keeping messages in {folder}"))
    log("; ".join(f"{_words(name)} {count}" for name, count in sorted(counts.items())) or "nothing came")


def _words(name: str) -> str:
    """What a count is of: that of a case says the case in words."""
    from beamclaim.ingest.hl7v2.cases import CASES

    known = {"again": "came again", "other": "control id in use", "turned_away": "turned away"}
    known |= {case.code: f"{case.code} ({case.words})" for case in CASES}
    return known.get(name, name)
