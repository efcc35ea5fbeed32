"""Set everything up in `.venv` and run one thing: `python3 run.py demo` or `python3 run.py test`.

Needs Python 3.11 or newer with pip, and a network for the first time. What is installed is what
`requirements.lock` says, on Linux, macOS and Windows alike.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
LOCK = HERE / "requirements.lock"
DONE = VENV / "installed.sha256"
CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "import contract": ["lint-imports"],
    "tests": ["pytest", "-n", "2"],
}


def install() -> None:
    """Put the locked packages and this project into `.venv`, unless they are there."""
    wanted = hashlib.sha256(LOCK.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    if DONE.is_file() and DONE.read_text() == wanted:
        return
    # Debian's Python has pip, yet not the module with which `venv` would put it into an environment.
    puts_pip = importlib.util.find_spec("ensurepip") is not None
    if not PYTHON.is_file():
        bare = [] if puts_pip else ["--without-pip"]
        subprocess.run([sys.executable, "-m", "venv", *bare, str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip"] if puts_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    subprocess.run([*pip, "--disable-pip-version-check", "install", "--quiet", "uv"], check=True)
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON)]
    subprocess.run([*uv, "--require-hashes", "--requirement", str(LOCK)], check=True)
    subprocess.run([*uv, "--no-deps", "--editable", str(HERE)], check=True)
    DONE.write_text(wanted)


def test(arguments: list[str]) -> int:
    """Run every check, or pytest alone with the arguments given; return the exit code."""
    if arguments:
        return run("pytest", *arguments)
    failed = [name for name, command in CHECKS.items() if announced(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else "every check passed", flush=True)
    return 1 if failed else 0


def announced(name: str, command: list[str]) -> int:
    """Say what comes, run it and return its exit code."""
    print(f"== {name}", flush=True)
    return run(*command)


def run(program: str, *arguments: str) -> int:
    """Run a program of the environment and return its exit code."""
    return subprocess.run([PROGRAMS / program, *arguments], cwd=HERE).returncode


def main() -> int:
    """Install, then do what was asked."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may start
        print(f"found Python {sys.version.split()[0]}; needed: 3.11 or newer; start this file with a newer python3")
        return 2
    asked = sys.argv[1:] or ["demo"]
    install()
    if asked[0] == "test":
        return test(asked[1:])
    return run("mispredict", *asked)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # what Ctrl-C means to a shell; the program that was stopped has said the rest
    except subprocess.CalledProcessError as failed:
        print(f"could not set up .venv: {failed}; the lines above say why")
        sys.exit(2)
