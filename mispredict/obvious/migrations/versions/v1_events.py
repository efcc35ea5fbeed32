"""The list of events: what every store was before there were migrations."""

import sqlalchemy as sa
from alembic import op

from mispredict.obvious.schema import NAME

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make a store with nothing in it."""
    op.create_table(
        "obvious_store",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("idem", sa.String(300), nullable=False, unique=True),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("time", sa.String(40), nullable=False),
        sa.Column("verb", sa.String(16), nullable=False),
        sa.Column("case_id", sa.String(200), nullable=False),
        sa.Column("case", sa.Text),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_event_case_id", "event", ["case_id"])
    store = sa.table("obvious_store", sa.column("name", sa.String), sa.column("version", sa.Integer))
    op.execute(store.insert().values(name=NAME, version=1))
