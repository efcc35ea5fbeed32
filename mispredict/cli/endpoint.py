"""`mispredict endpoint`: whether the service answers as the model file does, and how fast."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it
    from mispredict.endpoint.checking import EndpointCheck
    from mispredict.endpoint.comparing import EndpointParity

DIFFERENT = 1


def endpoint(
    investigation: Annotated[
        Path, typer.Argument(help="The investigation.toml whose [model] or [candidate] has a url.")
    ],
    against: Annotated[
        Path | None, typer.Option(help="The model file to compare with; else the investigation's other model.")
    ] = None,
    rows: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many rows of the table are asked about.")
    ] = 1_000,
    tolerance: Annotated[float, typer.Option(min=0.0, max=1.0, help="Probabilities further apart differ.")] = 1e-6,
    calls: Annotated[int, typer.Option(min=0, max=100_000, help="Single-row calls that are timed; 0 for none.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Hold a live endpoint to a model file on the same rows and time it; ends with 1 when they differ.

    Example: mispredict endpoint investigation.toml --against model.skops --json
    """
    from mispredict.endpoint.checking import check_endpoint

    with progress_bar() as progress:
        found = check_endpoint(
            investigation, against=against, rows=rows, calls=calls, tolerance=tolerance, progress=progress
        )
    typer.echo(json.dumps(_as_json(found), indent=1, allow_nan=False) if as_json else "\n".join(_in_words(found)))
    if found.parity is not None and not found.parity.is_same:
        raise typer.Exit(DIFFERENT)


def _as_json(found: EndpointCheck) -> dict[str, Any]:
    answer = {"schema": "mispredict/endpoint@1", **dataclasses.asdict(found)}
    for example in answer["parity"]["examples"] if answer["parity"] is not None else ():
        example["class"] = example.pop("class_")
    return answer


def _in_words(found: EndpointCheck) -> list[str]:
    lines = [f"{found.endpoint}: asked about {found.rows:,} of {found.of:,} rows"]
    lines += ["no file to compare with: say --against MODEL"] if found.parity is None else _parity(found.parity)
    lines += [f"latency, {one.sentence}" for one in found.latency]
    return [printable(line) for line in (*lines, *found.notes)]


def _parity(parity: EndpointParity) -> list[str]:
    examples = [
        f"row {one.row}: {one.endpoint:.6f} from the endpoint, {one.file:.6f} from the file (class {one.class_})"
        f"{', called otherwise' if one.flips else ''}"
        for one in parity.examples
    ]
    return [parity.sentence, *examples]
