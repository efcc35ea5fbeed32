"""Model files of every accepted format, opened behind one interface."""

from mispredict.models.formats import FORMATS, sniff
from mispredict.models.model import Model
from mispredict.models.opening import fit_model, open_fitted, open_model

__all__ = ["FORMATS", "Model", "fit_model", "open_fitted", "open_model", "sniff"]
