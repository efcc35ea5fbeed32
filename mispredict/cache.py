"""Where computed things are kept between runs."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for computed things, made with access for its owner alone.

    `MISPREDICT_CACHE` names it; else it lies where the platform keeps caches, and in the temporary folder where that
    can't be written.
    """
    wanted = os.environ.get("MISPREDICT_CACHE")
    for folder in ([Path(wanted).expanduser()] if wanted else []) + [_platform_cache(), _temporary()]:
        if _made(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="mispredict-"))


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mispredict" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mispredict"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mispredict"


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"mispredict-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _made(folder: Path) -> bool:
    """Return whether the folder stands, is ours and can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Somebody else's folder at our name in a shared /tmp could feed us files of their making.
        ours = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
    return ours and os.access(folder, os.W_OK)
