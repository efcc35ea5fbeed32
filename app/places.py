"""Where the app keeps what people make with it: promotions, uploads, the list of recent investigations."""

from __future__ import annotations

import os
import sys
from pathlib import Path

STORE = "MISPREDICT_STORE"  # the obvious set: a file or a database URL
HOME = "MISPREDICT_HOME"  # the folder for everything else


def home() -> Path:
    """Return the user's data folder, made with access for its owner alone."""
    folder = Path(os.environ[HOME]).expanduser() if os.environ.get(HOME) else _platform_home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _platform_home() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mispredict"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "mispredict"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mispredict"


def default_store() -> str:
    """Return the obvious set that is used when none is named."""
    return os.environ.get(STORE) or str(home() / "obvious.db")
