"""The recorder's thread: takes calls from the queue, makes entries of them, writes them, keeps the figures."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mispredict.online.entry import entry_of, moment, plain, scores_of
from mispredict.online.files import Files
from mispredict.online.snapshot import Row, rows_of

if TYPE_CHECKING:
    from mispredict.online.metrics import ServiceMetrics

# When, the features, the answer, how long it took, what else is logged of it.
Asked = tuple[float, Any, Any, float | None, Mapping[str, Any] | None]
TICK = 0.1  # seconds that an entry waits at most while nothing else happens
CHUNK = 512  # calls that are written together
_log = logging.getLogger("mispredict.online")


class Writer:
    """Writes what is appended to `waiting`, in one thread; the counts may be read by all."""

    def __init__(
        self, files: Files, *, names: tuple[str, ...], model_sha256: str, metrics: ServiceMetrics | None
    ) -> None:
        self.waiting: deque[Asked] = deque()
        self.written, self.dropped, self.failed, self.fault = 0, 0, 0, ""
        self.is_busy = False
        self._files, self._names, self._model, self._metrics = files, names, model_sha256, metrics
        self._lock, self._stop = threading.Lock(), threading.Event()
        if metrics is not None:
            metrics.name_model(model_sha256)

    def begin_anew(self) -> None:
        """Forget what waits, and the file: both belong to the process that this one was forked from."""
        self._lock, self._stop = threading.Lock(), threading.Event()
        self.waiting.clear()
        self.is_busy = False
        self._files.forget()

    def stop(self) -> None:
        """Have the thread write what waits and end."""
        self._stop.set()

    def run(self) -> None:
        """Write until stopped."""
        is_over = False
        while not is_over:
            is_over = self._stop.wait(TICK)
            self._drain()
            self._guarded(self._files.close if is_over else self._files.tick)
        self._stop.clear()

    def drop(self) -> None:
        """Count a call that too many waited before."""
        with self._lock:
            self.dropped += 1
        self._count("dropped")

    def raised(self) -> None:
        """Count a call that the predict function raised at."""
        self._count("raised")

    def fail(self, fault: Exception, entries: int = 1) -> None:
        """Count what could not be logged; each new reason is told to the service's log, once."""
        words = f"{type(fault).__name__}: {fault}"[:300]
        with self._lock:
            self.failed += entries
            is_news, self.fault = words != self.fault, words
        self._count("failed", entries)
        if is_news:
            _log.warning("not recorded: %s", words)

    def _drain(self) -> None:
        self.is_busy = True
        while self.waiting:
            entries: list[Row] = []
            while self.waiting and len(entries) < CHUNK:
                entries += self._entries(self.waiting.popleft())
                time.sleep(0)  # lets the service's threads go first: else each waits for Python's lock
            self._write(entries)
        self.is_busy = False

    def _write(self, entries: list[Row]) -> None:
        try:
            self._files.write(entries)
        except Exception as fault:  # noqa: BLE001 - a full disk must not end the thread, nor anything else
            self.fail(fault, len(entries))
        else:
            self.written += len(entries)
            self._count("written", len(entries))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - as above
            self.fail(fault)

    def _entries(self, asked: Asked) -> list[Row]:
        when, features, answer, seconds, also = asked
        try:
            rows = rows_of(features, self._names)
            scores = scores_of(answer, len(rows))
            own: Row = {"served_at": moment(when), "model_sha256": self._model or None, "seconds": seconds}
            named = also or {}
            entries = [
                entry_of({**row, **named}, {**own, "score": score, "predicted": class_})
                for row, (score, class_) in zip(rows, scores, strict=True)
            ]
            if self._metrics is not None:
                self._metrics.observe(rows, [plain(score) for score, _ in scores], seconds)
        except Exception as fault:  # noqa: BLE001 - as above
            self.fail(fault)
            return []
        return entries

    def _count(self, what: str, by: int = 1) -> None:
        if self._metrics is not None:
            self._metrics.count(what, by)
