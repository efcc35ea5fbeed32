"""Opens an investigation: from a file's spec, or from objects that are already in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mispredict.bad_input import InvestigationRefused
from mispredict.endpoint.address import address_of
from mispredict.investigation.attributing import background_rows
from mispredict.investigation.invariants import with_invariants
from mispredict.investigation.opened import Opened
from mispredict.investigation.questions import Which
from mispredict.investigation.reader import Reader, check_features, check_present
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec
from mispredict.investigation.stored_score import stored_score_note
from mispredict.investigation.survey import Survey, check_known, survey_rows
from mispredict.models import Model, open_fitted, open_model
from mispredict.parity.joining import Log
from mispredict.tables import Table, open_table, table_of
from mispredict.tables.roles import roleless

if TYPE_CHECKING:
    from mispredict.investigation.steps import Steps


def open_spec(spec: InvestigationSpec) -> Opened:
    """Return the opened investigation of a file. Only ever called in a worker: it opens the model file."""
    table = open_table(spec.data.path)
    survey = survey_rows(table, spec.data)
    model = _model(spec.model, spec.data, table, survey)
    training = open_table(spec.training) if spec.training is not None else None
    return with_invariants(_joined(spec, table, model, training, survey))


def open_objects(
    model: Any, frames: tuple[pd.DataFrame, pd.DataFrame | None], *, spec: InvestigationSpec, log: Log | None = None
) -> Opened:
    """Return the opened investigation of a fitted classifier, the examined and the training frame, used as they are."""
    (rows, training), data = frames, spec.data
    table = table_of(rows)
    survey = survey_rows(table, data)
    fitted = open_fitted(
        model,
        spec.model,
        classes=survey.classes,
        positive=data.positive,
        features=data.features,
        otherwise=roleless(table.schema, data),
    )
    opened = _joined(spec, table, fitted, table_of(training) if training is not None else None, survey)
    return with_invariants(replace(opened, log=log))


def _model(spec: ModelSpec, data: DataSpec, table: Table, survey: Survey) -> Model:
    if spec.url is not None:
        from mispredict.endpoint.opening import endpoint_of

        return endpoint_of(spec, data, table, survey)
    return open_model(
        spec,
        classes=survey.classes,
        positive=data.positive,
        features=data.features,
        otherwise=roleless(table.schema, data),
    )


def _joined(spec: InvestigationSpec, table: Table, model: Model, training: Table | None, survey: Survey) -> Opened:
    check_known(survey, model, spec.data.target)
    check_features(table, model)
    if training is not None and model.family != "scores":
        check_present(training, model.features)
    stored = stored_score_note(table, spec.data, model)
    unscored = f"{model.why_no_probabilities}: rows can be explained in margin, the table can't be scanned"
    said = (unscored if model.why_no_probabilities else None, stored)
    notes = (*model.notes, *survey.notes, *(note for note in said if note is not None))
    return Opened(spec, table, model, Reader(model, spec.data), training, survey, notes)


class Models:
    """The live model, and the candidate once somebody asks for it."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._candidate: Model | None = None
        self._lock = threading.Lock()

    def get(self, of: Which) -> Model:
        """Return one of the two models."""
        return self._opened.model if of == "live" else self._other()

    @property
    def features(self) -> tuple[str, ...]:
        """Return the columns that the live model or the candidate reads, so that both can be checked on a row.

        Where only scores are stored, the columns that explain them are what another model would read.
        """
        live = self._opened.explained
        if self._opened.spec.candidate is None:
            return live
        return tuple(dict.fromkeys((*live, *self._other().features)))

    def background(self, of: Which, steps: Steps) -> pd.DataFrame:
        """Return ordinary rows in the columns that the model reads."""
        if of == "live":
            return steps.background()
        opened, other = self._opened, self._other()
        training = opened.training if other.family != "scores" else None
        if training is not None:
            check_present(training, other.features)
        return background_rows(other.features, steps.ordinary, training, seed=opened.spec.seed)

    def _other(self) -> Model:
        spec = self._opened.spec
        if spec.candidate is None:
            raise InvestigationRefused(
                "the investigation names no candidate",
                needed="a section [candidate]",
                do="add it, or ask the live model",
            )
        with self._lock:
            if self._candidate is None:
                own, table = spec.candidate.data, self._opened.table
                survey = self._opened.survey if own is None else survey_rows(table, own)
                self._candidate = _model(spec.candidate, own or spec.data, table, survey)
                check_features(table, self._candidate)
            return self._candidate


def name_of(spec: ModelSpec) -> str:
    """Return the model's file name, or what stands in its place."""
    if spec.path is not None:
        return Path(spec.path).name
    if spec.url is not None:
        return address_of(spec.url).shown
    return "stored scores" if spec.scores is not None else "a model in memory"
