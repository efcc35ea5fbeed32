import contextlib
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mispredict.bad_input import StoreRefused
from mispredict.obvious import database
from mispredict.obvious.histories import Difference, differences
from mispredict.obvious.store import open_or_make_store, open_store


@pytest.fixture
def where(tmp_path):
    return str(tmp_path / "obvious.db")


def by_hand(where, statement):
    with contextlib.closing(sqlite3.connect(where)) as connection, connection:
        connection.execute(statement)


def test_a_promotion_is_there_for_the_next_reader(where, case_of):
    cases = [case_of("b"), case_of("a")]
    kept = open_or_make_store(where).promote(cases)
    assert [k.effect for k in kept] == ["new", "new"]
    assert open_store(where).list() == tuple(sorted(cases, key=lambda c: c.id))


def test_the_same_key_twice_is_one_promotion_with_one_answer(where, case_of):
    store = open_or_make_store(where)
    first = store.promote([case_of()], key="click-1")
    store.promote([case_of(reason="said better")])
    assert store.promote([case_of()], key="click-1") == first
    assert [c.reason for c in store.list()] == ["said better"]


def test_a_row_given_twice_is_one_case(where, case_of):
    store = open_or_make_store(where)
    store.promote([case_of(), case_of()])
    assert len(store.history(case_of().id)) == 1


def test_a_change_keeps_what_was_before(where, case_of):
    store = open_or_make_store(where)
    store.promote([case_of()])
    assert store.promote([case_of(reason="said better", by="bob")])[0].effect == "changed"
    assert [(c.actor, c.case.reason) for c in store.history(case_of().id)] == [
        ("ann", "a good customer"),
        ("bob", "said better"),
    ]


