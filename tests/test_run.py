"""`run.py` sets up what it needs, on a Python with and without `ensurepip`."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent.parent / "run.py"


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return `run.py` as a module that works on an empty folder, and the commands that it gives."""
    spec = importlib.util.spec_from_file_location("run_under_test", FILE)
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    (tmp_path / ".venv").mkdir()
    for name in ("VENV", "PYTHON", "DONE"):
        monkeypatch.setattr(run, name, tmp_path / ".venv" / name.lower())
    commands = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append([str(part) for part in command]))
    return run, commands


def test_packages_are_installed_as_the_lock_says_and_only_once(asked):
    run, commands = asked
    run.install()
    assert any({"--require-hashes", str(run.LOCK)} <= set(command) for command in commands)
    commands.clear()
    run.install()
    assert commands == []


def test_without_ensurepip_this_pythons_own_pip_fills_the_environment(asked, monkeypatch):
    run, commands = asked
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    run.install()
    assert commands[0] == [sys.executable, "-m", "venv", "--without-pip", str(run.VENV)]
    assert commands[1][:5] == [sys.executable, "-m", "pip", "--python", str(run.PYTHON)]


def test_what_fails_leaves_no_mark_of_being_done(asked, monkeypatch):
    run, _ = asked

    def fail(command, **_):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        run.install()
    assert not run.DONE.exists()
