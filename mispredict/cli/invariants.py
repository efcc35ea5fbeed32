"""`mispredict invariants`: what must hold, on every table; and what may be worth declaring."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mispredict.bad_input import OutputRefused
from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar
from mispredict.cli.suspects import Listing

if TYPE_CHECKING:  # pandas comes with it
    from mispredict.invariants.invariant import Held, Invariants, Outcome

BROKEN = 1
CHECKING = "check"


class Checking(Listing):
    """A group whose first word may be an investigation instead of a command: then it is checked."""

    usual = CHECKING


app = typer.Typer(
    cls=Checking,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "Hold the training table, the examined one and the log to what must always hold; suggest what that may be. "
        "Example: mispredict invariants sample_data/investigation.toml"
    ),
)

Investigation = Annotated[Path, typer.Argument(help="The investigation.toml whose [invariants] names the file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@app.command(name=CHECKING)
def check(
    investigation: Investigation,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Judge every invariant on every table; ends with 1 when one is broken anywhere.

    The word `check` may be left out.

    Example: mispredict invariants check sample_data/investigation.toml --json
    """
    from mispredict.report import invariants_json
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            found = desk.invariants(progress)
    finally:
        desk.close()
    words = "\n".join(map(printable, in_words(found)))
    typer.echo(json.dumps(invariants_json(found), indent=1, allow_nan=False) if as_json else words)
    if any(one.state == "broken" for one in found.held):
        raise typer.Exit(BROKEN)


@app.command()
def suggest(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml whose training table is looked at.")],
    to: Annotated[Path | None, typer.Option(help="Write the suggestions to this new file.")] = None,
    rate: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help="Part of sound tables that may pass a learned bound or band.")
    ] = 0.05,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Suggest invariants from the training table, with how often such claims are wrong; read them before use.

    Example: mispredict invariants suggest sample_data/investigation.toml --to suggested.yaml
    """
    from mispredict.invariants.mining.text import file_text
    from mispredict.report import plain_json
    from mispredict.worker.client import suggest_invariants

    if to is not None and to.exists():
        raise OutputRefused(f"{to} exists", needed="a new file: nothing is overwritten", do="name another one")
    with progress_bar() as progress:
        found = suggest_invariants(investigation, rate=rate, progress=progress)
    if to is not None:
        _write(to, file_text(found))
        typer.echo(f"{len(found.suggestions)} suggestions are in {to}", err=True)
    if as_json:
        typer.echo(json.dumps(plain_json(dataclasses.asdict(found)), indent=1, allow_nan=False))
    elif to is None:
        typer.echo(printable_lines(file_text(found)))


def _write(to: Path, text: str) -> None:
    from mispredict.replacing import replacing

    try:
        with replacing(to) as fresh:
            fresh.write_text(text, "utf-8")
    except OSError as fault:
        raise OutputRefused(
            f"{to} can't be written ({fault.strerror})", needed="a folder that can be written", do="name another file"
        ) from fault


def printable_lines(text: str) -> str:
    """Return text of several lines for a terminal."""
    return "\n".join(map(printable, text.splitlines()))


def in_words(found: Invariants) -> list[str]:
    """Return all invariants as lines, the broken ones first."""
    counts = [(state, sum(one.state == state for one in found.held)) for state in ("broken", "held", "not judged")]
    head = ", ".join(f"{count} {state}" for state, count in counts if count)
    return [
        f"{head}; judged on {', '.join(map(_name, found.sides))}",
        *(line for one in found.held for line in _held(one)),
    ]


def _name(side: str) -> str:
    return {"training": "training", "data": "the examined table", "online": "the log"}[side]


def _held(one: Held) -> list[str]:
    from mispredict.suspects.invariant import effect_words

    line = f" (line {one.invariant.line})" if one.invariant.line else ""
    lines = [f"{one.state:<12}{one.invariant.sentence}{line}"]
    if one.state != "held":
        lines += [f"{'':<12}{_name(o.side)}: {_outcome(o)}" for o in one.outcomes]
    return lines + ([f"{'':<12}{effect_words(one.effect)}"] if one.effect is not None else [])


def _outcome(o: Outcome) -> str:
    parts = [f"{o.state}, {o.words}"]
    parts += [f"since {o.since}"] if o.since is not None else []
    parts += [f"where {o.place}"] if o.place else []
    parts += [o.detail] if o.detail else []
    parts += [f"the first: {', '.join(one.row for one in o.examples)}"] if o.examples else []
    return "; ".join(parts)
