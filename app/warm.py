"""Start the first investigation's work while the browser still loads, so that the first page has its figures soon."""

from __future__ import annotations

import importlib
import logging
import threading

from app import asks, registry
from app.blocks.findings import findings
from app.garbage import settle
from app.selected import Choice, select

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
        _first_clicks(name)
        asks.warmed(name).wait(3_600)  # last: the first time on a machine it takes half a minute
    settle()
    importlib.import_module("mispredict.obvious.freeze")  # else the first promotion waits for the store's libraries
    importlib.import_module("mispredict.obvious.store")
    settle()


def _first_clicks(name: str) -> None:
    """Have the answers ready that the first click on the overview and on the page of errors ask for."""
    first = [Choice(**{f.kind: str(f.number)}) for f in findings(asks.grouped(name).answer)[:1]]
    for choice in (Choice(), *first):
        job = select(name, "surprise", choice)
        job.wait(3_600)
        if job.state == "done" and not choice.is_all:
            asks.cohort(name, job.answer.selection).wait(3_600)
    asks.saved(name).wait(3_600)
