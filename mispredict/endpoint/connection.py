"""One host, over HTTP: no redirect is followed, no proxy used, the answer is bounded in size and time."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.address import Address, forbidden, is_forbidden

KEPT_CONNECTIONS = 4
CONNECT_SECONDS = 5.0
_PIECE = 1 << 16


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]  # names in lower case
    content: bytes
    seconds: float  # from the first byte sent to the last one read


class Unreachable(Exception):
    """No connection, or one that broke: worth another try."""


class _Checked(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _check_peer(self)


class _CheckedTls(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _check_peer(self)


def _check_peer(connection: HTTPConnection) -> None:
    """Refuse the machine at the other end before anything is sent: a name may lead anywhere."""
    if is_forbidden(connection.sock.getpeername()[0]):
        connection.close()
        raise forbidden(connection.host)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Checked


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


class Connection:
    """Kept connections to one address; several threads may send."""

    def __init__(self, address: Address, *, timeout: float) -> None:
        self.address, self.timeout = address, timeout
        wait = urllib3.Timeout(connect=min(timeout, CONNECT_SECONDS), read=timeout)
        if address.scheme == "https":
            tls = ssl.create_default_context()
            self._pool: urllib3.HTTPConnectionPool = _TlsPool(
                address.host, address.port, timeout=wait, maxsize=KEPT_CONNECTIONS, ssl_context=tls
            )
        else:
            self._pool = _Pool(address.host, address.port, timeout=wait, maxsize=KEPT_CONNECTIONS)

    def send(self, method: str, target: str, *, body: bytes | None, headers: dict[str, str], most: int) -> Reply:
        """Return the answer, of at most `most` bytes.

        Raises Unreachable, or ModelRefused for an answer that takes too long or is too large.
        """
        began = time.monotonic()
        try:
            answer = self._pool.urlopen(
                method, target, body=body, headers=headers, retries=False, redirect=False, preload_content=False
            )
            try:
                content = self._read(answer, began, most)
            except BaseException:
                answer.close()  # what is left unread must not be taken for the next answer
                raise
            answer.release_conn()
        except ReadTimeoutError:
            raise self._late() from None
        except (HTTPError, OSError) as fault:
            raise Unreachable(_plain(fault)) from None
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, named, content, time.monotonic() - began)

    def _read(self, answer: urllib3.BaseHTTPResponse, began: float, most: int) -> bytes:
        pieces, size = [], 0
        # read1 returns what is there: a piece a time, so that a trickle meets the deadline.
        while piece := answer.read1(_PIECE, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise self._large(most)
            if time.monotonic() - began > self.timeout:
                raise self._late()
        return b"".join(pieces)

    def _late(self) -> ModelRefused:
        return ModelRefused(
            f"{self.address.shown} took longer than {self.timeout:g} s to answer",
            needed="an answer within timeout",
            do="raise timeout or lower batch_rows, or find out why the service is slow",
        )

    def _large(self, most: int) -> ModelRefused:
        return ModelRefused(
            f"{self.address.shown} answers more than {most:,} bytes",
            needed="the probabilities of the rows that were sent",
            do="have the service answer probabilities alone, or lower batch_rows",
        )


def _plain(fault: BaseException) -> str:
    """Return what went wrong, without the objects that urllib3 puts into its texts."""
    text = str(fault).rpartition(">: ")[2] or type(fault).__name__
    return text[:160]
