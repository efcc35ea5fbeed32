"""`mispredict demo`, `open` and `serve`: the app in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mispredict.bad_input import InvestigationRefused

Store = Annotated[str, typer.Option(help="The obvious set: a file such as obvious.db, or a database URL.")]
Files = Annotated[list[Path], typer.Argument(help="One or more investigation.toml files.")]


def demo() -> None:
    """Open the shipped incident in the browser.

    Streamlit's own STREAMLIT_SERVER_* variables are honoured.

    Example: mispredict demo
    """
    from sample_data import investigation_path

    _start([investigation_path()], store=None)


def open_(
    investigation: Annotated[Path, typer.Argument(help="The investigation.toml to open.")], store: Store = ""
) -> None:
    """Open an investigation in the browser.

    Example: mispredict open investigation.toml
    """
    _start([investigation], store=store or None)


def serve(investigations: Files, store: Store = "") -> None:
    """Serve investigations to browsers without opening one here.

    Example: STREAMLIT_SERVER_PORT=8600 mispredict serve monday.toml tuesday.toml --store team.db
    """
    os.environ.setdefault("STREAMLIT_SERVER_HEADLESS", "true")
    _start(investigations, store=store or None)


def _start(investigations: list[Path], *, store: str | None) -> NoReturn:
    missing = [p for p in investigations if not p.is_file()]
    if missing:
        raise InvestigationRefused(
            f"no file {str(missing[0])!r}", needed="an investigation.toml", do="check the path; see docs/guide.md"
        )
    options = [] if store is None else ["--store", store]
    command = [sys.executable, "-m", "app.serve", *options, *(str(p.absolute()) for p in investigations)]
    if os.name == "posix":
        os.execv(command[0], command)  # the server takes this process's place, signals and all
    sys.exit(subprocess.run(command).returncode)
