import pytest

from mispredict.bad_input import StoreRefused
from mispredict.obvious.store import open_or_make_store, open_store


def test_a_set_lives_in_postgres_as_in_a_file(server, case_of):
    store = open_or_make_store(server)
    a, b = case_of("A"), case_of("b", reason="text that \x00 \ud800 no database takes as it is")
    assert [k.effect for k in store.promote([b, a], key="one")] == ["new", "new"]
    assert [k.effect for k in store.promote([b, a], key="one")] == ["new", "new"]
    store.retire(b.id, by="bob")
    assert open_store(server).list() == (a,)
    assert store.undo(b.id, by="ann").effect == "brought back"
    assert [c.id for c in store.list()] == sorted([a.id, b.id])
    assert [c.verb for c in store.history(b.id)] == ["promote", "retire", "undo"]
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
