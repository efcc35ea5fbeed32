import sys

import pytest

from mispredict.worker import limits

resource = pytest.importorskip("resource", reason="Windows has no such limits")


@pytest.fixture
def refusing(monkeypatch):
    """Make the kernel refuse every limit, as macOS may."""

    def refuse(*_):
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)


def test_a_kernel_that_refuses_the_memory_limit_costs_no_worker_where_that_is_known(refusing, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    limits.limit_memory()


def test_on_linux_a_worker_without_its_memory_limit_does_not_start(refusing, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(ValueError, match="maximum limit"):
        limits.limit_memory()


def test_the_limit_is_what_the_operator_says(monkeypatch):
    monkeypatch.setenv(limits.MEMORY_VARIABLE, "2.5")
    assert limits.memory_limit() == 2.5 * limits.GIB
