"""The app over 50,000 synthetic rows: what the map, the keyboard and hostile names are tried on."""

from __future__ import annotations

from app import registry, serve
from tests.app.synthetic_desk import SyntheticDesk, make_table

ROWS = 50_000

if __name__ == "__main__":
    registry.register_desk("synthetic", lambda: SyntheticDesk(make_table(ROWS)))
    serve.run([])
