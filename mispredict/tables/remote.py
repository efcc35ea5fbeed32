"""Tables behind a URL: copied into the cache folder through fsspec, then opened like any file."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from mispredict.bad_input import TableRefused
from mispredict.cache import cache_folder
from mispredict.replacing import replacing


def is_remote(path: str) -> bool:
    """Return whether the path is a URL rather than a place on this machine."""
    return "://" in path


def fetched(url: str) -> str:
    """Return the path of a local copy of what stands at the URL now."""
    try:
        import fsspec
    except ImportError as absent:
        raise TableRefused(
            f"{url} is a URL and fsspec is not installed", needed="fsspec", do="run: pip install fsspec"
        ) from absent
    ending = Path(url.rsplit("/", 1)[-1]).suffix
    folder = cache_folder() / "fetched"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / (hashlib.sha256(url.encode()).hexdigest()[:32] + ending)
    try:
        with replacing(copy) as fresh, fsspec.open(url, "rb") as source, fresh.open("wb") as target:
            shutil.copyfileobj(source, target, length=1 << 20)
    except (OSError, ValueError, ImportError) as fault:
        raise TableRefused(
            f"{url} can't be read ({str(fault)[:200]})", needed="a URL that can be read", do="correct the URL"
        ) from fault
    return str(copy)
