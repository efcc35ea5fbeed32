import numpy as np

from sample_data.releases import RELEASES, find_version
from sample_data.settings import DAY


def versions(platform, days, seed=0):
    time = np.array(days) * DAY
    return find_version(
        np.full(len(time), platform), np.zeros(len(time), dtype=int), time=time, rng=np.random.default_rng(seed)
    )


def test_no_version_is_on_a_device_before_it_is_out():
    for platform, releases in RELEASES.items():
        for number, day in releases[1:]:
            assert number not in versions(platform, [day - 1, day - 0.01])


def test_a_device_never_goes_back():
    order = [number for number, _ in RELEASES["android"]]
    for seed in range(20):
        seen = [order.index(one) for one in versions("android", range(150), seed=seed)]
        assert seen == sorted(seen)
