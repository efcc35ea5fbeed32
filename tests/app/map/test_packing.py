from __future__ import annotations

import json
from typing import Any

import numpy as np

from app.map.packing import NO_COLOUR, Sheet, colour_by_cluster, colour_by_error, pack


def sheet(n: int = 5, **other: Any) -> Sheet:
    error = np.arange(n) % 2 == 0
    colour, group, keys = colour_by_error(error)
    ids = [f"é{i}\n" for i in range(n)]
    return Sheet(
        np.arange(n, dtype="float32"), -np.arange(n, dtype="float32"), error, colour, group,
        np.arange(n) == 1, ids, (0.0, 1.0, -1.0, 0.0), keys, **other,
    )  # fmt: skip


def unpacked(block: bytes) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(block[:4], "little")
    return json.loads(block[4 : 4 + length]), 4 + length


def test_floats_lie_on_their_grid_and_come_back() -> None:
    for n in (0, 1, 5, 1000):
        head, at = unpacked(pack(sheet(n)))
        assert head["n"] == n
        assert at % 4 == 0
        assert np.frombuffer(pack(sheet(n)), "<f4", n, at).tolist() == list(range(n))


def test_flags_and_ids_follow_in_order() -> None:
    block = pack(sheet(focus=3, lasso=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))))
    head, at = unpacked(block)
    flags = np.frombuffer(block, "u1", 20, at + 40).reshape(4, 5)
    assert flags[0].tolist() == [1, 0, 1, 0, 1]
    assert flags[3].tolist() == [0, 1, 0, 0, 0]
    assert block[at + 60 :].decode().split("\n") == ["é0", "é1", "é2", "é3", "é4"]
    assert (head["any"], head["focus"], len(head["lasso"])) == (True, 3, 3)


def test_fifty_thousand_points_cost_a_megabyte() -> None:
    assert len(pack(sheet(50_000))) < 1_100_000


def test_clusters_beyond_the_palette_are_grey() -> None:
    cluster, error = np.array([0, 7, 8, -1, -1]), np.array([True, True, True, True, False])
    colour, group, keys = colour_by_cluster(cluster, error)
    assert colour.tolist() == [2, 7, NO_COLOUR, NO_COLOUR, NO_COLOUR]
    assert [keys[g].label for g in group] == ["cluster 1", "cluster 8", "wrong, others", "wrong, others", "right"]
