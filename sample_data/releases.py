"""Which version of the app or of the web SDK a payment came from."""

from __future__ import annotations

import numpy as np

from sample_data.settings import DAY, LEAD_DAYS

ADOPTION_DAYS = 15.0  # mean time from a release to its arrival on a device

RELEASES: dict[str, tuple[tuple[str, int], ...]] = {  # platform -> (version, day of the release), the oldest first
    "android": (("5.9.2", -60), ("5.10.0", LEAD_DAYS - 6), ("5.11.0", LEAD_DAYS + 37), ("5.12.0", LEAD_DAYS + 108)),
    "ios": (("5.9.1", -40), ("5.10.1", LEAD_DAYS + 12), ("5.11.0", LEAD_DAYS + 58)),
    "web": (("sdk-3.6.0", -50), ("sdk-3.7.0", LEAD_DAYS + 20), ("sdk-3.8.0", LEAD_DAYS + 99)),
}


def find_version(platform: np.ndarray, device: np.ndarray, *, time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the version on each device at the time. Devices update at their own pace, always upwards."""
    version = np.full(len(time), "", dtype=object)
    for name, releases in RELEASES.items():
        for number, day in releases:
            wait = rng.exponential(ADOPTION_DAYS * DAY, device.max() + 1) if day > 0 else np.zeros(device.max() + 1)
            version[(platform == name) & (day * DAY + wait[device] <= time)] = number
    return version
