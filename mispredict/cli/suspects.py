"""`mispredict suspects`: what may be behind the errors; findings are cleared and reopened by people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from mispredict.bad_input import BadInput
from mispredict.cli.cases import local_user
from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it; `demo` does not wait for that
    from mispredict.suspects.suspect import Suspect, Suspicions

FOUND = 1  # something is wrong with the model or the data
LISTING = "list"


class Listing(TyperGroup):
    """A group whose first word may be an investigation instead of a command: then it is listed."""

    usual = LISTING

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, with the command that is meant where none is named."""
        named = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if named else [self.usual, *args])


app = typer.Typer(
    cls=Listing,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "List what may be behind the errors: leaks, shared rows, shortcuts, labels, drift; clear and reopen findings. "
        "Example: mispredict suspects sample_data/investigation.toml --fail-on certain"
    ),
)


class Severe(StrEnum):
    """What ends the command with 1."""

    suspected = "suspected"
    certain = "certain"


Investigation = Annotated[Path, typer.Argument(help="The investigation.toml whose table is looked at.")]
Key = Annotated[str, typer.Argument(help="The finding's key, as the list prints it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the finding.")]
By = Annotated[str | None, typer.Option(help="Who says so; your user name unless said.")]


@app.command(name=LISTING)
def list_(
    investigation: Investigation,
    as_json: AsJson = False,  # noqa: FBT002
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; once for every kind.")] = None,
    fail_on: Annotated[
        Severe | None, typer.Option(help="End with 1 on an open finding of this severity or above.")
    ] = None,
) -> None:
    """List the findings, the checks that passed, and those that could not be judged, with the reason.

    The word `list` may be left out. Ctrl-C leaves what is done: the next run goes on from there.

    Example: mispredict suspects list sample_data/investigation.toml --kind target_leak --kind shortcut --json
    """
    from mispredict.cli.suspected import in_words
    from mispredict.report import suspects_json

    _refuse_unknown(kind or ())
    found = _only(_suspects(investigation), kind or ())
    if as_json:
        typer.echo(json.dumps(suspects_json(found, kind or None), indent=1, allow_nan=False))
    else:
        typer.echo("\n".join(map(printable, in_words(found))))
    if fail_on is not None and is_failing(found, fail_on):
        raise typer.Exit(FOUND)


@app.command()
def clear(
    investigation: Investigation,
    key: Key,
    reason: Reason,
    by: By = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Keep your word that a finding is none; it counts until the data is another one.

    Example: mispredict suspects clear sample_data/investigation.toml KEY --by ann --reason "known before the payment"
    """
    _say(investigation, "clear_suspect", key, (by or local_user(), reason), as_json=as_json)


@app.command()
def reopen(
    investigation: Investigation,
    key: Key,
    reason: Reason,
    by: By = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Keep your word that a finding that was cleared is one after all.

    Example: mispredict suspects reopen sample_data/investigation.toml KEY --by ann --reason "known a day later"
    """
    _say(investigation, "reopen_suspect", key, (by or local_user(), reason), as_json=as_json)


def is_failing(found: Suspicions, fail_on: Severe) -> bool:
    """Return True where an open finding is of this severity or above."""
    severe = {"certain"} if fail_on is Severe.certain else {"suspected", "certain"}
    return any(one.is_open and one.severity in severe for one in found.suspects)


def _suspects(investigation: Path) -> Suspicions:
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            return desk.suspects(progress)
    except KeyboardInterrupt:
        typer.echo("the checks that are done are kept; the next run goes on from there", err=True)
        raise
    finally:
        desk.close()


def _say(investigation: Path, act: str, key: str, word: tuple[str, str], *, as_json: bool) -> None:
    from mispredict.report.answer import answer_json
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            desk.suspects(progress)  # here, where it can be seen; what is known already costs nothing
        said: Suspect = getattr(desk, act)(key, by=word[0], reason=word[1])
    finally:
        desk.close()
    if as_json:
        typer.echo(json.dumps(answer_json(said), indent=1, allow_nan=False))
    else:
        typer.echo(printable(f"{'open' if said.is_open else 'cleared'}: {said.kind} {said.key}: {said.summary}"))


def _refuse_unknown(kinds: Sequence[str]) -> None:
    from mispredict.suspects import SUSPECTS
    from mispredict.tables.columns import hint, shortened

    unknown = [kind for kind in kinds if kind not in SUSPECTS]
    if unknown:
        raise BadInput(
            f"the kind {shortened(unknown[0])!r}{hint(unknown[0][:200], list(SUSPECTS))}",
            needed=f"one of {', '.join(SUSPECTS)}",
            do="choose one of these, or leave --kind out",
        )


def _only(found: Suspicions, kinds: Sequence[str]) -> Suspicions:
    import dataclasses

    if not kinds:
        return found
    suspects = tuple(one for one in found.suspects if one.kind in kinds)
    judged = tuple(one for one in found.judged if one.kind in kinds)
    return dataclasses.replace(found, suspects=suspects, judged=judged)
