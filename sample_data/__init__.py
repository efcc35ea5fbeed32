"""The shipped incident: what it is made by, what is planted in it, the files that were made."""

from pathlib import Path


def investigation_path() -> Path:
    """Return the path of the shipped `investigation.toml`."""
    return Path(__file__).resolve().parent / "investigation.toml"
