"""A store as the first release made it, to be brought up to date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from geo.settings import Settings
from geo.store.database import MIGRATIONS


def first_store(own: Settings, title: str) -> tuple[sa.Engine, Config]:
    """Make one that holds an article of that title; its engine and Alembic's settings."""
    engine, config = sa.create_engine(own.database), Config()
    own.local_dir.mkdir()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            sa.text(
                "INSERT INTO article (id, title, text, url, publisher, language, licence, country, "
                "note, reader, digest) VALUES ('old', :title, '', '', '', '', '', '', '', '', '')"
            ),
            {"title": title},
        )
    return engine, config
