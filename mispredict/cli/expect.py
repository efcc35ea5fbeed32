"""`mispredict expect`: a small file that tells a recorded service which values are out of range."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mispredict.bad_input import OutputRefused
from mispredict.cli.progress import progress_bar


def expect(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml of the model that is served.")],
    to: Annotated[Path | None, typer.Option(help="Write to this file, in place of one that is there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON; so it is without --to, too.")] = False,  # noqa: FBT002
) -> None:
    """Write what a service may expect: each feature's range or levels, quantiles of the score offline.

    Example: mispredict expect sample_data/investigation.toml --to expected.json
    """
    from mispredict.worker.client import RemoteInvestigation

    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            found = json.dumps(desk.expected(progress), indent=1, allow_nan=False)
    finally:
        desk.close()
    if to is not None:
        _write(to, found)
    if as_json or to is None:
        typer.echo(found)


def _write(to: Path, text: str) -> None:
    from mispredict.replacing import replacing

    try:
        with replacing(to) as fresh:
            fresh.write_text(text + "\n", "utf-8")
    except OSError as fault:
        raise OutputRefused(
            f"{to} can't be written ({fault.strerror})", needed="a folder that can be written", do="name another file"
        ) from fault
