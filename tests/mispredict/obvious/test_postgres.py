import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from mispredict.bad_input import StoreRefused
from mispredict.obvious.store import open_or_make_store, open_store

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
RUN_AS = "postgres"  # the server refuses to run as root


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start a PostgreSQL of our own and return its URL."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install 'mispredict[postgres]')")
    programs = _programs()
    home = tmp_path_factory.mktemp("postgres")
    shutil.chown(home, *(RUN_AS, RUN_AS)) if os.geteuid() == 0 else None
    for folder in [*home.parents][:3] if os.geteuid() == 0 else []:
        folder.chmod(folder.stat().st_mode | 0o011)  # the server's user must be able to reach it
    _run([programs / "initdb", "-D", home / "data", "-A", "trust", "-U", "ann", "-E", "UTF8"])
    listen = f"-c listen_addresses='' -c unix_socket_directories={home}"
    _run([programs / "pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", listen, "start"])
    try:
        yield f"postgresql://ann@/postgres?host={home}"
    finally:
        _run([programs / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop"])


def _programs():
    if os.name == "nt" or (not SERVERS and shutil.which("initdb") is None):
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    return SERVERS[-1] if SERVERS else Path(shutil.which("initdb")).parent


def _run(command):
    as_other = ["setpriv", f"--reuid={RUN_AS}", f"--regid={RUN_AS}", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run([*as_other, *map(str, command)], stdout=subprocess.DEVNULL, cwd="/", timeout=60)
    assert done.returncode == 0


def test_a_set_lives_in_postgres_as_in_a_file(server, case_of):
    store = open_or_make_store(server)
    a, b = case_of("A"), case_of("b", reason="text that \x00 \ud800 no database takes as it is")
    assert [k.effect for k in store.promote([b, a], key="one")] == ["new", "new"]
    assert [k.effect for k in store.promote([b, a], key="one")] == ["new", "new"]
    store.withdraw(b.id, by="bob")
    assert open_store(server).list() == (a,)
    assert store.undo(b.id, by="ann").effect == "brought back"
    assert [c.id for c in store.list()] == sorted([a.id, b.id])
    assert [c.verb for c in store.history(b.id)] == ["promote", "withdraw", "undo"]
    assert store.verify() is None


def test_twenty_writers_of_one_postgres_lose_nothing(server, case_of):
    before = len(open_or_make_store(server).list())

    def promote_many(thread):
        store = open_store(server)
        for i in range(20):
            store.promote([case_of(f"w{thread}-{i}")])

    threads = [threading.Thread(target=promote_many, args=(n,)) for n in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    store = open_store(server)
    assert len(store.list()) == before + 400
    assert store.verify() is None


def test_a_server_that_may_forget_is_refused(server):
    with pytest.raises(StoreRefused, match="synchronous_commit off; needed: a server that keeps"):
        open_store(f"{server}&options=-csynchronous_commit%3Doff")


def test_a_server_that_does_not_answer_is_refused_without_the_password(tmp_path):
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(StoreRefused) as refusal:
        open_store(f"postgresql://ann:secret@/postgres?host={tmp_path}")
    assert "secret" not in str(refusal.value)


def test_a_missing_driver_is_named_with_the_command_that_installs_it(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreRefused, match=r"pip install 'mispredict\[postgres\]'"):
        open_store("postgresql://ann@host/db")
