"""What a worker may use. Each lock is one function; `LOCKS` is the order in which they are set."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

GIB = 1 << 30
MEMORY_VARIABLE = "MISPREDICT_WORKER_MEMORY_GIB"
NICENESS = 5
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def memory_limit() -> int:
    """Return how many bytes of address space a worker gets: half of the machine's memory, 4 to 16 GiB, or as told."""
    told = os.environ.get(MEMORY_VARIABLE)
    if told:
        return int(float(told) * GIB)
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 4 * GIB
    return min(max(physical // 2, 4 * GIB), 16 * GIB)


def limit_memory() -> None:
    """Let an allocation beyond the limit fail inside the worker, not on the machine."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory_limit() if hard == resource.RLIM_INFINITY else min(memory_limit(), hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):
        # Elsewhere a kernel may refuse a limit below what it has mapped already (macOS); no worker would start there.
        if sys.platform == "linux":
            raise


def give_way() -> None:
    """Let the server that shows pages go first where both want the processor."""
    os.nice(NICENESS)


def forbid_core_dumps() -> None:
    """Keep the rows in memory off the disk when a model file crashes the worker."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent() -> None:
    """End with the parent, whatever the worker is doing (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def gain_no_privileges() -> None:
    """Give up set-uid programs for good (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


# Further locks (system calls, files) belong at the end: after the libraries are imported, before a model is opened.
LOCKS: tuple[Callable[[], None], ...] = (give_way, die_with_parent, gain_no_privileges, forbid_core_dumps, limit_memory)


def lock_down() -> None:
    """Set every lock that this system has."""
    for lock in LOCKS if os.name == "posix" else ():
        lock()
