"""The authorization: read from the environment, sent to one host, shown nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from mispredict.bad_input import BadInput, ModelRefused
from mispredict.endpoint.settings import CallSettings

HIDDEN = "(hidden)"


class Secret:
    """A header's value that neither `repr` nor a traceback's locals show."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return HIDDEN

    def headers(self, name: str) -> dict[str, str]:
        """Return the header to send, none without a secret."""
        return {name: self._value} if self._value else {}

    def hidden_in(self, text: str) -> str:
        """Return a text of the other side without the secret, or its last word, in it."""
        for part in {self._value, *self._value.split()[-1:]} - {""}:
            text = text.replace(part, HIDDEN)
        return text


def secret_of(settings: CallSettings) -> Secret:
    """Return what the variable holds that the settings name, nothing where they name none; refuses one not set."""
    if settings.auth_env is None:
        return Secret("")
    value = os.environ.get(settings.auth_env, "").strip()
    if not value:
        raise _refused(settings.auth_env, "is not set")
    if not (value.isascii() and value.isprintable()):
        raise _refused(settings.auth_env, "holds characters that a header can't carry")
    return Secret(value)


def secret_names(investigation: str | Path) -> tuple[str, ...]:
    """Return the variables that an investigation's endpoints need; none of a file that can't be read."""
    from mispredict.investigation.read import read_spec

    try:
        spec = read_spec(investigation)
    except BadInput:  # whoever opens it says what is wrong
        return ()
    named = (model.calls.auth_env for model in (spec.model, spec.candidate) if model is not None and model.url)
    return tuple(sorted({name for name in named if name is not None}))


def _refused(name: str, what: str) -> ModelRefused:
    return ModelRefused(
        f"the environment variable {name} {what}",
        needed="the whole value of the authorization header, such as: Bearer ...",
        do=f"export {name} in the shell that starts mispredict",
    )
