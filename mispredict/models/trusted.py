"""The operator's list of pickled models that may be opened, by their sha256."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

from mispredict.bad_input import ModelRefused


def list_path() -> Path:
    """Return where the list lies: the file that `MISPREDICT_TRUSTED_MODELS` names, else `trusted_models.toml`."""
    named = os.environ.get("MISPREDICT_TRUSTED_MODELS")
    return Path(named).expanduser() if named else _config_folder() / "mispredict" / "trusted_models.toml"


def trusted_hashes() -> frozenset[str]:
    """Return the listed digests; none without a list.

    The list is TOML, one `[[model]]` with `sha256 = "..."` (and, for people, `reason` and `by`) for each.
    """
    file = list_path()
    try:
        content = file.read_bytes()
        open_to_all = os.name == "posix" and file.stat().st_mode & stat.S_IWOTH
    except FileNotFoundError:
        return frozenset()
    except OSError as fault:
        raise _unusable(file, f"can't be read ({fault.strerror})") from fault
    if open_to_all:
        raise _unusable(file, "can be written by everybody")
    return frozenset(_hash_in(entry, file) for entry in _entries(content, file))


def _entries(content: bytes, file: Path) -> list[Any]:
    try:
        entries = tomllib.loads(content.decode("utf-8")).get("model", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise _unusable(file, f"is no valid TOML ({fault})") from fault
    if not isinstance(entries, list):
        raise _unusable(file, "has no list of [[model]]")
    return entries


def _hash_in(entry: Any, file: Path) -> str:
    digest = entry.get("sha256") if isinstance(entry, dict) else None
    if not isinstance(digest, str) or len(digest) != 64:
        raise _unusable(file, "has a [[model]] without a sha256 of 64 digits")
    return digest.lower()


def _unusable(file: Path, why: str) -> ModelRefused:
    return ModelRefused(
        f"the list of trusted models {file} {why}",
        needed='a TOML file of [[model]] entries with sha256 = "...", written by the operator alone',
        do="correct the file, or remove it",
    )


def _config_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
