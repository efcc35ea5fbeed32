"""Slow work, done once whoever asks: a job has a key, and everybody who asks for the key joins it."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from mispredict.bad_input import BadInput
from mispredict.investigation.desk import Progress

State = Literal["running", "done", "failed", "cancelled"]
KEPT = 150  # finished jobs; the worker keeps what was costly, so a dropped answer comes back soon

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside a job's progress report once somebody cancelled it."""


@dataclass(eq=False)
class Job:
    """One piece of work on a thread of its own; the thread waits for the worker."""

    key: tuple[str, ...]
    title: str
    started: float = field(default_factory=time.monotonic)
    share: float = 0.0
    doing: str = ""
    answer: Any = None
    failure: BadInput | None = None
    state: State = "running"
    seconds: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def elapsed(self) -> float:
        """Return the seconds spent so far, or in all."""
        return self.seconds if self._over.is_set() else time.monotonic() - self.started

    @property
    def stopping(self) -> bool:
        """Return True between the cancel and the end."""
        return self._stop.is_set() and self.state == "running"

    def wait(self, patience: float) -> bool:
        """Return whether it is over, after waiting at most `patience` seconds."""
        return self._over.wait(patience)

    def cancel(self) -> None:
        """Ask the work to stop at its next progress report."""
        self._stop.set()

    def run(self, work: Callable[[Progress], Any]) -> None:
        """Do the work and keep its answer or why there is none."""
        try:
            self.answer = work(self._report)
            self._end("done")
        except Cancelled:
            self._end("cancelled")
        except BadInput as refused:
            self.failure = refused
            self._end("cancelled" if self._stop.is_set() else "failed")
        except Exception:  # noqa: BLE001 - a thread's last line of defence: the page shows a number, the log has the rest
            self.failure = _unexpected(self.title)
            self._end("failed")

    def _report(self, done: float, doing: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.share, self.doing = min(max(done, 0.0), 1.0), doing

    def _end(self, state: State) -> None:
        self.state, self.seconds = state, time.monotonic() - self.started
        self._over.set()


def _unexpected(title: str) -> BadInput:
    number = uuid.uuid4().hex[:8]
    _log.exception("job %s failed (%s)", title, number)
    return BadInput(
        f"an unforeseen fault while {title[:1].lower()}{title[1:]}",
        needed="work that ends without one",
        do=f"try again; if it stays, look for {number} in the server's log",
    )


class JobBook:
    """All jobs of this server, shared by every session."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[tuple[str, ...], Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, key: tuple[str, ...], title: str, work: Callable[[Progress], Any]) -> Job:
        """Return the key's job: the one that runs or ended, else a new one."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(key, title)
                threading.Thread(target=job.run, args=(work,), name=f"job {title}", daemon=True).start()
            self._jobs.move_to_end(key)
            self._drop_old()
            return job

    def get(self, key: tuple[str, ...]) -> Job | None:
        """Return the key's job if there is one."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: tuple[str, ...]) -> None:
        """Let the next one who asks start anew."""
        with self._lock:
            self._jobs.pop(key, None)

    def forget_all(self, first: str) -> None:
        """Let everything whose key begins with `first` start anew."""
        with self._lock:
            for key in [key for key in self._jobs if key[0] == first]:
                del self._jobs[key]

    def _drop_old(self) -> None:
        over = [key for key, job in self._jobs.items() if job.state != "running"]
        for key in over[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[key]
