"""A map as one block of bytes: a short JSON head, then coordinates, colours, shapes, the selection, the ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from app.map.selection import Box, Polygon

NO_COLOUR = 255  # grey: in no cluster, or in one beyond the palette
PALETTE = 8
IN_ORDER = np.array([2, 3, 4, 5, 6, 0, 1, 7])  # places of the palette for clusters: those of right and wrong come late


@dataclass(frozen=True)
class Key:
    """One line of the legend."""

    label: str
    colour: int  # place in the theme's palette, NO_COLOUR for grey
    shape: str  # "dot", "cross", or "both" where the colour says nothing of right and wrong


@dataclass(frozen=True, eq=False)
class Sheet:
    """What the canvas draws; one entry a point in every array."""

    x: np.ndarray
    y: np.ndarray
    wrong: np.ndarray  # bool: a cross instead of a dot
    colour: np.ndarray  # place in the palette
    group: np.ndarray  # place in `keys`, for the tooltip
    selected: np.ndarray  # bool
    ids: Sequence[str]
    box: Box
    keys: tuple[Key, ...]
    focus: int | None = None  # the point with a ring around it
    lasso: Polygon = ()
    height: int = 480  # of the canvas, in CSS pixels


def colour_by_error(error: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[Key, ...]]:
    """Return each point's colour, its line in the legend, and the legend."""
    group = error.astype("uint8")
    return group, group, (Key("right", 0, "dot"), Key("wrong", 1, "cross"))


def colour_by_cluster(cluster: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[Key, ...]]:
    """Return each point's colour, its line in the legend, and the legend; clusters beyond the palette are grey."""
    inside = (cluster >= 0) & (cluster < PALETTE)
    colour = np.where(inside, IN_ORDER[np.where(inside, cluster, 0)], NO_COLOUR).astype("uint8")
    numbers = sorted({int(c) for c in cluster[inside]})
    places = {number: place for place, number in enumerate(numbers)}
    names = [Key(f"cluster {number + 1}", int(IN_ORDER[number]), "cross") for number in numbers]
    rest = [Key("wrong, in no cluster" if not (cluster >= PALETTE).any() else "wrong, others", NO_COLOUR, "cross")]
    group = np.array([places.get(int(c), len(numbers)) for c in cluster], dtype="uint8")
    group[~error & ~inside] = len(numbers) + 1
    return colour, group, (*names, *rest, Key("right", NO_COLOUR, "dot"))


def pack(sheet: Sheet) -> bytes:
    """Return the block: 4 bytes of head length, the head, float32 x and y, then a byte a point for each of the rest."""
    head = json.dumps(
        {
            "n": len(sheet.x),
            "box": sheet.box,
            "keys": [asdict(key) for key in sheet.keys],
            "any": bool(sheet.selected.any()),
            "focus": sheet.focus,
            "lasso": sheet.lasso,
            "height": sheet.height,
        }
    ).encode()
    head += b" " * (-(4 + len(head)) % 4)  # keeps the floats on their four-byte grid
    ids = "\n".join(" ".join(str(name).split()) for name in sheet.ids).encode("utf-8", "replace")
    return b"".join(
        (
            len(head).to_bytes(4, "little"),
            head,
            sheet.x.astype("<f4").tobytes(),
            sheet.y.astype("<f4").tobytes(),
            *(part.astype("uint8").tobytes() for part in (sheet.wrong, sheet.colour, sheet.group, sheet.selected)),
            ids,
        )
    )
