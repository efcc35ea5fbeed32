"""What becomes of a recorder when its process forks or ends."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mispredict.online.recorder import Recorder

END_SECONDS = 2.0  # that the end of a process waits for entries to be written


def in_forks(recorder: Recorder) -> None:
    """Have a forked process begin its own file with its own thread: threads do not fork, files must not be shared."""
    if not hasattr(os, "register_at_fork"):
        return
    alive = weakref.ref(recorder)

    def begin() -> None:
        found = alive()
        if found is not None:
            found.begin_anew()

    os.register_at_fork(after_in_child=begin)


def at_end(recorder: Recorder) -> None:
    """Have what waits written when the process ends."""
    alive = weakref.ref(recorder)

    def end() -> None:
        found = alive()
        if found is not None:
            found.close(END_SECONDS)

    atexit.register(end)
