import os
import signal
import sys
import time

import pytest
from typer.testing import CliRunner

from mispredict.bad_input import BadInput
from mispredict.cli import main


def test_a_fault_of_our_own_ends_with_two_since_one_speaks_of_the_model(monkeypatch, capsys):
    def fail(**_):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(main, "app", fail)
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert "ZeroDivisionError: ours" in capsys.readouterr().err


def test_being_ended_by_the_system_puts_everything_away(monkeypatch):
    put_away = []

    def work(**_):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        finally:
            put_away.append(True)

    monkeypatch.setattr(main, "app", work)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            main.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 128 + signal.SIGTERM
    assert put_away


def test_a_refusal_shows_what_a_table_holds_without_obeying_it(monkeypatch):
    def refuse(*_args, **_more):
        raise BadInput("the value \x1b[2J\u202e", needed="another", do="look\nhere")

    monkeypatch.setattr("mispredict.worker.client.RemoteInvestigation.ask", refuse)
    said = CliRunner().invoke(main.app, ["explain", "none.toml", "--row", "1", "--method", "walk"])
    assert said.exit_code == 2
    assert said.stderr.splitlines() == [
        "found:  the value \\x1b[2J\\u202e",
        "needed: another",
        "do:     look\\nhere",
    ]


def test_ctrl_c_is_a_sentence_and_130(monkeypatch):
    def stop(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("mispredict.worker.client.RemoteInvestigation.ask", stop)
    said = CliRunner().invoke(main.app, ["explain", "none.toml", "--row", "1", "--method", "walk"])
    assert said.exit_code == 130
    assert "stopped" in said.stderr


def test_the_command_starts_without_the_heavy_libraries():
    import subprocess

    script = "import sys, mispredict.cli.main; print(sorted({'pandas', 'pyarrow', 'sklearn'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
