"""Charts of labels that are probably wrong."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.noise_places import Place
from mispredict.suspects.noise_rate import Floor
from mispredict.suspects.second_opinions import Opinions
from mispredict.suspects.suspect import Chart, Series


def precision_chart(chances: np.ndarray) -> Chart:
    """Return what a reviewer may expect who goes down a list of rows with these chances to be labelled wrong."""
    places = np.unique(np.geomspace(1, max(1, min(len(chances), 10_000)), 60).astype(int))
    sums = np.cumsum(chances)
    return Chart(
        form="lines",
        title="A reviewer who goes down the list may expect this part of the labels to be wrong",
        x_title="rows reviewed",
        y_title="part that is wrong",
        series=(
            Series("among all so far", tuple(places.tolist()), tuple((sums[places - 1] / places).tolist())),
            Series("at this place", tuple(places.tolist()), tuple(chances[places - 1].tolist())),
        ),
    )


def floor_chart(floor: Floor, usual: str) -> Chart:
    """Return the contradictions of the most frequent class, from its surest rows on."""
    return Chart(
        form="bars",
        title=f"Rows that models are surest of are {usual!r} no more often than others: the bars start high and flat",
        x_title="twentieths of the rows, the surest first",
        y_title=f"part that is not {usual!r}",
        series=(Series("rows", tuple(range(1, len(floor.rates) + 1)), floor.rates),),
        level=floor.level,
        level_name="the safest fifth",
    )


def rates_chart(inquiry: Inquiry, opinions: Opinions, place: Place) -> Chart:
    """Return the place's contradictions beside what models promise there, by what is labelled."""
    inside = place.inside[0]
    truth, chances = inquiry.examined.truth[inside], opinions.sides[0][inside]
    labels = range(min(10, len(inquiry.classes)))
    names = tuple(str(inquiry.classes[i]) for i in labels)
    return Chart(
        form="bars",
        title="Where the labels contradict, they are of other classes than models promise",
        x_title="label",
        y_title="part of the rows",
        series=(
            Series("labelled", names, tuple(float((truth == i).mean()) for i in labels)),
            Series("promised", names, tuple(float(chances[:, i].mean()) for i in labels)),
        ),
    )
