"""`flask --app wsgi hall …`, read when somebody types it: a server never needs what administrators' commands load."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

from config import ConfigError, data_folder

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


def only_for_the_owner() -> None:
    """A command touches a data folder of its own account alone; raises ConfigError. Servers are no commands.

    What root made in it, `keys.json` above all, the hall's servers could not read: they would go on with the keys of
    before, and machines with different keys give one person two places.
    """
    if click.get_current_context(silent=True) is None:
        return
    folder = data_folder(os.environ)
    try:
        owner = folder.stat().st_uid
    except OSError:  # not there yet, or nothing to be looked at: told by whoever reads it
        return
    if owner != os.geteuid():
        message = (
            f"HALL_DATA: {folder} belongs to account {_name(owner)}, and this command was started by "
            f"{_name(os.geteuid())}. Use deploy/hall, which takes that account and the hall's settings."
        )
        raise ConfigError(message)


def _name(uid: int) -> str:
    import pwd  # noqa: PLC0415 - where it is told

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
