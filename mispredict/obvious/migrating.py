"""Bringing a store to this version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

HERE = Path(__file__).with_name("migrations")
MARK = "obvious_migration"  # a name of our own: a team's database may have Alembic's usual table for itself


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest version, in the connection's own transaction; those of version 1 bear no mark."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(HERE))
    tables = inspect(connection).get_table_names()
    with EnvironmentContext(Config(), script, fn=lambda revision, _: script._upgrade_revs("head", revision)) as context:
        context.configure(connection=connection, version_table=MARK, transactional_ddl=True)
        if "obvious_store" in tables and MARK not in tables:
            context.get_context().stamp(script, "1")
        context.run_migrations()
