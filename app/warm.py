"""Start the first investigation's work while the browser still loads, so that the first page has its figures soon."""

from __future__ import annotations

import logging
import threading

from app import asks, registry

_log = logging.getLogger(__name__)


def warm_up() -> None:
    """Begin opening, scanning and grouping the first registered investigation; returns at once."""
    threading.Thread(target=_warm, name="warm-up", daemon=True).start()


def _warm() -> None:
    for name in registry.names()[:1]:
        for ask in (asks.opened, asks.scanned, asks.grouped, asks.mapped, asks.methods):
            job = ask(name)
            job.wait(3_600)
            if job.state != "done":
                _log.warning("warming stopped at %r: %s", job.title, job.failure)
                return
