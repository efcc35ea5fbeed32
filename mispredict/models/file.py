"""Reads a model file's bytes, once."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes
from mispredict.tables.columns import hint

MAX_BYTES = 500 * 2**20  # a forest of 1,000 deep trees has some 300 MB; larger ones crowd out the work in memory


def read_model(path: str | Path) -> Bytes:
    """Return the file's bytes and their sha256; refuses what is not an ordinary file of a sane size."""
    file = Path(path)
    content = _read(file)
    if not content.strip():
        raise ModelRefused(f"{file.name} is empty", needed="a saved model", do="save the model again")
    return Bytes(file, content, hashlib.sha256(content).hexdigest())


def _read(file: Path) -> bytes:
    try:
        # Without O_NONBLOCK opening a named pipe waits for somebody to write.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as absent:
        beside = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        raise ModelRefused(
            f"there is no file {file}{hint(file.name, beside)}", needed="a saved model", do="correct the path"
        ) from absent
    except OSError as fault:
        raise ModelRefused(
            f"{file} can't be read ({fault.strerror})", needed="a file that can be read", do="correct the path"
        ) from fault
    with os.fdopen(handle, "rb") as opened:
        _check(os.fstat(opened.fileno()), file)
        return opened.read(MAX_BYTES + 1)


def _check(found: os.stat_result, file: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ModelRefused(f"{file.name} is not an ordinary file", needed="a saved model", do="correct the path")
    if found.st_size > MAX_BYTES:
        raise ModelRefused(
            f"{file.name} has {found.st_size:,} bytes", needed=f"at most {MAX_BYTES:,}", do="use a smaller model"
        )
