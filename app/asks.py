"""The questions that pages put to an investigation, each as a job that runs once for everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast, get_args

from app import cached
from app.jobs import Job
from explainers.projection import Layout
from mispredict.bad_input import BadInput
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.investigation.desk import CONTRIBUTIONS, Desk, Progress, Ranking
from mispredict.investigation.questions import (
    HowAgreed,
    HowNear,
    HowToFlip,
    HowVoted,
    Question,
    TaughtBy,
    WhatIf,
    Why,
    WhyLoss,
)

LISTED = 500  # rows of the ranked table
LASSOED = 20_000  # rows that a lasso is looked up in: all the worst that a scan keeps

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
USUAL_MAP = f"{LAYOUTS[0]}:{CONTRIBUTIONS}"

Ask = Callable[[Desk, Progress], Any]
TITLES: dict[type[Question[Any]], str] = {
    Why: "Explaining row {row}",
    WhyLoss: "Explaining the surprise of row {row}",
    HowVoted: "Asking the trees about row {row}",
    HowNear: "Looking for thresholds near row {row}",
    HowAgreed: "Asking every method about row {row}",
    TaughtBy: "Looking for training rows near row {row}",
    WhatIf: "Trying row {row} with other values",
    HowToFlip: "Searching for the smallest change of row {row}",
}


def _ask(name: str, what: tuple[str, ...], title: str, ask: Ask) -> Job:
    desks = cached.desks()
    return cached.jobs().start((name, *what), title, lambda progress: ask(desks.get(name), progress))


def opened(name: str) -> Job:
    """Return the job that opens the model and the table and describes them."""
    return _ask(name, ("open",), "Opening the investigation", _open)


def _open(desk: Desk, progress: Progress) -> Any:
    progress(0.0, "Starting a worker")
    opening = getattr(desk, "open", None)  # a desk in another process opens with progress
    return opening(progress) if opening is not None else desk.describe()


def scanned(name: str) -> Job:
    """Return the job that scores every row."""
    return _ask(name, ("scan",), "Scoring every row", lambda desk, progress: desk.scan(progress))


def grouped(name: str) -> Job:
    """Return the job that looks for slices and clusters."""
    return _ask(name, ("groups",), "Looking for what the errors share", lambda desk, progress: desk.groups(progress))


def spaces(name: str) -> Job:
    """Return the job that asks in which spaces the errors can be laid out."""
    return _ask(name, ("spaces",), "Asking for the maps there are", lambda desk, _: desk.spaces())


def mapped(name: str, map_: str | None = None) -> Job:
    """Return the job that lays the errors out: `map_` is "layout:space" as an address has it, None the usual map."""
    layout, _, space = (map_ or USUAL_MAP).partition(":")
    return _ask(
        name,
        ("map", layout, space),
        "Drawing the map of errors",
        lambda desk, progress: desk.error_map(progress, space=space, layout=_layout(layout)),
    )


def _layout(name: str) -> Layout:
    if name not in LAYOUTS:
        raise BadInput(f"the map {name!r}", needed=f"one of {', '.join(LAYOUTS)}", do="choose one of these")
    return cast("Layout", name)


def ranked(name: str, by: Ranking, *, limit: int = LISTED, of: Selection = EVERYTHING) -> Job:
    """Return the job that lists the worst rows."""
    return _ask(
        name,
        ("ranked", by, str(limit), of.to_text()),
        "Ranking the errors",
        lambda desk, _: desk.ranked(by, limit=limit, of=of),
    )


def cohort(name: str, of: Selection) -> Job:
    """Return the job that reckons the figures of selected rows."""
    return _ask(
        name, ("cohort", of.to_text()), "Counting the selected rows", lambda desk, progress: desk.cohort(of, progress)
    )


def compared(name: str, first: Selection, second: Selection) -> Job:
    """Return the job that holds two selections against each other."""
    return _ask(
        name,
        ("compared", first.to_text(), second.to_text()),
        "Comparing the two cohorts",
        lambda desk, progress: desk.compare_cohorts(first, second, progress),
    )


def saved(name: str) -> Job:
    """Return the job that lists the saved cohorts."""
    return _ask(name, ("saved",), "Reading the saved cohorts", lambda desk, _: desk.cohorts())


def forget_saved(name: str) -> None:
    """Let the list of saved cohorts be read anew."""
    cached.jobs().forget((name, "saved"))


def error_tree(name: str) -> Job:
    """Return the job that grows the tree of errors."""
    return _ask(name, ("tree",), "Growing the error tree", lambda desk, progress: desk.error_tree(progress))


def heat_map(name: str, first: str | None, second: str | None) -> Job:
    """Return the job that counts errors over two columns; None for the pair that stands out most."""
    return _ask(
        name,
        ("heat", first or "", second or ""),
        "Counting errors over two columns",
        lambda desk, progress: desk.heat_map(first, second, progress),
    )


def online(name: str) -> Job:
    """Return the job that holds the log against the table."""
    return _ask(name, ("online",), "Comparing offline with online", lambda desk, progress: desk.online(progress))


def invariants(name: str) -> Job:
    """Return the job that judges what must hold."""
    return _ask(name, ("invariants",), "Judging what must hold", lambda desk, progress: desk.invariants(progress))


def suggested(name: str) -> Job:
    """Return the job that looks for what may be declared to hold."""
    title = "Looking for what always holds"
    return _ask(name, ("suggested",), title, lambda desk, progress: desk.suggest_invariants(progress))


def row(name: str, row: str) -> Job:
    """Return the job that fetches one row."""
    return _ask(name, ("row", row), "Fetching the row", lambda desk, _: desk.row(row))


def methods(name: str) -> Job:
    """Return the job that asks which explanation methods serve."""
    return _ask(name, ("methods",), "Asking which methods serve", lambda desk, _: desk.methods())


def asked(name: str, question: Question[Any]) -> Job:
    """Return the job that answers one question of one row."""
    title = TITLES[type(question)].format(row=question.row)
    return _ask(name, ("ask", repr(question)), title, lambda desk, progress: desk.ask(question, progress))


def alike(name: str, row: str, space: str = CONTRIBUTIONS) -> Job:
    """Return the job that finds rows like one row."""
    return _ask(name, ("alike", row, space), "Finding rows like it", lambda desk, _: desk.alike(row, space=space))


def warmed(name: str) -> Job:
    """Return the job that imports and compiles what explanations need."""
    return _ask(name, ("warm",), "Getting explanations ready", _warm)


def _warm(desk: Desk, progress: Progress) -> None:
    warm = getattr(desk, "warm", None)  # a desk of formulas has nothing to compile
    if warm is not None:
        warm(progress)


def freeze(name: str, rows: Sequence[str]) -> Job:
    """Return the job that freezes rows for the obvious set."""
    return _ask(name, ("freeze", *rows), "Freezing the rows", lambda desk, _: desk.freeze(rows))


def again(name: str) -> None:
    """Open an investigation anew: everything asked so far is asked again."""
    cached.jobs().forget_all(name)
    cached.desks().close(name)
