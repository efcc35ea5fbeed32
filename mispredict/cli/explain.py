"""`mispredict explain`: why the model answered as it did for one row, and what else one may ask of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mispredict.bad_input import BadInput
from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it; `demo` does not wait for that
    from mispredict.investigation.questions import Question
    from mispredict.worker.client import RemoteInvestigation


class Of(StrEnum):
    """Which model is asked."""

    live = "live"
    candidate = "candidate"


class About(StrEnum):
    """What is asked of the row."""

    why = "why"
    loss = "loss"
    votes = "votes"
    thresholds = "thresholds"
    agreement = "agreement"
    training = "training"
    what_if = "what-if"
    flip = "flip"


class Unit(StrEnum):
    """What the contributions add up to."""

    probability = "probability"
    log_odds = "log-odds"
    margin = "margin"


class Reference(StrEnum):
    """What an absent column stands for in SHAP."""

    background = "background"
    paths = "paths"


ABOUT = (
    "why: contributions to the score; loss: to the surprise; votes: the trees that voted against the truth; "
    "thresholds: how near the row is to being split otherwise; agreement: all methods and a measured knock-out; "
    "training: the rows that taught the model; what-if: with --set; flip: the smallest change that turns it around."
)


def explain(  # noqa: PLR0913 - each option of a command is a parameter
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml that the row belongs to.")],
    row: Annotated[str, typer.Option(help="The row's id.")],
    method: Annotated[
        str | None, typer.Option(help="walk, shap, lime, linear or eli5; else the first that serves the model.")
    ] = None,
    of: Annotated[Of, typer.Option(help="The live model or the candidate.")] = Of.live,
    about: Annotated[About, typer.Option(help=ABOUT)] = About.why,
    class_: Annotated[
        str | None, typer.Option("--class", help="Whose score; else the event's, or the predicted's.")
    ] = None,
    unit: Annotated[Unit | None, typer.Option(help="Else the one in which the method is exact.")] = None,
    reference: Annotated[
        Reference | None, typer.Option(help="SHAP's: rows of the background (the default), or the trees' own paths.")
    ] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", help="column=value; an empty value is missing.")] = None,
    locked: Annotated[list[str] | None, typer.Option("--lock", help="A column that --about flip leaves alone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Explain one prediction in the table's own columns.

    Example: mispredict explain sample_data/investigation.toml --row p088198 --method walk --json

    Example: mispredict explain sample_data/investigation.toml --row p088198 --about flip --lock amount
    """
    from mispredict.cli.answers import in_words
    from mispredict.investigation import questions
    from mispredict.report.answer import answer_json
    from mispredict.worker.client import RemoteInvestigation

    scale: Any = unit and unit.value
    against: Any = reference and reference.value
    desk = RemoteInvestigation(investigation)
    asked: dict[About, Callable[[], Question[Any]]] = {
        About.why: lambda: questions.Why(row, of.value, method or _first(desk, of), class_, scale, against),
        About.loss: lambda: questions.WhyLoss(row, of.value),
        About.votes: lambda: questions.HowVoted(row, of.value),
        About.thresholds: lambda: questions.HowNear(row, of.value),
        About.agreement: lambda: questions.HowAgreed(row, of.value, class_),
        About.training: lambda: questions.TaughtBy(row, of.value),
        About.what_if: lambda: questions.WhatIf(
            row, of.value, pairs_of(changes or []), method or _first(desk, of), class_
        ),
        About.flip: lambda: questions.HowToFlip(row, of.value, tuple(locked or [])),
    }
    try:
        question = asked[About.what_if if changes and about is About.why else about]()
        with progress_bar() as progress:
            answer = desk.ask(question, progress)
    finally:
        desk.close()
    if as_json:
        typer.echo(json.dumps(answer_json(answer), indent=1, allow_nan=False))
    else:
        typer.echo("\n".join(map(printable, in_words(answer))))


def _first(desk: RemoteInvestigation, of: Of) -> str:
    """Return the first method that serves; the first of all where none does, whose refusal then says why."""
    methods = desk.methods(of.value)
    return next((name for name, why in methods.items() if why is None), next(iter(methods)))


def pairs_of(texts: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    """Return `column=value` texts as pairs; an empty value is a missing one.

    >>> pairs_of(["amount=12.5", "city=Oslo", "age="])
    (('amount', '12.5'), ('city', 'Oslo'), ('age', None))
    """
    pairs = [text.partition("=") for text in texts]
    wrong = next((column for column, sign, _ in pairs if not sign or not column), None)
    if wrong is not None or not pairs:
        raise BadInput(
            f"--set {wrong!r}" if pairs else "no change to try",
            needed="a column, an equals sign and a value, as in --set amount=12.5",
            do="give each change as column=value",
        )
    return tuple((column, value if value else None) for column, _, value in pairs)
