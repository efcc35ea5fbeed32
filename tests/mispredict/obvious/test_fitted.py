from dataclasses import replace

import pytest

from mispredict.obvious.fitted import gap_of
from mispredict.obvious.records import Fresh, Judgement, Run

NOW = "2026-01-01T00:00:00Z"


def run(seq, accuracy, sha, data="d", rows=20_000):
    return Run(seq, NOW, "ci", f"m{seq}.txt", sha, 0, 0, Fresh(accuracy, rows, data))


def judged(count, first, last):
    """Return judgements of `count` cases, the first `first` of them right by run 1, the first `last` by run 2."""
    told = {}
    for i in range(count):
        statuses = (i < first, i < last)
        told[f"c{i}"] = tuple(
            Judgement(n, NOW, "", "", "passed" if s else "failed", None) for n, s in enumerate(statuses, 1)
        )
    return told


def test_a_set_that_gains_while_fresh_rows_do_not_was_fitted_to():
    gap = gap_of([run(1, 0.93, "a"), run(2, 0.931, "b")], judged(40, 10, 38), ())
    assert gap.is_fitted
    assert gap.on_set == pytest.approx(0.7)
    assert gap.on_set_low < 0.7 < gap.on_set_high
    assert gap.on_fresh == pytest.approx(0.001)
    assert "someone may have fitted to the set" in gap.sentence


@pytest.mark.parametrize(
    ("fresh", "counts"),
    [(0.93, (40, 20, 22)), (0.93, (40, 30, 20)), (0.99, (40, 36, 38)), (0.93, (12, 4, 6))],
)
def test_a_gain_that_chance_or_a_better_model_brings_is_none(fresh, counts):
    gap = gap_of([run(1, 0.93, "a"), run(2, fresh, "b")], judged(*counts), ())
    assert gap is not None
    assert not gap.is_fitted


def test_cases_promoted_from_either_model_are_left_out(case_of):
    case = case_of("x")
    own = replace(case, id="c0", model=replace(case.model, sha256="b"))
    gap = gap_of([run(1, 0.9, "a"), run(2, 0.9, "b")], judged(30, 10, 20), [own])
    assert (gap.cases, gap.left_out) == (29, 1)


def test_without_two_models_on_the_same_fresh_rows_nothing_is_said():
    told = judged(40, 10, 38)
    assert gap_of([], told, ()) is None
    assert gap_of([run(1, 0.9, "a")], told, ()) is None
    assert gap_of([run(1, 0.9, "a"), run(2, 0.9, "a")], told, ()) is None
    assert gap_of([run(1, 0.9, "a", data="e"), run(2, 0.9, "b")], told, ()) is None
    assert gap_of([run(1, 0.9, "a"), run(2, 0.9, "b")], judged(5, 0, 5), ()) is None
