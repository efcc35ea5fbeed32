"""Maps: alike rows lie together, the same seed gives the same map, odd inputs do not break it."""

from __future__ import annotations

import numpy as np
import pytest

from explainers import Unsupported
from explainers.projection import LIMITS, Layout, drawn, project, reduce, warm

LAYOUTS: tuple[Layout, ...] = ("umap", "tsne")


def two_groups(rows: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    values = rng.normal(scale=0.1, size=(rows, 5))
    values[rows // 2 :, 0] += 3
    return values


@pytest.mark.parametrize("layout", LAYOUTS)
def test_alike_rows_lie_together(layout: Layout) -> None:
    points = two_groups(120)
    before = points.copy()
    places = project(points, layout=layout, seed=1)
    assert (places.shape, places.dtype) == ((120, 2), np.float32)
    first, second = places[:60], places[60:]
    apart = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    assert apart > 2 * max(first.std(axis=0).max(), second.std(axis=0).max())
    assert np.array_equal(points, before)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_seed_decides(layout: Layout) -> None:
    places = project(two_groups(60), layout=layout, seed=1)
    assert np.array_equal(places, project(two_groups(60), layout=layout, seed=1))
    assert not np.array_equal(places, project(two_groups(60), layout=layout, seed=2))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "points",
    [
        np.zeros((0, 2)),
        np.zeros((0, 0)),
        np.ones((1, 1)),
        np.eye(2),
        two_groups(9),
        two_groups(16),
        np.ones((40, 3)),
        np.full((40, 3), 0.1),
        np.zeros((40, 0)),
        np.repeat([0.0, 1.0], 30)[:, None],
        np.repeat(np.eye(3), 20, axis=0),
        1e200 * two_groups(40),
    ],
    ids=[
        "none",
        "nothing",
        "one",
        "two",
        "few",
        "16",
        "equal",
        "equal tenths",
        "no width",
        "one column",
        "three places",
        "huge",
    ],
)
def test_odd_inputs_have_places(points: np.ndarray, layout: Layout) -> None:
    places = project(points, layout=layout)
    assert places.shape == (len(points), 2)
    assert np.isfinite(places).all()


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_missing_values_are_refused_with_their_number(lost: float) -> None:
    points = two_groups(40)
    points[[3, 7], 1] = lost
    with pytest.raises(Unsupported, match="2 of 40 points hold a missing or infinite value"):
        project(points)


def test_a_list_of_numbers_is_no_set_of_points() -> None:
    with pytest.raises(Unsupported, match=r"points of shape \(5,\)"):
        project(np.ones(5))


def test_an_unknown_layout_is_refused_with_the_list() -> None:
    with pytest.raises(Unsupported, match="no layout 'pca'; the layouts are umap, tsne"):
        project(two_groups(20), layout="pca")  # type: ignore[arg-type]


def test_too_many_rows_are_refused_and_a_sample_is_drawn() -> None:
    most = LIMITS["tsne"]
    with pytest.raises(Unsupported, match=f"tsne lays out at most {most:,} rows .* {most + 1:,} were given"):
        project(np.zeros((most + 1, 2)), layout="tsne")
    chosen = drawn(most + 500, layout="tsne", seed=3)
    assert len(np.unique(chosen)) == most
    assert np.array_equal(chosen, np.sort(chosen))
    assert np.array_equal(chosen, drawn(most + 500, layout="tsne", seed=3))
    assert np.array_equal(drawn(40, layout="tsne"), np.arange(40))


def test_missing_contributions_count_as_none_among_components() -> None:
    points = two_groups(60)
    points[::7, 2] = np.nan
    assert np.array_equal(reduce(points, dimensions=3), reduce(np.nan_to_num(points), dimensions=3))


def test_warming_compiles_a_map() -> None:
    warm()
    assert project(two_groups(20)).shape == (20, 2)
