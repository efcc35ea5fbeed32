from dataclasses import replace

from mispredict.errors.findings import Cluster, Condition, Slice, Verdict
from mispredict.investigation.desk import Groups
from mispredict.obvious.coverage import coverage_of, lines


def slice_of(*conditions, errors=10):
    rule = " and ".join(f"{c.column} {c.op} {c.value}" for c in conditions)
    return Slice(rule, conditions, 100, errors, 1.0, 9.0, 5.0, 12.0, 9.0, 0.001, None, None, 3.0, "share")


def cluster_of(*rows, conditions=()):
    rule = " and ".join(c.column for c in conditions)
    return Cluster(
        0, len(rows), "some", rule, conditions, 1.0, 1.0, 2.0, 5, 5, 1.0, None, None, None, (), rows[:2], rows
    )  # fmt: skip


def test_slices_and_clusters_without_a_case_are_named_first(case_of, payment):
    dear = Condition("amount", ">", 50.0)
    cheap = Condition("amount", "<=", 50.0)
    elsewhere = Condition("city", "=", "Rome")
    groups = Groups(
        Verdict("systemic", (), 0.1, ""),
        (slice_of(dear), slice_of(cheap, errors=3), slice_of(elsewhere)),
        (cluster_of("p1", "p2"), cluster_of("p7", "p8", conditions=(dear,))),
        (), (), 0.0, 0.0,
    )  # fmt: skip
    other = case_of("p2", row=replace(payment, values={"amount": 5}, dtypes={"amount": "int64"}, categories={}))
    found = coverage_of([case_of("p9"), other], groups)
    covered = {(one.kind, one.rule): one for one in found.groups}
    assert covered["slice", "amount <= 50.0"].cases == (case_of("p9").id, other.id)
    assert covered["slice", "amount > 50.0"].cases == ()
    assert covered["slice", "city = Rome"].unplaced == 2
    assert covered["cluster", "some"].cases == (other.id,)
    assert covered["cluster", "amount"].cases == ()
    assert found.sentence == "2 of 3 slices and 1 of 2 clusters have no case (2 cases)"
    known = coverage_of([case_of("p9"), other], groups, lambda case: {"city": "Rome"} if case.id == other.id else None)
    in_rome = {(one.kind, one.rule): one for one in known.groups}["slice", "city = Rome"]
    assert (in_rome.cases, in_rome.unplaced) == ((other.id,), 1)
    said = lines(found)
    assert said[0].startswith("slice amount > 50.0 (10 errors): 0 cases")
    assert "typical: p7, p8" in said[2]
    assert said[-1] == found.sentence
