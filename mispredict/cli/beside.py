"""What `check --from` and `--training` tell beside the cases: contamination, and how good the models are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mispredict.bad_input import BadInput

if TYPE_CHECKING:
    from mispredict.investigation.desk import Progress
    from mispredict.investigation.spec import InvestigationSpec
    from mispredict.obvious.case import Case
    from mispredict.obvious.checking import Checked
    from mispredict.obvious.records import Fresh
    from mispredict.obvious.targets import Target


class Beside:
    """An investigation and a training table, where they are named."""

    def __init__(self, investigation: Path | None, training: str | None, *, forbidden: bool) -> None:
        from mispredict.investigation.read import read_spec

        self._file = investigation
        self._spec: InvestigationSpec | None = None if investigation is None else read_spec(investigation)
        self._training = training or (self._spec.training if self._spec else None)
        self._forbidden = forbidden
        if forbidden and self._training is None:
            raise BadInput(
                "--forbid-contamination and no training table",
                needed="the table that the models learned from",
                do="say --training PATH, or --from an investigation with a [training] table",
            )

    def models(self, named: Sequence[Path], urls: Sequence[str]) -> Sequence[Path]:
        """Return the model files: those that were named, else the investigation's."""
        if named or urls or self._spec is None:
            return named
        specs = [spec for spec in (self._spec.model, self._spec.candidate) if spec is not None]
        return [Path(spec.path) for spec in specs if spec.path is not None]

    def told(self, checked: Checked, cases: Sequence[Case], targets: Sequence[Target], progress: Progress) -> Checked:
        """Return the check with what the tables tell."""
        from mispredict.obvious.contamination import contamination_of

        found = None
        if self._training is not None:
            found = contamination_of(cases, self._training, progress=progress)
        return replace(checked, contamination=found, forbidden=self._forbidden, fresh=self._fresh(targets, progress))

    def _fresh(self, targets: Sequence[Target], progress: Progress) -> dict[str, Fresh]:
        from mispredict.obvious.records import Fresh
        from mispredict.obvious.targets import FileTarget

        if self._file is None:
            return {}
        found = {}
        for target in targets:
            if isinstance(target, FileTarget):
                progress(0.0, f"asking {target.name} about the investigation's rows")
                found[target.name] = Fresh(*target.fresh(self._file))
        return found
