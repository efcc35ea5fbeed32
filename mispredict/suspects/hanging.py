"""Whether labels hang on the entity beyond what the features say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.mixed_apart import MixedApart
from mispredict.suspects.ranked import two_sided

GROUPS = 10


@dataclass(frozen=True, eq=False)
class Hanging:
    """What an entity's training rows say of its examined rows, beyond the features."""

    entities: int  # on both sides
    z: float  # above 0: entities that had more of a class than promised in training have more of it here too
    p_value: float
    before: np.ndarray  # mean residual of the last class in training, of groups of entities in that order
    now: np.ndarray  # the same in the examined table


def hanging_of(models: MixedApart, examined: int) -> Hanging:
    """Return how residuals of an entity's training rows go with those of its examined rows.

    Residuals are taken against models that never saw the entity. If labels don't hang on it, products of its two sums
    scatter around 0 with a spread that they show themselves. Places below `examined` are examined rows.
    """
    residuals, is_examined = models.residuals, models.rows < examined
    count = int(models.owners.max()) + 1
    sums, sizes = [], []
    for side in (~is_examined, is_examined):
        owners, own = models.owners[side], residuals[side]
        centred = own - own.mean(axis=0) if len(own) else own
        sums.append(np.column_stack([np.bincount(owners, weights=one, minlength=count) for one in centred.T]))
        sizes.append(np.bincount(owners, minlength=count))
    both = (sizes[0] > 0) & (sizes[1] > 0)
    products = (sums[0] * sums[1]).sum(axis=1)[both]
    spread = float(np.sqrt((products**2).sum()))
    z = float(products.sum()) / spread if spread > 0 else 0.0
    before, now = (total[both, -1] / np.maximum(size[both], 1) for total, size in zip(sums, sizes, strict=True))
    order = np.argsort(before, kind="stable")
    groups = [one for one in np.array_split(order, GROUPS) if len(one)]
    means = [np.array([values[one].mean() for one in groups]) for values in (before, now)]
    return Hanging(int(both.sum()), z, two_sided(z), means[0], means[1])
