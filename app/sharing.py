"""Whether a browser may bring files and name paths: on one's own computer, and where the operator says so."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from typing import Any

UPLOAD = "MISPREDICT_UPLOAD"  # "on" or "off"; else it follows from who can reach the server
WHY_OFF = (
    "Uploads and paths are off, because other computers can reach this server. Whoever runs it switches them on with "
    f"`{UPLOAD}=on`."
)


def takes_files(settings: Mapping[str, Any], environment: Mapping[str, str]) -> bool:
    """Return whether a server with these settings takes uploads and paths of its own files from a browser."""
    said = environment.get(UPLOAD, "").strip().lower()
    return said == "on" or (said != "off" and is_private(settings))


def is_private(settings: Mapping[str, Any]) -> bool:
    """Return whether only this computer reaches the server: no other address, and no other name as behind a proxy.

    >>> is_private({"server.address": "127.0.0.1"}), is_private({"server.address": ""}), is_private({})
    (True, False, False)
    """
    hosts: Sequence[str] = settings.get("server.allowedHosts") or ()
    return all(is_loopback(name) for name in (settings.get("server.address"), *hosts))


def is_loopback(name: str | None) -> bool:
    """Return whether a host's name or address means this computer alone; without one, Streamlit serves all.

    >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return name == "localhost" or ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


def files_are_taken() -> bool:
    """Return `takes_files` of the server that runs."""
    from streamlit import get_option  # not above: the server's settings are judged before Streamlit is there

    return takes_files({key: get_option(key) for key in ("server.address", "server.allowedHosts")}, os.environ)
