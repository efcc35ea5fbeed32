from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.map.selection import MOST_CORNERS, box_of, from_address, inside, to_address

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def test_points_inside_and_outside_a_square() -> None:
    x, y = np.array([0.5, 1.5, 0.5, -0.1]), np.array([0.5, 0.5, 1.5, 0.5])
    assert inside(x, y, SQUARE).tolist() == [True, False, False, False]


def test_a_bite_out_of_a_polygon_is_outside() -> None:
    bitten = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0))
    assert inside(np.array([2.0, 2.0]), np.array([0.5, 3.0]), bitten).tolist() == [True, False]


@pytest.mark.parametrize("polygon", [(), ((0.0, 0.0),), ((0.0, 0.0), (1.0, 1.0))])
def test_less_than_three_corners_hold_nothing(polygon: tuple[tuple[float, float], ...]) -> None:
    assert not inside(np.array([0.0]), np.array([0.0]), polygon).any()


@given(st.integers(3, 12), st.integers(0, 2**31 - 1))
def test_a_convex_polygon_agrees_with_its_half_planes(corners: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    angles = np.sort(draw.uniform(0, 2 * np.pi, corners))
    polygon = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    x, y = draw.uniform(-1.2, 1.2, (2, 50))
    ahead = np.roll(polygon, -1, axis=0)
    turns = [(b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0 for a, b in zip(polygon, ahead, strict=True)]
    assert (inside(x, y, tuple(map(tuple, polygon))) == np.all(turns, axis=0)).all()


def test_an_address_brings_the_polygon_back() -> None:
    box = (-3.0, 9.0, 2.0, 4.0)
    back = from_address(to_address([(-3.0, 2.0), (9.0, 2.5), (0.1234, 4.0)], box), box)
    assert np.allclose(back, [(-3.0, 2.0), (9.0, 2.5), (0.1234, 4.0)], atol=12 / 10_000)


@pytest.mark.parametrize(
    "text", [None, "", "1.2", "1.2_3.4", "a.b_c.d_e.f", "1.2.3_1.2_3.4", "1.2_3.4_" + "9" * 40 + ".1"]
)
def test_what_is_no_polygon_gives_no_corners(text: str | None) -> None:
    assert from_address(text, (0, 1, 0, 1)) == ()


@given(st.text(max_size=300))
def test_any_text_in_the_address_is_survived(text: str) -> None:
    assert len(from_address(text, (0, 1, 0, 1))) <= MOST_CORNERS


def test_a_box_is_never_flat() -> None:
    for x in (np.array([]), np.array([5.0]), np.array([1.0, 2.0])):
        left, right, bottom, top = box_of(x, x)
        assert right > left
        assert top > bottom


def test_fifty_thousand_points_are_looked_up_at_once() -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(2, 50_000))
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    started = time.monotonic()
    held = inside(x, y, tuple(zip(np.cos(angles).tolist(), np.sin(angles).tolist(), strict=True)))
    assert held.sum() == pytest.approx(50_000 * (1 - np.exp(-0.5)), rel=0.05)
    assert time.monotonic() - started < 2.0
