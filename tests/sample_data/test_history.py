import numpy as np

from sample_data.history import History, ever


def events(seed=0, count=300):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 5, count), rng.integers(-50, 100, count), rng.integers(1, 9, count).astype(float)


def asked(seed=1, count=60):
    rng = np.random.default_rng(seed)
    until = rng.integers(-60, 120, count)
    return rng.integers(0, 7, count), until - rng.integers(0, 40, count), until


def test_counts_and_sums_are_those_of_a_plain_loop():
    entities, times, values = events()
    history = History(entities=entities, times=times, values=values)
    who, since, until = asked()
    for place in range(len(who)):
        inside = (entities == who[place]) & (times >= since[place]) & (times < until[place])
        one = [array[place : place + 1] for array in (who, since, until)]
        assert history.count(*one)[0] == inside.sum()
        assert history.total(*one)[0] == values[inside].sum()


def test_the_moment_itself_does_not_count():
    history = History(entities=np.array([3]), times=np.array([10]))
    who = np.array([3])
    assert history.count(who, ever(np.array([10])), np.array([10]))[0] == 0
    assert history.count(who, ever(np.array([11])), np.array([11]))[0] == 1


def test_the_last_event_is_the_entitys_own_and_before_the_moment():
    history = History(entities=np.array([1, 1, 2]), times=np.array([5, 9, 7]))
    last = history.last(np.array([1, 1, 2, 8]), np.array([9, 10, 7, 100]))
    np.testing.assert_array_equal(last, [5, 9, np.nan, np.nan])
