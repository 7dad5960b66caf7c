"""What alembic runs to migrate: the connection, and its transaction, come from `index.schema.migrate`."""

from __future__ import annotations

from alembic import context

from index.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
