"""`mispredict obvious`: promote, list, check, export and import the examples that nobody may get wrong again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mispredict.cli import cases

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the examples that nobody may get wrong again, and hold models to them.",
)

Set = Annotated[str, typer.Argument(metavar="SET", help="A store: a file such as obvious.db, or a database URL.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


class Severities(StrEnum):
    """How bad a failure would be."""

    blocker = "blocker"
    major = "major"
    minor = "minor"


@app.command()
def promote(  # noqa: PLR0913 - what a person may say of a case
    kept_in: Set,
    investigation: Annotated[Path, typer.Option("--from", help="The investigation.toml that the rows belong to.")],
    row: Annotated[list[str], typer.Option(help="A row's id; once for every row.")],
    reason: Annotated[str, typer.Option(help="Why nobody may get this wrong again.")],
    expect: Annotated[str, typer.Option(help="label, at_least:P, at_most:P or between:P:Q.")] = "label",
    severity: Annotated[Severities, typer.Option(help="How bad a failure would be.")] = Severities.major,
    incident: Annotated[str | None, typer.Option(help="The incident, by name or link.")] = None,
    by: Annotated[str | None, typer.Option(help="Who promotes; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Put rows into the set; answers only when they are durable.

    Limits of a probability are for the event with two classes, for the row's true class with more.

    Example: mispredict obvious promote obvious.db --from sample_data/investigation.toml --row p088198 --reason blocked
    """
    from mispredict.obvious.freeze import Why, freeze
    from mispredict.obvious.store import open_or_make_store

    why = Why(reason, by or cases.local_user(), expect, severity.value, incident)
    frozen = freeze(cases.frozen_rows(investigation, row), why)
    cases.tell_kept(open_or_make_store(kept_in).promote(frozen), as_json)


@app.command(name="list")
def list_(kept_in: Set, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List the cases of a set.

    Example: mispredict obvious list obvious.db --json
    """
    cases.tell_cases(cases.read_store(kept_in), as_json)


@app.command()
def check(
    kept_in: Annotated[str, typer.Argument(metavar="SET", help="A store, or an exported folder.")],
    model: Annotated[Path | None, typer.Option(help="The model file that is held to the set.")] = None,
    url: Annotated[str | None, typer.Option(help="The live endpoint that is held to the set.")] = None,
    protocol: Annotated[
        str | None, typer.Option(help="The endpoint's: mlflow, kserve-v2 or records; else as the URL tells.")
    ] = None,
    auth_env: Annotated[
        str | None, typer.Option(help="The variable with the authorization that the endpoint wants.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file, too.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Hold a model to the set; ends with 1 when any case fails or can't be checked, whatever its severity.

    Example: mispredict obvious check obvious.db --model candidate.txt --junit obvious.xml

    Example: mispredict obvious check obvious.db --url http://127.0.0.1:8080/invocations
    """
    from mispredict.cli.progress import progress_bar
    from mispredict.obvious.check import check as check_cases

    name, predict = cases.model_of(model, url, protocol=protocol, auth_env=auth_env)
    found = cases.require_cases(cases.read_folder_or_store(kept_in), kept_in)
    with progress_bar() as progress:
        result = check_cases(found, predict, model=name, progress=progress)
    if junit is not None:
        cases.write_junit(result, junit)
    cases.tell_check(result, as_json)
    raise typer.Exit(result.exit_code())


@app.command()
def export(
    kept_in: Set,
    to: Annotated[Path, typer.Option(help="The folder: a new one, or an earlier export.")],
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Write the set as a folder that runs with pytest and pandas alone.

    Example: mispredict obvious export obvious.db --to tests/obvious
    """
    from mispredict.obvious.export import export as export_cases

    found = cases.read_store(kept_in)
    folder = export_cases(found, to)
    cases.tell({"folder": str(folder), "cases": len(found)}, [f"{len(found)} cases in {folder}"], as_json)


@app.command(name="import")
def import_(
    kept_in: Set,
    folder: Annotated[Path, typer.Argument(help="A folder that `mispredict obvious export` made.")],
    by: Annotated[str | None, typer.Option(help="Who imports; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Merge an exported folder into a set by id: all of its cases, or none.

    Example: mispredict obvious import obvious.db tests/obvious
    """
    from mispredict.obvious.importing import import_folder
    from mispredict.obvious.store import open_or_make_store

    found = import_folder(folder)
    cases.tell_kept(open_or_make_store(kept_in).merge(found, by=by or cases.local_user()), as_json)
