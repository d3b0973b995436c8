"""`flask hall move-database postgresql://…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from hall.backup import snapshot
from hall.backup.cli import let_go, stopped

if TYPE_CHECKING:
    from config import Config


@click.command("move-database")
@click.argument("target", metavar="postgresql://…", envvar="MOVE_TO")
@with_appcontext
def move_database_command(target: str) -> None:
    """Move this hall from its SQLite file to an empty PostgreSQL database. The server must be stopped.

    An address with a password goes into the environment instead (MOVE_TO), where not everybody on the machine sees it.
    The file is only read, and stays. Every row is compared before the move counts; a move that was cut off begins anew.
    """
    from hall.backup import moving  # noqa: PLC0415 - with PostgreSQL's driver, which no other command needs

    settings: Config = current_app.config["HALL"]
    if not settings.is_sqlite:
        raise click.ClickException("This hall is on PostgreSQL already (DATABASE_URL).")
    if not target.startswith(("postgresql://", "postgres://")):
        raise click.ClickException("Give an address such as postgresql://hall@127.0.0.1/hall.")
    path = snapshot.file_of(settings.database_url)
    if not path.is_file():
        raise click.ClickException(f"There is no hall in {path}.")
    let_go()
    try:
        with stopped(settings.data), moving.source_of(path) as source:
            wanted = "postgresql" + target.removeprefix("postgresql").removeprefix("postgres")
            sums = moving.move(source, wanted, settings.data, click.echo)
    except moving.MoveError as problem:
        raise click.ClickException(str(problem)) from None
    rows = sum(table.rows for table in sums.values())
    click.echo(f"{rows} rows in {len(sums)} tables moved, and each compared. Now put this address into")
    click.echo(
        "DATABASE_URL (/etc/hall.env) and start the server. The file stays as it was; keep it with the backups."
    )
