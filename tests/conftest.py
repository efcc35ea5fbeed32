import os

import pytest
from hypothesis import settings

# Two test processes on two cores: threads that spin while they wait for each other take ten times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# No test is a timed test, and a failure on one machine is to be a failure on every other.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """Keep computed steps out of the user's own cache; every process of the run shares one."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "mispredict-cache"
    patch = pytest.MonkeyPatch()
    patch.setenv("MISPREDICT_CACHE", str(shared))
    yield
    patch.undo()
