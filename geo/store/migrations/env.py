"""What Alembic runs: the migrations, on the connection that `geo.store.database` hands over."""

from alembic import context

from geo.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
