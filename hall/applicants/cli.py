"""`flask hall keys`: what personal data is sealed with, and a fresh key for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.applicants import resealing
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import DomainError
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.keyring import Keys

keys_group = AppGroup("keys", help="The keys that personal data is sealed with (I10).")


def _keys() -> Keys:
    found: Keys = current_app.config["HALL"].keys
    return found.latest()


@keys_group.command("list")
@with_appcontext
def list_command() -> None:
    """Number, age and use of each key; never the key."""
    ring = _keys().ring
    used = resealing.rows_sealed_by(db.session(), [key.number for key in ring])
    for key in ring:
        state = "seals" if key is ring[-1] else "opens"
        click.echo(f"key {key.number}  {state}  {_age(key.made_at)}  {used[key.number]} values")


def _age(made_at: str) -> str:
    made = datetime.fromisoformat(made_at)
    return f"made {made:%Y-%m-%d}, {(clock.now() - made).days} days ago"


@keys_group.command("rotate")
@with_appcontext
def rotate_command() -> None:
    """Make a fresh key and seal all personal data with it, while the hall works.

    Where the last time was cut short, this goes on with it instead of making another key.
    """
    keys = _keys()
    before = [key.number for key in keys.ring[:-1]]
    unfinished = sum(resealing.rows_sealed_by(db.session(), before).values()) > 0
    db.session.remove()
    newest = keys.ring[-1].number
    rows = unreadable = 0
    try:
        if unfinished:
            rows, unreadable = _reseal_all(Vault(keys), newest)
        if rows:
            click.echo(f"The last rotation was not finished; it went on with key {newest}.")
        else:  # nothing was left over, or only what no key opens: that must not keep the old key for ever
            keys = keys.rotated(clock.now())
            newest = keys.ring[-1].number
            rows, unreadable = _reseal_all(Vault(keys), newest)
        perform(SYSTEM_ACTOR, resealing.record, (newest, rows))
    except (DomainError, OperationalError):  # somebody else holds the database for long
        message = (
            f"The database was busy. Key {newest} is there; run this again, and it goes on where it was."
        )
        raise click.ClickException(message) from None
    click.echo(
        f"Key {newest} seals from now on; {rows} values were sealed anew. Make a backup: it holds the keys."
    )
    if unreadable:
        message = f"{unreadable} values can be opened by no key of this hall; they were left as they are."
        raise click.ClickException(message)


def _reseal_all(vault: Vault, newest: int) -> tuple[int, int]:
    rows = unreadable = 0
    for column in resealing.sealed_columns():
        after: int | None = 0
        while after is not None:
            done = perform(SYSTEM_ACTOR, resealing.reseal, resealing.Step(str(column), after, newest, vault))
            rows, unreadable, after = rows + done.rows, unreadable + done.unreadable, done.after
    return rows, unreadable
