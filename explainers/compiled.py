"""Python functions over arrays as machine code: compiled at the first call, once a machine.

numba is imported when the first kernel runs. What it compiles is kept on disk beside the source (or in the user's own
cache folder where that can't be written), so that the next process loads it in milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import FunctionType
from typing import Any

_LOCK = Lock()


class Kernel:
    """A function that is compiled when it is called first. Use `compiled` to make one."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self._dispatcher: Any = None

    def __call__(self, *arrays: Any) -> Any:
        """Return what the compiled function returns; it runs without the interpreter's lock."""
        run = self._dispatcher or self.dispatcher()
        try:
            return run(*arrays)
        except OSError:  # the disk is full: the code could not be kept, but it was compiled
            return run(*arrays)

    def dispatcher(self) -> Any:
        """Return numba's own function, made once."""
        known = {name: k.dispatcher() for name, k in self.function.__globals__.items() if self._calls(name, k)}
        with _LOCK:
            if self._dispatcher is None:
                self._dispatcher = _jitted(_with_globals(self.function, known))
        return self._dispatcher

    def _calls(self, name: str, other: Any) -> bool:
        return isinstance(other, Kernel) and other is not self and name in self.function.__code__.co_names


def compiled(function: Callable[..., Any]) -> Kernel:
    """Return the function as a kernel: positional arguments only, arrays and numbers.

    Kernels may call kernels of the same file (numba's cache knows of changes in the function's own file only). They
    hold no lock and share no threads, so they may run in several Python threads at once: `over_rows` does.
    """
    assert isinstance(function, FunctionType)
    return Kernel(function)


def over_rows(work: Callable[[int, int], None], rows: int, *, least: int) -> None:
    """Call `work(start, stop)` on ranges that cover the rows, in as many threads as there are processors.

    No range is shorter than `least` rows, so that few rows are done at once and here. numba's own parallel loops are
    not used: its default threading layer ends the process when two threads of a server enter it together.
    """
    parts = max(1, min(processors(), rows // max(1, least)))
    bounds = [rows * i // parts for i in range(parts + 1)]
    if parts == 1:
        work(0, rows)
        return
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))


def processors() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)  # absent on macOS and Windows
    return len(usable(0)) if usable else os.cpu_count() or 1


def _with_globals(function: FunctionType, known: dict[str, Any]) -> FunctionType:
    """Return the function with the kernels that it calls in the form that numba understands."""
    made = FunctionType(
        function.__code__,
        {**function.__globals__, **known},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    made.__qualname__, made.__module__ = function.__qualname__, function.__module__
    return made


def _jitted(function: FunctionType) -> Any:
    from numba import njit

    try:
        return njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:  # no folder can be written: compiled anew in each process
        return njit(function, nogil=True, error_model="numpy")
