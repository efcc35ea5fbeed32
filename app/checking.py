"""A check of the obvious set against a model file, in a worker of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import cached, registry
from app.jobs import Job

if TYPE_CHECKING:
    from mispredict.obvious.case import Case

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


def start(cases: Sequence[Case], model: Path) -> tuple[str, ...]:
    """Return the key of a new job that asks the model about every case."""
    from mispredict.obvious.check import check
    from mispredict.worker.model_file import score_file

    key = ("check", uuid.uuid4().hex)
    cached.jobs().start(
        key,
        f"Checking {model.name}",
        lambda progress: check(
            cases,
            lambda rows, classes: score_file(str(model), rows, classes=classes),
            model=model.name,
            progress=progress,
        ),
    )
    return key


def job(key: tuple[str, ...]) -> Job | None:
    """Return a check's job, None after it was dropped."""
    return cached.jobs().get(key)
