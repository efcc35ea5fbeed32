"""The content of `report.json`, the file that other programs read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.findings import Cluster, Condition, Slice, Verdict
from mispredict.errors.tree import ErrorTree
from mispredict.invariants.invariant import Invariants
from mispredict.investigation.desk import Description, Groups
from mispredict.parity.online import Online
from mispredict.scan.summary import ScanSummary
from mispredict.suspects.suspect import Judged, Suspect, Suspicions

SCHEMA = "mispredict/report@1"
ONLINE_SCHEMA = "mispredict/online@1"
INVARIANTS_SCHEMA = "mispredict/invariants@1"
KINDS = (
    "target_leak",
    "sparse_leak",
    "missing_leak",
    "time_leak",
    "availability_leak",
    "split_overlap",
    "near_duplicate",
    "entity_leak",
    "order_leak",
    "encoding_leak",
    "shortcut",
    "skew",
    "score_mismatch",
    "drift",
    "label_noise",
    "label_conflict",
    "label_delay",
    "invariant",
    "metric_jump",
    "regression_slice",
)
NO_DETECTOR = "this version has no detector for it"


def report(
    description: Description,
    summary: ScanSummary,
    groups: Groups,
    *,
    tree: ErrorTree,
    suspicions: Suspicions,
    online: Online | None = None,
    invariants: Invariants | None = None,
) -> dict[str, Any]:
    """Return the report as plain JSON values, lists with the most serious first.

    Every kind of suspect that was not judged is listed with the reason, be it for want of a detector: silence never
    means "fine".
    """
    content = {
        "schema": SCHEMA,
        "investigation": _investigation(description, summary),
        "metrics": asdict(summary.metrics),
        "scan": {
            "rows": summary.rows,
            "errors": summary.errors,
            "kept": summary.kept,
            "sampled": summary.sampled,
            "calibration": [asdict(one) for one in summary.calibration],
            "confusion": [asdict(one) for one in summary.confusion],
            "histogram": summary.histogram,
        },
        "verdict": _verdict(groups.verdict),
        "slices": [_slice(one) for one in groups.slices],
        "clusters": [_cluster(one) for one in groups.clusters],
        "tree": _tree(tree),
        **_suspected(suspicions, KINDS),
        "online": None if online is None else asdict(online),
        "invariants": None if invariants is None else _invariants(invariants),
        "notes": [
            *(*description.notes, *summary.notes, *groups.slice_notes, *groups.cluster_notes),
            *(*tree.notes, *suspicions.notes),
        ],
        "timings": {
            "scan_s": summary.scan_s,
            "slices_s": groups.slices_s,
            "clusters_s": groups.clusters_s,
            "suspects_s": sum(one.seconds for one in suspicions.judged),
        },
    }
    plain: dict[str, Any] = plain_json(content)
    return plain


def suspects_json(suspicions: Suspicions, kinds: Sequence[str] | None = None) -> dict[str, Any]:
    """Return what the report says of suspects, alone: of all kinds, or of some."""
    content = {**_suspected(suspicions, KINDS if kinds is None else kinds), "notes": suspicions.notes}
    plain: dict[str, Any] = plain_json(content)
    return plain


def online_json(online: Online) -> dict[str, Any]:
    """Return what the report says of the service's log, alone."""
    plain: dict[str, Any] = plain_json({"schema": ONLINE_SCHEMA, **asdict(online)})
    return plain


def invariants_json(found: Invariants) -> dict[str, Any]:
    """Return what the report says of invariants, alone."""
    plain: dict[str, Any] = plain_json({"schema": INVARIANTS_SCHEMA, **_invariants(found)})
    return plain


def _invariants(found: Invariants) -> dict[str, Any]:
    """Return the invariants; which rows break one stands, by id, in its suspect."""
    held = [{**asdict(one), "state": one.state, "sentence": one.invariant.sentence} for one in found.held]
    for one in held:
        for outcome in one["outcomes"]:
            del outcome["positions"]
    return {"sides": found.sides, "held": held, "notes": found.notes, "seconds": found.seconds}


def plain_json(value: Any) -> Any:
    """Return a value as strict JSON has it: numbers that are not finite become null, times and others text."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return [plain_json(one) for one in value]
    if isinstance(value, np.generic):
        return plain_json(value.item())
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int, str)) else str(value)


def _investigation(description: Description, summary: ScanSummary) -> dict[str, Any]:
    return {
        "name": description.name,
        "rows": summary.rows,
        "target": description.target,
        "classes": description.classes,
        "features": description.features,
        "seed": description.seed,
        "model": {
            "format": description.model_format,
            "family": description.model_family,
            "sha256": description.model_sha256,
        },
        "data_sha256": description.data_sha256,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "word": verdict.word,
        "tests": [asdict(test) for test in verdict.tests],
        "smallest_visible_effect": verdict.smallest_visible_effect,
        "sentence": verdict.sentence,
        "rows": verdict.rows,
        "of_rows": verdict.of_rows,
        "notes": list(verdict.notes),
    }


def _slice(found: Slice) -> dict[str, Any]:
    return {**asdict(found), "conditions": _conditions(found.conditions)}


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {**asdict(cluster), "conditions": _conditions(cluster.conditions)}


def _tree(tree: ErrorTree) -> dict[str, Any]:
    nodes = [{**asdict(node), "conditions": _conditions(node.conditions)} for node in tree.nodes]
    return {"looked_at": tree.looked_at, "of": tree.of, "nodes": nodes}


def _conditions(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    return [{"column": one.column, "op": one.op, "value": one.value} for one in conditions]


def _suspect(found: Suspect) -> dict[str, Any]:
    """Return one finding; a cleared one stands as info, with what it was found as beside it."""
    place = found.where and {"rule": found.where.rule, "conditions": _conditions(found.where.conditions)}
    severity = found.severity if found.is_open else "info"
    return {**asdict(found), "where": place, "severity": severity, "found_severity": found.severity}


def _check(judged: Judged) -> dict[str, Any]:
    """Return what one detector did."""
    looked = {"kind": judged.kind, "looked_at": judged.looked_at, "seconds": judged.seconds}
    return {**looked, "found": len(judged.suspects)}


def _suspected(suspicions: Suspicions, kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "suspects": [_suspect(one) for one in suspicions.suspects],
        "not_judged": _not_judged(suspicions, kinds),
        "checks": [_check(one) for one in suspicions.judged if not one.why_not],
    }


def _not_judged(suspicions: Suspicions, kinds: Sequence[str]) -> list[dict[str, str]]:
    reasons, judged = suspicions.not_judged, {one.kind for one in suspicions.judged if not one.why_not}
    return [{"kind": kind, "why": reasons.get(kind, NO_DETECTOR)} for kind in kinds if kind not in judged]
