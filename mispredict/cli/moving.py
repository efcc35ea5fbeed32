"""`mispredict obvious export` and `import`: a set leaves the house, and comes back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mispredict.bad_input import BadInput
from mispredict.cli import cases
from mispredict.cli.printable import printable

if TYPE_CHECKING:  # the command's --help must not wait for SQLAlchemy and pandas
    from collections.abc import Sequence

    from mispredict.obvious.case import Case
    from mispredict.obvious.redacting import Redaction

Set = Annotated[str, typer.Argument(metavar="SET", help="A store: a file such as obvious.db, or a database URL.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
By = Annotated[str | None, typer.Option(help="Who imports; your user name unless said.")]


def export(
    kept_in: Set,
    to: Annotated[Path, typer.Option(help="A folder (new, or an earlier export), or a file: .jsonl or .csv.")],
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; once for every column.")] = None,
    hash_: Annotated[list[str] | None, typer.Option("--hash", help="A column to hash; once for every column.")] = None,
    hash_key_env: Annotated[str | None, typer.Option(help="The variable with the secret key of the hashes.")] = None,
    model: Annotated[
        list[Path] | None, typer.Option(help="A model that the cases are for: what it reads stays; once for every one.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Write the set as a folder that runs with pytest and pandas alone, or as one file of JSON lines or CSV.

    Columns are features, or id, source.row, promoted_by, owner, incident, reason.

    Example: mispredict obvious export obvious.db --to tests/obvious

    Example: mispredict obvious export obvious.db --to set.csv --drop note --model candidate.txt --hash id
    """
    from mispredict.obvious.export import export as export_folder
    from mispredict.obvious.personal import look_personal
    from mispredict.obvious.plain_files import SUFFIXES, write_plain
    from mispredict.obvious.reading import cases_of
    from mispredict.obvious.redacting import redacted

    asked = _redaction(drop or (), hash_ or (), hash_key_env)
    found = cases_of(kept_in)
    if drop or hash_:
        found = redacted(found, asked, _read_by(model or (), found, asked))
    written = write_plain(found, to) if to.suffix.lower() in SUFFIXES else export_folder(found, to)
    warnings = [one.sentence for one in look_personal(found)]
    for sentence in warnings:
        typer.echo(printable(f"warning: {sentence}; --drop or --hash it where no model reads it"), err=True)
    answer = {"folder": str(written), "cases": len(found), "warnings": warnings}
    cases.tell(answer, [f"{len(found)} cases in {written}"], as_json)


def import_(
    kept_in: Set,
    source: Annotated[Path, typer.Argument(help="An exported folder, or a file: .jsonl, .csv or .parquet.")],
    investigation: Annotated[
        Path | None, typer.Option("--from", help="The investigation.toml that a list of rows to promote belongs to.")
    ] = None,
    unverified: Annotated[bool, typer.Option("--unverified", help="Take a folder that was changed by hand.")] = False,  # noqa: FBT002
    by: By = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Merge cases into a set by id, all or none; or promote the rows that a list names.

    A list has the columns row and reason, and may have expect, severity, incident, owner, tags and expires.

    Example: mispredict obvious import obvious.db tests/obvious

    Example: mispredict obvious import obvious.db incident-7.csv --from investigation.toml
    """
    from mispredict.obvious.importing import import_source
    from mispredict.obvious.store import open_or_make_store

    actor = by or cases.local_user()
    found = import_source(source, verified=not unverified, by=actor, frozen=cases.freezer(investigation))
    cases.tell_kept(open_or_make_store(kept_in).merge(found, by=actor), as_json)


def _redaction(drop: Sequence[str], hash_: Sequence[str], key_env: str | None) -> Redaction:
    from mispredict.obvious.redacting import Redaction

    if key_env is not None and key_env not in os.environ:
        raise BadInput(f"no variable {key_env}", needed="the key of the hashes", do="set it, or name another one")
    return Redaction(tuple(drop), tuple(hash_), os.environ[key_env] if key_env else "")


def _read_by(models: Sequence[Path], found: Sequence[Case], asked: Redaction) -> set[str]:
    """Return the columns that models read; refuses to take features away when no model is named."""
    from mispredict.obvious.redacting import FIELDS
    from mispredict.obvious.targets import FileTarget

    features = [name for name in (*asked.drop, *asked.hash_) if name not in FIELDS]
    if features and not models:
        raise BadInput(
            f"the column {features[0]!r} to take away, and no model",
            needed="the models that the cases are for: what they read has to stay",
            do="say --model PATH",
        )
    columns = tuple(dict.fromkeys(name for case in found for name in case.row))
    read: set[str] = set()
    for path in models:
        with FileTarget(path) as model:
            read |= set(model.features(columns))
    return read
