"""What the `obvious` commands read, and how they tell what came of it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mispredict.bad_input import BadInput, ModelRefused, OutputRefused, StoreRefused
from mispredict.cli.printable import printable

if TYPE_CHECKING:  # the command's --help must not wait for SQLAlchemy and pandas
    import numpy as np
    import pandas as pd

    from mispredict.investigation.desk import FrozenRow
    from mispredict.obvious.appending import Kept
    from mispredict.obvious.asking import Predict
    from mispredict.obvious.case import Case
    from mispredict.obvious.check import CheckResult, Outcome


def local_user() -> str:
    """Return who is at this machine, marked as told by the machine and not by a login."""
    try:
        return f"local:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):  # no such user, as in many containers; Windows lacks `pwd`
        return "local:unknown"


def frozen_rows(investigation: Path, rows: Sequence[str]) -> tuple[FrozenRow, ...]:
    """Return rows of an investigation, frozen by its model's worker."""
    from mispredict.cli.progress import progress_bar
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            desk.open(progress)
            return desk.freeze(rows)
    finally:
        desk.close()


def read_store(where: str) -> tuple[Case, ...]:
    """Return the cases of a store that is there."""
    from mispredict.obvious.store import open_store

    return open_store(where).list()


def read_folder_or_store(where: str) -> tuple[Case, ...]:
    """Return the cases of a store or of an exported folder."""
    from mispredict.obvious.importing import import_folder

    return import_folder(Path(where)) if "://" not in where and Path(where).is_dir() else read_store(where)


def require_cases(cases: tuple[Case, ...], where: str) -> tuple[Case, ...]:
    """Return the cases; a set without any is refused, since it would pass every model."""
    if not cases:
        raise StoreRefused(f"no case in {where}", needed="at least one to check", do="promote one")
    return cases


def model_of(model: Path | None, url: str | None, *, protocol: str | None, auth_env: str | None) -> tuple[str, Predict]:
    """Return the name of the model to check and a function that asks it; refuses none, and two."""
    if model is not None and url is None:
        return require_model(model).name, scorer(model)
    if url is None or model is not None:
        found = "no model" if model is None else "--model and --url"
        raise BadInput(found, needed="a model file or an endpoint", do="say --model PATH or --url URL")
    from mispredict.endpoint.address import address_of
    from mispredict.endpoint.scoring import endpoint_scorer

    return address_of(url).shown, endpoint_scorer(url, protocol=protocol, auth_env=auth_env)


def require_model(model: Path) -> Path:
    """Return the path of the model to check; raises BadInput."""
    if not model.exists():
        raise ModelRefused(f"no file {model}", needed="a model file", do="check --model")
    return model


def scorer(model: Path) -> Predict:
    """Return a function that asks a model file, which is opened in a worker."""
    from mispredict.worker.model_file import score_file

    def predict(rows: pd.DataFrame, classes: tuple[Any, ...]) -> np.ndarray:
        return score_file(str(model), rows, classes=classes)

    return predict


def write_junit(result: CheckResult, file: Path) -> None:
    """Write the check as JUnit XML; raises OutputRefused."""
    from mispredict.obvious.junit import junit_xml

    try:
        file.write_text(junit_xml(result), encoding="utf-8")
    except OSError as problem:
        raise OutputRefused(
            f"{file}: {problem.strerror}", needed="a file to write", do="name another --junit"
        ) from None


def tell(answer: Any, lines: Sequence[str], as_json: bool) -> None:  # noqa: FBT001 - the option itself
    """Print an answer as JSON, or as lines without anything that a terminal would obey."""
    typer.echo(json.dumps(answer, indent=1, allow_nan=False) if as_json else "\n".join(map(printable, lines)))


def tell_kept(kept: Sequence[Kept], as_json: bool) -> None:  # noqa: FBT001
    """Print what became of cases that were put into a set."""
    answer = {"ids": [k.id for k in kept], "effects": {k.id: k.effect for k in kept}}
    tell(answer, [f"{k.id}: {k.effect}" for k in kept], as_json)


def tell_cases(cases: Sequence[Case], as_json: bool) -> None:  # noqa: FBT001
    """Print a set."""
    lines = [f"{c.id}  {c.severity}  {c.expect.wanted()}  {c.promoted_by}, {c.promoted_at}: {c.reason}" for c in cases]
    tell([c.to_json() for c in cases], [*lines, f"{len(cases)} cases"], as_json)


def tell_check(result: CheckResult, as_json: bool) -> None:  # noqa: FBT001
    """Print a check: every case that is not fine in words, then the counts."""
    counts = [f"{result.count(s)} {s}" for s in ("passed", "failed", "unchecked", "expired")]
    lines = [_line(o) for o in result.outcomes if o.status != "passed"]
    tell(result.to_json(), [*lines, f"{len(result.outcomes)} cases: {', '.join(counts)}"], as_json)


def _line(outcome: Outcome) -> str:
    said = outcome.error or f"expected {outcome.wanted}, got {outcome.given}"
    return f"{outcome.case.id}: {outcome.status} ({outcome.case.severity}): {said}: {outcome.case.reason}"
