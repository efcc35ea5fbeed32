"""The cases of a set, wherever it is kept."""

from __future__ import annotations

from pathlib import Path

from mispredict.obvious.case import Case


def is_folder(where: str) -> bool:
    """Return whether a set is named by an exported folder, not by a store."""
    return "://" not in where and Path(where).is_dir()


def cases_of(where: str) -> tuple[Case, ...]:
    """Return the cases of a store, a database URL or an exported folder; raises StoreRefused."""
    from mispredict.obvious.importing import import_folder
    from mispredict.obvious.store import open_store

    return import_folder(Path(where)) if is_folder(where) else open_store(where).list()
