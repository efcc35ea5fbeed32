"""Where a browser for the tests comes from: one that is here, else one that can be had, the cheapest first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".browser"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FETCH_SECONDS = 600
NPM_PATH = "import('@sparticuz/chromium').then(m => m.default.executablePath()).then(p => console.log(p))"


class NoBrowser(Exception):
    """No rung of the ladder holds."""


def launched(playwright: Playwright) -> Browser:
    """Return a running browser; raises NoBrowser where none was found and none could be fetched."""
    for path in rungs(Path(playwright.chromium.executable_path)):
        browser = _launch(playwright, path)
        if browser is not None:
            return browser
    raise NoBrowser("no browser was found and none could be fetched")


def _launch(playwright: Playwright, path: str) -> Browser | None:
    try:
        return playwright.chromium.launch(executable_path=path, args=["--disable-dev-shm-usage"])
    except Error:  # found, yet it does not start: the next one
        return None


def rungs(own: Path) -> Iterator[str]:
    """Return paths of browsers, each got only when the one before it did not serve; `own` is Playwright's whole one."""
    yield from filter(None, [os.environ.get("MISPREDICT_BROWSER")])
    yield from filter(None, map(shutil.which, NAMES))
    yield from (path for path in ELSEWHERE if Path(path).exists())
    yield from filter(None, (rung() for rung in (partial(_playwrights_own, own), _npm_here)))
    yield from filter(None, (_got(rung) for rung in (_by_apt, partial(_by_playwright, own), _by_npm)))


def _got(rung: Callable[[], str | None]) -> str | None:
    try:
        return rung()
    except (OSError, subprocess.SubprocessError):  # this rung is not for this machine: the next one
        return None


def _run(*command: str, **settings: str) -> str:
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
        cwd=ROOT,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()


def _by_apt() -> str | None:
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    _run("apt-get", "update", "-qq")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium-headless-shell", **quiet)
    return shutil.which("chromium-headless-shell")


def _playwrights_own(whole: Path) -> str | None:
    shells = (
        sorted(whole.parents[2].glob("chromium_headless_shell-*/*/*headless*shell*")) if len(whole.parents) > 2 else []
    )
    return next((str(path) for path in (*reversed(shells), whole) if path.is_file()), None)


def _by_playwright(whole: Path) -> str | None:
    _run(sys.executable, "-m", "playwright", "install", "chromium-headless-shell")
    return _playwrights_own(whole)


def _npm_here() -> str | None:
    return _npm_path() if (OWN / "node_modules" / "@sparticuz").is_dir() and shutil.which("node") else None


def _by_npm() -> str | None:
    if not shutil.which("npm"):
        return None
    _run("npm", "install", "--prefix", str(OWN), "--no-audit", "--no-fund", "@sparticuz/chromium")
    return _npm_path()


def _npm_path() -> str | None:
    try:
        done = subprocess.run(
            ("node", "--input-type=module", "-e", NPM_PATH),
            check=True, capture_output=True, text=True, timeout=FETCH_SECONDS, cwd=OWN,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
