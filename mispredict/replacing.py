"""Files that are seen whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a name beside `path`, nobody else's; what is written there takes its place, or is gone after an exception.

    A process number would not do: threads share it, and so do processes in different containers.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


@contextmanager
def making(path: Path) -> Iterator[Path]:
    """Yield a name beside `path`, nobody else's; what is written there becomes `path` unless that is there already.

    For files that are named for what they hold: what another one made meanwhile is the same, and it must not change
    under whoever has opened it.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield fresh
        _link(fresh, path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _link(fresh: Path, path: Path) -> None:
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        fresh.replace(path)
