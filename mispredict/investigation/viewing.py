"""The views of an opened investigation's errors: the tree and the heat map, each computed once."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from mispredict.errors.heat import HeatMap, heat_map
from mispredict.errors.tree import ErrorTree, grow_tree
from mispredict.investigation.desk import Progress
from mispredict.investigation.steps import Steps, part


def kept_tree(steps: Steps, progress: Progress) -> ErrorTree:
    """Return the tree of the errors, grown on the scan's uniform sample."""

    def make() -> ErrorTree:
        scan = steps.scan(part(progress, 0.0, 0.8))
        progress(0.8, "parting the errors")
        tree = grow_tree(scan.sample, exclude=steps.opened.unruled, seed=steps.opened.spec.seed)
        return dataclasses.replace(tree, of=scan.summary.rows)

    answer: ErrorTree = steps.kept.get("error_tree", make)
    return answer


def kept_heat_map(steps: Steps, first: str | None, second: str | None, progress: Progress) -> HeatMap:
    """Return the heat map of two columns, counted on the scan's uniform sample."""

    def make() -> HeatMap:
        scan, seed = steps.scan(part(progress, 0.0, 0.8)), steps.opened.spec.seed
        progress(0.8, "counting errors in cells")
        drawn = heat_map(scan.sample, first=first, second=second, exclude=steps.opened.unruled, seed=seed)
        return dataclasses.replace(drawn, of=scan.summary.rows)

    named = json.dumps([first, second]).encode()  # a column's name may hold what no file's name can
    answer: HeatMap = steps.kept.get(f"heat_map-{hashlib.sha256(named).hexdigest()[:16]}", make)
    return answer
