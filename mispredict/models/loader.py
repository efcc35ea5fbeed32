"""What every model format offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explainers.subject import Subject
from mispredict.models.model import Format


@dataclass(frozen=True)
class Bytes:
    """A model file, read once: what is hashed is what is checked is what is opened."""

    path: Path
    content: bytes
    sha256: str

    @property
    def name(self) -> str:
        """Return the file's name without its folder."""
        return self.path.name


@dataclass(frozen=True)
class Loader:
    """How one format is known, checked and opened. `open_` runs a library's own parser: only ever in a worker."""

    format: Format
    title: str  # in messages
    endings: tuple[str, ...]
    looks_right: Callable[[bytes], bool]  # told from the first bytes
    check: Callable[[Bytes], None]  # in Python, before the parser sees it; raises ModelRefused
    open_: Callable[[Bytes, Sequence[str] | None], Subject]
