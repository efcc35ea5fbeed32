"""One service and its protocol: rows in, checked numbers out."""

from __future__ import annotations

import pandas as pd

from mispredict.endpoint.address import address_of, protocol_of
from mispredict.endpoint.calling import Caller
from mispredict.endpoint.document import document_of
from mispredict.endpoint.kserve import Metadata
from mispredict.endpoint.payload import Payload
from mispredict.endpoint.protocols import SPEAKERS, Asking
from mispredict.endpoint.settings import CallSettings


class Asker:
    """Sends rows to one address. Only ever made from an investigation that somebody opened, or by the command."""

    def __init__(self, url: str, protocol: str | None, settings: CallSettings) -> None:
        self.settings, self.address = settings, address_of(url)
        self.protocol = protocol_of(self.address, protocol)
        self._speaker = SPEAKERS[self.protocol]
        self._caller = Caller(self.address, settings)
        self._asking = Asking(settings, self._speaker.metadata(self._caller), self.who)

    @property
    def who(self) -> str:
        """Return what to call the service in a sentence."""
        return f"the endpoint {self.address.shown}"

    @property
    def metadata(self) -> Metadata | None:
        """Return what the service says of its model, None where it says nothing."""
        return self._asking.metadata

    def ask(self, rows: pd.DataFrame) -> tuple[Payload, float]:
        """Return what is answered for the rows, sent in one call, and the seconds of the call that was answered."""
        target = self._speaker.target(self.address)
        reply = self._caller.post(target, self._speaker.question(rows, self._asking), rows=len(rows))
        return self._speaker.answer(document_of(reply, self.who), len(rows), self._asking), reply.seconds
