import pytest

from mispredict.bad_input import BadInput
from mispredict.endpoint.measured import Latency
from mispredict.obvious.budgets import budgets, hold, parse_budget, set_budget
from mispredict.obvious.store import open_or_make_store


def measured(p99):
    return Latency(1, 300, 10, 1.0, 2.0, p99, 1000.0), Latency(1000, 30, 10, 10.0, 20.0, 30.0, 1e5)


def test_the_last_budget_of_a_name_counts_and_may_be_lifted(tmp_path):
    store = open_or_make_store(str(tmp_path / "obvious.db"))
    for name, value in [("single.p99", 20.0), ("batch.p50", 100.0), ("single.p99", 5.0), ("batch.p50", None)]:
        set_budget(store, name, value, by="ann")
    assert [(b.name, b.milliseconds, b.actor) for b in budgets(store)] == [("single.p99", 5.0, "ann")]
    held = {one.name: one for one in hold(measured(5.5), budgets(store))}
    assert not held["single.p99"].is_kept
    assert held["batch.p99"].is_kept
    assert all(one.is_kept for one in hold(measured(5.0), budgets(store)))


@pytest.mark.parametrize(
    "text", ["", "p99=20", "single.p99", "single.p99=-1", "single.p99=nan", "single.p4=3", "batch.p99=x"]
)
def test_a_budget_that_can_not_be_understood_is_refused(text):
    with pytest.raises(BadInput, match="NAME=MILLISECONDS"):
        parse_budget(text)
