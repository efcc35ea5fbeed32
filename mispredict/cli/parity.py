"""`mispredict parity`: whether the service sees and answers what the table says, and if not, why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it
    from mispredict.parity.online import ColumnParity, Online, Stage
    from mispredict.parity.quantiles import QuantilePair

DIFFERENT = 1
SHOWN = 12  # columns and slices


def parity(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml whose [online] names a log.")],
    fail_on: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="End with 1 when the score differs by more than this on average."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Compare what the service logged with the table: where the gap comes from, every column, quantiles of the score.

    Example: mispredict parity sample_data/investigation.toml --fail-on 0.001 --json
    """
    from mispredict.report import online_json
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            found = desk.online(progress)
    finally:
        desk.close()
    words = _in_words(found)
    typer.echo(
        json.dumps(online_json(found), indent=1, allow_nan=False) if as_json else "\n".join(map(printable, words))
    )
    if fail_on is not None and is_apart(found, fail_on):
        raise typer.Exit(DIFFERENT)


def is_apart(found: Online, most: float) -> bool:
    """Return whether scores differ by more than allowed on average, or can't be compared: a gate must not pass then."""
    gap = found.replayed.score_gap
    return gap is None or gap > most


def _in_words(found: Online) -> list[str]:
    joined = found.joined
    head = f"{joined.pairs:,} of {joined.rows:,} rows and of {joined.entries:,} entries of {found.log} are joined"
    lines = [f"{head} by {joined.by}" if not joined.why_not else f"no row is joined with an entry: {joined.why_not}"]
    lines += [f"  {reason}: {count:,}{_first(found, reason)}" for reason, count in joined.unjoined.items()]
    lines += [found.replayed.sentence, *map(_stage, found.replayed.stages), *found.replayed.notes]
    lines += [f"the score offline and {found.score_name} online"] if found.scores else []
    lines += [f"  {_quantile(one)}" for one in found.scores]
    lines += [f"  where {one.group}, {_quantile(one)}" for one in found.slices[:SHOWN] if one.is_other]
    lines += [_column(one) for one in found.columns[:SHOWN] if one.differing or one.changed is not None]
    lines += [f"features that were not logged: {', '.join(found.absent)}"] if found.absent else []
    lines += [f"`{one}` may be `{other}` in the log" for one, other in found.renamed.items()]
    return [*lines, *found.notes]


def _first(found: Online, reason: str) -> str:
    examples = found.joined.examples.get(reason, ())
    return f", such as {', '.join(map(repr, examples))}" if examples else ""


def _stage(one: Stage) -> str:
    figures = [
        f"{name} {value:.4f}"
        for name, value in (("log loss", one.log_loss), ("AUC", one.roc_auc), ("mean score", one.mean_score))
        if value is not None
    ]
    return f"  {one.words}: {', '.join(figures) or 'no figures'} ({one.rows:,} rows)"


def _quantile(one: QuantilePair) -> str:
    sides = [
        f"{side} {value:.4f} [{low:.4f} to {high:.4f}]"
        for side, value, low, high in (
            ("offline", one.offline, one.offline_low, one.offline_high),
            ("online", one.online, one.online_low, one.online_high),
        )
    ]
    return f"p{100 * one.quantile:g}: {', '.join(sides)}: {'they differ' if one.is_other else 'they match'}"


def _column(one: ColumnParity) -> str:
    if one.differing is None:
        return f"`{one.column}` {one.words} (no pairs: weaker)"
    share = f", {one.share:.0%} of the score difference" if one.share is not None else ""
    return f"`{one.column}` differs in {one.differing:,} of {one.compared:,} pairs{share}: {one.words}"
