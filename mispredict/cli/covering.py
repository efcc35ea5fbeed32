"""`mispredict obvious coverage`: which errors have a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mispredict.cli import cases


def coverage(
    kept_in: Annotated[str, typer.Argument(metavar="SET", help="A store, or an exported folder.")],
    investigation: Annotated[Path, typer.Option("--from", help="The investigation.toml with the errors.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Tell which slices and clusters of an investigation's errors have a case, and which have none.

    Example: mispredict obvious coverage obvious.db --from sample_data/investigation.toml
    """
    from mispredict.cli.progress import progress_bar
    from mispredict.obvious import coverage as covering
    from mispredict.obvious.reading import cases_of
    from mispredict.worker.client import RemoteInvestigation

    found = cases_of(kept_in)
    desk = RemoteInvestigation(investigation)
    try:
        with progress_bar() as progress:
            desk.open(progress)
            told = covering.coverage_of(found, desk.groups(progress), covering.values_in(desk))
    finally:
        desk.close()
    cases.tell(covering.as_json(told), covering.lines(told), as_json)
