"""`mispredict cohort`: the figures of selected rows, two selections side by side, and the saved ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mispredict.bad_input import BadInput
from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

if TYPE_CHECKING:  # pandas comes with it; `demo` does not wait for that
    from mispredict.cohorts.selection import Selection
    from mispredict.worker.client import RemoteInvestigation


def cohort(  # noqa: PLR0913 - each option of a command is a parameter
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml whose table is looked at.")],
    rule: Annotated[
        str | None, typer.Option(help="""A rule such as 'amount > 300 and channel == "app"'; see the guide.""")
    ] = None,
    cluster: Annotated[int | None, typer.Option(help="The errors of a cluster, counted from 1.")] = None,
    slice_: Annotated[int | None, typer.Option("--slice", help="The rows of a slice, counted from 1.")] = None,
    saved: Annotated[str | None, typer.Option(help="A saved cohort, by its name.")] = None,
    against: Annotated[str | None, typer.Option(help="A rule whose rows are compared with these.")] = None,
    save: Annotated[str | None, typer.Option(help="Keep the rows under this name, beside the investigation.")] = None,
    drop: Annotated[str | None, typer.Option(help="Forget the saved cohort of this name.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the saved cohorts.")] = False,  # noqa: FBT002
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Measure selected rows over the whole table: how wrong the model is there, and how wrong it expected to be.

    Example: mispredict cohort sample_data/investigation.toml --rule 'amount > 300 and platform == "web"'

    Example: mispredict cohort sample_data/investigation.toml --slice 1 --against 'platform = ios' --save "slice one"
    """
    from mispredict.worker.client import RemoteInvestigation

    _check(sum(choice is not None for choice in (rule, cluster, slice_, saved)), alone=list_ or drop is not None)
    desk = RemoteInvestigation(investigation)
    try:
        if list_ or drop is not None:
            answer: Any = desk.cohorts() if drop is None else desk.drop_cohort(drop)
        else:
            answer = _measured(desk, _selected(desk, (rule, cluster, slice_, saved)), against, save)
    finally:
        desk.close()
    _print(answer, as_json=as_json)


def _check(named: int, *, alone: bool) -> None:
    if named != (0 if alone else 1):
        raise BadInput(
            f"{named} selections" if named else "no selection",
            needed="exactly one of --rule, --cluster, --slice and --saved; none beside --list and --drop",
            do="""name one, as in --rule 'amount > 300'; parts of a rule are joined by and""",
        )


def _selected(desk: RemoteInvestigation, named: tuple[str | None, int | None, int | None, str | None]) -> Selection:
    from mispredict.cohorts.rule import rule_source
    from mispredict.cohorts.selection import Selection
    from mispredict.cohorts.store import named as of_name

    rule, cluster, slice_, saved = named
    if rule is not None:
        # An empty selection would be all rows; an empty rule is a slip.
        return Selection(rule=rule or " ")
    if saved is not None:
        return of_name(desk.cohorts(), saved).selection
    with progress_bar() as progress:
        groups = desk.groups(progress)
    if cluster is not None:
        return Selection(cluster=_numbered(groups.clusters, cluster, "cluster").id)
    return Selection(rule=rule_source(_numbered(groups.slices, slice_ or 0, "slice").conditions))


def _numbered(held: tuple[Any, ...], number: int, kind: str) -> Any:
    if 1 <= number <= len(held):
        return held[number - 1]
    raise BadInput(
        f"no {kind} {number}",
        needed=f"1 to {len(held)}" if held else f"an investigation that has {kind}s",
        do="mispredict scan lists them",
    )


def _measured(desk: RemoteInvestigation, of: Selection, against: str | None, save: str | None) -> Any:
    from mispredict.cohorts.selection import Selection

    with progress_bar() as progress:
        if against is None:
            answer: Any = desk.cohort(of, progress)
        else:
            answer = desk.compare_cohorts(of, Selection(rule=against or " "), progress)
    if save is not None:
        kept = desk.save_cohort(save, of)
        typer.echo(printable(f"saved {kept.name!r} {kept.kept_in}"), err=True)
    return answer


def _print(answer: Any, *, as_json: bool) -> None:
    from mispredict.cli.cohorts import in_words
    from mispredict.report.answer import answer_json

    if as_json:
        typer.echo(json.dumps(answer_json(answer), indent=1, allow_nan=False))
    else:
        typer.echo("\n".join(map(printable, in_words(answer))))
