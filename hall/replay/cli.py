"""`flask hall replay`: a recorded real day, driven through a running server."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import click
import requests
import socketio
from flask import current_app
from flask.cli import with_appcontext

from hall.actor import SYSTEM_ACTOR
from hall.forecast.warsaw import BrokenRecord, Row, read_record
from hall.replay.plan import DayPlan, plan_day
from hall.replay.run import run
from hall.replay.stage import Stage, Wanted, set_up, wind_up
from hall.unit_of_work import perform

NAMES = "warsaw-queue-names.csv"


@click.command("replay")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", required=True, help="Which office of the record.")
@click.option("--date", "at", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Which day.")
@click.option(
    "--speed", type=click.FloatRange(min=1, max=20_000), default=120.0, help="Minutes of that day in one."
)
@click.option(
    "--server", help="Where the hall runs, if not on this machine's PORT; it must use this database."
)
@with_appcontext
def replay_command(record: Path, office: str, at: datetime, speed: float, server: str | None) -> None:
    """Set up an office's queues from RECORD (Warsaw format) as a site, and drive a whole day through a running server.

    Citizens draw, windows open, call and close as the record says; each call must be the right one and appear on the
    live board. Ends with a report; any error gives exit code 1.
    """
    address = (server or f"http://127.0.0.1:{current_app.config['HALL'].port}").rstrip("/")
    plan = _plan(record, office, at)
    _must_answer(address)
    for name, reason in plan.dropped.items():
        click.echo(f"Queue {name} is left out: {reason}.", err=True)
    stage = perform(SYSTEM_ACTOR, set_up, Wanted(plan, _names(record, office)))
    try:
        _must_know(address, stage.site)
        click.echo(f"Screen {address}/screen/{stage.site}", err=True)
        _drive(address, stage, plan, speed)
    finally:
        perform(SYSTEM_ACTOR, wind_up, stage.site)


def _drive(address: str, stage: Stage, plan: DayPlan, speed: float) -> None:
    total = sum(len(queue.steps) for queue in plan.queues)
    shown = {"at": plan.begins}

    def minute(_item: object) -> str:
        at = int(shown["at"])
        return f"{at // 60:02d}:{at % 60:02d}"

    with click.progressbar(length=total, label=str(plan.day), item_show_func=minute) as bar:

        def tick(at: float) -> None:
            shown["at"] = max(shown["at"], at)
            bar.update(1)

        try:
            report = run(address, stage, plan, speed, tick)
        except socketio.exceptions.SocketIOError as problem:
            raise click.ClickException(f"The live channel of {address} does not answer: {problem}") from None
    for line in report.lines():
        click.echo(line)
    if report.errors:
        raise click.exceptions.Exit(1)


def _plan(record: Path, office: str, at: datetime) -> DayPlan:
    try:
        rows = read_record(record)
    except BrokenRecord as problem:
        raise click.ClickException(str(problem)) from None
    plan = plan_day(rows, office, at.date())
    if not plan.queues and not plan.dropped:
        raise click.ClickException(_nothing(rows, office, at))
    if not plan.queues:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in plan.dropped.items())
        raise click.ClickException(f"No queue of that day can be replayed. {reasons}.")
    return plan


def _nothing(rows: list[Row], office: str, at: datetime) -> str:
    days = sorted({row.day.isoformat() for row in rows if row.office == office})
    if days:
        return f"{office} has no readings on {at.date()}. It has: {', '.join(days)}."
    return f"No office {office} in this record. It has: {', '.join(sorted({row.office for row in rows}))}."


def _names(record: Path, office: str) -> dict[str, str]:
    """Names of the office's queues by id, where a file of names lies beside the record."""
    path = record.with_name(NAMES)
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["queue_id"]: row["queue_name"] for row in csv.DictReader(file) if row["office"] == office}


def _must_answer(address: str) -> None:
    try:
        requests.get(f"{address}/healthz", timeout=10).raise_for_status()
    except requests.RequestException:
        raise click.ClickException(f"No hall answers on {address}. Start it first: make run") from None


def _must_know(address: str, site: str) -> None:
    if requests.get(f"{address}/api/v1/sites/{site}/lines", timeout=10).status_code != 200:  # noqa: PLR2004
        raise click.ClickException(
            f"The hall on {address} does not know the site {site}: it uses another database. "
            "Give this command the same HALL_DATA or DATABASE_URL."
        )
