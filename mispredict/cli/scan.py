"""`mispredict scan`: one pass over the table, the report and its Parquet files."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mispredict.bad_input import BadInput
from mispredict.cli.printable import printable
from mispredict.cli.progress import progress_bar

FOUND = 1  # something is wrong with the model or the data


class FailOn(StrEnum):
    """What ends the command with 1."""

    systemic = "systemic"
    suspected = "suspected"
    certain = "certain"


def scan(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml to scan.")],
    out: Annotated[Path, typer.Option(help="The folder that gets report.json and the Parquet files.")],
    engine: Annotated[str, typer.Option(help="Where the pass runs: local.")] = "local",
    fail_on: Annotated[
        FailOn | None, typer.Option(help="End with 1 on a systemic verdict, or a suspect of this severity or above.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Scan an investigation and write its report.

    Example: mispredict scan sample_data/investigation.toml --out report
    """
    from mispredict.scan.write import writable  # pandas comes with these; `demo` does not wait for that
    from mispredict.worker.client import RemoteInvestigation

    _refuse_other_engines(engine)
    desk = RemoteInvestigation(investigation)
    try:
        # Here too: a worker that was killed can't put away the folder that it made.
        with writable(out), progress_bar() as progress:
            report = desk.write(str(out.absolute()), progress)
    finally:
        desk.close()
    typer.echo(json.dumps(report, indent=1) if as_json else _in_words(report, out))
    if fail_on is not None and is_failing(report, fail_on):
        raise typer.Exit(FOUND)


def _refuse_other_engines(engine: str) -> None:
    if engine != "local":
        raise BadInput(
            f"the engine {engine!r}", needed="local, the one engine of this version", do="leave --engine out"
        )


def is_failing(report: dict[str, Any], fail_on: FailOn) -> bool:
    """Return True where a report holds what `--fail-on` names, or worse."""
    if fail_on is FailOn.systemic:
        return bool(report["verdict"]["word"] == "systemic")
    severe = {"certain"} if fail_on is FailOn.certain else {"suspected", "certain"}
    return any(suspect["severity"] in severe for suspect in report["suspects"])


def _in_words(report: dict[str, Any], out: Path) -> str:
    seen, metrics = report["investigation"], report["metrics"]
    lines = [
        f"{seen['name']}: {seen['rows']:,} rows, accuracy {metrics['accuracy']:.4f}, "
        f"log loss {metrics['log_loss']:.4f}",
        f"verdict: {report['verdict']['word']}. {report['verdict'].get('sentence', '')}".rstrip(),
        *(
            f"slice: {s['rule']}: {s['errors']:,} errors in {s['rows']:,} rows, {s['expected_errors']:,.0f} expected"
            for s in report["slices"][:3]
        ),
        *(f"cluster: {c['size']:,} errors alike: {c['rule']}" for c in report["clusters"][:3]),
        *(f"{s['severity']}: {s['kind']}: {s['summary']}" for s in _open_findings(report)[:3]),
        f"suspects: {_checks(report)}",
        f"written: {out / 'report.json'}",
    ]
    return "\n".join(map(printable, lines))


def _open_findings(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings that are open, the most serious first; what is only worth knowing is in the report."""
    return [suspect for suspect in report["suspects"] if suspect["severity"] != "info"]


def _checks(report: dict[str, Any]) -> str:
    passed = sum(not check["found"] for check in report["checks"])
    found = len(_open_findings(report))
    said = f"{found} open finding{'s' * (found != 1)}, {passed} check{'s' * (passed != 1)} passed"
    return f"{said}, {len(report['not_judged'])} not judged"
