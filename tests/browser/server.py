"""A real server for the tests: `mispredict demo` itself, or the app over a desk of our own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = ("-c", "from mispredict.cli.main import main; main()", "demo")
START_SECONDS = 90.0


@contextlib.contextmanager
def running(*command: str, home: Path, cache: Path | None = None) -> Iterator[str]:
    """Yield the address of a server that answers; it ends with the block."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=_environment(home, cache, port), stdout=log, stderr=log
        )
        try:
            _wait(process, address, home / "server.log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(home: Path, cache: Path | None, port: int) -> dict[str, str]:
    own = {
        "MISPREDICT_HOME": str(home),
        "MISPREDICT_STORE": str(home / "obvious.db"),
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own} | ({"MISPREDICT_CACHE": str(cache)} if cache else {})


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not come up: {log.read_text(errors='replace')[-2000:]}")
