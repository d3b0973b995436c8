"""Applications in the test's own process, ended whole: else publishers go on asking for a database that is gone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.compiled import lend, parsed_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from config import Config
    from tests.servers import LiveHall


def make(config: Config) -> Flask:
    """An application under these settings, to be ended by `end`."""
    from wsgi import create_app  # noqa: PLC0415 - with the product, which many tests never load

    with parsed_once():
        made = create_app(config)
    lend(made)
    return made


@contextmanager
def application(config: Config) -> Iterator[Flask]:
    """An application under these settings."""
    made = make(config)
    yield made
    end(made)


@contextmanager
def beside(hall: LiveHall) -> Iterator[Flask]:
    """A served hall from inside: for what time would do, and for people who work behind what the browser sees."""
    from config import Config  # noqa: PLC0415

    with application(replace(Config.from_env(hall.env), testing=True)) as made:
        yield made


def end(made: Flask) -> None:
    """Nothing of it runs on, nothing holds on to its database."""
    from hall.database import db  # noqa: PLC0415

    made.extensions["hall_publisher"].end()
    made.extensions["hall_units"].engine.dispose()
    with made.app_context():
        db.engine.dispose()