def test_retiring_and_undoing_are_changes_too(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    assert store.retire(case.id, by="bob").effect == "retired"
    assert store.list() == ()
    assert store.undo(case.id, by="ann").effect == "brought back"
    assert store.list() == (case,)
    assert [(c.verb, c.actor) for c in store.history(case.id)] == [
        ("promote", "ann"),
        ("retire", "bob"),
        ("undo", "ann"),
    ]


def test_undoing_a_change_returns_the_former_version_and_undoing_a_promotion_retires(where, case_of):
    store = open_or_make_store(where)
    store.promote([case_of()])
    store.promote([case_of(reason="said worse")])
    store.undo(case_of().id, by="ann")
    assert store.list()[0].reason == "a good customer"
    other = case_of("other")
    store.promote([other])
    assert store.undo(other.id, by="ann").effect == "retired"


def test_an_edit_keeps_who_when_the_old_value_and_the_new_one(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    seen = store.history(case.id)[-1].seq
    assert store.edit(replace(case, reason="said better", severity="blocker"), seen=seen, by="bob").effect == "changed"
    old, new = store.history(case.id)
    assert (new.verb, new.actor) == ("edit", "bob")
    assert differences(old.case, new.case) == (
        Difference("severity", "major", "blocker"),
        Difference("reason", "a good customer", "said better"),
    )


def test_the_second_of_two_editors_is_told_and_sees_both(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    seen = store.history(case.id)[-1].seq
    store.edit(replace(case, reason="bob's words"), seen=seen, by="bob")
    with pytest.raises(StoreRefused) as refusal:
        store.edit(replace(case, reason="ann's words", severity="minor"), seen=seen, by="ann")
    for part in (
        "which bob changed at",
        '-> "bob',
        "severity: 'major' -> 'minor'",
    ):
        assert part in refusal.value.found
    assert store.list()[0].reason == "bob's words"
    assert len(store.history(case.id)) == 2


def test_an_edit_of_a_case_that_was_retired_meanwhile_does_not_bring_it_back(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    seen = store.history(case.id)[-1].seq
    store.retire(case.id, by="bob")
    with pytest.raises(StoreRefused, match="the case was retired"):
        store.edit(replace(case, reason="late"), seen=seen, by="ann")
    assert store.list() == ()


def test_a_case_can_not_be_compared_with_one_that_is_not_there(where, case_of):
    store, low = open_or_make_store(where), case_of("low")
    high = case_of("high", expect=f"above_case:{low.id}")
    for put in (store.promote, lambda cases: store.merge(cases, by="bob")):
        with pytest.raises(StoreRefused, match=rf"must score above '{low.id}', which is not in the set"):
            put([high])
    assert [k.effect for k in store.promote([high, low])] == ["new", "new"]


def test_an_edit_that_changes_nothing_is_no_version(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    assert store.edit(case, seen=store.history(case.id)[-1].seq, by="bob").effect == "unchanged"
    assert len(store.history(case.id)) == 1


def test_a_case_that_others_must_score_above_stays(where, case_of):
    store, low = open_or_make_store(where), case_of("low")
    high = case_of("high", expect=f"above_case:{low.id}")
    store.promote([low, high])
    with pytest.raises(StoreRefused, match=rf"1 others must score above, such as {high.id}"):
        store.retire(low.id, by="ann")
    store.retire(high.id, by="ann")
    assert store.retire(low.id, by="ann").effect == "retired"


def test_an_unknown_case_can_not_be_retired(where, case_of):
    store = open_or_make_store(where)
    for act in (store.retire, store.undo):
        with pytest.raises(StoreRefused, match="no such case"):
            act("nobody", by="ann")
    assert store.history("nobody") == ()


def test_merging_leaves_the_same_alone_and_tells_the_rest(where, case_of):
    store = open_or_make_store(where)
    same, changed, gone, new = (case_of(name) for name in ("same", "changed", "gone", "new"))
    store.promote([same, changed, gone])
    store.retire(gone.id, by="ann")
    kept = store.merge([same, replace(changed, reason="better"), gone, new], by="bob")
    assert [k.effect for k in kept] == ["unchanged", "changed", "brought back", "new"]
    assert len(store.history(same.id)) == 1
    assert store.history(new.id)[0].actor == "bob"


def test_hostile_text_is_kept_as_it_is(where, case_of, payment):
    values = {**payment.values, "'; drop table event; --": 'x"\\\x00\ud800\u2028'}
    row = replace(payment, values=values, dtypes={**payment.dtypes, "'; drop table event; --": "object"})
    case = case_of("../../x", row=row, reason="=cmd|' /C calc'!A0 <script>")
    open_or_make_store(where).promote([case])
    assert open_store(where).list() == (case,)


@pytest.mark.parametrize(
    "change",
    [
        "update event set actor = 'eve' where seq = 2",
        "delete from event where seq = 2",
        'update event set "case" = null where seq = 2',
        "update event set seq = 9 where seq = 2",
    ],
)
def test_a_history_that_was_altered_by_hand_is_named(where, case_of, change):
    store = open_or_make_store(where)
    store.promote([case_of(name) for name in "abc"])
    assert store.verify() is None
    by_hand(where, change)
    assert store.verify() == "event 2 was altered or removed"


@pytest.mark.parametrize("library", [(3, 40, 1), (3, 51, 3)])
def test_twenty_threads_that_promote_twenty_times_lose_nothing(where, case_of, monkeypatch, library):
    monkeypatch.setattr(database.sqlite3, "sqlite_version_info", library)
    failed = []

    def promote_many(thread):
        try:
            store = open_or_make_store(where)  # the first of them make the file, at once
            for i in range(20):
                store.promote([case_of(f"{thread}-{i}")])
        except Exception as problem:
            failed.append(problem)
            raise

    threads = [threading.Thread(target=promote_many, args=(n,)) for n in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    store = open_store(where)
    assert failed == []
    assert len(store.list()) == 400
    assert store.verify() is None


def test_old_libraries_get_a_journal_that_they_do_not_corrupt():
    assert database.journal_for((3, 40, 1)) == "truncate"
    assert database.journal_for((3, 51, 2)) == "truncate"
    assert database.journal_for((3, 51, 3)) == "wal"


@pytest.mark.parametrize(("library", "journal"), [((3, 40, 1), "truncate"), ((3, 51, 3), "wal")])
def test_a_commit_reaches_the_disk(where, monkeypatch, library, journal):
    monkeypatch.setattr(database.sqlite3, "sqlite_version_info", library)
    open_or_make_store(where)
    with database.reading(database.engine_for(where)) as connection:
        asked = ("synchronous", "journal_mode", "trusted_schema", "busy_timeout")
        found = [connection.exec_driver_sql(f"pragma {name}").scalar() for name in asked]
    assert found == [2, journal, 0, 60_000]


def test_a_writer_locks_before_it_reads(where):
    open_or_make_store(where)
    with database.writing(database.engine_for(where)):
        other = sqlite3.connect(where, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("begin immediate")
        other.close()


def test_a_store_that_is_not_there_is_refused_and_not_made(where, tmp_path):
    with pytest.raises(StoreRefused, match=r"no file .*obvious\.db; needed: an obvious set; do: check the name, or"):
        open_store(where)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opens", [open_store, open_or_make_store])
def test_another_file_is_refused_and_left_alone(where, tmp_path, opens):
    (tmp_path / "obvious.db").write_text("id,amount\n1,2\n")
    with pytest.raises(StoreRefused, match="which is not a store"):
        opens(where)
    assert (tmp_path / "obvious.db").read_text() == "id,amount\n1,2\n"


@pytest.mark.parametrize("opens", [open_store, open_or_make_store])
def test_another_program_s_database_is_refused_and_left_alone(where, opens):
    by_hand(where, "create table event (when_it_was text)")
    with pytest.raises(StoreRefused, match="a database without an obvious set in it"):
        opens(where)


def test_an_empty_file_is_made_a_store_by_a_promotion_only(where, tmp_path):
    (tmp_path / "obvious.db").touch()
    with pytest.raises(StoreRefused, match="without an obvious set"):
        open_store(where)
    assert open_or_make_store(where).list() == ()


def test_a_damaged_file_is_refused(where, tmp_path, case_of):
    open_or_make_store(where).promote([case_of()])
    file = tmp_path / "obvious.db"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(StoreRefused, match=r"damaged|whose database says"):
        open_store(where).list()


def test_a_newer_store_is_refused_with_both_versions(where):
    open_or_make_store(where)
    by_hand(where, "update obvious_store set version = 99")
    with pytest.raises(StoreRefused, match="a store of version 99; needed: at most version 2"):
        open_store(where)


def test_a_folder_and_a_missing_folder_are_refused(tmp_path):
    with pytest.raises(StoreRefused, match="found: a folder"):
        open_or_make_store(str(tmp_path))
    with pytest.raises(StoreRefused, match="no folder"):
        open_or_make_store(str(tmp_path / "no" / "obvious.db"))


def test_names_that_mean_something_in_a_url_are_names(tmp_path, case_of):
    where = str(tmp_path / "a?mode=memory#b%20.db")
    open_or_make_store(where).promote([case_of()])
    assert (tmp_path / "a?mode=memory#b%20.db").stat().st_size > 0


def test_a_url_that_is_none_is_refused_without_its_password():
    for where in ("nonsense://ann:secret@host/x", "post gres://ann:secret@host"):
        with pytest.raises(StoreRefused) as refusal:
            open_store(where)
        assert "secret" not in str(refusal.value)


def test_an_sqlite_url_is_the_file(tmp_path, where, case_of):
    open_or_make_store(f"sqlite:///{where}").promote([case_of()])
    assert len(open_store(where).list()) == 1


def test_a_store_that_may_only_be_read_is_read_and_says_so_when_it_is_written(where, case_of, monkeypatch):
    store = open_or_make_store(where)
    store.promote([case_of()])
    uri = f"{Path(where).as_uri()}?mode=ro"
    monkeypatch.setattr(database, "connect", lambda _: sqlite3.connect(uri, uri=True, isolation_level=None))
    read = open_store(where)
    assert [c.id for c in read.list()] == [case_of().id]
    with pytest.raises(StoreRefused, match="which may not be written"):
        read.promote([case_of("b")])
    assert len(read.list()) == 1
