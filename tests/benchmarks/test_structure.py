from __future__ import annotations

import pytest

from benchmarks import structure


def test_all_parts_are_measured_in_processes_of_their_own_and_the_planted_slice_is_found(tmp_path) -> None:
    rows = structure.measure(tmp_path, 60_000)
    figures = {what: figure for what, figure, _, _ in rows}
    assert {what.partition(": ")[0] for what in figures} == set(structure.PARTS)
    assert figures["large: slices found"] >= 1
    together = "large: scan, slices, clusters, verdict"
    parts = [figures[f"large: {part}"] for part in ("scan", "contributions", "slices, clusters, verdict")]
    assert figures[together] == pytest.approx(sum(parts))
    assert figures["large: peak memory"] > 100
    targets = {what: target for what, _, _, target in rows if target}
    assert targets[together] == "at most 60"
