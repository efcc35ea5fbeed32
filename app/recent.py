"""The investigations that were opened on this computer before, the last one first."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.places import home
from mispredict.replacing import replacing

MOST = 12

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recent:
    """One investigation's file and when it was opened last."""

    path: str
    when: str  # UTC, ISO 8601


def recent() -> tuple[Recent, ...]:
    """Return those whose files are still there."""
    return tuple(found for found in _read() if Path(found.path).is_file())


def remember(path: Path) -> None:
    """Put a file on top of the list; a disk that takes no more costs the list, not the investigation."""
    now = Recent(str(path), datetime.now(UTC).isoformat(timespec="seconds"))
    kept = [now, *(old for old in _read() if old.path != now.path)][:MOST]
    try:
        with replacing(_file()) as fresh:
            fresh.write_text(json.dumps([asdict(one) for one in kept], indent=1), encoding="utf-8")
    except OSError as fault:
        _log.warning("the list of recent investigations can't be written: %s", fault.strerror)


def _file() -> Path:
    return home() / "recent.json"


def _read() -> list[Recent]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        return [Recent(str(one["path"]), str(one["when"])) for one in found]
    except (OSError, ValueError, TypeError, KeyError):  # no list, or one that something else wrote: start a new one
        return []
