"""The investigations that were opened on this computer before, the last one first."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.places import home

MOST = 12


@dataclass(frozen=True)
class Recent:
    """One investigation's file and when it was opened last."""

    path: str
    when: str  # UTC, ISO 8601


def recent() -> tuple[Recent, ...]:
    """Return those whose files are still there."""
    return tuple(found for found in _read() if Path(found.path).is_file())


def remember(path: Path) -> None:
    """Put a file on top of the list."""
    now = Recent(str(path), datetime.now(UTC).isoformat(timespec="seconds"))
    kept = [now, *(old for old in _read() if old.path != now.path)][:MOST]
    building = _file().with_suffix(".new")
    building.write_text(json.dumps([asdict(one) for one in kept], indent=1), encoding="utf-8")
    building.replace(_file())


def _file() -> Path:
    return home() / "recent.json"


def _read() -> list[Recent]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        return [Recent(str(one["path"]), str(one["when"])) for one in found]
    except (OSError, ValueError, TypeError, KeyError):  # no list, or one that something else wrote: start a new one
        return []
