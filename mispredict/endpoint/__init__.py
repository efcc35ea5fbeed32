"""Models behind a URL: asked over HTTP, checked like any other model, compared with the file that they should be."""

from mispredict.endpoint.settings import CallSettings, Protocol

__all__ = ["CallSettings", "Protocol"]
