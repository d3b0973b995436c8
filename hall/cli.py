"""`flask --app wsgi hall …`: what an administrator does from a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from hall import anchors, journal
from hall.accounts import passwords
from hall.actor import SYSTEM_ACTOR
from hall.applicants.cli import keys_group
from hall.backup.cli import backup_command, restore_command
from hall.backup.move_cli import move_database_command
from hall.calendar.cli import deadline_command
from hall.catalog.cli import import_catalogue_command
from hall.database import db
from hall.demo import describing, loading
from hall.errors import DomainError
from hall.first_run.actions import fresh_code
from hall.forecast.cli import forecast_record_command
from hall.intake.measures.cli import cases_group
from hall.queueing.learning import learn_waits
from hall.replay.cli import replay_command
from hall.schema.alone import one_at_a_time
from hall.schema.awaited import await_database
from hall.serving import addresses
from hall.unit_of_work import perform, units
from hall.voice.render import render_voice_command

if TYPE_CHECKING:
    from config import Config

SCHEMA = Path(__file__).resolve().parent / "schema"
hall_commands = AppGroup("hall", help="The service hall.")
hall_commands.add_command(import_catalogue_command)
hall_commands.add_command(backup_command)
hall_commands.add_command(restore_command)
hall_commands.add_command(move_database_command)
hall_commands.add_command(render_voice_command)
hall_commands.add_command(forecast_record_command)
hall_commands.add_command(replay_command)
hall_commands.add_command(deadline_command)
hall_commands.add_command(cases_group)
hall_commands.add_command(keys_group)


def settings() -> Config:
    """The application's settings."""
    found: Config = current_app.config["HALL"]
    return found


def prepare() -> None:
    """Bring the database to the present schema."""
    from flask_migrate import Migrate, upgrade  # noqa: PLC0415 - 8 MB, of which a server that runs needs nothing

    Migrate(current_app, db, directory=str(SCHEMA))
    upgrade(revision="heads")


@hall_commands.command("migrate")
@with_appcontext
def migrate_command() -> None:
    """Bring the database to the present schema."""
    prepare()


@hall_commands.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print what drivers need as one JSON object.")
@with_appcontext
def demo_command(as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Load the demo hall into an empty database, or find it there."""
    prepare()
    try:
        found = load_demo()
    except DomainError as problem:
        raise click.ClickException(str(problem.message)) from None
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _print_addresses(found)


def load_demo() -> dict[str, Any]:
    """The demo hall's description, loading it first where the database is empty."""
    with one_at_a_time(units().engine):
        if loading.is_empty(db.session()):
            perform(SYSTEM_ACTOR, loading.load, None)
        db.session.remove()
    return perform(
        SYSTEM_ACTOR, describing.describe, (settings().data, f"http://127.0.0.1:{settings().port}")
    )


def _print_addresses(found: dict[str, Any]) -> None:
    click.echo(addresses(found["url"], found["site"], found["staff"][0]["password"]))


@hall_commands.command("prepare")
@click.option("--wait", "patient", is_flag=True, help="Until the database answers, however long that takes.")
@with_appcontext
def prepare_command(patient: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Bring the database to the present schema, load the demo where asked for, print the addresses."""
    await_database(units().engine, patient=patient)
    prepare()
    if not settings().demo:
        click.echo(f"  http://127.0.0.1:{settings().port}/")
        _print_set_up_code()
        return
    try:
        _print_addresses(load_demo())
    except DomainError:
        click.echo("  A hall of your own is in this data folder; demo accounts are not loaded.")


def _print_set_up_code() -> None:
    """Where nobody has an account yet: a fresh code for the first page."""
    code = perform(SYSTEM_ACTOR, fresh_code, None)
    if code:
        click.echo("")
        click.echo(f"  Set up this hall  http://127.0.0.1:{settings().port}/first-run")
        click.echo(f"  Set-up code       {code}")
        click.echo("")


@hall_commands.command("set-up-code")
@with_appcontext
def set_up_code_command() -> None:
    """Print a fresh code for the first page, while nobody has an account."""
    code = perform(SYSTEM_ACTOR, fresh_code, None)
    if code is None:
        message = (
            "This hall is set up already; `flask hall token USER` and the administration are the ways in."
        )
        raise click.ClickException(message)
    click.echo(code)


@hall_commands.command("token")
@click.argument("user")
@with_appcontext
def token_command(user: str) -> None:
    """Make a personal token for an account and print it once."""
    try:
        click.echo(perform(SYSTEM_ACTOR, passwords.make_token, passwords.NewToken(user)))
    except DomainError as problem:
        raise click.ClickException(str(problem.message)) from None


@hall_commands.command("learn-waits")
@with_appcontext
def learn_waits_command() -> None:
    """Learn the wait figure from finished days now, as the nightly job does."""
    click.echo(
        f"Learned for {learn_waits()} sites; the others have today's already, or too few finished waits."
    )


@hall_commands.group("journal")
def journal_group() -> None:
    """The chained journal (O3)."""


@journal_group.command("verify")
@click.option(
    "--anchor", "typed", multiple=True, metavar="SEQ:HASH", help="An anchor, as from a printed day sheet."
)
@with_appcontext
def verify_command(typed: tuple[str, ...]) -> None:
    """Walk the chain, and hold it against the anchors of the data folder; exit 1 at the first fault."""
    try:
        said = tuple(map(anchors.parsed, typed))
    except anchors.BadAnchor as problem:
        raise click.ClickException(str(problem)) from None
    file = anchors.read(settings().data)
    known = (*file.anchors, *said)
    verdict = journal.verify(db.session())
    click.echo(
        f"{verdict.sealed} sealed entries, {verdict.unsealed} not yet sealed; head {verdict.head[:16]}"
    )
    if file.unfinished:
        click.echo(
            f"The last line of {anchors.FILE} is unfinished, as after a power cut or on a full disk; it counts for "
            "nothing, and goes when the next anchor is kept."
        )
    fault = verdict.fault or anchors.fault(db.session(), known) or file.damaged
    if fault:
        raise click.ClickException(fault)
    click.echo(f"It keeps to all {len(known)} anchors.")
