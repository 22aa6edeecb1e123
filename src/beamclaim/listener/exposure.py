"""Who may speak, and how safely: addresses, networks, TLS; what would expose patient data is refused before anything listens."""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beamclaim.errors import SettingError
from beamclaim.listener.connections import Limits, Network

LOCAL_SOCKET = "unix:"


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
    if options.bind.startswith(LOCAL_SOCKET):
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
