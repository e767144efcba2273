"""Which web addresses may be fetched: public ones, over http and https, on the usual ports.

A link from a feed or a reader must not make this machine ask its own services or its neighbours'.
What a host's name looks like proves nothing (`2130706433` and `0177.0.0.1` are 127.0.0.1), so
`resolve` judges the addresses that it leads to, and the connection goes to just these.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from geo.errors import DownloadError, RefusedError
from geo.settings import Settings

SCHEMES = {"http": 80, "https": 443}
PORTS = frozenset({80, 443, 8080, 8443})
MAX_URL_CHARS = 2_000  # longer ones are no link that a browser's bar or a sitemap holds

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Not for anybody to ask though Python's registries call them global, or know them under no name:
# IETF protocol assignments with Oracle's metadata, 6to4 relays, Azure's metadata, site-local
# addresses (RFC 3879) and documentation (RFC 9637).
_KEPT_FROM = tuple(map(ipaddress.ip_network, (
    "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "fec0::/10", "3fff::/20",
)))  # fmt: skip
# The range of IPv6 whose last 32 bits are an address of IPv4.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: `host` without brackets, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port as a browser writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = SCHEMES[self.scheme] == self.port
        return f"{self.scheme}://{host}" if usual else f"{self.scheme}://{host}:{self.port}"


def is_link(url: str) -> bool:
    """Whether this is a whole address of the web, wherever it may lead."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.hostname) and len(url) <= MAX_URL_CHARS


def target_of(url: str, settings: Settings) -> Target:
    """A link taken apart. Raises RefusedError where it may not be followed, whoever asks."""
    shown = url[:80]
    if len(url) > MAX_URL_CHARS:
        raise RefusedError(f"{shown}... has more than {MAX_URL_CHARS:,} characters")
    if any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise RefusedError(f"{shown!r} holds spaces or control characters; write them as %20")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedError(f"{shown!r} is no web address: {error}") from error
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise RefusedError(f"{shown!r} is no web address; one begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise RefusedError(f"{shown!r} holds a user name, which is not sent; leave it out")
    host = _ascii(parts.hostname, shown)
    number = SCHEMES[parts.scheme] if port is None else port
    if number not in PORTS and not is_named(host, number, settings):
        raise RefusedError(
            f"{shown!r}: port {number} is not asked; DATELINE_FETCH_HOSTS={host}:{number} allows it"
        )
    return Target(parts.scheme, host, number, _path(parts))


def _ascii(host: str, shown: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RefusedError(f"{shown!r} names no host that can exist") from error


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # What browsers do too: anything beyond ASCII goes as UTF-8, percent-encoded.
    return "".join(
        c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace"))
        for c in path
    )


def is_named(host: str, port: int, settings: Settings) -> bool:
    """Whether the user's own list names this host, with this port or with none."""
    named = {entry.strip().lower() for entry in settings.fetch_hosts.split(",")} - {""}
    return bool(named & {host.lower(), f"{host.lower()}:{port}"})


def resolve(
    target: Target, settings: Settings, within_s: float
) -> list[tuple[int, tuple[object, ...]]]:
    """Socket families and addresses to connect to, in the resolver's order.

    Raises RefusedError where any of them is not public and the user has not named the host (a name
    that leads to both is a trap), DownloadError where the name leads nowhere, TimeoutError where
    the resolver does not say within the time.
    """
    try:
        found = _looked_up(target, within_s)
    except TimeoutError:
        raise
    except (OSError, UnicodeError) as error:
        raise DownloadError(f"{target.host} was not found ({error})") from error
    if not is_named(target.host, target.port, settings):
        for *_, address in found:
            if not is_public(str(address[0])):
                same = address[0] == target.host
                raise RefusedError(
                    f"{target.host} {'is' if same else f'leads to {address[0]}, which is'} "
                    f"not on the public internet; DATELINE_FETCH_HOSTS={target.host} allows it"
                )
    return [(family, address) for family, _, _, _, address in found]


def _looked_up(target: Target, within_s: float) -> list[Any]:
    """What the resolver answers; it takes no time limit, so a thread waits that may be left."""
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except Exception as error:
            answer.set_exception(error)
        else:
            answer.set_result(found)

    threading.Thread(target=ask, daemon=True).start()
    return answer.result(within_s)


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, by IANA's registries as Python has them.

    An IPv6 address that carries one of IPv4 (mapped, 6to4, Teredo, NAT64) is judged by that too.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global and not one.is_multicast and not one.is_reserved
        and not any(one in network for network in _KEPT_FROM)
        for one in _carried(address) or [address]
    )  # fmt: skip


def _carried(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    carried = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), nat64)
    return [one for one in carried if one is not None]
