"""The row that the prediction page shows, as every section of it takes it."""

from __future__ import annotations

from dataclasses import dataclass

from app.text import md
from mispredict.investigation.desk import Description, RowDetail

NO_MODEL = ("scores", "endpoint")  # families of which only answers are at hand
NAMES = {
    "walk": "Tree walk",
    "shap": "SHAP",
    "lime": "LIME",
    "linear": "Linear terms",
    "eli5": "ELI5",
    "surprise": "Shapley values of the surprise",
}


@dataclass(frozen=True)
class Shown:
    """One row of one investigation, and what explains it."""

    name: str  # the investigation's, as addresses have it
    what: Description
    found: RowDetail
    methods: dict[str, str | None]  # method -> why it can't serve, None where it can

    @property
    def row(self) -> str:
        """Return the row's id."""
        return self.found.id

    @property
    def serving(self) -> tuple[str, ...]:
        """Return the methods that can serve."""
        return tuple(method for method, refusal in self.methods.items() if refusal is None)

    @property
    def has_model(self) -> bool:
        """Return True where the model itself can be asked."""
        return self.what.model_family not in NO_MODEL

    @property
    def has_trees(self) -> bool:
        """Return True for a model whose trees can be walked."""
        return self.methods.get("walk", "absent") is None

    @property
    def event(self) -> str:
        """Return the class whose score is explained when nobody chose one."""
        return str(self.found.predicted if self.what.positive is None else self.what.positive)

    def towards(self, class_: object) -> str:
        """Return a class of the target in words, for Markdown."""
        return md(f"{self.what.target} = {class_}")


def method_name(method: str) -> str:
    """Return a method's name on the pages."""
    return NAMES.get(method, method)
