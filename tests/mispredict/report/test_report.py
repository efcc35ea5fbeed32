"""`report.json` has the contract's keys and is strict JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from mispredict.errors.findings import Apart, Cluster, Condition, Slice, Verdict
from mispredict.errors.findings import Test as OneTest
from mispredict.errors.tree import ErrorTree, Node
from mispredict.investigation.desk import Description, Groups
from mispredict.report import KINDS, report
from mispredict.scan.summary import CalibrationBin, Confusion, Metrics, ScanSummary
from mispredict.suspects.suspect import Clearing, Judged, Suspect, Suspicions, Where

CONDITIONS = (Condition("channel", "in", ["app", "web"]), Condition("amount", ">", np.float64(312.5)))
SLICE = Slice(
    "channel in ('app', 'web') and amount > 312.5",
    CONDITIONS, 87, 61, 9.4, 51.6, 45.6, 57.6, 8.1, 0.01, None, None, 6.5, "more errors",
)  # fmt: skip
CLUSTER = Cluster(
    id=0, size=2, name="channel is missing", rule="channel is missing",
    conditions=(Condition("channel", "is missing", None),), precision=0.5, recall=1.0, lift=2.0, rule_rows=4, errors=2,
    expected_errors=0.5, p_adjusted=0.01, heldout_z=3.0, heldout_ratio=4.0,
    apart=(Apart("amount", "number", "", 3.0, 1.0, 0.8),), medoids=("p2",), rows=("p1", "p2"),
)  # fmt: skip
TREE = ErrorTree(
    (Node(0, None, "all rows", (), 98, 3, 2.5, 0.5, 0.3, None, 1.0, (1,)),
     Node(1, 0, "amount > 312.5", CONDITIONS[1:], 20, 3, 1.0, 2.0, 2.1, 1.9, 1.0, ())),
    98, 98, ("chosen on 65 of 98 rows",),
)  # fmt: skip
SUSPECT = Suspect(
    kind="label_noise", severity="suspected", culprits=("channel",), score=0.7, weight=0.4,
    summary="61 of 87 labels are probably wrong.", cleared_by="a second look at them", next_step="review them",
    where=Where("channel is missing", (Condition("channel", "is missing", None),)), rows=("p1", "p2"),
)  # fmt: skip
SUSPICIONS = Suspicions(
    (SUSPECT,),
    (
        Judged("label_noise", (SUSPECT,), "100 of 100 rows", 1.0),
        Judged("time_leak", (), "3 columns", 2.0),
        Judged("drift", (), "", 0.0, "no [training] table"),
    ),
    (), 3.0,
)  # fmt: skip
NOBODY = Suspicions((), (), (), 0.0)
VERDICT = Verdict("systemic", (OneTest("slices", 8.1, 0.01, 0.03, 0.02),), 0.03, "30,000 rows with 1,896 errors.")


def description() -> Description:
    return Description(
        name="Weekend",
        rows=100,
        target="y",
        positive=1,
        classes=(0, 1),
        features=("a", "b"),
        roles={},
        dtypes={},
        seed=0,
        model_format="skops",
        model_family="trees",
        model_sha256="ab",
        data_sha256="cd",
        data_name="t.parquet",
        model_name="m.skops",
        has_candidate=False,
        key="k",
        notes=("a stored score differs",),
    )


def summary() -> ScanSummary:
    return ScanSummary(
        rows=98,
        errors=3,
        kept=98,
        sampled=98,
        classes=(0, 1),
        metrics=Metrics(0.97, 0.1, None, float("nan"), 0.02, 0.01, 0.5),
        calibration=(CalibrationBin(0.0, 0.1, 98, 0.05, 0.04),),
        confusion=(Confusion(0, 0, 98),),
        histogram={"0": (98,)},
        notes=("2 rows have no label and are left out",),
        scan_s=0.5,
    )


def groups() -> Groups:
    return Groups(VERDICT, (SLICE,), (CLUSTER,), ("clustered 2 of 3",), ("searched 60 rows",), 0.2, 0.3)


def test_the_report_has_the_contract_s_keys() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=NOBODY)
    assert made["schema"] == "mispredict/report@1"
    assert set(made["investigation"]) == {
        "name",
        "rows",
        "target",
        "classes",
        "features",
        "seed",
        "model",
        "data_sha256",
    }
    assert made["investigation"]["model"] == {"format": "skops", "family": "trees", "sha256": "ab"}
    metrics = {"accuracy", "log_loss", "roc_auc", "average_precision", "brier", "ece", "threshold"}
    assert metrics <= set(made["metrics"])
    assert {"word", "tests", "smallest_visible_effect"} <= set(made["verdict"])
    assert {"name", "statistic", "p_value", "p_adjusted", "effect"} <= set(made["verdict"]["tests"][0])
    keys = {"rule", "conditions", "rows", "errors", "expected_errors", "excess", "z", "p_adjusted", "heldout_z"}
    assert keys <= set(made["slices"][0])
    assert {"id", "size", "rule", "conditions", "precision", "recall", "rows"} <= set(made["clusters"][0])
    assert {"scan_s", "clusters_s", "suspects_s"} <= set(made["timings"])


def test_conditions_are_plain() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=NOBODY)
    assert made["slices"][0]["conditions"] == [
        {"column": "channel", "op": "in", "value": ["app", "web"]},
        {"column": "amount", "op": ">", "value": 312.5},
    ]
    assert made["clusters"][0]["conditions"] == [{"column": "channel", "op": "is missing", "value": None}]


def test_it_is_strict_json() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=NOBODY)
    assert made["metrics"]["average_precision"] is None
    assert json.loads(json.dumps(made, allow_nan=False)) == made


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_nobody_judged_is_said(kind: str) -> None:
    listed = {
        one["kind"]: one["why"]
        for one in report(description(), summary(), groups(), tree=TREE, suspicions=NOBODY)["not_judged"]
    }
    assert listed[kind] == "this version has no detector for it"


def test_reasons_and_suspects_take_the_place_of_the_plain_one() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=SUSPICIONS)
    listed = {one["kind"]: one["why"] for one in made["not_judged"]}
    assert "label_noise" not in listed
    assert "time_leak" not in listed
    assert listed["drift"] == "no [training] table"
    assert made["timings"]["suspects_s"] == 3.0


def test_a_finding_has_the_contract_s_keys_and_its_conditions() -> None:
    found = report(description(), summary(), groups(), tree=TREE, suspicions=SUSPICIONS)["suspects"][0]
    keys = {"kind", "severity", "culprits", "score", "p_value", "q_value", "summary", "cleared_by", "cause", "share"}
    assert keys | {"where", "rows", "evidence"} <= set(found)
    assert found["where"] == {
        "rule": "channel is missing",
        "conditions": [{"column": "channel", "op": "is missing", "value": None}],
    }
    assert found["severity"] == "suspected"


def test_a_cleared_finding_is_no_alarm_and_says_what_it_was() -> None:
    by_ann = Clearing("ann", "the queue was checked", "2026-05-04T10:00:00Z")
    cleared = replace(SUSPICIONS, suspects=(replace(SUSPECT, cleared=by_ann),))
    found = report(description(), summary(), groups(), tree=TREE, suspicions=cleared)["suspects"][0]
    assert (found["severity"], found["found_severity"]) == ("info", "suspected")
    assert found["cleared"]["by"] == "ann"


def test_what_passed_is_said_with_what_was_looked_at() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=SUSPICIONS)
    assert {"kind": "time_leak", "looked_at": "3 columns", "seconds": 2.0, "found": 0} in made["checks"]


def test_everything_said_on_the_way_is_in_the_notes() -> None:
    made = report(replace(description(), notes=()), summary(), groups(), tree=TREE, suspicions=NOBODY)
    said = ["2 rows have no label and are left out", "searched 60 rows", "clustered 2 of 3", "chosen on 65 of 98 rows"]
    assert made["notes"] == said


def test_the_tree_stands_in_the_report_with_the_rule_of_each_node() -> None:
    made = report(description(), summary(), groups(), tree=TREE, suspicions=NOBODY)["tree"]
    assert (made["looked_at"], made["of"]) == (98, 98)
    assert made["nodes"][1]["conditions"] == [{"column": "amount", "op": ">", "value": 312.5}]
    assert made["nodes"][1]["parent"] == 0
