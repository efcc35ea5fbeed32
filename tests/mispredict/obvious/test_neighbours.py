from dataclasses import replace

from mispredict.obvious.neighbours import nearest, twins_among


def paid(case_of, payment, name, amount, channel="app", age=30.0):
    row = replace(payment, values={"amount": amount, "channel": channel, "age": age})
    return case_of(name, row=row)


def test_the_nearest_cases_come_first_and_twins_are_told(case_of, payment):
    own = paid(case_of, payment, "own", 10.0)
    same = paid(case_of, payment, "same", 10.0)
    near, far = paid(case_of, payment, "near", 30.0), paid(case_of, payment, "far", 110.0, "web", None)
    other = case_of("other", row=replace(payment, values={"x": 1}, dtypes={"x": "int64"}, categories={}))
    found = nearest(own, [far, other, near, same, own])
    assert [one.case.source.row for one in found] == ["same", "near", "far"]
    assert [round(one.distance, 3) for one in found] == [0.0, round(0.2 / 3, 3), 1.0]
    assert [one.is_twin for one in found] == [True, True, False]
    assert nearest(other, [own, same]) == ()


def test_new_cases_that_are_there_already_are_told(case_of, payment):
    old = [paid(case_of, payment, "a", 10.0), paid(case_of, payment, "b", 500.0, "web", 80.0)]
    new = [paid(case_of, payment, "c", 10.0, "web"), paid(case_of, payment, "d", 250.0, "app", 55.0)]
    assert twins_among(new, old) == {new[0].id: (old[0].id,)}
    assert twins_among(new, []) == {}
