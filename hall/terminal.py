"""`flask --app wsgi hall …`, read when somebody types it: a server never needs what administrators' commands load."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask.cli import AppGroup


def _commands() -> AppGroup:
    """All of them (`hall/cli.py`)."""
    found: AppGroup = import_module("hall.cli").hall_commands
    return found


class Commands(click.Group):
    """Stands for the group of commands until one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, for `--help`."""
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The one of this name."""
        return _commands().get_command(ctx, cmd_name)


hall_commands = Commands("hall", help="The service hall.")
