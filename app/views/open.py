"""The page on which one says what shall be looked at."""

from __future__ import annotations

from app.blocks.opening import show_opening

if __name__ == "__main__":
    show_opening()
