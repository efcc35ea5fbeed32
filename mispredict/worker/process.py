"""One worker process seen from its parent: start, ask, cancel, end."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

from mispredict.bad_input import REFUSALS, BadInput, WorkerStopped
from mispredict.investigation.desk import Progress, silent
from mispredict.worker.codec import decode, encode
from mispredict.worker.frames import BrokenFrame, read_frame, write_frame

# Secrets of the parent's environment stay there.
ENVIRONMENT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "SYSTEMROOT", "LOCALAPPDATA", "USERPROFILE"),
    *(
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "OMP_NUM_THREADS",
        "OMP_WAIT_POLICY",
        "PYTHONPATH",
        "PYTHONWARNINGS",
        "NUMBA_CACHE_DIR",
    ),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),  # whom an endpoint's certificate may come from
    *("MISPREDICT_CACHE", "MISPREDICT_TRUSTED_MODELS", "MISPREDICT_WORKER_MEMORY_GIB"),
)
# On busy cores threads that spin while they wait for each other take 30 s for what takes 2.
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
CANCEL_GRACE = 5.0  # seconds a cancelled request has to end by itself before the worker is killed
TAIL = 2_000  # characters of the worker's standard error that are kept for a message

# A worker dies with the thread that started it (Linux), so one thread that never ends starts them all.
_starter = ThreadPoolExecutor(1, thread_name_prefix="worker-starter")


class Worker:
    """A fresh interpreter that serves requests. Several threads may ask at once.

    `secrets` names the variables that it gets beyond the usual ones: what its endpoints ask to be shown.
    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._environment = (*ENVIRONMENT, *secrets)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = _starter.submit(self._start).result()
        self._to, self._from = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        self._requests = itertools.count(1)
        self._waiting: dict[int, queue.Queue[Any]] = {}
        self._sending = threading.Lock()
        self._ended = threading.Event()
        self._asked_to_end = ""
        self._last_words = ""
        threading.Thread(target=self._listen, name="worker-listener", daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "mispredict.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=PATIENT | {k: os.environ[k] for k in self._environment if k in os.environ},
            start_new_session=True,  # Ctrl-C goes to the parent alone, which ends the worker in order
        )

    @property
    def is_alive(self) -> bool:
        """Return True while the process can be asked."""
        return not self._ended.is_set()

    def ask(self, name: str, *, progress: Progress = silent, timeout: float | None = None, **args: Any) -> Any:
        """Return the answer to one request; raises what the worker refused, or WorkerStopped.

        An exception raised by `progress` (a cancel, Ctrl-C) stops the request and comes out here.
        """
        number, answers = next(self._requests), queue.Queue[Any]()
        blobs: list[bytes] = []
        request = {"id": number, "do": name, "args": encode(args, blobs)}  # what can't travel was never asked
        self._waiting[number] = answers
        try:
            self._send(request, blobs)
            return self._result(answers, progress, timeout)
        except BadInput:
            raise
        except BaseException:
            self._cancel(number, answers)
            raise
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        """End the process."""
        self._asked_to_end = self._asked_to_end or "it was closed"
        if self.is_alive:  # the number of a process that ended may by now be another's
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL) if os.name == "posix" else self._process.kill()
        self._ended.wait()

    def _send(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        try:
            with self._sending:
                write_frame(self._to, header, blobs)
        except (OSError, ValueError):
            raise self._stopped() from None

    def _listen(self) -> None:
        try:
            while (frame := read_frame(self._from)) is not None:
                header, blobs = frame
                answers = self._waiting.get(header.get("id", 0))
                if answers is not None:
                    answers.put((header, blobs))
        except (BrokenFrame, OSError, ValueError):
            self._process.kill()
        self._process.wait()
        self._put_away()
        for answers in list(self._waiting.values()):
            answers.put(None)

    def _put_away(self) -> None:
        self._last_words = _last_words(self._log)
        with self._sending:
            for stream in (self._log, self._from, self._to):
                with contextlib.suppress(OSError):  # what was not sent yet has nobody left to read it
                    stream.close()
            self._ended.set()

    def _result(self, answers: queue.Queue[Any], progress: Progress, timeout: float | None) -> Any:
        deadline = None if timeout is None else time.monotonic() + timeout
        last = (0.0, "waiting for the worker")
        while True:
            try:
                message = answers.get(timeout=_left(deadline))
            except queue.Empty:
                if deadline is not None and time.monotonic() >= deadline:
                    raise self._late(timeout or 0.0) from None
                if not self.is_alive and answers.empty():
                    raise self._stopped() from None
                progress(*last)  # a step that says nothing for a while can be cancelled all the same
                continue
            if message is None:
                raise self._stopped()
            header, blobs = message
            if "progress" not in header:
                return _answer(header, blobs)
            last = tuple(header["progress"])
            progress(*last)

    def _late(self, timeout: float) -> WorkerStopped:
        self._asked_to_end = f"it took longer than {timeout:.0f} s"
        self.close()
        return self._stopped()

    def _cancel(self, number: int, answers: queue.Queue[Any]) -> None:
        with contextlib.suppress(BadInput):
            self._send({"cancel": number}, [])
        deadline = time.monotonic() + CANCEL_GRACE
        while self.is_alive and time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                message = answers.get(timeout=0.1)
                if message is None or "progress" not in message[0]:
                    return
        if len(self._waiting) > 1:
            return  # others' work goes on; what comes of this request is dropped
        self._asked_to_end = "it was cancelled"
        self.close()

    def _stopped(self) -> WorkerStopped:
        self._ended.wait(2.0)
        code = self._process.poll()
        why = self._asked_to_end or _ending(code)
        return WorkerStopped(
            f"the worker stopped: {why}{self._last_words}",
            needed="a model file and a table that can be worked with to the end",
            do="check the model file (a damaged one can end the process that reads it), then try again; "
            "the app and what was promoted are untouched",
        )


def _left(deadline: float | None) -> float:
    return 0.5 if deadline is None else max(0.0, min(0.5, deadline - time.monotonic()))


def _answer(header: dict[str, Any], blobs: list[bytes]) -> Any:
    if "answer" in header:
        return decode(header["answer"], blobs)
    if "refused" in header:
        said = header["refused"]
        raise REFUSALS.get(said["kind"], BadInput)(said["found"], needed=said["needed"], do=said["do"])
    raise BadInput(
        f"the work failed: {header.get('failed', 'no reason given')}",
        needed="a step that ends without an error",
        do="try another method or row; if it stays, report it with this sentence",
    )


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        names = {s.value: s.name for s in signal.Signals}
        return f"it was ended by signal {names.get(-code, str(-code))}"
    return f"it ended with code {code}"


def _last_words(log: Any) -> str:
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - TAIL))
    lines = [s for s in log.read().decode(errors="replace").splitlines() if s.strip()]
    return f" (its last words: {lines[-1].strip()[:200]})" if lines else ""
