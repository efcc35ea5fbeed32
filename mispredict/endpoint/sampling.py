"""An investigation's endpoint asked about a sample of its table. Runs in a worker: it reads the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.bad_input import InvestigationRefused
from mispredict.endpoint.latency import measure_latency
from mispredict.endpoint.measured import Sampled
from mispredict.endpoint.opening import endpoint_of
from mispredict.investigation.desk import Progress
from mispredict.investigation.read import read_spec
from mispredict.investigation.reader import check_present, score_rows
from mispredict.investigation.spec import InvestigationSpec, ModelSpec
from mispredict.investigation.survey import survey_rows
from mispredict.tables import open_table
from mispredict.tables.ids import ids_of


def ask_sample(path: str, *, most: int, calls: int, progress: Progress) -> Sampled:
    """Return the answers to at most `most` rows, drawn by the investigation's seed, and `calls` timed calls."""
    spec = read_spec(path)
    asked = asked_of(spec)
    data = asked.data or spec.data
    progress(0.0, "opening the table")
    table = open_table(data.path)
    model = endpoint_of(asked, data, table, survey_rows(table, data))
    check_present(table, model.features)
    places = np.sort(np.random.default_rng(spec.seed).permutation(table.rows)[:most])
    columns = dict.fromkeys([*model.features, *([data.id] if data.id is not None else [])])
    rows = table.take(places, list(columns))
    progress(0.2, f"asking the endpoint about {len(rows):,} rows")
    answers = score_rows(model, rows)
    sent = rows[list(model.features)]
    subject: Any = model.subject
    timed = []
    for share, size in ((0.5, 1), (0.8, asked.calls.batch_rows)) if calls else ():
        progress(share, f"timing calls of {size:,} row{'s' * (size > 1)}")
        timed.append(measure_latency(subject, sent, size=size, calls=calls if size == 1 else max(1, calls // 5)))
    ids = tuple(map(str, ids_of(rows, data.id)))
    shown = subject.asker.address.shown
    return Sampled(shown, sent, ids, table.rows, answers, model.classes, asked.threshold, tuple(timed), model.notes)


def asked_of(spec: InvestigationSpec) -> ModelSpec:
    """Return the model behind a URL: the live one, else the candidate."""
    for model in (spec.model, spec.candidate):
        if model is not None and model.url is not None:
            return model
    raise InvestigationRefused(
        "neither [model] nor [candidate] names a url", needed="a model behind a URL", do="add url and protocol to one"
    )
