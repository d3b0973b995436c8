"""`flask hall replay`: a recorded real day, driven through a running server."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
import requests
import socketio
from flask import current_app
from flask.cli import with_appcontext

from hall.actor import SYSTEM_ACTOR
from hall.forecast.warsaw import BrokenRecord, Row, read_record
from hall.replay.drive import Watching
from hall.replay.plan import DayPlan, plan_day
from hall.replay.run import Scene, run
from hall.replay.stage import Wanted, set_up, wind_up
from hall.unit_of_work import perform

NAMES = "warsaw-queue-names.csv"


@click.command("replay")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--office", "offices", multiple=True, help="Which office of the record; all, where none is named."
)
@click.option("--date", "at", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Which day.")
@click.option(
    "--speed", type=click.FloatRange(min=1, max=20_000), default=120.0, help="Minutes of that day in one."
)
@click.option(
    "--server",
    "servers",
    multiple=True,
    help="Where the hall runs, if not on this machine's PORT; it must use this database. "
    "Of several processes each may be named: they share the queues.",
)
@with_appcontext
def replay_command(
    record: Path, offices: tuple[str, ...], at: datetime, speed: float, servers: tuple[str, ...]
) -> None:
    """Set up offices' queues from RECORD (Warsaw format) as sites, and drive a whole day through a running server.

    Citizens draw, windows open, call and close as the record says; each call must be the right one and appear on the
    live board. Ends with a report; any error gives exit code 1.
    """
    own = f"http://127.0.0.1:{current_app.config['HALL'].port}"
    addresses = [server.rstrip("/") for server in servers or (own,)]
    plans = _plans(record, offices, at)
    for address in addresses:
        _must_answer(address)
    scenes: list[Scene] = []
    try:
        for plan in plans:
            for name, reason in plan.dropped.items():
                click.echo(f"{plan.office}: queue {name} is left out: {reason}.", err=True)
            wanted = Wanted(plan, _names(record, plan.office))
            scenes.append(Scene(plan, perform(SYSTEM_ACTOR, set_up, wanted)))
            for address in addresses:
                _must_know(address, scenes[-1].stage.site)
            click.echo(f"Screen {addresses[0]}/screen/{scenes[-1].stage.site}", err=True)
        _drive(addresses, scenes, speed)
    finally:
        for scene in scenes:
            perform(SYSTEM_ACTOR, wind_up, scene.stage.site)


def _drive(addresses: Sequence[str], scenes: Sequence[Scene], speed: float) -> None:
    plans = [scene.plan for scene in scenes]
    total = sum(len(queue.steps) for plan in plans for queue in plan.queues)
    shown = {"at": min(plan.begins for plan in plans)}

    def minute(_item: object) -> str:
        at = int(shown["at"])
        return f"{at // 60:02d}:{at % 60:02d}"

    with click.progressbar(
        length=total, label=str(plans[0].day), item_show_func=minute, update_min_steps=1 + total // 1000
    ) as bar:

        def step(at: float) -> None:
            shown["at"] = max(shown["at"], at)
            bar.update(1)

        try:
            report = run(addresses, scenes, speed, Watching(step=step))
        except socketio.exceptions.SocketIOError as problem:
            said = f"The live channel of {' or '.join(addresses)} does not answer: {problem}"
            raise click.ClickException(said) from None
    for line in report.lines():
        click.echo(line)
    if report.errors:
        raise click.exceptions.Exit(1)


def _plans(record: Path, offices: tuple[str, ...], at: datetime) -> list[DayPlan]:
    try:
        rows = read_record(record)
    except BrokenRecord as problem:
        raise click.ClickException(str(problem)) from None
    named = offices or tuple(sorted({row.office for row in rows if row.day == at.date()}))
    if not named:
        days = sorted({row.day.isoformat() for row in rows})
        raise click.ClickException(f"No office has readings on {at.date()}. There are: {', '.join(days)}.")
    plans = [plan_day(rows, office, at.date()) for office in named]
    for plan in plans:
        if not plan.queues and not plan.dropped:
            raise click.ClickException(_nothing(rows, plan.office, at))
    found = [plan for plan in plans if plan.queues]
    if len(found) < len(offices) or not found:
        left_out = [plan for plan in plans if not plan.queues]
        reasons = "; ".join(f"{name}: {reason}" for plan in left_out for name, reason in plan.dropped.items())
        raise click.ClickException(f"No queue of that day can be replayed. {reasons}.")
    return found


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
