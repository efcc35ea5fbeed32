"""The worker's side: requests in, progress and answers out, several at a time."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from mispredict.bad_input import BadInput
from mispredict.worker.codec import decode, encode
from mispredict.worker.frames import read_frame, write_frame
from mispredict.worker.limits import GIB, memory_limit
from mispredict.worker.requests import REQUESTS, Bench

THREADS = 4  # a click on a row is answered while the map is still being laid out


class Cancelled(Exception):
    """The asker no longer wants the answer."""


class Server:
    """One connection: what is open, what runs, what was cancelled."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._writing = threading.Lock()
        self._cancelled: set[int] = set()
        self._bench = Bench()

    def send(self, header: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        """Write one message; threads take turns."""
        with self._writing:
            write_frame(self._answers, header, blobs or [])

    def cancel(self, request: int) -> None:
        """Make the next progress report of a request its last."""
        self._cancelled.add(request)

    def answer(self, request: int, name: str, args: dict[str, Any]) -> None:
        """Do one request and send what came of it; nothing leaves this function as an exception."""
        blobs: list[bytes] = []
        try:
            value = encode(REQUESTS[name](self._bench, progress=self._progress(request), **args), blobs)
            self.send({"id": request, "answer": value}, blobs)
        except BaseException as reason:  # noqa: BLE001 - a worker's thread has nobody above it to tell
            self.send({"id": request, **_said(reason)})

    def _progress(self, request: int) -> Callable[[float, str], None]:
        def report(share: float, doing: str) -> None:
            if request in self._cancelled:
                raise Cancelled
            self.send({"id": request, "progress": [float(share), doing]})

        return report


def _said(reason: BaseException) -> dict[str, Any]:
    if isinstance(reason, BadInput):
        parts = {"found": reason.found, "needed": reason.needed, "do": reason.do}
        return {"refused": {"kind": type(reason).__name__, **parts}}
    if isinstance(reason, Cancelled):
        return {"refused": _stopped("the work was cancelled", "time to finish", "start it again when you want it")}
    if isinstance(reason, MemoryError):
        limit = f"at most {memory_limit() / GIB:.0f} GiB"
        advice = "use a smaller table or model, or raise MISPREDICT_WORKER_MEMORY_GIB"
        return {"refused": _stopped("the work needs more memory than the worker may use", limit, advice)}
    traceback.print_exception(reason, file=sys.stderr)
    return {"failed": f"{type(reason).__name__}: {reason}"}


def _stopped(found: str, needed: str, do: str) -> dict[str, str]:
    return {"kind": "WorkerStopped", "found": found, "needed": needed, "do": do}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until their stream ends; then end the process, whatever still runs."""
    server = Server(answers)
    pool = ThreadPoolExecutor(THREADS)
    while (frame := read_frame(requests)) is not None:
        header, blobs = frame
        if "cancel" in header:
            server.cancel(header["cancel"])
        else:
            pool.submit(server.answer, header["id"], header["do"], decode(header["args"], blobs))
    os._exit(0)
