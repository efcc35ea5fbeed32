"""A call that is tried again when the service is busy or away, at a pace, with the authorization."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.address import Address
from mispredict.endpoint.connection import Connection, Reply, Unreachable
from mispredict.endpoint.pace import Pace
from mispredict.endpoint.secret import Secret, secret_of
from mispredict.endpoint.settings import CallSettings
from mispredict.endpoint.statuses import refusal_of

FIRST_WAIT = 0.25  # seconds; each further wait is twice as long
LONGEST_WAIT = 30.0  # a Retry-After beyond it is refused: nobody waits that long for a scan's next batch
LEAST_BYTES, BYTES_A_ROW = 1 << 20, 1 << 12  # of an answer

_jitter = random.SystemRandom()  # many who were turned away must not come back at the same moment, so no seed


class Caller:
    """Asks one address, over and over. Several threads may ask."""

    def __init__(self, address: Address, settings: CallSettings) -> None:
        self.address = address
        self._settings = settings
        self._secret: Secret = secret_of(settings)
        self._connection = Connection(address, timeout=settings.timeout)
        self._pace = Pace(settings.requests_per_second)

    def post(self, target: str, document: Any, *, rows: int) -> Reply:
        """Return the answer of status 2xx to a JSON document about so many rows; refuses any other."""
        body = json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
        return self._asked("POST", target, body, most=LEAST_BYTES + BYTES_A_ROW * rows)

    def get(self, target: str) -> Reply:
        """Return the answer of status 2xx; refuses any other."""
        return self._asked("GET", target, None, most=LEAST_BYTES)

    def _asked(self, method: str, target: str, body: bytes | None, *, most: int) -> Reply:
        for attempt in range(self._settings.retries + 1):
            last = attempt == self._settings.retries
            try:
                reply = self._once(method, target, body, most=most)
            except Unreachable as why:
                if last:
                    raise self._down(str(why)) from None
                time.sleep(_wait(attempt))
                continue
            if 200 <= reply.status < 300:
                return reply
            if last or not _is_passing(reply.status):
                break
            time.sleep(self._told(reply, attempt))
        raise refusal_of(reply, self.address, self._secret, attempt + 1)

    def _once(self, method: str, target: str, body: bytes | None, *, most: int) -> Reply:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # a small compressed answer could unpack to any size
            "Content-Type": "application/json",
            "User-Agent": "mispredict",
            **self._secret.headers(self._settings.auth_header),
        }
        self._pace.wait()
        return self._connection.send(method, target, body=body, headers=headers, most=most)

    def _told(self, reply: Reply, attempt: int) -> float:
        """Return how long to wait: what Retry-After says, else twice as long as before."""
        said = reply.headers.get("retry-after")
        if said is None:
            return _wait(attempt)
        try:
            seconds = Retry().parse_retry_after(said)
        except InvalidHeader:
            return _wait(attempt)
        if seconds > LONGEST_WAIT:
            raise ModelRefused(
                f"{self.address.shown} asks to come back in {seconds:,.0f} s (status {reply.status})",
                needed=f"an endpoint that can be asked again within {LONGEST_WAIT:g} s",
                do="come back later, or set requests_per_second to what the service allows",
            )
        return seconds + _jitter.random() * FIRST_WAIT

    def _down(self, why: str) -> ModelRefused:
        return ModelRefused(
            f"{self.address.shown} can't be reached in {self._settings.retries + 1} tries ({why})",
            needed="an endpoint that answers",
            do="start the service, or correct url in the investigation",
        )


def _is_passing(status: int) -> bool:
    """Return whether a status may be another one in a moment."""
    return status == 429 or (status >= 500 and status not in (501, 505))


def _wait(attempt: int) -> float:
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
    return longest * (0.5 + 0.5 * _jitter.random())
