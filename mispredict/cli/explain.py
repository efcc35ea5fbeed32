"""`mispredict explain`: why the model answered as it did for one row."""

from __future__ import annotations

import dataclasses
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it; `demo` does not wait for that
    from explainers.explanation import Explanation

SHOWN = 15  # columns on a terminal; --json has all


class Of(StrEnum):
    """Which model is asked."""

    live = "live"
    candidate = "candidate"


def explain(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml that the row belongs to.")],
    row: Annotated[str, typer.Option(help="The row's id.")],
    method: Annotated[str, typer.Option(help="walk, shap, lime, linear or eli5.")] = "walk",
    of: Annotated[Of, typer.Option(help="The live model or the candidate.")] = Of.live,
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Explain one prediction in the table's own columns.

    Example: mispredict explain sample_data/investigation.toml --row p088198 --method walk --json
    """
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            explanation = desk.explain(row, method, of=of.value, progress=progress)
    finally:
        desk.close()
    typer.echo(json.dumps(as_plain(explanation), indent=1, allow_nan=False) if as_json else _in_words(explanation))


def as_plain(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation under the contract's names, as strict JSON has it: a threshold of infinity is null."""
    from mispredict.report import plain_json

    named = dataclasses.asdict(explanation)
    plain: dict[str, Any] = plain_json({"row": named.pop("row"), "class": named.pop("class_"), **named})
    return plain


def _in_words(explanation: Explanation) -> str:
    ordered = sorted(explanation.values.items(), key=lambda item: -abs(item[1]))
    head = f"row {explanation.row}, class {explanation.class_}, {explanation.method} in {explanation.unit}"
    lines = [head, f"{explanation.base:+12.6f}  base"]
    lines += [f"{value:+12.6f}  {column}" for column, value in ordered[:SHOWN]]
    rest = ordered[SHOWN:]
    lines += [f"{sum(v for _, v in rest):+12.6f}  {len(rest)} other columns"] if rest else []
    lines += [f"{explanation.score:12.6f}  the model's answer", *explanation.notes]
    return "\n".join(map(printable, lines))
