"""An investigation's objects once they are open: table, model, what reads them."""

from __future__ import annotations

from dataclasses import dataclass

from mispredict.invariants.invariant import Invariant
from mispredict.investigation.reader import Reader
from mispredict.investigation.spec import InvestigationSpec
from mispredict.investigation.survey import Survey
from mispredict.models.model import Model
from mispredict.parity.joining import Log
from mispredict.tables import Table
from mispredict.tables.roles import roleless


@dataclass(frozen=True, eq=False)
class Opened:
    """What every step works on. Nothing here changes after opening."""

    spec: InvestigationSpec
    table: Table
    model: Model
    reader: Reader  # batch -> Scored
    training: Table | None
    survey: Survey  # what the table's columns with a role hold
    notes: tuple[str, ...]
    log: Log | None = None  # what the service logged, where it is in memory
    invariants: tuple[Invariant, ...] = ()  # what must hold in every table

    @property
    def explained(self) -> tuple[str, ...]:
        """Return the columns that contributions are given to: what the model reads.

        Stored scores have no model at hand; a stand-in explains them by the features listed, or all without a role.
        """
        if self.model.family != "scores":
            return self.model.features
        data, schema = self.spec.data, self.table.schema
        listed = data.features if data.features is not None else roleless(schema, data)
        return tuple(dict.fromkeys((*listed, *self.model.features)))

    @property
    def unruled(self) -> tuple[str, ...]:
        """Return the columns that no rule may use: they are the answer, name single rows, or were shut out."""
        data = self.spec.data
        single = (data.id, data.time, data.label_time, data.cost, data.embedding)
        roles = (*single, *data.entity, *data.display, *data.available_at.values())
        named = {c for c in roles if c is not None and c not in self.model.features}
        return (data.target, *sorted((named | set(data.exclude)) - {data.target}))
