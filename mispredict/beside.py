"""Lists kept with an investigation, each in a JSON file beside its own; replaced whole, one writer at a time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from mispredict.bad_input import OutputRefused, RuleRefused, StoreRefused
from mispredict.cache import cache_folder
from mispredict.locking import locked
from mispredict.replacing import replacing
from mispredict.tables.columns import shortened

BESIDE, IN_MEMORY = "beside the investigation", "in memory, until this process ends"
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)  # a folder that is not ours to write; a full disk is another matter

T = TypeVar("T")
Change = Callable[[tuple[T, ...]], Sequence[T]]  # what is there -> what shall be there, asked under the lock


@dataclass(frozen=True)
class Form(Generic[T]):
    """What kind of thing is kept, and how it is written."""

    name: str  # of the file, the list in it and the cache's folder: "cohorts"
    holds: str  # in words: "list of cohorts"
    said: Callable[[T], dict[str, Any]]  # as JSON
    read: Callable[[dict[str, Any], str], T]  # JSON and where it is kept -> the thing; raises for what is none

    @property
    def schema(self) -> str:
        """Return the name that the file says of itself."""
        return f"mispredict/{self.name}@1"


class Beside(Generic[T]):
    """The kept list of one investigation; `file` is the investigation's, None for objects in memory.

    Where its folder can't be written, what is added lies in the user's cache folder.
    """

    def __init__(self, file: Path | None, form: Form[T]) -> None:
        self._beside = None if file is None else file.with_name(f"{file.stem}.{form.name}.json")
        self._form = form
        self._held: tuple[T, ...] = ()
        self._holding = threading.Lock()

    def list(self) -> tuple[T, ...]:
        """Return what is kept, the first one first; raises StoreRefused for a file that can't be read."""
        if self._beside is None:
            return self._held
        aside = self._aside()
        return (*self._read(self._beside, BESIDE), *self._read(aside, _in_cache(aside)))

    def write(self, change: Change[T]) -> None:
        """Change what is beside the investigation, or else in the cache folder; raises OutputRefused."""
        if self._beside is None:
            self._hold(change)
            return
        try:
            self._change(self._beside, change)
        except OSError as fault:
            if fault.errno not in _CLOSED:
                raise _unwritable(self._beside, fault) from fault
            self._write_aside(change)

    def rewrite(self, change: Change[T], *, kept_in: str) -> None:
        """Change what is kept in one place, where an item says that it is; raises OutputRefused."""
        if self._beside is None:
            self._hold(change)
            return
        try:
            self._change(self._beside if kept_in == BESIDE else self._aside(), change)
        except OSError as fault:
            raise _unwritable(self._beside, fault) from fault

    def _hold(self, change: Change[T]) -> None:
        with self._holding:
            said = [self._form.said(one) for one in change(self._held)]
            self._held = tuple(self._form.read(one, IN_MEMORY) for one in said)

    def _write_aside(self, change: Change[T]) -> None:
        aside = self._aside()
        try:
            aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._change(aside, change)
        except OSError as fault:
            raise _unwritable(aside, fault) from fault

    def _aside(self) -> Path:
        digest = hashlib.sha256(os.fsencode(str(self._beside))).hexdigest()[:32]
        return cache_folder() / self._form.name / f"{digest}.json"

    def _change(self, path: Path, change: Change[T]) -> None:
        with locked(path.with_name(f".{path.name}.lock")):
            text = self._text(change(self._read(path, "")))
            with replacing(path) as fresh:
                fresh.write_text(text, "utf-8")

    def _text(self, items: Sequence[T]) -> str:
        said = {"schema": self._form.schema, self._form.name: [self._form.said(one) for one in items]}
        return json.dumps(said, ensure_ascii=False, indent=1) + "\n"

    def _read(self, path: Path, kept_in: str) -> tuple[T, ...]:
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as fault:
            raise StoreRefused(
                f"{path} can't be read ({fault.strerror})", needed="a file that can be read", do="give access to it"
            ) from fault
        try:
            held = json.loads(text.decode("utf-8"))
            if held["schema"] != self._form.schema:
                raise ValueError(held["schema"])
            return tuple(self._form.read(one, kept_in) for one in held[self._form.name])
        except (ValueError, LookupError, TypeError, RecursionError, RuleRefused) as fault:
            raise StoreRefused(
                f"{path} holds no {self._form.holds} ({shortened(' '.join(str(fault).split()), 120)})",
                needed=f"the file as it was written, {self._form.schema}",
                do="mend it or move it away; it is left as it is",
            ) from fault


def _in_cache(path: Path) -> str:
    return f"in the cache folder ({path}), since the investigation's own can't be written"


def _unwritable(path: Path, fault: OSError) -> OutputRefused:
    return OutputRefused(
        f"{path.parent} can't be written ({fault.strerror})", needed="a folder that can be written", do="give access"
    )
