"""`flask hall backup FILE` and `flask hall restore FILE`."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, text

from hall import anchors, clock, keyring
from hall.backup import archive, snapshot
from hall.database import db
from hall.unit_of_work import units

if TYPE_CHECKING:
    from config import Config

SERVING = ".serving"
"""Locked by the server as long as it runs (gunicorn.conf.py); a killed one lets go by itself."""
_ARCHIVE = click.Path(dir_okay=False, path_type=Path)


def _settings() -> Config:
    found: Config = current_app.config["HALL"]
    return found


@click.command("backup")
@click.argument("target", metavar="FILE", type=_ARCHIVE)
@with_appcontext
def backup_command(target: Path) -> None:
    """Write database, files and keys of the hall into FILE, while it runs."""
    settings = _settings()
    if target.resolve().is_relative_to(settings.data):
        message = "Put the backup outside the data folder; best on another disk."
        raise click.ClickException(message)
    schema = _schema()
    let_go()
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.data) as aside:
            copy = Path(aside) / archive.DATABASE
            said = _steady(settings, Path(aside), anchors.FILE)  # before: each names an entry of the copy
            snapshot.take(settings.database_url, copy)
            files = {archive.DATABASE: copy, **_files(settings)}
            files.pop(f"{archive.DATA}/{anchors.FILE}", None)
            files |= said | _steady(settings, Path(aside), keyring.FILE)  # after: all keys that sealed it
            engine = snapshot.engine_of(settings.database_url)
            manifest = archive.write(target, files, clock.now().isoformat(timespec="seconds"), engine, schema)
    except archive.ArchiveError as problem:
        raise click.ClickException(str(problem)) from None
    size = sum(member.size for member in manifest.members)
    click.echo(f"{len(manifest.members)} files, {size / 1e6:.1f} MB, schema {schema}, in {target}")


@click.command("restore")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where this data folder holds a hall: it is lost.")
@with_appcontext
def restore_command(source: Path, replace: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Put a hall back from FILE. The server must be stopped; an existing hall needs --replace."""
    settings = _settings()
    used = _is_used()
    let_go()
    if used and not replace:
        message = "This data folder holds a hall already. To give it up for the backup, add --replace."
        raise click.ClickException(message)
    with stopped(settings.data), tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data) as aside:
        try:
            manifest = _put_back(source, Path(aside), settings)
        except archive.ArchiveError as problem:
            raise click.ClickException(f"{problem} Nothing was changed.") from None
    click.echo(f"The hall of {manifest.made_at} is back ({len(manifest.members)} files). Start the server.")


def _put_back(source: Path, aside: Path, settings: Config) -> archive.Manifest:
    manifest = archive.unpack(source, aside)
    engine = snapshot.engine_of(settings.database_url)
    if manifest.engine != engine:
        message = f"This backup is of a {manifest.engine} hall; DATABASE_URL names {engine}."
        raise archive.ArchiveError(message)
    snapshot.check(engine, aside / archive.DATABASE)
    snapshot.put_back(settings.database_url, aside / archive.DATABASE)
    for path in sorted((aside / archive.DATA).rglob("*")):
        if path.is_file():
            target = settings.data / path.relative_to(aside / archive.DATA)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)  # noqa: PTH105 - replaces in one step
    return manifest


def _steady(settings: Config, aside: Path, name: str) -> dict[str, Path]:
    """A file of the data folder that changes while the hall works, as it is now."""
    if not (settings.data / name).exists():
        return {}
    (aside / name).touch(mode=0o600)
    (aside / name).write_bytes((settings.data / name).read_bytes())
    return {f"{archive.DATA}/{name}": aside / name}


def _files(settings: Config) -> dict[str, Path]:
    """Everything in the data folder but the database and what programs leave for themselves (names with a dot)."""
    database = settings.database_url.startswith("sqlite") and snapshot.file_of(settings.database_url)
    found = {}
    for path in sorted(settings.data.rglob("*")):
        inside = path.relative_to(settings.data)
        if not path.is_file() or path.is_symlink() or any(part.startswith(".") for part in inside.parts):
            continue
        if database and path.name.startswith(database.name) and path.parent == database.parent:
            continue
        found[f"{archive.DATA}/{inside.as_posix()}"] = path
    return found


def _schema() -> str:
    found = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
    return "+".join(sorted(str(head) for head in found))


def _is_used() -> bool:
    if not inspect(db.engine).has_table("site"):
        return False
    return bool(db.session.scalar(text("SELECT count(*) FROM site")))


def let_go() -> None:
    """No connection of ours may keep the old database open."""
    db.session.remove()
    db.engine.dispose()
    units().engine.dispose()


@contextmanager
def stopped(data: Path) -> Iterator[None]:
    """Nobody serves this data folder, nor begins to. Raises ClickException."""
    with (data / SERVING).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = "The server of this data folder is running. Stop it first."
            raise click.ClickException(message) from None
        yield
