"""The command's door: its sub-commands, and the one place where a refusal becomes a message and an exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from mispredict.bad_input import BadInput
from mispredict.cli import browser, cohort, endpoint, expect, explain, invariants, obvious, parity, scan, suspects
from mispredict.cli.printable import printable

COULD_NOT = 2  # the command could not do its work
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended


class Refusing(TyperGroup):
    """A group of commands that prints what was found, needed and to do, and ends with 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the sub-command."""
        try:
            return super().invoke(ctx)
        except BadInput as reason:
            _tell(reason)
            raise typer.Exit(COULD_NOT) from None
        except KeyboardInterrupt:
            typer.echo("stopped; nothing half-written was left behind", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _tell(reason: BadInput) -> None:
    for part, text in (("found:  ", reason.found), ("needed: ", reason.needed), ("do:     ", reason.do)):
        typer.echo(part + printable(text), err=True)


app = typer.Typer(
    cls=Refusing,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The workbench that you open when a model has made a bad prediction.",
)
app.command()(browser.demo)
app.command(name="open")(browser.open_)
app.command()(browser.serve)
app.command()(scan.scan)
app.command()(explain.explain)
app.command()(cohort.cohort)
app.command()(parity.parity)
app.command()(endpoint.endpoint)
app.command()(expect.expect)
app.add_typer(suspects.app, name="suspects")
app.add_typer(invariants.app, name="invariants")
app.add_typer(obvious.app, name="obvious")


def main() -> None:
    """Run the command."""
    signal.signal(signal.SIGTERM, _end_in_order)
    try:
        app(prog_name="mispredict")
    except Exception:  # noqa: BLE001 - Python would end with 1, which says that the model or its data is wrong
        traceback.print_exc()
        sys.exit(COULD_NOT)


def _end_in_order(number: int, _frame: Any) -> None:
    """Leave as after Ctrl-C: the worker is ended and nothing half-written stays."""
    raise SystemExit(128 + number)
