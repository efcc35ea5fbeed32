"""What the `obvious` commands read, and how they tell what came of it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mispredict.bad_input import OutputRefused, StoreRefused
from mispredict.cli.printable import printable

if TYPE_CHECKING:  # the command's --help must not wait for SQLAlchemy and pandas
    from mispredict.investigation.desk import FrozenRow
    from mispredict.obvious.appending import Kept
    from mispredict.obvious.case import Case
    from mispredict.obvious.histories import Change
    from mispredict.obvious.store import Store


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


def freezer(investigation: Path | None) -> Callable[[Sequence[str]], tuple[FrozenRow, ...]] | None:
    """Return a function that freezes rows of an investigation, None where none is named."""
    return None if investigation is None else lambda rows: frozen_rows(investigation, rows)


def require_cases(cases: tuple[Case, ...], where: str) -> tuple[Case, ...]:
    """Return the cases; a set without any is refused, since it would pass every model."""
    if not cases:
        raise StoreRefused(f"no case in {where}", needed="at least one to check", do="promote one")
    return cases


def write_text(file: Path, text: str, option: str) -> None:
    """Write a file that an option named; raises OutputRefused."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise OutputRefused(
            f"{file}: {problem.strerror}", needed="a file to write", do=f"name another {option}"
        ) from None


def last_version(store: Store, case: str) -> Change:
    """Return the newest version of a case of the set; raises StoreRefused."""
    found = store.history(case)
    if not found or found[-1].case is None:
        raise StoreRefused(f"no case {case!r} in the set", needed="the id of a case of this set", do="list the set")
    return found[-1]


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
