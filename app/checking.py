"""A check of the obvious set against model files, each in a worker of its own, kept with the set."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import cached, registry
from app.jobs import Job
from app.places import default_store
from mispredict.investigation.desk import Progress

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.checking import Checked

Models = dict[str, Path]  # what it is called on the page -> its file


def models_of(name: str) -> Models:
    """Return the model files that an investigation names."""
    from mispredict.investigation.read import read_spec

    entry = registry.find(name)
    if entry is None or entry.path is None or not entry.path.is_file():
        return {}
    spec = read_spec(entry.path)
    named = {"Live model": spec.model.path, "Candidate": spec.candidate.path if spec.candidate else None}
    return {word: Path(path) for word, path in named.items() if path is not None}


def start(cases: Sequence[Case], models: Mapping[str, Path], by: str) -> tuple[str, ...]:
    """Return the key of a new job that asks the models about every case and keeps what they said."""
    key = ("check", uuid.uuid4().hex)
    names = ", ".join(path.name for path in models.values())
    cached.jobs().start(key, f"Checking {names}", lambda progress: _checked(cases, models, by, progress))
    return key


def _checked(cases: Sequence[Case], models: Mapping[str, Path], by: str, progress: Progress) -> Checked:
    from mispredict.obvious.checking import check_targets
    from mispredict.obvious.recording import record_all
    from mispredict.obvious.store import open_or_make_store
    from mispredict.obvious.targets import FileTarget

    targets = [FileTarget(path) for path in models.values()]
    try:
        checked = check_targets(cases, targets, progress=progress)
    finally:
        for target in targets:
            target.close()
    return record_all(open_or_make_store(default_store()), checked, by=by)


def job(key: tuple[str, ...]) -> Job | None:
    """Return a check's job, None after it was dropped."""
    return cached.jobs().get(key)
