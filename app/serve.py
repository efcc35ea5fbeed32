"""Start the app's server in this process: `python -m app.serve [--store STORE] INVESTIGATION...`."""

from __future__ import annotations

import argparse
import os
import re
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import registry
from app.places import STORE, default_store
from app.sharing import is_loopback, takes_files

if TYPE_CHECKING:
    from streamlit.config_option import ConfigOption

HERE = Path(__file__).resolve().parent


def run(investigations: Sequence[Path], store: str | None = None) -> None:
    """Serve the app until it is stopped. The first investigation is the one that is shown."""
    import streamlit as st
    from starlette.middleware import Middleware

    from app.guard import CLOSED, UPLOADS, Guard

    for path in investigations:
        registry.register(path)
    os.environ[STORE] = store or default_store()
    config = settings(os.environ)
    closed = CLOSED if takes_files(config, os.environ) else (*CLOSED, UPLOADS)
    app = st.App(str(HERE / "main.py"), middleware=[Middleware(Guard, closed=closed)], lifespan=_lifespan)
    app.run(config=config)


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the server's settings: the shipped ones, and over them what the environment says.

    Streamlit's own command reads STREAMLIT_* variables; a server that is started from Python has to.
    """
    shipped = {key: value for section, table in _shipped().items() for key, value in _flat(section, table)}
    said = _said_by(environment)
    if not is_loopback((shipped | said).get("server.address")):
        shipped.pop("server.allowedHosts", None)  # whoever opens the server to others knows its names, we don't
    return shipped | said


def _said_by(environment: Mapping[str, str]) -> dict[str, Any]:
    from streamlit import config

    # The public `get_config_options` would parse the files now and then announce that settings have changed.
    known: dict[str, ConfigOption] = config._config_options_template
    return {
        key: _typed(environment[option.env_var], option)
        for key, option in known.items()
        if option.env_var in environment and not option.sensitive
    }


def _typed(text: str, option: ConfigOption) -> Any:
    if option.multiple:
        return [part for part in re.split(r"[\s,]+", text) if part]
    if option.type is bool:
        return text.strip().lower() in ("1", "true", "yes", "on", "t", "y")
    return option.type(text) if option.type in (int, float) else text


def _shipped() -> dict[str, Any]:
    for folder in (HERE, HERE.parent):  # within an installed package, else beside it in the repository
        if (file := folder / ".streamlit" / "config.toml").is_file():
            return tomllib.loads(file.read_text(encoding="utf-8"))
    return {}


def _flat(name: str, table: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        found += _flat(f"{name}.{key}", value) if isinstance(value, dict) else [(f"{name}.{key}", value)]
    return found


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    from app.warm import warm_up

    warm_up()
    yield
    from app import cached

    cached.desks().close_all()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m app.serve", description=__doc__)
    parser.add_argument("investigations", nargs="*", type=Path, help="investigation.toml files")
    parser.add_argument("--store", default=None, help="the obvious set: a file such as obvious.db, or a database URL")
    given = parser.parse_args()
    run(given.investigations, given.store)


if __name__ == "__main__":
    main()
