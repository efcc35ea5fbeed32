import logging
import socket
import threading
import time
import traceback

import pytest
from fastapi.responses import PlainTextResponse, StreamingResponse

from mispredict.bad_input import ModelRefused
from mispredict.endpoint import connection
from mispredict.endpoint.settings import SECRET_PREFIX
from tests.mispredict.endpoint.conftest import Service, opened

TOKEN = SECRET_PREFIX + "SERVICE"


def busy(service: Service, times: int, status: int = 503, **headers: str):
    """Return an answer that turns the first calls away."""

    def answer(rows):
        if len(service.bodies) <= times:
            return PlainTextResponse("busy", status, headers=headers)
        return [0.5] * len(rows)

    return answer


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again_after_longer_and_longer_waits(service: Service, table, status):
    opened(service.answers("/p", busy(service, 2, status)), table, retries=2)
    waits = [b - a for a, b in zip(service.times, service.times[1:], strict=False)]
    assert len(waits) == 2
    assert 0.12 < waits[0] < 0.40
    assert 0.24 < waits[1] < 0.70


def test_a_service_that_stays_busy_is_refused_with_the_number_of_tries(service: Service, table):
    url = service.answers("/p", busy(service, 9, 429))
    with pytest.raises(ModelRefused, match=r"answers status 429 after 3 tries: busy; .*do: set requests_per_second"):
        opened(url, table, retries=2)
    assert len(service.bodies) == 3


def test_retry_after_is_kept_and_one_that_is_too_long_is_refused(service: Service, table):
    opened(service.answers("/soon", busy(service, 1, 429, **{"retry-after": "1"})), table, retries=1)
    assert service.times[1] - service.times[0] >= 1.0
    began = time.monotonic()
    url = service.answers("/later", busy(service, 99, 429, **{"retry-after": "3600"}))
    with pytest.raises(ModelRefused, match=r"asks to come back in 3,600 s \(status 429\)"):
        opened(url, table, retries=1)
    assert time.monotonic() - began < 2
    opened(service.answers("/odd", busy(service, 3, 429, **{"retry-after": "soon"})), table, retries=1)


def test_a_service_that_is_down_is_refused_after_the_tries(table):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(ModelRefused, match=rf"http://127.0.0.1:{port}/p can't be reached in 2 tries \(.*refused"):
        opened(f"http://127.0.0.1:{port}/p", table, retries=1)


def test_a_host_that_does_not_exist_is_refused(table):
    with pytest.raises(ModelRefused, match="can't be reached in 1 tries"):
        opened("http://nowhere.invalid/p", table)


def _hang_up(sock):
    while True:
        try:
            made, _ = sock.accept()
        except OSError:
            return
        made.recv(1 << 16)
        made.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[0.5,")
        made.close()


def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_no_answer(table):
    with socket.create_server(("127.0.0.1", 0)) as sock:
        threading.Thread(target=_hang_up, args=(sock,), daemon=True).start()
        with pytest.raises(ModelRefused, match="can't be reached in 2 tries"):
            opened(f"http://127.0.0.1:{sock.getsockname()[1]}/p", table, retries=1)
        sock.shutdown(socket.SHUT_RDWR)


def test_a_slow_service_is_refused_at_the_timeout(service: Service, table):
    release = threading.Event()

    def trickle():
        while not release.is_set():
            time.sleep(0.02)
            yield b" "

    def stuck():
        release.wait(10)
        yield b"[]"

    for path, body in (("/trickle", trickle), ("/stuck", stuck)):
        url = service.answers(path, lambda _, body=body: StreamingResponse(body()))
        began = time.monotonic()
        with pytest.raises(
            ModelRefused, match=r"took longer than 0\.3 s to answer; .* do: raise timeout or lower batch"
        ):
            opened(url, table, timeout=0.3, retries=3)
        assert 0.29 < time.monotonic() - began < 1.5  # and it is not asked again: that would only add to its work
    release.set()


def test_no_more_calls_a_second_than_said_over_all_threads(service: Service, table):
    model = opened(service.answers("/p", lambda rows: [0.5] * len(rows)), table, requests_per_second=20, batch_rows=100)
    threads = [threading.Thread(target=model.predict_proba, args=(table,)) for _ in range(2)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(service.times) == 9
    assert time.monotonic() - began > 7 / 20


def test_the_authorization_comes_from_the_environment_and_shows_nowhere(service: Service, table, monkeypatch, caplog):
    monkeypatch.setenv(TOKEN, "Bearer s3cr3t-token")
    url = service.answers("/p", lambda rows: [0.5] * len(rows))
    with caplog.at_level(logging.DEBUG):
        model = opened(url, table, auth_env=TOKEN)
    assert service.headers[0]["authorization"] == "Bearer s3cr3t-token"
    opened(url, table, auth_env=TOKEN, auth_header="X-Api-Key")
    assert service.headers[1]["x-api-key"] == "Bearer s3cr3t-token"
    assert "authorization" not in service.headers[1]
    everything = caplog.text + repr(model) + repr(vars(model.subject.asker._caller)) + model.sha256
    assert "s3cr3t" not in everything


def test_a_service_that_says_the_authorization_back_does_not_get_it_printed(service: Service, table, monkeypatch):
    monkeypatch.setenv(TOKEN, "Bearer s3cr3t-token")
    said = PlainTextResponse("no such key: s3cr3t-token, in 'Bearer s3cr3t-token'", 403)
    with pytest.raises(ModelRefused) as refused:
        opened(service.answers("/p", lambda _: said), table, auth_env=TOKEN)
    assert "no such key: (hidden), in" in str(refused.value)
    assert "s3cr3t" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    ("value", "what"), [(None, "is not set"), ("  ", "is not set"), ("a\nb", "holds characters"), ("é", "holds")]
)
def test_an_authorization_that_is_not_there_or_no_header_is_refused(service: Service, table, monkeypatch, value, what):
    monkeypatch.delenv(TOKEN, raising=False)
    if value is not None:
        monkeypatch.setenv(TOKEN, value)
    with pytest.raises(ModelRefused, match=f"the environment variable {TOKEN} {what}"):
        opened(service.answers("/p", lambda rows: [0.5] * len(rows)), table, auth_env=TOKEN)
    assert service.bodies == []


def test_a_name_that_leads_to_where_credentials_lie_is_sent_nothing(service: Service, table, monkeypatch):
    url = service.answers("/p", lambda rows: [0.5] * len(rows))
    monkeypatch.setattr(connection, "is_forbidden", lambda ip: ip == "127.0.0.1")
    with pytest.raises(ModelRefused, match=r"127\.0\.0\.1 is an address at which machines hand out credentials"):
        opened(url, table, retries=3)
    assert service.bodies == []


def test_no_proxy_of_the_environment_is_used(service: Service, table, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    opened(service.answers("/p", lambda rows: [0.5] * len(rows)), table)
    assert len(service.bodies) == 1
