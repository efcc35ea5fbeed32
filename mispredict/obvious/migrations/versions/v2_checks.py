"""What checks said, and how fast a model has to be."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the history of checks and the budgets; no case is touched."""
    op.create_table(
        "check_run",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("model", sa.String(400), nullable=False),
        sa.Column("model_sha256", sa.String(64)),
        sa.Column("fresh", sa.Text),
    )
    op.create_table(
        "check_outcome",
        sa.Column("run", sa.Integer, sa.ForeignKey("check_run.seq"), primary_key=True),
        sa.Column("case_id", sa.String(200), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("score", sa.Float(53)),
    )
    op.create_table(
        "budget",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("milliseconds", sa.Float(53)),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("time", sa.String(40), nullable=False),
    )
    store = sa.table("obvious_store", sa.column("version", sa.Integer))
    op.execute(store.update().values(version=2))
