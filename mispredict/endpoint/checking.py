"""An endpoint held to the file that it should serve: each asked in a worker of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.comparing import TOLERANCE, EndpointParity, compare_answers
from mispredict.endpoint.measured import Latency, Sampled
from mispredict.endpoint.secret import secret_names
from mispredict.investigation.desk import Progress, silent
from mispredict.investigation.read import read_spec
from mispredict.worker.model_file import score_file
from mispredict.worker.process import Worker


@dataclass(frozen=True)
class EndpointCheck:
    """What came of it."""

    endpoint: str
    against: str | None  # the file's name
    rows: int  # asked about
    of: int  # in the table
    parity: EndpointParity | None  # None without a file to compare with
    latency: tuple[Latency, ...]
    notes: tuple[str, ...]


def check_endpoint(
    investigation: str | Path,
    *,
    against: str | Path | None = None,
    rows: int = 1_000,
    calls: int = 200,
    tolerance: float = TOLERANCE,
    progress: Progress = silent,
) -> EndpointCheck:
    """Return how an investigation's endpoint answers, and how far that is from a model file's answers.

    Without `against` the investigation's other model is taken where that is a file. The file is opened in a worker that
    has no secret, the endpoint asked in one that opens no file. Raises BadInput.
    """
    file = _file(investigation, against)
    asked = _sampled(investigation, rows, calls, progress)
    parity = None
    if file is not None:
        progress(0.95, f"asking {file.name}")
        theirs = score_file(str(file), asked.rows, classes=asked.classes, threshold=asked.threshold)
        parity = compare_answers(
            asked.answers,
            theirs,
            ids=asked.ids,
            classes=asked.classes,
            threshold=asked.threshold,
            tolerance=tolerance,
        )
    name = file.name if file is not None else None
    return EndpointCheck(asked.endpoint, name, len(asked.rows), asked.of, parity, asked.latency, asked.notes)


def _file(investigation: str | Path, against: str | Path | None) -> Path | None:
    """Return the file to compare with, None where there is none."""
    if against is None:
        spec = read_spec(investigation)
        models = [model for model in (spec.model, spec.candidate) if model is not None]
        against = next((model.path for model in models if model.path is not None), None)
    if against is not None and not Path(against).exists():
        raise ModelRefused(f"there is no file {against}", needed="a saved model", do="correct the path")
    return Path(against) if against is not None else None


def _sampled(investigation: str | Path, rows: int, calls: int, progress: Progress) -> Sampled:
    worker = Worker(secret_names(investigation))
    try:
        path = str(Path(investigation).absolute())
        answer: Sampled = worker.ask("ask_endpoint", progress=progress, path=path, most=rows, calls=calls)
        return answer
    finally:
        worker.close()
