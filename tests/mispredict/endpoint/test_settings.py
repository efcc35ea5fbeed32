import re
import sys

import pytest

from mispredict.bad_input import BadInput, InvestigationRefused, ModelRefused
from mispredict.endpoint.address import address_of, is_forbidden, protocol_of
from mispredict.endpoint.secret import secret_names
from mispredict.endpoint.settings import SECRET_PREFIX
from mispredict.investigation.read import read_spec
from mispredict.worker.process import Worker

URL = 'url = "http://127.0.0.1:1/p"\n'


def test_every_key_is_read(write):
    calls = read_spec(
        write(
            URL + f'auth_env = "{SECRET_PREFIX}X"\nauth_header = "X-Key"\ntimeout = 2\nretries = 1\nbatch_rows = 5\n'
            'requests_per_second = 0.5\nclasses = ["no", "yes"]\noutput = "p"\ninputs = "named"\nrecords_in = "rows"'
        )
    ).model.calls
    assert (calls.auth_env, calls.auth_header, calls.timeout) == (SECRET_PREFIX + "X", "X-Key", 2.0)
    assert (calls.retries, calls.batch_rows, calls.requests_per_second) == (1, 5, 0.5)
    assert (calls.classes, calls.output, calls.inputs, calls.records_in) == (("no", "yes"), "p", "named", "rows")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("timeout = 0", "[model] timeout is 0.0; needed: seconds, 0.05 to 100"),
        ("retries = 11", "[model] retries is 11; needed: a whole number from 0 to 10"),
        ("batch_rows = 0", "[model] batch_rows is 0; needed: a whole number from 1 to 100000"),
        ("requests_per_second = 0", "[model] requests_per_second is 0.0; needed: a number from 0.01 to 100000"),
        ("classes = 3", "needed: a list of classes as they stand in the target"),
        ('classes = ["a"]', "[model] classes is ['a']; needed: two or more classes"),
        ('classes = ["a", "a"]', "two or more classes, each once"),
        ('auth_header = "Host"', "[model] auth_header is 'Host'"),
        ('auth_header = "a: b"', "[model] auth_header is 'a: b'"),
        ('inputs = "tensor"', "[model] inputs is 'tensor'; needed: named or matrix"),
        ('auth = "x"', "[model] has 'auth', which is not known"),
    ],
)
def test_a_value_that_is_none_is_refused_by_its_key(write, line, said):
    with pytest.raises(InvestigationRefused) as refused:
        read_spec(write(URL + line))
    assert said in str(refused.value)


@pytest.mark.parametrize("secret", ["Bearer abcdef", "AWS_SECRET_ACCESS_KEY", "HOME", SECRET_PREFIX])
def test_a_file_can_ask_for_no_other_variable_and_a_secret_in_it_is_not_printed(write, secret):
    with pytest.raises(InvestigationRefused) as refused:
        read_spec(write(URL + f'auth_env = "{secret}"'))
    assert f"begins with {SECRET_PREFIX}; never the secret itself" in str(refused.value)
    assert "abcdef" not in str(refused.value)


def test_keys_of_calls_need_a_url(write):
    with pytest.raises(InvestigationRefused, match=r"\[model\] has timeout and no url"):
        read_spec(write('path = "m.skops"\ntimeout = 3'))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "the url begins with 'file'"),
        ("ftp://host/x", "the url begins with 'ftp'"),
        ("127.0.0.1:80/x", "the url begins with"),
        ("http:///x", "the url names no host"),
        ("http://host:0/x", "the url names no host"),
        ("http://host:99999/x", "the url can't be read"),
        ("http://[::1/x", "the url can't be read"),
        ("http://ann:pw@host/x", "the url holds a user name or password"),
        ("http://host/x\r\nHost: other", "the url holds spaces, backslashes or control characters"),
        ("http://host\\@other/x", "the url holds spaces, backslashes"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is an address at which machines hand out"),
        ("http://[::ffff:169.254.169.254]/", "is an address at which machines hand out"),
        ("http://[fd00:ec2::254]/", "is an address at which machines hand out"),
        ("http://metadata.google.internal./x", "metadata.google.internal. is an address"),
        ("http://224.0.0.1/x", "or of no single machine"),
    ],
)
def test_a_url_that_leads_where_no_model_is_is_refused_on_reading(write, url, said):
    with pytest.raises(BadInput) as refused:
        read_spec(write("url = " + repr(url) if "\r" not in url else 'url = "http://host/x\\r\\nHost: other"'))
    assert said in str(refused.value)
    assert "pw" not in str(refused.value)


def test_a_query_is_sent_and_never_shown():
    address = address_of("https://Host.example:8443/a/b?key=secret")
    assert (address.target, address.shown) == ("/a/b?key=secret", "https://host.example:8443/a/b")
    assert address_of("http://[::1]:80").shown == "http://[::1]:80/"


@pytest.mark.parametrize(
    ("url", "named", "protocol"),
    [
        ("http://h/invocations", None, "mlflow"),
        ("http://h/v2/models/m", None, "kserve-v2"),
        ("http://h/predict", None, "records"),
        ("http://h/invocations", "records", "records"),
    ],
)
def test_the_protocol_is_as_named_else_as_the_path_tells(url, named, protocol):
    assert protocol_of(address_of(url), named) == protocol


def test_a_protocol_that_is_not_known_is_refused():
    with pytest.raises(ModelRefused, match=re.escape("the protocol 'grpc'; needed: one of mlflow, kserve-v2, records")):
        protocol_of(address_of("http://h/p"), "grpc")


def test_private_and_loopback_addresses_are_where_endpoints_live():
    assert not any(map(is_forbidden, ("127.0.0.1", "10.1.2.3", "192.168.0.4", "::1", "8.8.8.8")))
    assert all(map(is_forbidden, ("169.254.1.1", "fe80::1%eth0", "100.100.100.200", "ff02::1")))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's environment as a file")
def test_a_worker_gets_the_variables_that_the_file_names_and_no_other(write, monkeypatch):
    names = [SECRET_PREFIX + end for end in ("LIVE", "OTHER")]
    for name in names:
        monkeypatch.setenv(name, "x")
    file = write(URL + f'auth_env = "{names[0]}"')
    assert secret_names(file) == (names[0],)
    assert secret_names(write('path = "model.skops"')) == ()
    assert secret_names(file.parent / "nowhere.toml") == ()
    for secrets in ((), (names[0],)):
        worker = Worker(secrets)
        try:
            with open(f"/proc/{worker._process.pid}/environ", "rb") as environment:
                given = environment.read()
        finally:
            worker.close()
        assert [name.encode() + b"=" in given for name in names] == [bool(secrets), False]
