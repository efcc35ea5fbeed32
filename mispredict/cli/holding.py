"""`mispredict obvious check` and `budget`: models held to a set."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.cli import cases
from mispredict.cli.printable import printable

if TYPE_CHECKING:  # the command's --help must not wait for pandas
    from mispredict.obvious.checking import Checked
    from mispredict.obvious.targets import Target


class Severities(StrEnum):
    """How bad a failure would be."""

    blocker = "blocker"
    major = "major"
    minor = "minor"


AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Auth = Annotated[str | None, typer.Option(help="The variable with the authorization that the endpoint wants.")]
By = Annotated[str | None, typer.Option(help="Who checks; your user name unless said.")]


def check(  # noqa: PLR0913 - what can be asked of a check
    kept_in: Annotated[str, typer.Argument(metavar="SET", help="A store, or an exported folder.")],
    model: Annotated[list[Path] | None, typer.Option(help="A model file; once for every model.")] = None,
    url: Annotated[list[str] | None, typer.Option(help="A live endpoint; once for every endpoint.")] = None,
    protocol: Annotated[
        str | None, typer.Option(help="The endpoints': mlflow, kserve-v2 or records; else as the URL tells.")
    ] = None,
    auth_env: Auth = None,
    fail_on: Annotated[
        Severities, typer.Option(help="The least severity whose failures make the command end with 1.")
    ] = Severities.minor,
    investigation: Annotated[
        Path | None,
        typer.Option("--from", help="An investigation.toml: its models unless others are named, its rows."),
    ] = None,
    training: Annotated[str | None, typer.Option(help="The table that the models learned from.")] = None,
    forbid_contamination: Annotated[bool, typer.Option(help="End with 1 when a case was learned.")] = False,  # noqa: FBT002
    latency: Annotated[bool, typer.Option("--latency", help="Measure how fast it answers, too.")] = False,  # noqa: FBT002
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file, too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write a pull request's comment to this file, too.")] = None,
    no_record: Annotated[bool, typer.Option("--no-record", help="Keep nothing in the set's history.")] = False,  # noqa: FBT002
    by: By = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Hold models to the set; ends with 1 when a case fails or can't be checked, or a budget of latency is broken.

    Example: mispredict obvious check obvious.db --model candidate.txt --junit obvious.xml

    Example: mispredict obvious check obvious.db --model live.txt --model candidate.txt --fail-on blocker --json

    Example: mispredict obvious check obvious.db --url http://127.0.0.1:8080/invocations --latency
    """
    from mispredict.cli.beside import Beside
    from mispredict.cli.progress import progress_bar
    from mispredict.obvious.checking import check_targets
    from mispredict.obvious.reading import cases_of

    beside = Beside(investigation, training, forbidden=forbid_contamination)
    targets = _targets(beside.models(model or (), url or ()), url or (), protocol, auth_env)
    try:
        found = cases.require_cases(cases_of(kept_in), kept_in)
        with progress_bar() as progress:
            checked = check_targets(found, targets, limits=_limits(kept_in), timed=latency, progress=progress)
            checked = beside.told(checked, found, targets, progress)
    finally:
        for target in targets:
            target.close()
    _write(checked, junit, markdown)
    if not no_record:
        checked = _recorded(kept_in, checked, by or cases.local_user())
    cases.tell(checked.to_json(), checked.lines(), as_json)
    raise typer.Exit(checked.exit_code(fail_on.value))


def budget(
    kept_in: Annotated[str, typer.Argument(metavar="SET", help="A store: a file or a database URL.")],
    said: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=MS]", help="single.p99=20, batch.p95=200, single.p50=none, ...")
    ] = None,
    by: By = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Keep with the set how fast a model has to answer; `check --latency` holds models to it.

    single is a row at a time, batch 1,000 rows; p50, p95 and p99 in milliseconds.

    Example: mispredict obvious budget obvious.db single.p99=20 batch.p95=200
    """
    from mispredict.obvious.budgets import budgets, parse_budget, set_budget
    from mispredict.obvious.store import open_store

    store, wanted = open_store(kept_in), [parse_budget(text) for text in said or ()]
    for name, milliseconds in wanted:
        set_budget(store, name, milliseconds, by=by or cases.local_user())
    kept = budgets(store)
    lines = [f"{one.name}: at most {one.milliseconds:g} ms ({one.actor}, {one.time})" for one in kept]
    cases.tell([one.__dict__ for one in kept], lines or ["no budgets"], as_json)


def _targets(models: Any, urls: Any, protocol: str | None, auth_env: str | None) -> list[Target]:
    from mispredict.obvious.targets import EndpointTarget, FileTarget

    if not models and not urls:
        raise BadInput("no model", needed="a model file or an endpoint", do="say --model PATH or --url URL")
    asked = [EndpointTarget(url, protocol=protocol, auth_env=auth_env) for url in urls]
    files = [FileTarget(path) for path in models]
    for file in files:
        if sum(other.path.name == file.path.name for other in files) > 1:
            file.name = f"{file.path.parent.name}/{file.path.name}"
    return [*files, *asked]


def _limits(kept_in: str) -> Any:
    from mispredict.obvious.budgets import budgets
    from mispredict.obvious.reading import is_folder
    from mispredict.obvious.store import open_store

    return () if is_folder(kept_in) else budgets(open_store(kept_in))


def _write(checked: Checked, junit: Path | None, markdown: Path | None) -> None:
    from mispredict.obvious.junit import junit_xml
    from mispredict.obvious.markdown import markdown as as_markdown

    if junit is not None:
        cases.write_text(junit, junit_xml(checked.matrix.results), "--junit")
    if markdown is not None:
        cases.write_text(markdown, as_markdown(checked.matrix), "--markdown")


def _recorded(kept_in: str, checked: Checked, by: str) -> Checked:
    """Keep the check in the store's history; a store that may only be read has been checked all the same."""
    from mispredict.obvious.reading import is_folder
    from mispredict.obvious.recording import record_all
    from mispredict.obvious.store import open_store

    if is_folder(kept_in):
        return checked
    try:
        return record_all(open_store(kept_in), checked, by=by)
    except StoreRefused as problem:
        typer.echo(printable(f"the check was not kept in the history: {problem.found}"), err=True)
        return checked
