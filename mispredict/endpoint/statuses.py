"""What an answer other than 2xx means, in words."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.address import Address
from mispredict.endpoint.connection import Reply
from mispredict.endpoint.secret import Secret

_SHOWN = 160  # characters of what the service says
_TO_DO: dict[int, tuple[str, str]] = {
    401: ("an authorization that the service takes", "correct the variable that auth_env names, or name one"),
    403: ("an authorization that the service takes", "correct the variable that auth_env names, or name one"),
    404: ("the path of a model", "correct the path in url"),
    405: ("a path that takes POST", "correct url and protocol: /invocations for mlflow, /v2/models/NAME for kserve-v2"),
    413: ("a batch that the service takes", "lower batch_rows"),
    415: ("a service that takes JSON", "correct protocol"),
    429: ("a service that has time to answer", "set requests_per_second to what the service allows"),
}


def refusal_of(reply: Reply, address: Address, secret: Secret, tries: int) -> ModelRefused:
    """Return the refusal of an answer that is none."""
    if 300 <= reply.status < 400:
        return _moved(reply, address)
    needed, do = _TO_DO.get(reply.status, ("an answer of status 200", "look into the service's log"))
    if reply.status in (400, 422):
        needed, do = "rows that the service takes", "correct features, protocol or inputs so that they fit the service"
    after = f" after {tries} tries" if tries > 1 else ""
    said = said_by(reply, secret)
    return ModelRefused(f"{address.shown} answers status {reply.status}{after}{said}", needed=needed, do=do)


def said_by(reply: Reply, secret: Secret) -> str:
    """Return the beginning of what the service says, without the secret, should it say that back."""
    if is_html(reply):
        return ", an HTML page"
    text = secret.hidden_in(" ".join(reply.content[:4096].decode("utf-8", "replace").split()))
    return f": {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}" if text else ""


def is_html(reply: Reply) -> bool:
    """Return whether the answer is a web page, as from a login or a proxy."""
    return "html" in reply.headers.get("content-type", "").lower() or reply.content.lstrip()[:1] == b"<"


def _moved(reply: Reply, address: Address) -> ModelRefused:
    """Return the refusal of a redirect: rows and the authorization go to the host that the file names, no other."""
    try:
        to = urlsplit(urljoin(address.shown, reply.headers.get("location", "")))
        where = f"{to.scheme}://{to.hostname}{to.path}"[:_SHOWN]
    except ValueError:
        where = "another place"
    return ModelRefused(
        f"{address.shown} redirects to {where} (status {reply.status}), which is not followed",
        needed="the URL that answers by itself",
        do="put the final URL into the investigation, if you trust that host with the rows",
    )
