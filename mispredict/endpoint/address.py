"""Where an endpoint may be: http(s), no password in the URL, no address that hands out a machine's own credentials."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.settings import PROTOCOLS, Protocol

# Clouds answer requests to these with the credentials of the machine that asks. Link-local ones are refused as a whole.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254", "168.63.129.16")))
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})


@dataclass(frozen=True)
class Address:
    """A URL taken apart."""

    scheme: str  # http or https
    host: str
    port: int
    target: str  # path and query: what is asked of the host

    @property
    def shown(self) -> str:
        """Return the URL for messages: without its query, which may hold a key."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def path(self) -> str:
        """Return the path alone."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return the query with its question mark, "" without one."""
        _, mark, query = self.target.partition("?")
        return mark + query


def address_of(url: str) -> Address:
    """Return the URL's parts; refuses what is no http(s) URL or leads to where credentials are handed out."""
    if any(ord(c) <= 32 or ord(c) == 127 for c in url) or "\\" in url:
        raise _refused("the url holds spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("the url can't be read") from None
    if parts.scheme not in ("http", "https"):
        raise _refused(f"the url begins with {parts.scheme[:20] or 'no scheme'!r}")
    if parts.username is not None or parts.password is not None:
        raise _refused("the url holds a user name or password", "name a variable in auth_env and take them out")
    if not parts.hostname or port == 0:
        raise _refused("the url names no host")
    _check_host(parts.hostname)
    return Address(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), _target(parts))


def protocol_of(address: Address, named: str | None) -> Protocol:
    """Return the protocol that is named, else the one that the URL's path tells, else plain records."""
    for protocol in PROTOCOLS:
        if named == protocol:
            return protocol
    if named is not None:
        raise ModelRefused(f"the protocol {named!r}", needed=f"one of {', '.join(PROTOCOLS)}", do="choose one of these")
    path = address.path.rstrip("/")
    if path.endswith("/invocations"):
        return "mlflow"
    return "kserve-v2" if "/v2/models/" in path else "records"


def is_forbidden(ip: str) -> bool:
    """Return whether an address is one that nothing is ever sent to.

    >>> is_forbidden("169.254.169.254"), is_forbidden("127.0.0.1")
    (True, False)
    """
    found = ipaddress.ip_address(ip.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped if mapped is not None else found
    return found in _METADATA or found.is_link_local or found.is_multicast


def forbidden(host: str) -> ModelRefused:
    """Return the refusal of a host."""
    return ModelRefused(
        f"{host} is an address at which machines hand out credentials, or of no single machine",
        needed="the address of a model's endpoint",
        do="correct the url",
    )


def _check_host(host: str) -> None:
    try:
        bad = is_forbidden(host)
    except ValueError:  # a name; where it leads is looked at once connected
        bad = host.rstrip(".").lower() in _METADATA_NAMES
    if bad:
        raise forbidden(host)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _refused(found: str, do: str = "correct the url") -> ModelRefused:
    return ModelRefused(found, needed="an http:// or https:// URL with a host", do=do)
