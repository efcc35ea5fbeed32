"""How a store of an older version becomes one of this version: Alembic's revisions, one a version."""
