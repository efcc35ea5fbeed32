"""The recorder: what a service was asked and answered, logged without failing or slowing it."""

from __future__ import annotations

import functools
import inspect
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from mispredict.online.digest import digest_of
from mispredict.online.files import Files, JsonLines, Parquet, Rotation
from mispredict.online.lasting import at_end, in_forks
from mispredict.online.snapshot import held
from mispredict.online.writing import Writer

if TYPE_CHECKING:
    from mispredict.online.metrics import ServiceMetrics

Predict = TypeVar("Predict", bound=Callable[..., Any])
MOST_WAITING = 10_000  # calls that wait to be written; further ones are dropped and counted
_FORMS: dict[str, Callable[[Path, Rotation], Files]] = {"jsonl": JsonLines, "parquet": Parquet}


@dataclass(frozen=True)
class Counts:
    """What became of the calls until now, in this process."""

    written: int  # entries in files, or held for the next Parquet file
    waiting: int  # calls
    dropped: int  # calls that came while too many waited
    failed: int  # calls that no entry could be made of, and entries that could not be written
    last_fault: str  # why the last of them failed; "" where none did


class Recorder:
    """Logs calls of a predict function to files in a folder. Many threads may use one; a forked process gets its own.

    `model` is the model's file, whose sha256 goes into every entry, or that digest; `names` are the columns of arrays.
    A call costs the service a copy of its features; everything else happens in a thread of the recorder's.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        model: str | Path = "",
        names: Sequence[str] = (),
        form: Literal["jsonl", "parquet"] = "jsonl",
        rotation: Rotation | None = None,
        metrics: ServiceMetrics | None = None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        files = _FORMS[form](Path(folder), rotation or Rotation())
        self._writer = Writer(files, names=tuple(names), model_sha256=digest_of(model), metrics=metrics)
        self._waiting, self._most = self._writer.waiting, most_waiting
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        in_forks(self)
        at_end(self)

    def wrap(self, predict: Predict) -> Predict:
        """Return the function with every call recorded: its first argument is the features, its answer the score.

        What the function raises is raised, counted and not logged. A coroutine function stays one.
        """
        around = self._awaited if inspect.iscoroutinefunction(predict) else self._called
        return around(predict)  # type: ignore[return-value]

    def record(
        self, features: Any, score: Any, *, seconds: float | None = None, also: Mapping[str, Any] | None = None
    ) -> None:
        """Log one call: a mapping, a frame, an array or a list of mappings, and as many scores.

        `also` goes into the entries beside the features: an id, the client's version. Never raises, never waits.
        """
        self._put(self._held(features), score, seconds, also)

    def counts(self) -> Counts:
        """Return what became of the calls."""
        writer = self._writer
        return Counts(writer.written, len(self._waiting), writer.dropped, writer.failed, writer.fault)

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until what waits is written, at most `timeout` seconds; return whether it is."""
        deadline = time.monotonic() + timeout
        while self._waiting or self._writer.is_busy:
            if time.monotonic() > deadline or self._thread is None:
                return False
            time.sleep(0.002)
        return True

    def close(self, timeout: float = 5.0) -> None:
        """Write what waits and end the file, in at most `timeout` seconds; a later call begins a new file."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._writer.stop()
            thread.join(timeout)

    def begin_anew(self) -> None:
        """Begin with a file and a thread of its own, in a process that was just forked."""
        self._lock, self._thread = threading.Lock(), None
        self._writer.begin_anew()

    def _held(self, features: Any) -> Any:
        try:
            return held(features)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with an entry, the service must answer
            self._writer.fail(fault)
            return None

    def _put(self, asked: Any, score: Any, seconds: float | None, also: Mapping[str, Any] | None) -> None:
        if asked is None:
            return
        try:
            if len(self._waiting) >= self._most:
                self._writer.drop()
                return
            kept = score if isinstance(score, float) else held(score)
            self._waiting.append((time.time(), asked, kept, seconds, None if also is None else dict(also)))
            if self._thread is None:
                self._start()
        except Exception as fault:  # noqa: BLE001 - as above
            self._writer.fail(fault)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._writer.run, name="mispredict-recorder", daemon=True)
                thread.start()
                self._thread = thread

    def _called(self, predict: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(predict)
        def recorded(features: Any, *more: Any, **named: Any) -> Any:
            asked, began = self._held(features), time.perf_counter()
            try:
                score = predict(features, *more, **named)
            except BaseException:
                self._writer.raised()
                raise
            self._put(asked, score, time.perf_counter() - began, None)
            return score

        return recorded

    def _awaited(self, predict: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(predict)
        async def recorded(features: Any, *more: Any, **named: Any) -> Any:
            asked, began = self._held(features), time.perf_counter()
            try:
                score = await predict(features, *more, **named)
            except BaseException:
                self._writer.raised()
                raise
            self._put(asked, score, time.perf_counter() - began, None)
            return score

        return recorded
