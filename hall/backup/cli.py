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
from hall.backup.today import told_of_today
from hall.database import db
from hall.files import write_whole
from hall.unit_of_work import units

if TYPE_CHECKING:
    from config import Config

SERVING = ".serving"
"""Locked by the server as long as it runs (gunicorn.conf.py); a killed one lets go by itself."""
ON_THEIR_WAY = frozenset({"outbox", "uploads"})
"""Messages that a gateway fetches (a restored one would be sent again), and uploads that nobody has confirmed."""
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
            files = {archive.DATABASE: copy, **_files(settings, Path(aside))}
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
    click.echo(f"The hall of {manifest.made_at} is back ({len(manifest.members)} files).")
    for line in (*told_of_today(), "Start the server."):
        click.echo(line)


def _put_back(source: Path, aside: Path, settings: Config) -> archive.Manifest:
    manifest = archive.unpack(source, aside)
    engine = snapshot.engine_of(settings.database_url)
    if manifest.engine != engine:
        message = f"This backup is of a {manifest.engine} hall; DATABASE_URL names {engine}."
        raise archive.ArchiveError(message)
    snapshot.check(engine, aside / archive.DATABASE)
    if kept := _anchors_aside(settings.data, aside / archive.DATA / anchors.FILE):
        click.echo(f"Anchors of the journal that are newer than this backup are kept in {kept.name}.")
    snapshot.put_back(settings.database_url, aside / archive.DATABASE)
    if not (aside / archive.DATA / anchors.FILE).exists():
        (settings.data / anchors.FILE).unlink(missing_ok=True)
    for path in sorted((aside / archive.DATA).rglob("*")):
        if path.is_file() and path.relative_to(aside / archive.DATA).parts[0] not in ON_THEIR_WAY:
            target = settings.data / path.relative_to(aside / archive.DATA)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)  # noqa: PTH105 - replaces in one step
    return manifest


def _anchors_aside(data: Path, restored: Path) -> Path | None:
    """Newer anchors would accuse the older journal for ever, and prove what it was: beside, neither used nor lost."""
    known = set(restored.read_bytes().splitlines()) if restored.exists() else set()
    newer = [line for line in anchors.read(data).content.splitlines() if line.strip() and line not in known]
    if not newer:
        return None
    kept = data / f"journal-anchors-{clock.now():%Y%m%dT%H%M%SZ}.txt"
    write_whole(kept, b"\n".join((*newer, b"")))
    return kept


def _steady(settings: Config, aside: Path, name: str) -> dict[str, Path]:
    """A file of the data folder that changes while the hall works, as it is now."""
    if not (settings.data / name).exists():
        return {}
    (aside / name).touch(mode=0o600)
    (aside / name).write_bytes((settings.data / name).read_bytes())
    return {f"{archive.DATA}/{name}": aside / name}


def _files(settings: Config, aside: Path) -> dict[str, Path]:
    """All in the data folder but the database, what programs leave there (names with a dot), and what is on its way."""
    database = settings.database_url.startswith("sqlite") and snapshot.file_of(settings.database_url)
    found: dict[str, Path] = {}
    (aside / "held").mkdir()
    for path in _walked(settings.data):
        if database and path.name.startswith(database.name) and path.parent == database.parent:
            continue
        held = _held(path, aside / "held" / str(len(found)))
        if held is not None:
            found[f"{archive.DATA}/{path.relative_to(settings.data).as_posix()}"] = held
    return found


def _walked(data: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(data):
        top = Path(folder) == data
        folders[:] = [
            name for name in folders if not name.startswith(".") and not (top and name in ON_THEIR_WAY)
        ]
        for name in names:
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _held(path: Path, name: Path) -> Path | None:
    """A second name of the file: what others remove or put in its place meanwhile does not change the archive."""
    try:
        os.link(path, name, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError:  # no such names here, or a file system of its own
        return path
    return name


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
