"""`flask hall keys`: what personal data is sealed with and found by, and fresh keys for it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.applicants import resealing, retracing
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import DomainError
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config import Config
    from hall.keyring import Keys, RingKey
    from hall.unit_of_work import Work

S = TypeVar("S")

PASSES = 5
BREATH_S, MOMENT_S = 0.12, 0.01
"""After a step: who waits for SQLite's one place to write looks every tenth of a second, and shall get in.

A step that found nothing to do and was over in a moment held up nobody, and most columns of a hall are such.
"""
SETTLE_S, SETTLE_SHARED_S = 15.0, 90.0
"""Longer than a request lasts: what began before all processes knew of a key has ended by then.

Several machines see a file of a shared file system up to a minute late (NFS keeps what it knows of one so long).
"""
LEFT = {
    "claim": "until the turn of the day",
    "agent_key": "until the agent draws or is registered anew",
}
keys_group = AppGroup("keys", help="The keys that personal data is sealed with and found by (I10).")


def _keys() -> Keys:
    found: Keys = current_app.config["HALL"].keys
    return found.latest()


@keys_group.command("list")
@with_appcontext
def list_command() -> None:
    """Number, age and use of each key; never the key."""
    keys = _keys()
    ring = sorted(keys.ring, key=lambda key: key.number)
    used = resealing.rows_sealed_by(db.session(), [key.number for key in ring])
    for key in ring:
        state = "seals" if key.number == keys.seals else "to come" if key.number > keys.seals else "opens"
        click.echo(f"key {key.number}  {state}  {_age(key.made_at)}  {used[key.number]} values")
    for key in _keys().search:
        _tell_search_key(key)


def _tell_search_key(key: RingKey) -> None:
    """How many hashes it made are kept; of a key of before also what they are of, and until when."""
    keys = _keys()
    kept = retracing.left(db.session(), key.number)
    at = retracing.followed_at(keys, key.number)
    state = "counts" if key.number == keys.counts else "read" if at else "to come"
    click.echo(f"search key {key.number}  {state}  {_age(key.made_at)}  {sum(kept.values())} hashes")
    if at is None:
        return
    year = f"until {at + retracing.REMEMBERED:%Y-%m-%d} at the latest"
    for column, count in kept.items():
        click.echo(f"  {count} in {column}: {LEFT.get(column.partition('.')[0], year)}")


def _age(made_at: str) -> str:
    made = datetime.fromisoformat(made_at)
    return f"made {made:%Y-%m-%d}, {(clock.now() - made).days} days ago"


@keys_group.command("rotate")
@click.option(
    "--settle",
    type=float,
    default=None,
    help=f"Seconds that requests in flight are waited for, four times; {SETTLE_S:.0f} unless it is said, and "
    f"{SETTLE_SHARED_S:.0f} with PostgreSQL or Redis, where other machines may see keys.json a minute late.",
)
@with_appcontext
def rotate_command(settle: float | None) -> None:
    """Make fresh keys, seal and hash all personal data with them, while the hall works.

    Where the last time was cut short, this goes on with it instead of making further keys.
    """
    settle = settle_s() if settle is None else settle
    unreadable = _go_on_searching(settle)
    if unreadable is None:
        unreadable = _rotate_sealing(settle) + _rotate_search(settle)
    if unreadable:
        message = f"{unreadable} values can be opened by no key of this hall; they were left as they are."
        raise click.ClickException(message)


def settle_s() -> float:
    """How long to wait where nobody says: longer where several machines may work on one hall."""
    config: Config = current_app.config["HALL"]
    return SETTLE_SHARED_S if config.redis_url or not config.is_sqlite else SETTLE_S


def _rotate_sealing(settle: float) -> int:
    """A fresh key that seals; answers how many values no key opens."""
    keys = _keys()
    newest, rows, unreadable = keys.newest, 0, 0
    try:
        if _has_sealed_all_but_some(keys):
            rows, unreadable = _reseal_all(Vault(keys), newest)
        if rows:
            click.echo(f"The last rotation was not finished; it went on with key {newest}.")
        else:  # nothing was left over, or only what no key opens: that must not keep the old key for ever
            keys = _let_seal(settle)
            newest = keys.newest
            rows, unreadable = _reseal_all(Vault(keys), newest)
        perform(SYSTEM_ACTOR, resealing.record, (newest, rows))
    except (DomainError, OperationalError):  # somebody else holds the database for long
        message = f"The database was busy. Key {_keys().newest} is there; run this again, and it goes on where it was."
        raise click.ClickException(message) from None
    click.echo(
        f"Key {newest} seals from now on; {rows} values were sealed anew. Make a backup: it holds the keys."
    )
    return unreadable


def _has_sealed_all_but_some(keys: Keys) -> bool:
    """Whether the newest key seals, and something is left that one before it has sealed."""
    before = [key.number for key in keys.ring[:-1]]
    left = sum(resealing.rows_sealed_by(db.session(), before).values())
    db.session.remove()
    return keys.seals == keys.newest and left > 0


def _let_seal(settle: float) -> Keys:
    """A fresh key opens at once, and seals when every machine has had the time to see it in `keys.json`.

    Then what still seals with the key before is waited for, so that nothing of it is left behind.
    """
    keys = _keys()
    if keys.seals == keys.newest:
        keys = keys.with_sealing_key(clock.now())
    else:
        click.echo(f"The last rotation was not finished; it goes on with key {keys.newest}.")
    time.sleep(settle)
    keys = keys.sealing_with(keys.newest)
    time.sleep(settle)
    return keys


def _go_on_searching(settle: float) -> int | None:
    """Finish a change of the search key that was cut short; None where there is none. All is sealed anew by then."""
    keys = _keys()
    with _never_busy():
        if keys.counts != keys.search[-1].number:
            return _let_count(settle, "The last change of the search key was not finished; it goes on.")
        rows, left = _retrace_all(keys)
        if not rows:  # nothing, or only what no key opens: that must not keep the old key for ever
            return None
        click.echo(f"The last change of the search key was not finished; it went on with key {keys.counts}.")
        _tell_searching(rows)
    return left


def _rotate_search(settle: float) -> int:
    """A fresh key of search; answers how many values no key opens."""
    with _never_busy():
        _keys().with_search_key(clock.now())
        return _let_count(settle)


def _let_count(settle: float, said: str = "") -> int:
    """The newest is looked for by now; it counts once every process knows of it, and then all is hashed anew."""
    if said:
        click.echo(said)
    time.sleep(settle)
    keys = _keys()
    keys = keys.counting(keys.search[-1].number, clock.now())
    time.sleep(settle)
    rows, left = _retrace_all(keys)
    _tell_searching(rows)
    return left


def _tell_searching(rows: int) -> None:
    keys = _keys()
    perform(SYSTEM_ACTOR, resealing.record_search, (keys.counts, rows))
    dropped = retracing.drop()
    click.echo(f"Search key {keys.counts} counts from now on; {rows} numbers were hashed anew.")
    for number in dropped:
        click.echo(f"Search key {number} is forgotten: nothing was left of it.")
    for key in _keys().search:
        if key.number < keys.counts:
            _tell_search_key(key)


@contextmanager
def _never_busy() -> Iterator[None]:
    try:
        yield
    except (DomainError, OperationalError):  # somebody else holds the database for long
        message = "The database was busy while numbers were hashed anew. Run this again, and it goes on where it was."
        raise click.ClickException(message) from None


def _retrace_all(keys: Keys) -> tuple[int, int]:
    """Again and again, until there is nothing to do: somebody may have copied a hash meanwhile."""
    vault, rows, left = Vault(keys), 0, 0
    for _pass in range(PASSES):
        done, left = _retrace_once(vault, keys.counts)
        rows += done
        if not done:
            break
    return rows, left


def _retrace_once(vault: Vault, number: int) -> tuple[int, int]:
    rows = unreadable = 0
    for column in retracing.retraced_columns():
        after: int | None = 0
        while after is not None:
            done = _step(retracing.retrace, retracing.Step(str(column), after, number, vault))
            rows, unreadable, after = rows + done.rows, unreadable + done.unreadable, done.after
    return rows, unreadable


def _reseal_all(vault: Vault, newest: int) -> tuple[int, int]:
    rows = unreadable = 0
    for column in resealing.sealed_columns():
        after: int | None = 0
        while after is not None:
            done = _step(resealing.reseal, resealing.Step(str(column), after, newest, vault))
            rows, unreadable, after = rows + done.rows, unreadable + done.unreadable, done.after
    return rows, unreadable


def _step(action: Callable[[Work, S], resealing.Done], step: S) -> resealing.Done:
    """One step, and a breath for others where it held them up."""
    began = time.monotonic()
    done = perform(SYSTEM_ACTOR, action, step)
    if done.rows or done.unreadable or time.monotonic() - began > MOMENT_S:
        time.sleep(BREATH_S)
    return done
