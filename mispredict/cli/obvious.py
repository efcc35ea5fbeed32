"""`mispredict obvious`: promote, list, check, export and import the examples that nobody may get wrong again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mispredict.cli import cases
from mispredict.cli.covering import coverage
from mispredict.cli.holding import Severities, budget, check
from mispredict.cli.moving import export, import_

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the examples that nobody may get wrong again, and hold models to them.",
)

Set = Annotated[str, typer.Argument(metavar="SET", help="A store: a file such as obvious.db, or a database URL.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


app.command()(check)
app.command()(budget)
app.command()(coverage)
app.command()(export)
app.command(name="import")(import_)


@app.command()
def promote(  # noqa: PLR0913 - what a person may say of a case
    kept_in: Set,
    investigation: Annotated[Path, typer.Option("--from", help="The investigation.toml that the rows belong to.")],
    row: Annotated[list[str], typer.Option(help="A row's id; once for every row.")],
    reason: Annotated[str, typer.Option(help="Why nobody may get this wrong again.")],
    expect: Annotated[
        str, typer.Option(help="label, at_least:P, at_most:P, between:P:Q or above_case:ID[:MARGIN].")
    ] = "label",
    severity: Annotated[Severities, typer.Option(help="How bad a failure would be.")] = Severities.major,
    incident: Annotated[str | None, typer.Option(help="The incident, by name or link.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who is asked when it fails.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; once for every tag.")] = None,
    expires: Annotated[str | None, typer.Option(help="The last day on which it must hold, such as 2027-01-31.")] = None,
    by: Annotated[str | None, typer.Option(help="Who promotes; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Put rows into the set; answers only when they are durable.

    Limits of a probability are for the event with two classes, for the row's true class with more.

    Example: mispredict obvious promote obvious.db --from sample_data/investigation.toml --row p088198 --reason blocked
    """
    from mispredict.obvious.freeze import Why, freeze
    from mispredict.obvious.store import open_or_make_store

    why = Why(reason, by or cases.local_user(), expect, severity.value, incident, expires, owner, tuple(tag or ()))
    frozen = freeze(cases.frozen_rows(investigation, row), why)
    cases.tell_kept(open_or_make_store(kept_in).promote(frozen), as_json)


@app.command(name="list")
def list_(kept_in: Set, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List the cases of a set.

    Example: mispredict obvious list obvious.db --json
    """
    cases.tell_cases(cases.read_store(kept_in), as_json)


@app.command()
def edit(  # noqa: PLR0913 - what can be edited
    kept_in: Set,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    reason: Annotated[str | None, typer.Option(help="Why nobody may get this wrong again.")] = None,
    severity: Annotated[Severities | None, typer.Option(help="How bad a failure would be.")] = None,
    incident: Annotated[str | None, typer.Option(help="The incident; an empty text for none.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who is asked when it fails; an empty text for nobody.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="The tags, in place of the former.")] = None,
    expires: Annotated[str | None, typer.Option(help="The last day; an empty text for never.")] = None,
    seen: Annotated[int | None, typer.Option(help="The version that you saw; refused when it is not the last.")] = None,
    by: Annotated[str | None, typer.Option(help="Who edits; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Give a case other words; `history` keeps who, when, the old value and the new one.

    Example: mispredict obvious edit obvious.db p088198-5121f461ba6f --severity blocker --seen 12
    """
    from mispredict.obvious.editing import edited
    from mispredict.obvious.store import open_store

    store = open_store(kept_in)
    last = cases.last_version(store, case)
    said = {"reason": reason, "severity": severity and severity.value, "incident": incident, "owner": owner}
    changed = edited(last.case, {**said, "expires": expires, "tags": None if tag is None else tuple(filter(None, tag))})
    kept = store.edit(changed, seen=last.seq if seen is None else seen, by=by or cases.local_user())
    cases.tell_kept([kept], as_json)


@app.command()
def retire(
    kept_in: Set,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    by: Annotated[str | None, typer.Option(help="Who retires it; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Take a case out of the set; its history stays, and `undo` brings it back.

    Example: mispredict obvious retire obvious.db p088198-5121f461ba6f
    """
    from mispredict.obvious.store import open_store

    cases.tell_kept([open_store(kept_in).retire(case, by=by or cases.local_user())], as_json)


@app.command()
def undo(
    kept_in: Set,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    by: Annotated[str | None, typer.Option(help="Who takes it back; your user name unless said.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Take back the last change of a case, as one more change.

    Example: mispredict obvious undo obvious.db p088198-5121f461ba6f
    """
    from mispredict.obvious.store import open_store

    cases.tell_kept([open_store(kept_in).undo(case, by=by or cases.local_user())], as_json)


@app.command()
def history(
    kept_in: Set,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="A case's id; else the set's checks.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Tell what was done to a case and what checks said of it; without a case, the checks of the set.

    Example: mispredict obvious history obvious.db p088198-5121f461ba6f
    """
    from mispredict.obvious import telling
    from mispredict.obvious.store import open_store

    store = open_store(kept_in)
    found = telling.of_set(store) if case is None else telling.of_case(store, case)
    cases.tell(found.as_json, found.lines, as_json)
